"""What requests may hold, and what becomes of it: texts, days, pages.

?cursor=...&limit=20 ─► Page ─► limit + 1 rows ─► page_of ─► {"items": [...], "next": "..."}
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from recall_assets.errors import InputError
from recall_assets.store.timeline.pages import Place

MOST = 200  # items of a page

_Item = TypeVar("_Item")
_Row = TypeVar("_Row")


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("A text cannot hold the character U+0000.")
    return text


# Days on which arithmetic of days is still defined.
Day = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2999, 12, 31))]
Words = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_without_nul)]
MachineId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Items of the page.")]
Cursor = Annotated[
    Annotated[str, StringConstraints(max_length=200), AfterValidator(_without_nul)] | None,
    Query(description="`next` of the page before; none for the first page."),
]


class Page(BaseModel, Generic[_Item]):
    """A part of a list, the newest first."""

    items: list[_Item]
    next: str | None = Field(description="The cursor of the page that follows; null where this is the last.")


def page_of(
    rows: Sequence[_Row], limit: int, shown: Callable[[_Row], _Item], after: Callable[[_Row], str]
) -> Page[_Item]:
    """A page of rows of which one more than `limit` was asked for."""
    kept = rows[:limit]
    return Page(items=[shown(row) for row in kept], next=after(kept[-1]) if len(rows) > limit else None)


def cursor_of(at: datetime, row_id: UUID) -> str:
    """The cursor behind a row."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {row_id}".encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> Place | None:
    """The row behind which a page begins.

    Raises:
        InputError: it is no cursor of ours.
    """
    if cursor is None:
        return None
    try:
        at, _, row_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().rpartition(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not 1970 <= moment.year < 3000:
            raise ValueError(at)
        return Place(moment, UUID(row_id))
    except (ValueError, binascii.Error):
        raise InputError("That is no cursor.", "Give `next` of the page before, or none.") from None


def day_of(cursor: str | None) -> date | None:
    """The day before which a page begins.

    Raises:
        InputError: it is no cursor of ours.
    """
    try:
        return None if cursor is None else date.fromisoformat(cursor)
    except ValueError:
        raise InputError("That is no cursor.", "Give `next` of the page before, or none.") from None
