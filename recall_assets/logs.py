"""How processes of ours write what they do: lines to read, or one JSON object a line to collect.

    text    2026-11-22 09:14:02,113 INFO ingest laptop: 3 stored in 0.02 s
    json    {"at": "2026-11-22T09:14:02.113+00:00", "level": "INFO", "logger": "recall_assets", "message": ...}

Messages hold ids, counts and durations, never text of a screen: whoever logs sees to that.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Literal

Format = Literal["text", "json"]


class JsonLines(logging.Formatter):
    """A record as a JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def set_up(format_: Format, logger: logging.Logger) -> None:
    """From now on what goes to this logger is written to stderr so, whatever was set up before."""
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    handler.setFormatter(JsonLines() if format_ == "json" else text)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
