"""Secrets: found in text, replaced there, covered in pixels.

    words ─► join_words ─► JoinedText.text ─► detect ─► findings ─┬─► redact  text with marks
                                                                  ├─► boxes_to_fill ─► fill   pixels
                                                                  └─► known_values ─► detect_known elsewhere

Pure: nothing is written, logged or sent here. Values found live in memory only, with whoever called.
"""

from recall_assets.stages.secrets.detection import DETECTOR_VERSION, detect
from recall_assets.stages.secrets.doubt import is_doubtful
from recall_assets.stages.secrets.joined import JoinedText, join_words
from recall_assets.stages.secrets.known import KnownValue, detect_known, known_values
from recall_assets.stages.secrets.pixels import boxes_to_fill, fill, grown
from recall_assets.stages.secrets.redaction import MARK, merge, redact
from recall_assets.stages.secrets.unread import UNREAD_KIND, UNREAD_RULE, unread_beside_labels

__all__ = [
    "DETECTOR_VERSION",
    "MARK",
    "UNREAD_KIND",
    "UNREAD_RULE",
    "JoinedText",
    "KnownValue",
    "boxes_to_fill",
    "detect",
    "detect_known",
    "fill",
    "grown",
    "is_doubtful",
    "join_words",
    "known_values",
    "merge",
    "redact",
    "unread_beside_labels",
]
