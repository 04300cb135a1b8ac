"""The intake: the one door through which captured screens and sound come in, and nothing in clear goes out.

    landing ─► open ─► decode ─► read ─► detect ─► redact text, fill pixels ─► frame store, ocr_text, secrets
    (sealed)   └────────── in memory of this process and its workers ───────┘  (redacted)

`read_partition` takes what is pending; `rescan_partition` looks again at what is stored. `hear_partition` does both for
sound, which becomes transcripts. `rescan_imports` looks again at what other systems had kept.
"""

from recall_assets.intake.hearing import HearingReport, hear_partition
from recall_assets.intake.imported_again import ImportsScanned, rescan_imports
from recall_assets.intake.partition import read_partition, rescan_partition
from recall_assets.intake.rescan import ScanReport
from recall_assets.intake.run import ReadReport

__all__ = [
    "HearingReport",
    "ImportsScanned",
    "ReadReport",
    "ScanReport",
    "hear_partition",
    "read_partition",
    "rescan_imports",
    "rescan_partition",
]
