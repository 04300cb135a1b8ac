"""Which valid memories say the same, though their topics differ: read otherwise, heard beside seen, renamed.

    Jonas: The partition attached in eleven seconds.   heard  ┐
    The partition attached in 11 seconds.              read   ┴─► one fact; the one known for longer keeps its id
    todo.txt            (a title without a folder)            ┐
    ~/notes/todo.txt                                          ┴─► one file, where only one has that name
    Rosa Quill · Rosa Qui11                                   ───► one person

Dates, amounts and numbers must agree: what differs in them is no duplicate but another fact.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from recall_assets.records import Concept, Memory, Procedure, Resource
from recall_assets.stages.activities.known_names import nearest

ALIKE = 0.8  # of the words of both
_MOST_COMPARED = 50  # that share a rare word
_SPEAKER = re.compile(r"^[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?: ")
_NUMBERS = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty
"""
_NUMBER_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS.split(), start=1)}


class Merge(NamedTuple):
    """A memory that says the same as another one, which stays."""

    memory: Memory
    into: Memory
    because: str


def duplicates(memories: Sequence[Memory]) -> list[Merge]:
    """Which of these valid memories to merge into which; the owner's, then the older one, stays.

    No memory is merged twice, and none into one that is merged itself.
    """
    ranked = sorted(memories, key=lambda one: (not one.locked, one.valid_from, str(one.id)))
    found: list[Merge] = []
    gone: set[UUID] = set()
    for into, other, because in (*_facts(ranked), *_files(ranked), *_people(ranked), *_procedures(ranked)):
        if not gone & {into.id, other.id} and not other.locked:
            gone.add(other.id)
            found.append(Merge(other, into, because))
    return found


def says_the_same(one: str, other: str) -> bool:
    """Whether two sentences are one, read or heard otherwise: the same numbers, and nearly the same words."""
    return _same(_words(one), _words(other))


Pair = tuple[Memory, Memory, str]


def _of(memories: Iterable[Memory], entry_type: str) -> list[Memory]:
    return [
        one for one in memories if isinstance(one.particulars, Concept) and one.particulars.entry_type == entry_type
    ]


def _facts(memories: Sequence[Memory]) -> Iterator[Pair]:
    seen: defaultdict[str, list[Memory]] = defaultdict(list)
    words = {}
    for one in (*_of(memories, "fact"), *_of(memories, "term")):
        words[one.id] = _words(one.summary)
        likely = {other.id: other for word in words[one.id] for other in seen[word][:_MOST_COMPARED]}
        for other in likely.values():
            if _same(words[one.id], words[other.id]):
                yield other, one, "says the same"
                break
        # The longest words are the rarest; they find what is alike.
        for word in sorted(words[one.id], key=lambda word: (-len(word), word))[:4]:
            seen[word].append(one)


def _words(text: str) -> frozenset[str]:
    plain = re.findall(r"[^\W_]+", _SPEAKER.sub("", text).casefold())
    return frozenset(_NUMBER_WORDS.get(word, word) for word in plain)


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    if {word for word in one if word.isdigit()} != {word for word in other if word.isdigit()}:
        return False
    return len(one & other) >= ALIKE * len(one | other)


def _files(memories: Sequence[Memory]) -> Iterator[Pair]:
    named: defaultdict[tuple[str, str | None], list[Memory]] = defaultdict(list)
    for one in memories:
        if isinstance(one.particulars, Resource) and one.particulars.path:
            named[one.particulars.title.casefold(), one.deployment_id].append(one)
    for own in named.values():
        bare = [one for one in own if "/" not in _path(one) and "\\" not in _path(one)]
        placed = [one for one in own if one not in bare]
        if len(placed) == 1:
            for one in bare:
                yield placed[0], one, "the same file, named without its folder"


def _path(one: Memory) -> str:
    return one.particulars.path or "" if isinstance(one.particulars, Resource) else ""


def _people(memories: Sequence[Memory]) -> Iterator[Pair]:
    known: dict[str, Memory] = {}
    for one in sorted(_of(memories, "person"), key=lambda one: (-one.confidence, -one.times, one.summary)):
        name = one.particulars.name if isinstance(one.particulars, Concept) else ""
        if (other := nearest(name, frozenset(known))) is not None:
            yield known[other], one, "the same name, misread"
        else:
            known[name] = one


def _procedures(memories: Sequence[Memory]) -> Iterator[Pair]:
    kept: list[Memory] = []
    for one in memories:
        if not isinstance(one.particulars, Procedure):
            continue
        steps = set(one.particulars.steps)
        same = next((other for other in kept if _shared(steps, other) >= ALIKE), None)
        if same is not None:
            yield same, one, "nearly the same steps"
        else:
            kept.append(one)


def _shared(steps: set[str], other: Memory) -> float:
    own = set(other.particulars.steps) if isinstance(other.particulars, Procedure) else set()
    return len(steps & own) / len(steps | own)
