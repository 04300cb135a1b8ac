"""What is new on frames whose windows lose others by an order to forget.

    window    a: "one" "two" ─ b: "two" "three" ─ c: "three" "four"      b goes
    new       one, two         (three)            four ─► three, four    a line is new where its window first shows it

Which lines are new is a rule of the stages; here are the rows.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from uuid import UUID

from sqlalchemy import ARRAY, Connection, Text, Uuid, and_, exists, func, literal, select, update

from recall_assets.store.forgetting.deleting import items
from recall_assets.store.tables import forgotten_items, frames, ocr_text

_AT_ONCE = 2000


def later_texts(connection: Connection, order_id: int) -> Iterator[tuple[list[UUID], list[str], list[str]]]:
    """What stays of each window that loses frames: frame ids, texts and new lines of a day of it, in time order."""
    f, t, item = frames.c, ocr_text.c, forgotten_items.c
    window = (f.deployment_id, f.day, func.coalesce(f.app_name, ""), func.coalesce(f.window_title, ""))
    of_order = exists().where(item.order_id == order_id, item.target == "frames", item.id == f.id)
    named = [column.label(f"part_{place}") for place, column in enumerate(window)]
    losing = select(*named).where(f.id.in_(items(order_id, "frames"))).distinct().subquery()
    rows = connection.execute(
        select(*named, f.id, t.text, t.new_text)
        .join(losing, and_(*(own == other for own, other in zip(window, losing.c, strict=True))))
        .join(ocr_text, t.frame_id == f.id)
        .where(~of_order)
        .order_by(*window, f.captured_at, f.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for _, of_window in groupby(rows, key=lambda row: tuple(row[: len(window)])):
        ids, texts, new = zip(*(row[len(window) :] for row in of_window), strict=True)
        yield [*ids], [*texts], [*new]


def write_new_lines(connection: Connection, new: Mapping[UUID, str]) -> None:
    """What is new on these frames, now that others are gone."""
    values = func.unnest(literal([*new], ARRAY(Uuid)), literal([*new.values()], ARRAY(Text)))
    rows = values.table_valued("id", "lines").render_derived(name="fresh")
    connection.execute(update(ocr_text).where(ocr_text.c.frame_id == rows.c.id).values(new_text=rows.c.lines))
