"""The intake: the one door through which captured screens come in, and nothing in clear goes out.

    landing ─► open ─► decode ─► read ─► detect ─► redact text, fill pixels ─► frame store, ocr_text, secrets
    (sealed)   └────────── in memory of this process and its workers ───────┘  (redacted)

`read_partition` takes what is pending; `rescan_partition` looks again at what is stored.
"""

from recall_assets.intake.partition import ReadReport, read_partition, rescan_partition
from recall_assets.intake.rescan import ScanReport

__all__ = ["ReadReport", "ScanReport", "read_partition", "rescan_partition"]
