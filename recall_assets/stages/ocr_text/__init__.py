"""Text of a frame: what of it must be read, in which order it reads, what of it is new.

    pixels ─► digest_tiles ─┐
    earlier screens ────────┴► plan_reading ─► regions ─► lines ─► KnownLines ─► (engine) ─► words ─┐
                                    └► lines that are known already ─► words ───────────────────────┴► arrange
    arranged words ─► new_lines, pack_layout

Pure: pixels and words in, words and text out. What a secret is, is `stages.secrets`' matter.
"""

from recall_assets.stages.ocr_text.known_lines import KnownLines, Unread, lines_of, unread_part
from recall_assets.stages.ocr_text.new_lines import new_lines, seen_lines
from recall_assets.stages.ocr_text.packing import pack_layout, unpack_layout
from recall_assets.stages.ocr_text.reading_order import arrange
from recall_assets.stages.ocr_text.regions import ReadingPlan, ReadLine, Screen, plan_reading
from recall_assets.stages.ocr_text.tiles import TILE, digest_tiles
from recall_assets.stages.ocr_text.word_recall import word_recall

__all__ = [
    "TILE",
    "KnownLines",
    "ReadLine",
    "ReadingPlan",
    "Screen",
    "Unread",
    "arrange",
    "digest_tiles",
    "lines_of",
    "new_lines",
    "pack_layout",
    "plan_reading",
    "seen_lines",
    "unpack_layout",
    "unread_part",
    "word_recall",
]
