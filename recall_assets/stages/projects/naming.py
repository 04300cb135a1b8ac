"""A project's name, read from its terms: what people themselves call it on screen.

repository ─► ticket series ─► path ─► topic words ─► person ─► host         the first that is heavy enough
"""

from collections.abc import Mapping

_ORDER = ("repository", "series", "word", "title", "person", "host")


def name_of(terms: Mapping[str, float]) -> str:
    """A short name, `Untitled` where the terms say nothing."""
    for kind in _ORDER:
        values = sorted(
            ((weight, term.partition(":")[2]) for term, weight in terms.items() if term.startswith(f"{kind}:")),
            key=lambda item: (-item[0], item[1]),
        )
        if not values:
            continue
        if kind in {"title", "word"}:
            return " ".join(value for _, value in values[:3]).capitalize()
        if values[0][0] >= 0.5 or kind == "host":
            return values[0][1]
    return "Untitled"
