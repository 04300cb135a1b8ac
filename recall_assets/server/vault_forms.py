"""What the vault's page sends, checked to the last field before anything is done with it.

    JSON ─► form ─► Slot, EpochSeal, Sealed        too much, too little, too long, another version: refused

Sizes follow from the formats (`vault.envelope`), so nothing but keys, seals and wrapped keys fits in. A header is kept
field for field as it came: the browser has bound the slot's private half to exactly these bytes.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from recall_assets.errors import InputError
from recall_assets.records import EpochSeal, Sealed, Slot, SlotKind
from recall_assets.vault.envelope import ARGON2, KEY_ID_BYTES, SUITE

MAX_BYTES = 256 * 1024
_EPOCHS = 2_000  # one a month, and one at each change
_ROWS = 50
_CLOCKS_DIFFER = timedelta(days=1)
_BEGIN_AGAIN = "Reload the page and begin again."


def _hex(least: int, most: int | None = None) -> StringConstraints:
    most = least if most is None else most
    return StringConstraints(pattern=rf"^([0-9a-f]{{2}}){{{least},{most}}}$", max_length=2 * most)


def _exactly(expected: object) -> AfterValidator:
    def check(told: object) -> object:
        if told != expected:
            raise ValueError(f"must be {expected}")
        return told

    return AfterValidator(check)


def _name(label: str) -> str:
    if not label.isprintable() or label != label.strip():
        raise ValueError("must be one line of visible characters")
    return label


def _point(public_key: str) -> str:
    # Some 32 bytes are no key: whatever is sealed to them, everybody opens.
    X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(public_key)))
    return public_key


def _moment(created: str) -> str:
    if datetime.fromisoformat(created).tzinfo is None:
        raise ValueError("must say its offset")
    return created


_Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
_Bytes32 = Annotated[str, _hex(32)]
_KeyId = Annotated[str, _hex(KEY_ID_BYTES)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


_AnyForm = TypeVar("_AnyForm", bound=_Form)


class _Header(_Form):
    v: Literal[1]
    suite: Annotated[str, _exactly(SUITE)]
    slot: _Uuid
    label: Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_name)]
    created: Annotated[str, StringConstraints(max_length=40), AfterValidator(_moment)]
    salt: _Bytes32


class RecoveryHeader(_Header):
    """What is said of a slot that a code opens."""

    kind: Literal["recovery"]
    kdf: Literal["argon2id"]
    memory_kib: Annotated[int, _exactly(ARGON2["memory_kib"])]
    iterations: Annotated[int, _exactly(ARGON2["iterations"])]
    lanes: Annotated[int, _exactly(ARGON2["lanes"])]


class KeyHeader(_Header):
    """What is said of a slot that a security key opens."""

    kind: Literal["fido2"]
    rp_id: Annotated[str, StringConstraints(max_length=253)]
    credential_id: Annotated[str, _hex(16, 1023)]  # WebAuthn level 2, 4: credential id
    prf_eval: _Bytes32
    uv: Literal["required"]
    aaguid: _Uuid


class SlotForm(_Form):
    """A slot that a browser made: public half, wrapped private half (nonce, 32 bytes, tag), header."""

    header: Annotated[RecoveryHeader | KeyHeader, Field(discriminator="kind")]
    public_key: Annotated[str, _hex(32), AfterValidator(_point)]
    wrapped_private: Annotated[str, _hex(12 + 32 + 16)]

    def slot(self, kind: SlotKind, *, rp_id: str, now: datetime) -> Slot:
        """It as the vault keeps it.

        Raises:
            InputError: it is of another kind, for another name, or from another day.
        """
        header = self.header
        if header.kind != kind.value:
            raise InputError(f"This slot is not of the kind {kind.value}.", _BEGIN_AGAIN)
        if isinstance(header, KeyHeader) and header.rp_id != rp_id:
            raise InputError(f"This key was enrolled for {header.rp_id}, not for {rp_id}.", "See vault_rp_id.")
        created = datetime.fromisoformat(header.created)
        if abs(created - now) > _CLOCKS_DIFFER:
            raise InputError("The clocks of this browser and the server differ by days.", "Set them right.")
        return Slot(
            id=UUID(header.slot),
            kind=kind,
            header=header.model_dump(),
            public_key=bytes.fromhex(self.public_key),
            wrapped_private=bytes.fromhex(self.wrapped_private),
            label=header.label,
            created_at=created,
        )


class _SealForm(_Form):
    key_id: _KeyId
    sealed: Annotated[str, _hex(32 + 32 + 16)]  # HPKE: encapsulated key, an epoch's private key, tag


class Proof(_Form):
    """The answer to a challenge."""

    challenge: UUID
    answer: _Bytes32


class Question(_Form):
    """Asks for a challenge."""

    slot: UUID
    act: Literal["open", "enrol", "recover", "revoke", "rotate", "reseal"]


class FirstSlot(_Form):
    """Makes the vault."""

    slot: SlotForm


class Opening(_Form):
    """Says that the vault was opened."""

    proof: Proof


class NewSlot(_Form):
    """Adds a key, or replaces the recovery code."""

    proof: Proof
    slot: SlotForm
    seals: Annotated[list[_SealForm], Field(min_length=1, max_length=_EPOCHS)]

    def seals_of(self, slot: Slot) -> list[EpochSeal]:
        """The epochs that were sealed to the slot.

        Raises:
            InputError: one epoch comes twice.
        """
        if len({seal.key_id for seal in self.seals}) != len(self.seals):
            raise InputError("An epoch was sealed twice.", _BEGIN_AGAIN)
        return [EpochSeal(bytes.fromhex(s.key_id), slot.id, bytes.fromhex(s.sealed)) for s in self.seals]


class Revocation(_Form):
    """Ends a slot."""

    proof: Proof
    slot: UUID


class Rotation(_Form):
    """Begins an epoch; with `resealing`, one that everything will be sealed to anew."""

    proof: Proof
    resealing: bool


class ResealedRow(_Form):
    id: UUID
    former: _Bytes32  # digest of what it takes the place of
    sealed: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{2})+$")]
    pixels: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{2})+$")] | None

    def seal(self, key_id: bytes) -> Sealed:
        """What is stored."""
        return Sealed(bytes.fromhex(self.sealed), key_id, None if self.pixels is None else bytes.fromhex(self.pixels))


class ResealedRows(_Form):
    """Rows that were sealed anew; with `last`, there are no others."""

    proof: Proof
    key_id: _KeyId
    rows: Annotated[list[ResealedRow], Field(max_length=_ROWS)]
    last: bool


def read(form: type[_AnyForm], body: bytes) -> _AnyForm:
    """What was sent.

    Raises:
        InputError: it is anything else; names the fields, never what stood in them.
    """
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        fields = sorted({".".join(map(str, each["loc"])) or "the whole" for each in error.errors(include_input=False)})
        raise InputError(f"This is not what the page sends: {', '.join(fields)[:200]}.", _BEGIN_AGAIN) from None
