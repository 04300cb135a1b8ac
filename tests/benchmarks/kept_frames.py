"""Which frames of a recorded day the agent keeps: are the true changes on them, and does each show something new.

recorded rows ─► looks, once a second while a row stands ─► MonitorChanges ─► kept ─┬─ found: changes seen / changes
   ground truth: what changed, and the text of each row ────────────────────────────┴─ superfluous: nothing new / kept

A true change is a row of typing, scrolling, a page or a popup whose text, or picture by more than 1000 pixels, differs
from the row before: many a scroll moves nothing, and a row of one monitor may tell what went on on the other. It counts
as seen where a kept frame shows that row, or shows its new lines while they stand there. A kept frame shows nothing new
where since the last kept one there was only idleness or the pointer. Pictures that move by themselves are new pictures,
but no true changes; how many frames they cost is told beside.

Caret, clock, films and popups are in the pictures. Two things are in them that no grab has, and are taken out: the
pointer, which was drawn into each (so a row that only moved it repeats the one before), and small differences of
colour, since each picture was stored with 64 colours of its own. Long stillness is looked at less often, to save time.

python -m tests.benchmarks.kept_frames [RECORDING]     another recording than the sample
"""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from capture_agent.changes import Look, MonitorChanges
from capture_agent.desktop import Pixels
from tests.fixtures.recordings import SAMPLE, unpack_ground_truth

Row = Mapping[str, Any]
TRUE_CHANGES = ("typing", "scroll", "page", "popup")
# Somebody did something; what the other kinds of rows show happened by itself.
TOUCHED = frozenset({"page", "window", "scroll", "click", "typing", "command", "mouse"})
NOTHING_NEW = frozenset({"idle", "mouse"})
COLOUR_NOISE = 16
CHANGED_COLOUR, CHANGED_PIXELS = 32, 1000
FORCED = timedelta(minutes=5)
EVERY_SECOND_FOR = 15  # more looks than any rule of `changes` waits for
THEN_EVERY = 30


@dataclass
class Kept:
    """The counts of one or more days."""

    true: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    superfluous: Counter[str] = field(default_factory=Counter)
    moving: int = 0

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {self.seen[kind]}/{self.true[kind]}" for kind in TRUE_CHANGES)
        nothing = self.superfluous.total()
        triggers = ", ".join(f"{kind} {number}" for kind, number in sorted(self.superfluous.items())) or "none"
        return (
            f"changes found {self.seen.total() / max(1, self.true.total()):.4f} ({kinds}); "
            f"{self.frames} frames kept, superfluous {nothing / max(1, self.frames):.4f} "
            f"({triggers}), moving pictures without text {self.moving}"
        )


def main() -> None:
    """Prints a line for each day and one for all."""
    total = Kept()
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as folder:
        images = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
        truth = images if len(sys.argv) > 1 else unpack_ground_truth(Path(folder))
        for file in sorted(truth.glob("*/*/frames.jsonl")):
            rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
            day = file.parent.relative_to(truth)
            counts = Kept()
            for monitor in sorted({row["monitor"] for row in rows}):
                judge([row for row in rows if row["monitor"] == monitor], images / day, counts)
            print(f"{day}: {counts}", flush=True)
            total = Kept(
                total.true + counts.true,
                total.seen + counts.seen,
                total.frames + counts.frames,
                total.superfluous + counts.superfluous,
                total.moving + counts.moving,
            )
    print(f"all: {total}")


def judge(rows: Sequence[Row], day: Path, counts: Kept) -> None:
    """Adds what the agent keeps of one monitor's rows, which must be in time order."""
    kept = [*keep(rows, day)]
    numbers = [number for number, _ in kept]
    for number, row in enumerate(rows):
        if number and row["change"] in TRUE_CHANGES and differs(rows[number - 1], row, day):
            counts.true[row["change"]] += 1
            counts.seen[row["change"]] += is_seen(rows, number, numbers)
    counts.frames += len(kept)
    for (before, _), (number, trigger) in pairwise(kept):
        kinds = {rows[one]["change"] for one in range(before + 1, number + 1)}
        if kinds <= NOTHING_NEW:
            counts.superfluous[f"{trigger} while {rows[number]['change']}"] += 1
        elif kinds <= NOTHING_NEW | {"animation"} and not new_lines(rows, number):
            counts.moving += 1


def keep(rows: Sequence[Row], day: Path) -> Iterator[tuple[int, str]]:
    """The rows that are kept, each with the trigger, in time order."""
    changes = MonitorChanges(FORCED)
    numbers: dict[datetime, int] = {}
    for number, look in looks(rows, day):
        numbers[look.at] = number
        for one in changes.consider(look):
            changes.kept(one.look)
            yield numbers[one.look.at], one.trigger


def looks(rows: Sequence[Row], day: Path) -> Iterator[tuple[int, Look]]:
    """Every look of the agent at this monitor, with the number of the row that stood there."""
    touched, pixels = datetime.fromisoformat(rows[0]["ts"]), stored(rows[0], day)
    for number, row in enumerate(rows):
        began = datetime.fromisoformat(row["ts"])
        if row["change"] != "mouse":
            pixels = without_noise(stored(row, day), pixels)
        if row["change"] in TOUCHED:
            touched = began
        for second in seconds_of(row["hold_s"]):
            at = began + timedelta(seconds=second)
            focused = second == 0 and row["change"] == "window" and row["active_monitor"] == row["monitor"]
            yield number, Look(at, pixels, at - touched, focused)


def stored(row: Row, day: Path) -> Pixels:
    """The picture of a row."""
    return np.array(Image.open(day / row["file"]).convert("RGB"))


def without_noise(picture: Pixels, before: Pixels) -> Pixels:
    """A picture in which what nearly has the colour that it had before has that very colour."""
    if picture.shape != before.shape:
        return picture
    same = abs_difference(picture, before) <= COLOUR_NOISE
    return np.where(same[..., None], before, picture)


def seconds_of(hold: float) -> Iterable[int]:
    """When a row that stands so long is looked at, in seconds from its beginning."""
    last = max(1, int(np.ceil(hold)))
    return [*range(min(last, EVERY_SECOND_FOR)), *range(EVERY_SECOND_FOR, last, THEN_EVERY)]


def differs(before: Row, row: Row, day: Path) -> bool:
    """Whether a person would see a difference between two rows."""
    if before["text"] != row["text"]:
        return True
    a, b = stored(before, day), stored(row, day)
    return a.shape != b.shape or int((abs_difference(a, b) > CHANGED_COLOUR).sum()) > CHANGED_PIXELS


def abs_difference(a: Pixels, b: Pixels) -> Pixels:
    """By how much the colour of each pixel differs, uint8[height, width]."""
    difference: Pixels = (np.maximum(a, b) - np.minimum(a, b)).max(axis=2)
    return difference


def is_seen(rows: Sequence[Row], number: int, kept: Sequence[int]) -> bool:
    """Whether what changed in a row is on a kept frame."""
    if number in kept or image(rows[number]) in {image(rows[one]) for one in kept if abs(one - number) <= 1}:
        return True
    new = new_lines(rows, number)
    for later in range(number + 1, len(rows)):
        shown = rows[later]["text"]
        if not new or not all(line in shown for line in new):
            return False
        if later in kept:
            return True
    return False


def new_lines(rows: Sequence[Row], number: int) -> list[str]:
    """The lines of a row that the row before it did not have."""
    before = set(rows[number - 1]["text"].splitlines()) if number else set[str]()
    return [line for line in rows[number]["text"].splitlines() if line.strip() and line not in before]


def image(row: Row) -> str:
    """What two rows of the same pixels have in common."""
    return str(row["same_image_as"] or row["id"])


if __name__ == "__main__":
    main()
