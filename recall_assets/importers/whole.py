"""A whole import, whatever it comes from: looked through first, then written, then proven.

items ─► look: every text learnt, every row counted, nothing written ─► a vault, where there are secrets?
items ─► carry_out: written in batches ─► counts agree? ─► finished, or an error
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from recall_assets.errors import InputError, RecallError
from recall_assets.importers import writing
from recall_assets.importers.drafts import Draft, Item
from recall_assets.importers.writing import Into, Result
from recall_assets.intake.imported import Redactor
from recall_assets.sealer import pinned_vault
from recall_assets.settings import Home
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import imports
from recall_assets.store.imported_texts import VERBATIM

Advance = Callable[[int], None]


class NotVerifiedError(RecallError):
    """After the import, the counts do not agree."""


@dataclass(slots=True)
class Tally:
    """Rows by table; what they became by table and target; what was left out by table and reason."""

    rows: Counter[str] = field(default_factory=Counter)
    became: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    dropped: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    secrets: int = 0  # found in texts, beside those that a table kept as secrets

    def add(self, item: Item) -> None:
        """Counts what a row becomes."""
        self.rows[item.table] += item.is_row
        for outcome in item.outcomes:
            if isinstance(outcome, Draft):
                self.became[item.table][outcome.target] += 1
            else:
                self.dropped[item.table][outcome.why] += 1

    @property
    def targets(self) -> Counter[str]:
        """How many rows each table here is to have of it."""
        return sum(self.became.values(), Counter())


@dataclass(frozen=True, slots=True)
class Begun:
    """What is written down of an import: where it came from, a fingerprint of that, and how names were mapped."""

    source: str
    fingerprint: str
    map: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `import_id` is None where nothing was new."""

    import_id: UUID | None
    result: Result


def look(items: Iterable[Item], redactor: Redactor, advance: Advance) -> Tally:
    """Looks at every row and learns every text; writes nothing."""
    counted = Tally()
    for item in items:
        counted.add(item)
        for outcome in item.outcomes:
            if isinstance(outcome, Draft):
                counted.secrets += _learn(redactor, outcome)
        advance(item.is_row)
    return counted


def _learn(redactor: Redactor, draft: Draft) -> int:
    values = [draft.values, *(values for _, values in draft.satellites)]
    return sum(redactor.learn(one) for of in values for name, one in of.items() if name not in VERBATIM)


def check_vault(engine: Engine, home: Home, counted: Tally, into: Into) -> None:
    """Nothing, if what must be sealed can be.

    Raises:
        InputError: there are secrets and no vault.
    """
    secrets = counted.targets["secrets"] + counted.secrets
    if not secrets or not into.seals:
        return
    with engine.connect() as connection:
        if pinned_vault(connection, home) is not None:
            return
    raise InputError(
        f"The source holds {secrets} secrets in clear, and there is no vault to seal them to; nothing was written.",
        "Run `recall vault init`, or give --without-secrets: their texts are redacted and the values left out.",
    )


def carry_out(
    engine: Engine,
    home: Home,
    begun: Begun,
    items: Iterable[Item],
    into: Into,
    redactor: Redactor,
    counted: Tally,
    *,
    report: Any,
    advance: Advance,
) -> Imported:
    """Writes what was looked at, and proves it.

    Args:
        report: what is kept of it beside the counts, as JSON can say it.

    Raises:
        NotVerifiedError: what is here is not what was looked at.
    """
    has_begun = False

    def begin(connection: Connection) -> None:
        nonlocal has_begun
        if not has_begun:
            imports.begin(connection, into.import_id, begun.source, begun.fingerprint, begun.map, DETECTOR_VERSION)
        has_begun = True

    result = writing.write(engine, home, items, into, redactor, begin, advance)
    _verify(engine, counted, result, into.import_id)
    with engine.begin() as connection:
        if not has_begun and imports.unfinished(connection, begun.source) != into.import_id:
            return Imported(None, result)
        imports.finish(connection, into.import_id, {"report": report, "new": dict(result.new)})
    return Imported(into.import_id, result)


def _verify(engine: Engine, counted: Tally, result: Result, import_id: UUID) -> None:
    done, due = result.new + result.known + result.taken, counted.targets
    if done != due:
        wrong = ", ".join(f"{t} {done[t]} of {due[t]}" for t in sorted({*done, *due}) if done[t] != due[t])
        raise NotVerifiedError(
            f"Not every row came to be: {wrong}.",
            "`recall import undo` takes the import back; run it again then.",
        )
    with engine.connect() as connection:
        here, noted = imports.count(connection, import_id), imports.noted(connection, import_id)
    lost = {table: number for table in noted if (number := noted[table] - here[table] - result.taken[table]) > 0}
    if lost:
        raise NotVerifiedError(
            f"Rows are gone that were written: {', '.join(f'{n} of {t}' for t, n in lost.items())}.",
            "Run the import again when nothing else changes the database.",
        )
