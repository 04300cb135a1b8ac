"""Secrets: found in text, replaced there, covered in pixels.

    words ─► join_words ─► JoinedText.text ─► detect ─► findings ─┬─► redact  text with marks
                                                                  ├─► boxes_to_fill ─► fill   pixels
                                                                  └─► known_values ─► detect_known elsewhere

Pure: nothing is written, logged or sent here. Values found live in memory only, with whoever called.
"""

from recall_assets.stages.secrets.detection import DETECTOR_VERSION, detect
from recall_assets.stages.secrets.joined import JoinedText, join_words
from recall_assets.stages.secrets.known import KnownValue, detect_known, known_values
from recall_assets.stages.secrets.pixels import boxes_to_fill, fill
from recall_assets.stages.secrets.redaction import MARK, merge, redact

__all__ = [
    "DETECTOR_VERSION",
    "MARK",
    "JoinedText",
    "KnownValue",
    "boxes_to_fill",
    "detect",
    "detect_known",
    "fill",
    "join_words",
    "known_values",
    "merge",
    "redact",
]
