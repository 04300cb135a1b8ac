"""What the vault's page asks to be changed: each act proven, checked, pinned; the server opens nothing for it.

    POST /v1/vault/challenge   {slot, act}                 a nonce that only the slot opens
    POST /v1/vault/init        {slot}                      the first slot; only where there is no vault
    POST /v1/vault/open        {proof}                     notes that the slot was used
    POST /v1/vault/enrol       {proof, slot, seals}        a further key
    POST /v1/vault/recover     {proof, slot, seals}        a new recovery code in place of the former
    POST /v1/vault/revoke      {proof, slot}               a slot ends, an epoch begins
    POST /v1/vault/rotate      {proof, resealing}          an epoch begins
    POST /v1/vault/reseal      {proof, key_id, rows, last} values that the browser sealed to it anew

All from the owner's browser and from a page of this server (see `access`). Refusals: 400 not what the page sends, 403
origin or proof, 409 the vault does not allow it, 413 too large.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from recall_assets import keyring
from recall_assets.errors import InputError, UnprovenError, VaultError
from recall_assets.records import Sealed, Slot, SlotKind
from recall_assets.sealer import pinned_vault
from recall_assets.server import vault_forms as forms
from recall_assets.server.vault_proofs import Proofs
from recall_assets.settings import Settings
from recall_assets.store import secrets, vault
from recall_assets.vault.envelope import digest

Answer = Mapping[str, object]
_OLDER_AT_ONCE = 10  # a crop may be the size of a window


class VaultActs:
    """The acts over one database and home.

    Args:
        engine: the database.
        settings: whose `vault_rp_id` keys are enrolled for.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._home = settings.home
        self._rp_id = settings.vault_rp_id
        self._proofs = Proofs()
        self._reseal_bytes = 2 * settings.max_envelope_bytes
        self._acts: Mapping[str, Callable[[bytes, bytes], Answer]] = {
            "challenge": self._challenge,
            "init": self._init,
            "open": self._open,
            "enrol": self._enrol,
            "recover": self._recover,
            "revoke": self._revoke,
            "rotate": self._rotate,
            "reseal": self._reseal,
        }

    def most_bytes(self, act: str) -> int:
        """How large a body may be; 0 where there is no such act."""
        if act == "reseal":
            return self._reseal_bytes
        return forms.MAX_BYTES if act in self._acts else 0

    def do(self, act: str, body: bytes, page: bytes) -> Answer:
        """Does it, and says what came of it.

        Args:
            page: the hash of the session that asks.

        Raises:
            InputError: the body is not what the page sends.
            UnprovenError: the proof is missing, used, too old, or somebody else's.
            VaultError: the vault does not allow it.
        """
        return self._acts[act](body, page)

    def older(self, after: UUID) -> Answer:
        """Some values that are sealed to another epoch than the live one, for the browser to seal anew."""
        with self._engine.begin() as connection:
            epoch, rows = keyring.older(connection, self._home, _now(), after=after, limit=_OLDER_AT_ONCE)
        return {"key_id": epoch.key_id.hex(), "rows": [row_as_json(row) for row in rows]}

    # ── acts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _challenge(self, body: bytes, page: bytes) -> Answer:
        asked = forms.read(forms.Question, body)
        with self._engine.connect() as connection:
            slot = next((slot for slot in self._live(connection) if slot.id == asked.slot), None)
        if slot is None:
            raise UnprovenError("This slot is not a live one of this vault.", "Open the vault with another one.")
        id_, sealed = self._proofs.challenge(slot, asked.act, page)
        return {"challenge": str(id_), "sealed": sealed.hex()}

    def _init(self, body: bytes, page: bytes) -> Answer:
        slot = forms.read(forms.FirstSlot, body).slot.slot(SlotKind.RECOVERY, rp_id=self._rp_id, now=_now())
        return {"waited": keyring.found_vault(self._engine, self._home, slot, _now())}

    def _open(self, body: bytes, page: bytes) -> Answer:
        self._prove(forms.read(forms.Opening, body).proof, "open", page)
        return {}

    def _enrol(self, body: bytes, page: bytes) -> Answer:
        form = forms.read(forms.NewSlot, body)
        self._prove(form.proof, "enrol", page)
        slot = form.slot.slot(SlotKind.FIDO2, rp_id=self._rp_id, now=_now())
        keyring.grant(self._engine, self._home, slot, form.seals_of(slot))
        return {}

    def _recover(self, body: bytes, page: bytes) -> Answer:
        form = forms.read(forms.NewSlot, body)
        self._prove(form.proof, "recover", page)
        slot = form.slot.slot(SlotKind.RECOVERY, rp_id=self._rp_id, now=_now())
        keyring.replace_recovery(self._engine, self._home, slot, form.seals_of(slot), _now())
        return {}

    def _revoke(self, body: bytes, page: bytes) -> Answer:
        form = forms.read(forms.Revocation, body)
        self._prove(form.proof, "revoke", page)
        keyring.revoke(self._engine, self._home, form.slot, _now())
        return {}

    def _rotate(self, body: bytes, page: bytes) -> Answer:
        form = forms.read(forms.Rotation, body)
        self._prove(form.proof, "rotate", page)
        keyring.rotate(self._engine, self._home, _now(), resealing=form.resealing)
        return {}

    def _reseal(self, body: bytes, page: bytes) -> Answer:
        form = forms.read(forms.ResealedRows, body)
        self._prove(form.proof, "reseal", page)
        sent = {row.id: row for row in form.rows}
        with self._engine.begin() as connection:
            epoch, _ = keyring.older(connection, self._home, _now(), after=UUID(int=0), limit=0)
            if epoch.key_id.hex() != form.key_id:
                raise VaultError("A new epoch began meanwhile.", "Open the vault again, and seal anew again.")
            anew = [
                (row, sealed)
                for row in secrets.read(connection, list(sent))
                if (sealed := _in_place_of(row, sent[row.id], epoch.key_id)) is not None
            ]
            keyring.store_resealed(connection, epoch, anew)
            emptied = keyring.end_resealing(connection) if form.last else 0
        return {"rows": len(anew), "emptied": emptied}

    # ── proofs ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _prove(self, proof: forms.Proof, act: str, page: bytes) -> None:
        with self._engine.begin() as connection:
            live = self._live(connection)
            slot = self._proofs.check(proof.challenge, bytes.fromhex(proof.answer), act, page, live)
            vault.mark_used(connection, slot.id, _now())

    def _live(self, connection: Connection) -> list[Slot]:
        pinned = pinned_vault(connection, self._home)
        if pinned is None:
            raise VaultError("There is no vault yet.", "recall vault init")
        return pinned[1]


def row_as_json(row: secrets.Secret) -> dict[str, object]:
    """A sealed value, and what its seal is bound to."""
    assert row.sealed is not None
    return {
        "id": str(row.id),
        "deployment": row.deployment_id,
        "kind": row.kind,
        "key_id": row.sealed.key_id.hex(),
        "sealed": row.sealed.value.hex(),
        "pixels": row.sealed.pixels and row.sealed.pixels.hex(),
        "has_picture": row.frame_id is not None,
    }


def _in_place_of(row: secrets.Secret, sent: forms.ResealedRow, key_id: bytes) -> Sealed | None:
    """What takes the place of a row's seal; None where the row was changed or sealed anew meanwhile.

    Raises:
        InputError: the same content would have another length.
    """
    if row.sealed is None or row.sealed.key_id == key_id:
        return None
    former, sealed = row.sealed, sent.seal(key_id)
    if not hmac.compare_digest(digest(former.value, former.pixels), bytes.fromhex(sent.former)):
        return None
    if (len(sealed.value), len(sealed.pixels or b"")) != (len(former.value), len(former.pixels or b"")):
        raise InputError("A value was sealed anew with another length.", "Reload the page and begin again.")
    return sealed


def _now() -> datetime:
    return datetime.now(UTC)
