"""From pixels to words in reading order: what has to be read, where words stand, what of them is new.

    pixels ─► changes ─► regions to read, words that stay ─► engine reads the regions ─► arrange ─► words
                 ▲                                                                          │
                 └── an earlier frame: redacted pixels and words                            ├─► pack: boxes, compact
                                                                                            └─► new_text

Pure: engines, files and rows are elsewhere.
"""

from recall_assets.stages.ocr_text.arrangement import arrange
from recall_assets.stages.ocr_text.changes import Memory, Remembered, Unread, place, unread_against
from recall_assets.stages.ocr_text.layout import pack, unpack
from recall_assets.stages.ocr_text.novelty import new_texts

__all__ = ["Memory", "Remembered", "Unread", "arrange", "new_texts", "pack", "place", "unpack", "unread_against"]
