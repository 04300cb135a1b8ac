"""Proofs: who asks for a change of the vault from the page shows first that they can open it.

    page: "I want to revoke, with slot S" ─► 32 random bytes, sealed to S's pinned public key ─► page
    page: opens them with S's private half, which only its key or code unwraps ─► sends them back with the change
          └ once, within two minutes, by the same session, for that act, and while S is still live and pinned

So whoever has the browser's session, or a script that got into another page, changes nothing.
"""

import hmac
import os
import time
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid4

from recall_assets.errors import UnprovenError
from recall_assets.records import Slot
from recall_assets.vault.sealing import seal_nonce

LIFETIME_SECONDS = 120.0
_NONCE_BYTES = 32
_OPEN_AT_ONCE = 32  # a page needs one at a time; the oldest gives way


@dataclass(frozen=True, slots=True)
class _Challenge:
    nonce: bytes
    slot: UUID
    act: str
    page: bytes
    ends: float


class Proofs:
    """The challenges that are open, in memory alone: a server that restarts has none."""

    def __init__(self) -> None:
        self._open: dict[UUID, _Challenge] = {}

    def challenge(self, slot: Slot, act: str, page: bytes) -> tuple[UUID, bytes]:
        """A new challenge's id, and its nonce sealed to a slot.

        Args:
            slot: a live one that agrees with the pins.
            page: the hash of the session that asks.
        """
        while len(self._open) >= _OPEN_AT_ONCE:
            self._open.pop(next(iter(self._open)), None)
        id_, nonce = uuid4(), os.urandom(_NONCE_BYTES)
        self._open[id_] = _Challenge(nonce, slot.id, act, page, time.monotonic() + LIFETIME_SECONDS)
        return id_, seal_nonce(nonce, id_, slot, act)

    def check(self, id_: UUID, answer: bytes, act: str, page: bytes, live: Collection[Slot]) -> Slot:
        """The slot whose holder has answered; the challenge is used up, whatever the answer was.

        Args:
            live: the slots that agree with the pins now.

        Raises:
            UnprovenError: it is not the answer, or not to this question, or too late, or the slot has ended.
        """
        asked = self._open.pop(id_, None)
        slot = None if asked is None else next((slot for slot in live if slot.id == asked.slot), None)
        if asked is None or slot is None or asked.act != act or asked.page != page or time.monotonic() > asked.ends:
            raise UnprovenError("This proof is used, too old, or for something else.", "Try again.")
        if not hmac.compare_digest(answer, asked.nonce):
            raise UnprovenError("Only who can open the vault may change it.", "Open it with a key or the code.")
        return slot
