"""The question about a doubtful finding: whether what stands around it looks as if there were a secret.

    row of secrets ─► redacted lines around its mark, kind, place, app ─► question ─► secret │ no_secret

A model sees the mark, never a value, its length or its shape, and can open nothing: its word changes how a finding is
listed, and takes back no redaction. Findings of rules that are sure are not asked about.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from recall_assets.records import Frame, Source, SourceKind
from recall_assets.stages.language_model.asking import Card, Form, Limits, Prompt
from recall_assets.stages.language_model.checking import Checked
from recall_assets.stages.secrets import detect, redact

SECRET, NO_SECRET = "secret", "no_secret"
REVIEWS = Form(
    "reviews",
    "A scanner covered something on a screen because it may be a secret: a key, a password, a code. You see the lines "
    "around it with a mark such as [REDACTED:token] in its place. Give one item: kind no_secret where the lines show "
    "that it opens nothing (an example, a public id, a checksum), else kind secret. In doubt it is a secret.",
    {SECRET: Limits(0, 0), NO_SECRET: Limits(0, 0)},
    most=1,
    most_sources=1,
)
_LINES = 3
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A finding of a rule that errs more often, on a frame."""

    id: UUID
    kind: str
    rule: str
    place: str
    frame_id: UUID


def review_prompts(
    day: date, found: Sequence[Doubtful], frames: Mapping[UUID, Frame]
) -> Iterator[tuple[tuple[UUID, ...], Prompt]]:
    """What is asked about findings, and about which: those that stand in the same lines are asked about once a day."""
    alike: defaultdict[tuple[str, ...], list[Doubtful]] = defaultdict(list)
    for one in found:
        if one.frame_id in frames and (lines := _around(one, frames[one.frame_id])):
            alike[one.kind, one.rule, one.place, frames[one.frame_id].app_name or "", *lines].append(one)
    for key, own in sorted(alike.items()):
        kind, rule, place, app, *lines = key
        shown = {"id": "a1", "mark": f"[REDACTED:{kind}]", "rule": rule, "place": place, "app": app, "lines": lines}
        card = Card("a1", shown, (), (Source(SourceKind.SECRET, own[0].id),))
        yield tuple(one.id for one in own), Prompt(REVIEWS, (card,), (day.isoformat(), *key))


def verdict_of(found: Checked) -> str | None:
    """What an answer makes of a finding; None where it is none."""
    return found.said[0].kind if found.said else None


def _around(one: Doubtful, frame: Frame) -> list[str]:
    """The lines with its mark and the one before each, as today's rules would store them."""
    text = {"window_title": frame.window_title, "url": frame.url}.get(one.place, frame.text) or ""
    lines, mark = text.splitlines(), f"[REDACTED:{one.kind}]"
    places = [place for place, line in enumerate(lines) if mark in line][:_LINES]
    wanted = sorted({place for found in places for place in (found - 1, found) if place >= 0})
    shown = "\n".join(lines[place][:_LONGEST_LINE] for place in wanted)
    return redact(shown, detect(shown)).splitlines()
