"""Which names read off the screen are names: titles and addresses are exact, screen text is read from pixels.

    titles, addresses ─► exact names ─┐
    screen text ─► mention ───────────┴─► the same, or one misread letter away ─► the exact name
                      └─ none near ─► seen again elsewhere, unlike a shelf or a norm ─► itself; else nothing

A misread path so never becomes a repository beside the true one, and a program's name never a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from recall_assets.records import Frame
from recall_assets.stages.activities.chrome import Chrome, title_parts
from recall_assets.stages.activities.mentions import Mention, mentions
from recall_assets.stages.activities.vocabulary import CODE_PATHS, NORMS, SHELVES
from recall_assets.stages.addresses import split_address

LINES = 3  # different ones that confirm a name which no title and no address has
CONTEXTS = 2  # titles under which it stood do so too
LETTERS_PER_ERROR = 5  # of a name; a shorter one is only folded by letters that look alike

_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "5": "s", "8": "b", "e": "c", "v": "u",
                        "q": "g", "6": "g", "2": "z"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names of a deployment's day."""

    exact: Mapping[str, frozenset[str]]
    confirmed: frozenset[Mention]
    programs: frozenset[str]

    def resolve(self, mention: Mention) -> str | None:
        """The name that a mention on screen stands for; none where it is misread or only a program's."""
        if mention.kind == "person" and self.programs.intersection(mention.value.lower().split()):
            return None
        exact = self.exact.get(mention.kind, frozenset())
        return nearest(mention.value, exact) or (mention.value if mention in self.confirmed else None)


def known_names(frames: Iterable[Frame], chrome: Chrome) -> KnownNames:
    """The names that these frames show beyond doubt."""
    exact: dict[str, set[str]] = defaultdict(set)
    lines: dict[Mention, set[str]] = defaultdict(set)
    contexts: dict[Mention, set[str | None]] = defaultdict(set)
    programs: set[str] = set()
    for frame in frames:
        titles = [frame.window_title or "", *(window.title for window in frame.windows)]
        urls = [frame.url or "", *(window.url or "" for window in frame.windows)]
        for mention in [*(m for title in titles for m in mentions(title)), *(m for u in urls for m in named_by(u))]:
            exact[mention.kind].add(mention.value)
        for title in titles:
            own = {word for part in chrome.own_title(frame) for word in part.lower().split()}
            programs.update(word for part in title_parts(title)[1:] for word in part.lower().split() if word not in own)
        for line in chrome.own_lines(frame):
            for mention in mentions(line):
                lines[mention].add(line)
                contexts[mention].add(frame.window_title)
    common = {word.lower() for word in SHELVES | NORMS}
    confirmed = frozenset(
        mention
        for mention, seen in lines.items()
        if (len(seen) >= LINES or len(contexts[mention]) >= CONTEXTS)
        and not any(_look_alike(mention.value.lower(), word) for word in common)
    )
    return KnownNames({kind: frozenset(values) for kind, values in exact.items()}, confirmed, frozenset(programs))


def named_by(url: str) -> list[Mention]:
    """The names in an address: those in its path, and the repository before the parts of a code host."""
    parts = [unquote(part) for part in split_address(url).path.split("/") if part]
    found = list(mentions(" ".join(parts)))
    lowered = [part.lower() for part in parts]
    for position, part in enumerate(lowered):
        if part in CODE_PATHS and position:
            before = [name for name in lowered[:position] if name != "-"]
            return [*found, Mention("repository", before[-1])] if before else found
    return found


@lru_cache(maxsize=20_000)
def nearest(value: str, names: frozenset[str]) -> str | None:
    """The name itself, or the only one that the value may be a misreading of."""
    if value in names:
        return value
    near = [name for name in names if _look_alike(value, name)]
    return near[0] if len(near) == 1 else None


def _look_alike(one: str, other: str) -> bool:
    """Whether one may be the other misread: by letters that look alike, or an error in every few letters."""
    folded, wanted = _folded(one), _folded(other)
    if folded == wanted:
        return True
    # Numbers are not folded by distance: ticket 12 is not ticket 13.
    if any(letter.isdigit() for letter in one + other):
        return False
    return _distance(folded, wanted, min(len(folded), len(wanted)) // LETTERS_PER_ERROR)


def _folded(name: str) -> str:
    lowered = name.lower()
    return lowered.replace("rn", "m").replace("ri", "n").translate(_ALIKE)


def _distance(one: str, other: str, allowed: int) -> bool:
    """Whether so many letters inserted, left out or replaced make one the other."""
    if abs(len(one) - len(other)) > allowed:
        return False
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row = row, [number]
        for place, wanted in enumerate(other, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != wanted)))
    return row[-1] <= allowed
