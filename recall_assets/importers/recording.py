"""Sends a recording through the ingest endpoint, sealed as an agent would have sealed it.

    RecordedDay ─► line ─► header + metadata + image, byte for byte ─► seal ─► upload ─► outcome ─► DayReport
                   └ cannot be used, or refused: Problem(file, line, reason) ──────────────────────┘

Ids are uuid5 of (set, deployment, day's folder, their id), so a second import finds every item known. Of `change`,
which the recorder knew because it acted itself, three things remain that an agent sees too: another window came to the
front (`window`: trigger focus), nobody touched the machine (`idle`: trigger idle), and everything else (trigger
change). How long nobody had touched the machine is not recorded, so it stays unknown.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid5

from capture_agent.protocol import (
    AudioMetadata,
    Binding,
    FrameMetadata,
    Kind,
    Outcome,
    WindowMetadata,
)
from capture_agent.seal import LandingKey, seal
from capture_agent.upload import Outgoing, Uploader, UploadError
from recall_assets.errors import RecallError
from recall_assets.importers.recorded_days import (
    Problem,
    RecordedAudio,
    RecordedDay,
    RecordedFrame,
    read_audio,
    read_frames,
)
from recall_assets.records import RECALL_NAMESPACE

Counts = Counter[tuple[Kind, Outcome]]


@dataclass(slots=True)
class DayReport:
    """What became of a day's lines."""

    day: RecordedDay
    counts: Counts = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    """An item on its way, and where it came from."""

    item: Outgoing
    file: Path
    number: int


def send_day(
    day: RecordedDay, uploader: Uploader, *, to: LandingKey, tag_key: bytes, advance: Callable[[], None]
) -> DayReport:
    """Sends every line of a day; those that cannot be used, or are refused, are in the report.

    Args:
        advance: called once for each line.

    Raises:
        RecallError: the server takes nothing more; what it has taken stays.
    """
    report = DayReport(day)
    underway: list[_Line] = []

    def items() -> Iterator[Outgoing]:
        for line in _sealed_lines(day, to, tag_key):
            if isinstance(line, Problem):
                report.problems.append(line)
                advance()
            else:
                underway.append(line)
                yield line.item

    try:
        for position, (item, answer) in enumerate(uploader.send(items())):
            line = underway[position]
            report.counts[item.header.kind, answer.outcome] += 1
            if not answer.outcome.settled:
                report.problems.append(Problem(line.file, line.number, f"{answer.outcome}: {answer.reason}"))
            advance()
    except UploadError as error:
        raise RecallError(error.problem, f"{error.remedy} Then run the import again.") from error
    report.problems.sort(key=lambda problem: (problem.file, problem.line or 0))
    return report


def _sealed_lines(day: RecordedDay, to: LandingKey, tag_key: bytes) -> Iterator[_Line | Problem]:
    for number, frame in read_frames(day):
        if isinstance(frame, Problem):
            yield frame
            continue
        yield _sealed(day, frame, _frame_metadata(frame), number, to, tag_key)
    for number, audio in read_audio(day):
        if isinstance(audio, Problem):
            yield audio
            continue
        metadata = AudioMetadata(source=_source(audio.source), imported_id=audio.id)
        yield _sealed(day, audio, metadata, number, to, tag_key)


def _sealed(
    day: RecordedDay,
    row: RecordedFrame | RecordedAudio,
    metadata: FrameMetadata | AudioMetadata,
    number: int,
    to: LandingKey,
    tag_key: bytes,
) -> _Line | Problem:
    kind, path = (Kind.FRAME, day.frames_file) if isinstance(row, RecordedFrame) else (Kind.AUDIO, day.audio_file)
    try:
        payload = (day.folder / row.file).read_bytes()
    except OSError as error:
        return Problem(path, number, f"{row.file} cannot be read: {error.strerror}")
    binding = Binding(
        kind=kind,
        deployment=day.deployment_id,
        id=_item_id(day, kind, row.id),
        captured_at=row.ts,
        utc_offset=row.ts.utcoffset() or timedelta(),
        monitor=row.monitor if isinstance(row, RecordedFrame) else 0,
    )
    sealed = seal(binding, row.ts + row.held, metadata, payload, to=to, tag_key=tag_key)
    return _Line(Outgoing(sealed.header, sealed.envelope), path, number)


def _frame_metadata(frame: RecordedFrame) -> FrameMetadata:
    trigger: Literal["focus", "idle", "change"] = "change"
    if frame.change in {"window", "idle"}:
        trigger = "focus" if frame.change == "window" else "idle"
    windows = tuple(WindowMetadata(**window.model_dump()) for window in frame.windows)
    return FrameMetadata(
        app=frame.app,
        title=frame.title,
        url=frame.url,
        windows=windows,
        monitor_rect=frame.monitor_rect,
        trigger=trigger,
        imported_id=frame.id,
    )


def _item_id(day: RecordedDay, kind: Kind, recorded_id: str) -> UUID:
    return uuid5(RECALL_NAMESPACE, f"recording/{day.set}/{day.deployment_id}/{day.folder.name}/{kind}/{recorded_id}")


def _source(said: str) -> Literal["microphone", "system", "mixed"]:
    """Microphone or the machine's own sound, where the recording says just one of them."""
    microphone = "microphone" in said
    system = "speaker" in said or "system" in said
    if microphone == system:
        return "mixed"
    return "microphone" if microphone else "system"
