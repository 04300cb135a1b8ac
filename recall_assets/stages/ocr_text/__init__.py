"""Text of a frame: what of it must be read, in which order it reads, what of it is new.

    pixels ─► digest_tiles ─┐
    earlier screens ────────┴► plan_reading ─► regions ─► (engine) ─► words ─► arrange ─► lines ─┬► new_lines
                                    └► words that are known already ──────────┘                  └► pack_layout

Pure: pixels and words in, words and text out. What a secret is, is `stages.secrets`' matter.
"""

from recall_assets.stages.ocr_text.new_lines import new_lines, seen_lines
from recall_assets.stages.ocr_text.packing import pack_layout, unpack_layout
from recall_assets.stages.ocr_text.reading_order import arrange
from recall_assets.stages.ocr_text.regions import ReadingPlan, Screen, plan_reading
from recall_assets.stages.ocr_text.tiles import TILE, digest_tiles

__all__ = [
    "TILE",
    "ReadingPlan",
    "Screen",
    "arrange",
    "digest_tiles",
    "new_lines",
    "pack_layout",
    "plan_reading",
    "seen_lines",
    "unpack_layout",
]
