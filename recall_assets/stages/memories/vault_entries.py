"""The knowledge vault: that a secret of some kind stood somewhere, so that the owner finds it; never its value.

7 rows of kind `token` in the terminal of ~/src/shop during one activity ─► one caption, the first row's id
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from recall_assets.records import FoundSecret, Memory, MemoryKind, Source, SourceKind, VaultEntry
from recall_assets.stages.memories.day import Day, memory_id, topic_of
from recall_assets.stages.sentences.titles import subject_of

_HIGH = frozenset(("private_key", "seed_phrase", "password", "backup_code", "card"))
_LOW = frozenset(("otp",))  # opens nothing any more
_SAID = {"iban": "IBAN", "otp": "One-time code", "ssn": "SSN"}
_SOURCES = 5
_DOUBTED = "A language model took it for no secret; it stays covered."


def vault_entries(day: Day, secrets: Sequence[FoundSecret]) -> Iterator[Memory]:
    """What kinds of secrets stood where, by the time of the first."""
    at: defaultdict[tuple[str, str, str], list[FoundSecret]] = defaultdict(list)
    for secret in secrets:
        at[secret.kind, _where(day, secret), secret.deployment_id].append(secret)
    for (kind, where, machine), rows in sorted(at.items(), key=lambda item: (min(row.at for row in item[1]), item[0])):
        yield _entry(day, kind, where, machine, sorted(rows, key=lambda row: (row.at, row.id)))


def _where(day: Day, secret: FoundSecret) -> str:
    if secret.transcript_id is not None:
        return "what was said"
    frame = day.frames.get(secret.frame_id) if secret.frame_id else None
    if frame is None:
        return "a screen"
    place = day.places.get(frame.id)
    if place:
        return place.title
    return " of ".join(filter(None, (frame.app_name, subject_of(frame)))) or "a screen"


def _entry(day: Day, kind: str, where: str, machine: str, rows: Sequence[FoundSecret]) -> Memory:
    first = rows[0]
    topic = topic_of(MemoryKind.KNOWLEDGE_VAULT, f"{kind}/{machine}/{where}")
    said = _SAID.get(kind, kind.replace("_", " ").capitalize())
    doubted = all(row.review == "no_secret" for row in rows)
    sensitivity = "low" if doubted else "high" if kind in _HIGH else "low" if kind in _LOW else "medium"
    frames = [row.frame_id for row in rows if row.frame_id in day.frames]
    rests = [Source(SourceKind.SECRET, row.id) for row in rows[:_SOURCES]]
    rests += [Source(SourceKind.FRAME, one) for one in dict.fromkeys(frames[:1]) if one]
    return Memory(
        id=memory_id(topic, day.date),
        topic=topic,
        summary=f"{said} in {where}",
        details=_DOUBTED if doubted else "",
        particulars=VaultEntry(kind, where, sensitivity, first.id),
        valid_from=first.at,
        sources=tuple(rests),
        day=day.date,
        deployment_id=machine,
        tree_path=day.path([one for one in frames if one]),
        times=len(rows),
    )
