"""Takes secrets out of what another system kept in clear, before a row of it is written.

    every text of the source ─► learn ─► values that stand anywhere in it
    a row's texts, again     ─► clean ─► redacted, with each value that is met for the first time, to be sealed

All texts are learnt before the first row is written, so that a value is masked also where it stood before the place
that gave it away. Values live in memory only.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recall_assets.records import Finding
from recall_assets.stages.secrets import KnownValue, detect, detect_known, known_values, merge, redact

_KIND = "imported"


@dataclass(frozen=True, slots=True)
class ClearValue:
    """A secret of the source, in memory only."""

    kind: str
    rule: str
    value: str = field(repr=False)


@dataclass(slots=True)
class Redactor:
    """What a whole import knows of secrets."""

    _known: set[KnownValue] = field(default_factory=set, repr=False)
    _found: dict[bytes, tuple[Finding, ...]] = field(default_factory=dict, repr=False)
    _met: set[bytes] = field(default_factory=set, repr=False)

    def learn(self, value: Any) -> int:
        """How many secrets stand in the texts of a value, a string or anything that JSON can say."""
        if isinstance(value, str):
            findings = self._findings(value)
            self._known |= known_values(value, findings)
            return len(findings)
        return sum(map(self.learn, _parts(value)))

    def learn_value(self, clear: ClearValue) -> None:
        """From now on this value is a secret wherever it stands."""
        whole = Finding(0, len(clear.value), clear.kind, clear.rule, 1.0)
        self._known |= known_values(clear.value, [whole])

    def clean(self, value: Any, met: list[ClearValue]) -> Any:
        """The value with marks in place of its secrets; `met` takes those that this import has not met before."""
        if isinstance(value, str):
            findings = self._findings(value)
            met += [clear for f in findings if self.is_new(clear := ClearValue(f.kind, f.rule, value[f.start : f.end]))]
            return redact(value, merge([*findings, *detect_known(value, self._known)]))
        if isinstance(value, Mapping):
            return {self.clean(str(key), met): self.clean(one, met) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean(one, met) for one in value]
        return value

    def is_new(self, clear: ClearValue) -> bool:
        """Whether this value is met for the first time; asked again it is not."""
        digest = hashlib.sha256(clear.value.encode()).digest()
        is_new = digest not in self._met
        self._met.add(digest)
        return is_new

    def _findings(self, text: str) -> tuple[Finding, ...]:
        digest = hashlib.sha256(text.encode()).digest()
        if digest not in self._found:
            self._found[digest] = tuple(detect(text))
        return self._found[digest]


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [*map(str, value), *value.values()]
    return list(value) if isinstance(value, list | tuple) else []


def kind_of(said: object) -> str:
    """The kind that a source gave to a secret, as a mark can name it."""
    letters = "".join(c if c.isascii() and c.isalpha() else "_" for c in str(said or "").lower()).strip("_")
    return letters[:40] or _KIND
