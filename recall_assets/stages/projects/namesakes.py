"""Who calls whom by name: titles that name a project as it is named belong to it, whatever else they show.

    project named "orchard" ◄── "Orchard standup", "#orchard", portal.orchard.example

Only what titles and addresses show much counts as a name, and only if it is that of one project alone.
"""

from collections.abc import Mapping, Sequence

from recall_assets.stages.activities.terms import stem

SHOWN = 0.5  # weight of a name an hour: that of a word which a quarter of the titles have
LEADING = 0.5  # of the weight of the name that is shown most


def leading_names(terms: Mapping[str, float], hours: float) -> frozenset[str]:
    """The stems of the names that the terms, summed over those hours, show most, and not only in passing."""
    names = {term.partition(":")[2]: weight for term, weight in terms.items() if term.startswith("name:")}
    least = max(SHOWN * hours, LEADING * max(names.values(), default=0.0))
    return frozenset(name for name, weight in names.items() if weight >= least)


def called(names: frozenset[str], callers: Sequence[str]) -> int | None:
    """Which of `callers`, names of projects, one of `names`, stems, calls; none if they call several."""
    found = [number for number, other in enumerate(callers) if (stem(other) or other.lower()) in names]
    return found[0] if len(found) == 1 else None
