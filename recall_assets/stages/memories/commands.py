"""Procedures that were typed: command lines after a shell's prompt, in their order, where they recur or go together.

ada@mill:~/src/shop$ git checkout -b round-once        prompt grammar alone says what a command is
ada@mill:~/src/shop$ vim vat.py                        looking around (ls, cd, clear, …) is no step
ada@mill:~/src/shop$ pytest -q                         run again at once: one step
ada@mill:~/src/shop$ git commit -am "Round once"

a folder's commands of one activity ─► three or more different steps ─► a procedure, named by its programs
the same programs in the same order again, there or elsewhere ─► the same topic, `times` counts them
"""

import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from recall_assets.records import Frame, Memory, MemoryKind, Procedure, Source, SourceKind
from recall_assets.stages.memories.day import Day, memory_id, topic_of
from recall_assets.stages.memories.typed_words import CARETS, TypedWords
from recall_assets.stages.sentences.readings import best_readings

LEAST_STEPS = 3
MOST_STEPS = 12
_LEAST_AGAIN = 2

_PROMPTED = re.compile(r"(?P<host>[\w.-]+@[\w.-]+)[:\s]\s?(?P<folder>[~/][^\s$#%❯>]*)\s?[$#%❯]\s+(?P<line>\S.*)$")
# One word in lower case, perhaps a path to it; then arguments.
_COMMAND = re.compile(r"^(?:[A-Z_]+=\S*\s+)*(?P<program>(?:[.~]{0,2}/)?[a-z][\w./+-]*)(?:\s+(?P<rest>.*))?$")
_SUBCOMMAND = re.compile(r"^[a-z][a-z-]+$")
_MODULE = re.compile(r"^-m\s+(\w[\w.]*)")
_LOOKING = frozenset(
    (
        *(
            "cd",
            "ls",
            "ll",
            "la",
            "pwd",
            "clear",
            "exit",
            "logout",
            "history",
            "man",
            "which",
            "whoami",
            "date",
            "echo",
        ),
        *("cat", "less", "more", "head", "tail", "bat", "tree", "top", "htop", "df", "du", "ps", "wc", "file", "diff"),
    )
)
_LOOKING_SUBCOMMAND = frozenset(("status", "log", "show", "diff", "list", "ls", "help", "version", "remote", "info"))
# What only pages through an output, its bar misread or lost.
_PAGER = re.compile(r"\s+(?:[|I1l]\s+)?(?:cat|less|more|head(?:\s+-\w+)*|tail(?:\s+-\w+)*)$")
_CHAINED = re.compile(r"\s*(?:;|&&)\s*")

_CARET = re.compile(r"[\s|_▏█I]+$")


class Typed(NamedTuple):
    """A command line, and the first frame on which it stood whole."""

    folder: str
    line: str
    frame_id: UUID


def procedures_typed(day: Day) -> Iterator[Memory]:
    """The sequences of commands of a day, by when each first happened."""
    found: dict[tuple[str, ...], list[list[Typed]]] = defaultdict(list)
    typed = [
        commands([day.frames[one] for one in activity.frame_ids if one in day.frames]) for activity in day.activities
    ]
    titles = {frame.window_title or "" for frame in day.frames.values()}
    spelling = TypedWords((one.line for own in typed for one in own), titles)
    for of_activity in typed:
        ordered = sorted(of_activity, key=lambda one: one.folder)
        for _, own in groupby(ordered, key=lambda one: one.folder):
            steps = [one._replace(line=spelling.corrected(one.line)) for one in own][:MOST_STEPS]
            shape = tuple(dict.fromkeys(shape_of(one.line) for one in steps))
            if len(shape) >= LEAST_STEPS:
                found[shape].append(steps)
    for shape, runs in found.items():
        yield _procedure(day, shape, runs)


def commands(frames: Sequence[Frame]) -> list[Typed]:
    """The command lines on these frames in their order, each once in a row; what was still being typed is left out."""
    seen: dict[tuple[str, str], UUID] = {}
    counts: Counter[str] = Counter()
    for frame in sorted(frames, key=lambda frame: (frame.captured_at, frame.id)):
        for raw in frame.text.splitlines():
            prompted = _PROMPTED.search(raw.replace("  ", " "))
            for part in _CHAINED.split(_CARET.sub("", prompted["line"])) if prompted else ():
                line = _PAGER.sub("", part) if " " in part else part
                if prompted and _is_step(line):
                    seen.setdefault((prompted["folder"].rstrip("/"), line), frame.id)
                    counts[line] += 1
    best = best_readings(counts)
    typed = [
        Typed(folder, line, frame_id)
        for (folder, line), frame_id in seen.items()
        if best[line] == line and _is_whole(line, counts)
    ]
    return list({(one.folder, one.line): one for one in reversed(typed)}.values())[::-1]


def shape_of(line: str) -> str:
    """What a command does whatever it does it to: its program, and the subcommand of one that has subcommands."""
    found = _COMMAND.match(line)
    if found is None:
        return line
    program, rest = found["program"].rpartition("/")[2], found["rest"] or ""
    if module := _MODULE.match(rest):
        return f"{program} -m {module.group(1)}"
    first = rest.split(" ", 1)[0]
    return f"{program} {first}" if _SUBCOMMAND.match(first) and "." not in first else program


def _is_step(line: str) -> bool:
    """A whole command that does something, rather than look around; one with an open quote goes on below."""
    found = _COMMAND.match(line)
    if found is None or found["program"] in _LOOKING or "[REDACTED:" in found["program"]:
        return False
    try:
        shlex.split(line)
    except ValueError:
        return False
    return (found["rest"] or "").split(" ", 1)[0] not in _LOOKING_SUBCOMMAND


def _is_whole(line: str, others: Iterable[str]) -> bool:
    """Not one that was still being typed, nor one with the caret read as its last letter."""
    longer = {other for other in others if other != line and other.startswith(line)}
    if {other[len(line) :] for other in longer} - CARETS:
        return False
    return not (line[-1] in CARETS and line[:-1] in others)


def _procedure(day: Day, shape: tuple[str, ...], runs: Sequence[Sequence[Typed]]) -> Memory:
    first = runs[0]
    topic = topic_of(MemoryKind.PROCEDURAL, "commands/" + "\n".join(shape))
    steps = tuple(one.line for one in first)
    ids = [one.frame_id for run in runs for one in run]
    activities = dict.fromkeys(day.activity_of[one].id for one in ids)
    rests = (
        *(Source(SourceKind.ACTIVITY, one) for one in activities),
        *(Source(SourceKind.FRAME, one) for one in dict.fromkeys(one.frame_id for one in first)),
    )
    return Memory(
        id=memory_id(topic, day.date),
        topic=topic,
        summary=f"{', '.join(shape[:-1])} and {shape[-1]} in {first[0].folder}",
        details="\n".join(steps),
        particulars=Procedure("commands", steps),
        valid_from=day.first([first[0].frame_id]),
        sources=rests,
        day=day.date,
        deployment_id=day.machine(ids),
        tree_path=day.path(ids),
        times=len(runs),
        confidence=0.9 if len(runs) >= _LEAST_AGAIN else 0.6,
    )
