"""Small recordings, written as a recorder writes them."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

FIRST = "2026-11-09T09:00:00.500+01:00"


def picture(shade: int, kind: str = "WEBP") -> bytes:
    """An image file of one colour."""
    file = BytesIO()
    Image.new("RGB", (32, 24), (shade, shade, shade)).save(file, kind, lossless=True)
    return file.getvalue()


def frame_line(number: int, ts: str = FIRST, **other: object) -> dict[str, object]:
    """A line of frames.jsonl, with what only the recorder knew."""
    return {
        "id": f"frame-{number}",
        "ts": ts,
        "hold_s": 5.0,
        "monitor": 0,
        "monitor_rect": [0, 0, 32, 24],
        "file": "frames/0.webp",
        "change": "page",
        "app": "browser",
        "title": "Inbox",
        "url": "http://mail.test/inbox",
        "windows": [
            {
                "app": "browser",
                "title": "Inbox",
                "rect": [0, 0, 32, 20],
                "active": True,
                "url": "http://mail.test/inbox",
            }
            | {"tabs": ["truth: tabs"], "text": "truth: text"}
        ],
        "text": "truth: text",
        "activity": "truth: activity",
        "label": "truth: label",
        "project": "truth: project",
        "secrets": [{"value": "truth: secret"}],
    } | other


def write_day(
    folder: Path,
    lines: list[dict[str, object] | str],
    *,
    audio: list[dict[str, object]] | None = None,
    timezone: str = "Europe/Berlin",
) -> Path:
    """A day's folder with one image, `frames/0.webp`, and one sound, `audio/0.wav`."""
    for part in ("frames", "audio"):
        (folder / part).mkdir(parents=True)
    (folder / "frames" / "0.webp").write_bytes(picture(0))
    (folder / "audio" / "0.wav").write_bytes(b"RIFF")
    described = {"timezone": timezone, "set": "ours", "deployment": "not asked", "projects": {"x": "truth: name"}}
    (folder / "recording.json").write_text(json.dumps(described))
    (folder / "frames.jsonl").write_text("\n".join(_line(line) for line in lines) + "\n")
    if audio is not None:
        (folder / "audio.jsonl").write_text("\n".join(map(_line, audio)) + "\n")
    return folder


def moment(ts: str) -> datetime:
    return datetime.fromisoformat(ts)


def _line(line: dict[str, object] | str) -> str:
    return line if isinstance(line, str) else json.dumps(line)
