"""One small day as rows, told by hand: what lineage, export and the commands that print them are tested on.

laptop    frame 0, frame 1 ──► activity BUG      ─┬─► project LEDGER
desktop   frame 2, unread  ──► activity STANDUP  ─┘
          spoken, PIN ──────┘
each activity says a sentence about its first frame; the combined summary says three, about BUG, LEDGER and the speech
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Table, insert, update

from recall_assets.records import (
    RECALL_NAMESPACE,
    Activity,
    DaySummary,
    DeploymentDay,
    Provenance,
    Sentence,
    Source,
    SourceKind,
    Status,
    Transcript,
)
from recall_assets.store.activities import replace_day as replace_activities
from recall_assets.store.day_summaries import replace_day as replace_summary
from recall_assets.store.sentences import sentence_id
from recall_assets.store.tables import activities, audio_segments, deployments, frames, ocr_text, projects, secrets
from recall_assets.store.transcripts import replace as replace_transcripts
from recall_assets.store.transcripts import transcript_id

DAY = date(2026, 3, 2)
RUN = UUID("11111111-2222-4333-8444-555555555555")
MADE = Provenance("v1", RUN)


def named(name: str) -> UUID:
    """The id of the row that this day calls `name`."""
    return uuid5(RECALL_NAMESPACE, name)


FRAMES = tuple(named(f"frame {number}") for number in range(3))
BUG, STANDUP, LEDGER, SECRET, COMBINED = map(named, ("bug", "standup", "ledger", "secret", "combined"))
ABOUT_BUG, ABOUT_LEDGER, ABOUT_CALL = (sentence_id(COMBINED, place) for place in range(3))
BUG_SENTENCE = sentence_id(BUG, 0)
SEGMENT, PIN = named("segment"), named("pin")
SPOKEN = transcript_id(SEGMENT, 0)


def _at(minute: int) -> datetime:
    return datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(minutes=minute)


def _add(connection: Connection, table: Table, **values: Any) -> None:
    connection.execute(insert(table).values(**values))


def _frame(connection: Connection, number: int, deployment: str, text: str | None) -> None:
    _add(
        connection,
        frames,
        id=FRAMES[number],
        deployment_id=deployment,
        captured_at=_at(number),
        seen_until=_at(number + 1),
        utc_offset=timedelta(hours=1),
        day=DAY,
        monitor=0,
        imported_id=f"imported-{number}",
        app_name=text and "editor",
        window_title=text and "vat.py",
        ocr_status=Status.PENDING if text is None else Status.DONE,
    )
    if text is not None:
        read = {"engine": "tesseract", "language": "eng", "detector_version": "d1", "code_version_read": "v1"}
        made = {"code_version": "v1", "run_id": RUN}
        _add(connection, ocr_text, frame_id=FRAMES[number], text=text, new_text=text, layout=[], **read, **made)


def _activity(connection: Connection, activity_id: UUID, deployment: str, title: str, shown: tuple[UUID, ...]) -> None:
    said = Sentence(f"{title} it was.", (Source(SourceKind.FRAME, shown[0]),))
    activity = Activity(
        activity_id, deployment, DAY, _at(0), _at(20), shown, title=title, sentences=(said,), active_seconds=1200
    )
    replace_activities(connection, DeploymentDay(deployment, DAY), [activity], MADE)


def _speech(connection: Connection) -> None:
    heard = {"source": "microphone", "imported_id": "call", "transcript_status": Status.DONE}
    when = {"started_at": _at(1), "ended_at": _at(2), "utc_offset": timedelta(hours=1), "day": DAY}
    _add(connection, audio_segments, id=SEGMENT, deployment_id="desktop", **when, **heard)
    said = Transcript(SPOKEN, SEGMENT, "desktop", DAY, _at(1), _at(2), "We round once.", "me", "en", 0.75, "whisper 1")
    replace_transcripts(connection, [SEGMENT], [said], "d1", MADE)
    found = {"deployment_id": "desktop", "place": "speech", "kind": "pin", "rule": "r", "detector_version": "d1"}
    _add(connection, secrets, id=PIN, transcript_id=SPOKEN, boxes=[], run_id=RUN, **found)


def tell(connection: Connection) -> None:
    """Writes the day's rows."""
    for deployment in ("laptop", "desktop"):
        _add(connection, deployments, id=deployment, name=deployment, timezone="Europe/Berlin")
    _frame(connection, 0, "laptop", "def vat(total)")
    _frame(connection, 1, "laptop", "[REDACTED:token]")
    _frame(connection, 2, "desktop", None)
    found = {"deployment_id": "laptop", "place": "screen", "kind": "token", "rule": "r", "detector_version": "d1"}
    _add(connection, secrets, id=SECRET, frame_id=FRAMES[1], boxes=[[8, 8, 64, 16]], run_id=RUN, **found)
    _speech(connection)
    _activity(connection, BUG, "laptop", "Rounding bug", FRAMES[:2])
    _activity(connection, STANDUP, "desktop", "Stand-up", FRAMES[2:])
    _add(connection, projects, id=LEDGER, name="Ledger", first_seen=DAY, last_seen=DAY, code_version="v1", run_id=RUN)
    connection.execute(update(activities).values(project_id=LEDGER))
    told = (
        Sentence("A rounding bug took 20 minutes.", (Source(SourceKind.ACTIVITY, BUG),)),
        Sentence("Ledger had the day.", (Source(SourceKind.PROJECT, LEDGER), Source(SourceKind.FRAME, FRAMES[0]))),
        Sentence("It was said.", (Source(SourceKind.TRANSCRIPT, SPOKEN),)),
    )
    replace_summary(connection, DAY, DaySummary(COMBINED, None, DAY, told), MADE)
