"""A project's name, read from its terms: what people themselves call it on screen.

    repository ─► ticket series ─► topic words ─► person ─► host         the first that the project shows enough of

Never a file name or a program; a host only where nothing else is known. Parts of people's names are no topic.
"""

from collections.abc import Mapping

ENOUGH = 0.2  # of the heaviest term: a repository or series below it is only mentioned
TOPIC_WORDS = 3


def name_of(terms: Mapping[str, float]) -> str:
    """A short name; `Untitled` where the terms say nothing."""
    most = max(terms.values(), default=0.0)
    for kind in ("repository", "series"):
        named = _heaviest(terms, kind)
        if named and terms[f"{kind}:{named[0]}"] >= ENOUGH * most:
            return named[0]
    people = _heaviest(terms, "person")
    parts = {part.lower() for person in people for part in person.split()}
    topic = [word for word in _heaviest(terms, "word") if not any(part.startswith(word) for part in parts)]
    if topic:
        return " ".join(topic[:TOPIC_WORDS]).capitalize()
    rest = [*people, *_heaviest(terms, "host")]
    return rest[0] if rest else "Untitled"


def _heaviest(terms: Mapping[str, float], kind: str) -> list[str]:
    """The values of a kind, heaviest first."""
    found = sorted((-weight, term) for term, weight in terms.items() if term.startswith(f"{kind}:"))
    return [term.partition(":")[2] for _, term in found]
