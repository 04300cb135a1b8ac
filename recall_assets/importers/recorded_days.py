"""Finds the days of a recording and reads their lines, as an agent could have seen them.

    DIR: set/<deployment>/<day>/   recording.json            zone, name of the set
      or <deployment>/<day>/       frames.jsonl, frames/     one captured frame a line
      or <day>/                    audio.jsonl, audio/       one stretch of sound a line, where there is sound

    line ─► RecordedFrame | RecordedAudio, or Problem(file, line, reason); the other lines go on

What an agent could not know is not read: texts, secrets, activities, labels, projects, tab lists.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from capture_agent.protocol import Rect, ScreenText
from recall_assets.errors import InputError
from recall_assets.store.deployments import check_id, check_timezone


def _written(time: object) -> object:
    if not isinstance(time, str):
        raise ValueError("must be an ISO 8601 text with its offset")
    return time


def _of_a_clock(time: datetime) -> datetime:
    offset = time.utcoffset() or timedelta()
    if not 1900 <= time.year <= 9000:
        raise ValueError("the year cannot be meant")
    if abs(offset) > timedelta(hours=14) or offset % timedelta(minutes=1):
        raise ValueError("the offset must be whole minutes within 14 hours")
    return time


def _inside(file: str) -> str:
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or "\x00" in file:
        raise ValueError("must lie inside the day's folder")
    return file


_Time = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_of_a_clock)]
_Seconds = Annotated[float, Field(ge=0, le=31 * 86_400, allow_inf_nan=False)]
_File = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_inside)]
_Id = Annotated[str, Field(min_length=1, max_length=500)]


class _Lenient(BaseModel):
    """Fields that are not named here are not read."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class RecordedWindow(_Lenient):
    """A window of a recorded frame."""

    app: ScreenText = ""
    title: ScreenText = ""
    rect: Rect
    active: bool = False
    url: ScreenText | None = None


class RecordedFrame(_Lenient):
    """One line of frames.jsonl; the screen stood still for `hold_s` from `ts`."""

    id: _Id
    ts: _Time
    file: _File
    hold_s: _Seconds | None = None
    monitor: Annotated[int, Field(ge=0, le=255)] = 0
    monitor_rect: Rect | None = None
    change: str = ""
    app: ScreenText | None = None
    title: ScreenText | None = None
    url: ScreenText | None = None
    windows: Annotated[tuple[RecordedWindow, ...], Field(max_length=500)] = ()

    @property
    def held(self) -> timedelta:
        return timedelta(seconds=self.hold_s or 0)


class RecordedAudio(_Lenient):
    """One line of audio.jsonl."""

    id: _Id
    ts: _Time
    file: _File
    duration_s: _Seconds
    source: str = ""

    @property
    def held(self) -> timedelta:
        return timedelta(seconds=self.duration_s)


class _Description(_Lenient):
    timezone: str
    set: str = ""


_Row = TypeVar("_Row", RecordedFrame, RecordedAudio)


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be imported; `line` counts from 1, None where the whole file is meant."""

    file: Path
    line: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.file}{'' if self.line is None else f':{self.line}'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """A day's folder; `set` names the recording that it is a part of, whatever DIR was."""

    folder: Path
    deployment_id: str
    timezone: str
    set: str

    @property
    def frames_file(self) -> Path:
        return self.folder / "frames.jsonl"

    @property
    def audio_file(self) -> Path:
        return self.folder / "audio.jsonl"

    def count_lines(self) -> int:
        """How many lines there are to go through."""
        return sum(1 for path in (self.frames_file, self.audio_file) for _ in _lines(path))


@dataclass(slots=True)
class Recording:
    """The days below a folder, by deployment, then day, and what is wrong with the others."""

    days: list[RecordedDay] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find_recording(folder: Path, deployment_id: str | None = None) -> Recording:
    """The days of a set, a deployment or a day.

    Args:
        folder: the folder of any of the three.
        deployment_id: in place of the name of the deployment's folder.

    Raises:
        InputError: there is no recording, or several deployments would become one.
    """
    folder = folder.resolve()
    found = next((days for above in ("", "*/", "*/*/") if (days := _day_folders(folder, above))), [])
    if not found:
        raise InputError(f"There is no recording in {folder}.", "Name the folder of a set, a deployment or a day.")
    if deployment_id is not None and len({day.parent for day in found}) > 1:
        raise InputError(
            f"{folder} holds several deployments; --deployment would make them one.", "Import them one by one."
        )
    recording = Recording()
    for day in found:
        description = day / "recording.json"
        try:
            recording.days.append(_day(description, deployment_id or day.parent.name))
        except InputError as error:
            recording.problems.append(Problem(description, None, f"{error.problem} {error.remedy}".strip()))
    return recording


def read_frames(day: RecordedDay) -> Iterator[tuple[int, RecordedFrame | Problem]]:
    """Each line of frames.jsonl with its number."""
    if not day.frames_file.exists():
        yield 1, Problem(day.frames_file, None, "the file is missing")
    yield from _read(day.frames_file, RecordedFrame)


def read_audio(day: RecordedDay) -> Iterator[tuple[int, RecordedAudio | Problem]]:
    """Each line of audio.jsonl with its number; none where there was no sound."""
    yield from _read(day.audio_file, RecordedAudio)


def _day_folders(folder: Path, above: str) -> list[Path]:
    """The days at one depth; a day whose description is missing is one too, so that nothing is left out silently."""
    return sorted({path.parent for name in ("recording.json", "frames.jsonl") for path in folder.glob(above + name)})


def _day(path: Path, deployment_id: str) -> RecordedDay:
    try:
        described = _Description.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(_reason(error)) from error
    return RecordedDay(path.parent, check_id(deployment_id), check_timezone(described.timezone), described.set)


def _read(path: Path, model: type[_Row]) -> Iterator[tuple[int, _Row | Problem]]:
    for number, line in _lines(path):
        try:
            row = model.model_validate_json(line)
        except ValidationError as error:
            yield number, Problem(path, number, _reason(error))
        else:
            yield number, row


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, counted from 1."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, line


def _reason(error: OSError | ValidationError) -> str:
    """What is wrong, without the line's content."""
    if isinstance(error, OSError):
        return str(error.strerror)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'line'}: {e['msg']}" for e in error.errors())
