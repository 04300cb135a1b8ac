"""Answers as they are shown: the row behind each, a snippet of its text, and where on the frame it stood.

Answer ─► passage, activity, project, frame ─► Hit with a snippet ─► with_boxes: the words' boxes on the frame
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from recall_assets.records import Box, Hit
from recall_assets.stages.search.fusion import Answer
from recall_assets.stages.search.snippets import snippet
from recall_assets.stages.search.words import tokens
from recall_assets.store import search as rows
from recall_assets.store.search import Found

_LINES = 3  # of a frame, that hold most of what was asked


def hits_of(
    connection: Connection, answers: Sequence[Answer], phrases: Collection[str], terms: Collection[str], limit: int
) -> list[Hit]:
    """The first `limit` answers whose rows are still there and hold the phrases as they are written."""
    patterns = [re.compile(r"\s+".join(map(re.escape, phrase.split())), re.IGNORECASE) for phrase in phrases]
    hits: list[Hit] = []
    step = max(limit, len(answers) if phrases else 1)
    for start in range(0, len(answers), step):
        some = answers[start : start + step]
        found = rows.found(connection, [answer.place for answer in some])
        for answer in some:
            row = found.get(answer.place)
            if row is not None and all(pattern.search(f"{row.title}\n{row.text}") for pattern in patterns):
                hits.append(_hit(answer, row, terms))
            if len(hits) == limit:
                return hits
    return hits


def _hit(answer: Answer, row: Found, terms: Collection[str]) -> Hit:
    text = row.text
    if answer.kind == "activity":  # begins with its project, where it has one, and its label: a line each
        text = text.replace("\n", " · ", 2 if row.project_id else 1)
    shown = snippet(text, terms)
    return Hit(
        kind=answer.kind,
        id=row.id,
        deployment_id=row.deployment_id,
        start_at=answer.start_at,
        end_at=answer.end_at,
        title=row.title,
        snippet=shown.text,
        score=answer.score,
        highlights=shown.highlights,
        activity_id=row.activity_id,
        project_id=row.project_id,
        frame_id=row.frame_id,
        count=answer.count,
    )


def with_boxes(connection: Connection, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, those on frames with the boxes of what was asked, in the lines that hold most of it."""
    shown = {hit.snippet[start:end] for hit in hits if hit.frame_id for start, end in hit.highlights}
    words = {part for text in shown for part in re.findall(r"\w+", text)}
    if not words:
        return list(hits)
    terms = {token.term for text in shown for token in tokens(text)}
    pattern = "|".join(sorted(map(re.escape, words)))
    lines: dict[UUID, list[tuple[int, list[Box]]]] = {}
    for frame_id, line in rows.lines_with(connection, [hit.frame_id for hit in hits if hit.frame_id], pattern):
        boxes, held = [], set()
        for word, x, y, width, height, _ in line:
            asked_for = {token.term for token in tokens(word)} & terms
            if asked_for:
                boxes.append(Box(x, y, width, height))
                held |= asked_for
        if boxes:
            lines.setdefault(frame_id, []).append((-len(held), boxes))
    fullest = {frame_id: sorted(found, key=lambda line: line[0])[:_LINES] for frame_id, found in lines.items()}
    return [
        replace(hit, boxes=tuple(box for _, boxes in fullest.get(hit.frame_id, []) for box in boxes))
        if hit.frame_id
        else hit
        for hit in hits
    ]
