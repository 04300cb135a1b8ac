"""What ActivityWatch watched, as frames without an image: which window was in front, and when nobody was there.

    window bucket   [ code: main.py          ][ firefox: Tides     ]     app and title
    web buckets                               [ tides.example/may  ]     the page that shows the longest of a window
    afk bucket      [ not-afk      ][ afk   ][ not-afk             ]     absent time is cut away
    frames          |····5min····|··|         |····················|     one a piece, idle 0: somebody was there

An export is `aw-client`'s or the web page's JSON. Ids are uuid5 of host, bucket and time, so a later export of the same
host adds what is new.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from recall_assets.errors import InputError
from recall_assets.importers.drafts import Draft, Dropped, Item, Outcome
from recall_assets.records import RECALL_NAMESPACE, Status
from recall_assets.stages.forgetting import Judge, Seen
from recall_assets.store.frames import NO_IMAGE

# As an agent does: a window that stays in front is seen again, so that presence is known at its end too.
PIECE = timedelta(minutes=5)
WINDOWS, AFK, WEB = "currentwindow", "afkstatus", "web.tab.current"


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Event(_Lenient):
    """A stretch of time about which a watcher knew something."""

    timestamp: AwareDatetime
    duration: Annotated[float, Field(ge=0, le=31 * 86_400, allow_inf_nan=False)] = 0.0  # seconds
    data: dict[str, Any] = Field(default_factory=dict)

    @property
    def end(self) -> datetime:
        return self.timestamp + timedelta(seconds=self.duration)

    def said(self, name: str) -> str | None:
        """A text of its data."""
        text = str(self.data.get(name) or "").replace("\x00", "").strip()
        return text or None


class Bucket(_Lenient):
    """The events of one watcher on one machine."""

    id: str = ""
    type: str
    hostname: str = "unknown"
    events: list[Event] = Field(default_factory=list)


class Export(_Lenient):
    """A whole export."""

    buckets: dict[str, Bucket]

    def of(self, host: str, kind: str) -> list[Bucket]:
        """The buckets of a host and kind, by id; web watchers name no host, so theirs count for every one."""
        nameless = {"unknown", ""} if kind == WEB else set()
        found = [b for _, b in sorted(self.buckets.items()) if b.type == kind and b.hostname in {host, *nameless}]
        return [bucket.model_copy(update={"events": sorted(bucket.events, key=_start)}) for bucket in found]

    @property
    def hosts(self) -> list[str]:
        """The machines whose windows were watched."""
        return sorted({bucket.hostname for bucket in self.buckets.values() if bucket.type == WINDOWS})


@dataclass(frozen=True, slots=True)
class Watched:
    """One machine's part of an export, and what it becomes here."""

    export: Export
    host: str
    deployment_id: str
    zone: ZoneInfo
    import_id: UUID
    forgotten: Judge | None = None

    def items(self) -> Iterator[Item]:
        """What each event of a window becomes."""
        watches = self.export.of(self.host, AFK)
        present = _Times(sorted((e for b in watches for e in b.events if _is_there(e)), key=_start))
        browsers = [_Times(bucket.events) for bucket in self.export.of(self.host, WEB)]
        for bucket in self.export.of(self.host, WINDOWS):
            for event in bucket.events:
                there = _overlaps(event, [*present.during(event)]) if watches else [(event.timestamp, event.end)]
                page = _page(event, browsers)
                yield Item("windows", [*self._frames(event, bucket, there, page, idle=0.0 if watches else None)])

    def _frames(
        self,
        event: Event,
        bucket: Bucket,
        there: Sequence[tuple[datetime, datetime]],
        page: Event | None,
        *,
        idle: float | None,
    ) -> Iterator[Outcome]:
        app, title, url = event.said("app"), event.said("title"), page.said("url") if page else None
        if not there:
            yield Dropped("nobody was there")
        elif page is not None and page.data.get("incognito"):
            yield Dropped("a private window")
        elif not app and not title:
            yield Dropped("says nothing")
        elif self._is_forgotten(event, app, title, url):
            yield Dropped("forgotten by your order")
        else:
            for start, end in (piece for stretch in there for piece in _pieces(*stretch)):
                yield self._frame(bucket, start, end, {"app_name": app, "window_title": title, "url": url}, idle)

    def _is_forgotten(self, event: Event, app: str | None, title: str | None, url: str | None) -> bool:
        seen = Seen(self.deployment_id, event.timestamp, event.end, [app], [url], [app, title, url])
        return self.forgotten is not None and self.forgotten.rule_for(seen) is not None

    def _frame(
        self, bucket: Bucket, start: datetime, end: datetime, told: dict[str, str | None], idle: float | None
    ) -> Draft:
        at = start.astimezone(self.zone)
        natural = f"activitywatch/{self.host}/{bucket.id}/{start.astimezone(UTC).isoformat()}"
        key = uuid5(RECALL_NAMESPACE, natural)
        values = {
            "id": key,
            "deployment_id": self.deployment_id,
            "captured_at": start,
            "seen_until": end,
            "utc_offset": at.utcoffset() or timedelta(),
            "day": at.date(),
            "monitor": 0,
            **told,
            "idle_seconds": idle,
            "trigger": "import",
            "ocr_status": int(Status.SKIPPED),
            "error": NO_IMAGE,
            "imported_from": self.import_id,
        }
        return Draft("frames", key, self.deployment_id, values)


def read_export(file: Path) -> Export:
    """What the file says.

    Raises:
        InputError: it cannot be read, or is no export.
    """
    try:
        export = Export.model_validate_json(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.", "Name the exported JSON file.") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'][:4]))}: {e['msg']}" for e in error.errors()[:3])
        raise InputError(
            f"{file} is no export of ActivityWatch: {wrong}.", 'Use "Raw data" > "Export all buckets as JSON".'
        ) from error
    if not export.hosts:
        raise InputError(f"{file} holds no window events.", "Export all buckets, not one.")
    return export


class _Times:
    """Events that follow one another, found by time."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events, self._ends = events, [event.end for event in events]

    def during(self, event: Event) -> Iterator[Event]:
        """Those that share a moment with this one."""
        for at in range(bisect_left(self._ends, event.timestamp), len(self._events)):
            if self._events[at].timestamp > event.end:
                return
            yield self._events[at]


def _page(event: Event, browsers: Sequence[_Times]) -> Event | None:
    """The page whose title stands in the window's, and that was there with it the longest."""
    title = event.said("title") or ""
    pages = [page for pages in browsers for page in pages.during(event) if (page.said("title") or "\0") in title]
    return max(pages, key=lambda page: _shared(page, event), default=None)


def _shared(one: Event, other: Event) -> timedelta:
    return min(one.end, other.end) - max(one.timestamp, other.timestamp)


def _is_there(event: Event) -> bool:
    return event.data.get("status") == "not-afk"


def _start(event: Event) -> datetime:
    return event.timestamp


def _overlaps(event: Event, present: Sequence[Event]) -> list[tuple[datetime, datetime]]:
    """The parts of an event in which somebody was there."""
    parts = ((max(one.timestamp, event.timestamp), min(one.end, event.end)) for one in present)
    return [(start, end) for start, end in parts if start < end or start == end == event.timestamp]


def _pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while end - start > PIECE:
        yield start, start + PIECE
        start += PIECE
    yield start, end
