"""Which images stay: every one for a time, then one an activity, then none; their texts stay in any case.

    age      0 ───────── images ─────────────── keyframes ───────►
    kept         EVERY      │      KEYFRAMES        │    NONE
    budget   over it, the oldest whole day is thinned out next; when all are thin, the oldest day's keyframes go

A keyframe is what tells most of its activity: what a model described, else what a sentence rests on, else what stood
longest. What belongs to no activity (nobody was there, or it was not cut yet) leaves one image an hour.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import IntEnum

from recall_assets.records import DeploymentDay, KeptImage, Retention


class Keep(IntEnum):
    """How much of a day's images is kept."""

    NONE = 0
    KEYFRAMES = 1
    EVERY = 2


def by_age(day: date, today: date, retention: Retention) -> Keep:
    """How much of the images of a day is kept when it is as old as that."""
    age = today - day
    if retention.images is None or age <= retention.images:
        return Keep.EVERY
    if retention.keyframes is None or age <= max(retention.images, retention.keyframes):
        return Keep.KEYFRAMES
    return Keep.NONE


def to_let_go(images: Sequence[KeptImage], keep: Keep) -> dict[str, int]:
    """The images of one deployment's day that are not kept, with their bytes, by reference."""
    kept = {Keep.EVERY: {one.ref for one in images}, Keep.KEYFRAMES: keyframes(images), Keep.NONE: set[str]()}[keep]
    return {one.ref: one.bytes for one in images if one.ref not in kept}


def keyframes(images: Sequence[KeptImage]) -> set[str]:
    """The references of the images that stay of a thinned day: one an activity, or an hour without one."""
    best: dict[object, KeptImage] = {}
    for one in images:
        group = one.activity_id or one.captured_at.replace(minute=0, second=0, microsecond=0)
        if group not in best or _rank(one) < _rank(best[group]):
            best[group] = one
    return {one.ref for one in best.values()}


def next_to_thin(days: Sequence[DeploymentDay], today: date) -> Iterator[tuple[DeploymentDay, Keep]]:
    """What is let go while a budget is exceeded, in this order; a day that may still grow is not touched."""
    ended = sorted((one for one in days if one.day < today - timedelta(days=1)), key=lambda one: (one.day, one))
    for keep in (Keep.KEYFRAMES, Keep.NONE):
        yield from ((one, keep) for one in ended)


def _rank(one: KeptImage) -> tuple[bool, bool, timedelta, datetime, str]:
    return not one.described, not one.cited, -one.stood, one.captured_at, one.ref
