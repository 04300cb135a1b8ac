"""What an import of the predecessor found, a line a table: for the owner to judge before anything is written.

table           generation             rows   becomes                          left out
frames          device name           1,204   frames 1,200                     4 no time
day_summaries   deployment               31   day_summaries 30, archive 31     1 a newer one ... stays
"""

from collections import Counter
from typing import Any

from recall_assets.importers.legacy.catalogue import TABLES, generation
from recall_assets.importers.legacy.source import Source
from recall_assets.importers.whole import Tally


def report(source: Source, tally: Tally, joined: Counter[str]) -> list[dict[str, Any]]:
    """A line for each table of the catalogue and each other table of the source, for a person or as JSON."""
    lines = []
    for known in TABLES:
        table = source.tables.get(known.name)
        line: dict[str, Any] = {"table": known.name, "fate": known.fate.value, "target": known.target}
        if table is None:
            lines.append(line | {"generation": "missing", "rows": 0, "became": {}, "dropped": {}})
            continue
        became, dropped = dict(tally.became[known.name]), dict(tally.dropped[known.name])
        if known.name in {"ocr_text", "window_context"}:
            became = {"frames": joined[known.name]}
            if rest := table.rows - joined[known.name]:
                dropped = {"their frame is missing": rest}
        elif known.name == "users":
            became = {"deployments": table.rows}
        elif known.name == "organizations" and table.rows:
            dropped = {"organisations end here": table.rows}
        if table.unread:
            dropped[f"column {', '.join(table.unread)}: made anew from the text"] = 0
        line |= {"generation": generation(table.columns), "rows": table.rows, "became": became, "dropped": dropped}
        lines.append(line)
    return lines + [
        {"table": table.name, "fate": "unknown", "target": "", "generation": generation(table.columns)}
        | {
            "rows": table.rows,
            "became": {},
            "dropped": {"not a table of the predecessor that Recall knows": table.rows},
        }
        for table in source.unknown
    ]
