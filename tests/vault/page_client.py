"""What the vault's page does, done by Python: makes slots, answers challenges, asks for acts over HTTP."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Engine

from recall_assets.records import EpochSeal, Slot, SlotKind
from recall_assets.vault import opening
from recall_assets.vault.envelope import ARGON2, proof_info
from tests.logged_in import log_in
from tests.vault.vaults import key_material

_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
Json = dict[str, Any]


@dataclass
class PageClient:
    """The page, at a server, in a browser of its own that is logged in."""

    client: httpx.Client

    @classmethod
    def at(cls, client: httpx.Client, database: Engine) -> "PageClient":
        """Follows a new link."""
        return cls(log_in(httpx.Client(base_url=client.base_url, timeout=30, trust_env=False), database))

    def post(self, act: str, body: Mapping[str, object], **headers: str) -> httpx.Response:
        return self.client.post(f"/v1/vault/{act}", json=dict(body), headers=headers)

    def proof(self, slot: Slot, material: bytes, act: str) -> Json:
        """What shows that the slot is open here."""
        asked = self.post("challenge", {"slot": str(slot.id), "act": act})
        assert asked.status_code == 200, asked.text
        challenge, sealed = asked.json()["challenge"], bytes.fromhex(asked.json()["sealed"])
        own = X25519PrivateKey.from_private_bytes(opening._unwrap(slot, material).private_bytes_raw())
        nonce = _HPKE.decrypt(sealed, own, info=proof_info(UUID(challenge), slot.id, act))
        return {"challenge": challenge, "answer": nonce.hex()}


def key_header(**other: object) -> Json:
    """The header of a new key's slot."""
    more: Json = {"rp_id": "localhost", "credential_id": "ab" * 32, "prf_eval": "cd" * 32, "uv": "required"}
    made = opening.header(uuid4(), SlotKind.FIDO2, "green", datetime.now(UTC), aaguid=str(uuid4()), **more)
    return made | other


def code_header(**other: object) -> Json:
    """The header of a new recovery slot."""
    made = opening.header(uuid4(), SlotKind.RECOVERY, "recovery code", datetime.now(UTC), kdf="argon2id", **ARGON2)
    return made | other


def slot_form(header: Json, material: bytes | None = None) -> Json:
    """A slot as the page sends it."""
    return as_form(opening.make_slot(header, material or key_material()))


def as_form(slot: Slot) -> Json:
    """It as the page sends it."""
    public, wrapped = slot.public_key.hex(), slot.wrapped_private.hex()
    return {"header": dict(slot.header), "public_key": public, "wrapped_private": wrapped}


def seal_forms(seals: Iterable[EpochSeal]) -> list[Json]:
    """Seals as the page sends them."""
    return [{"key_id": seal.key_id.hex(), "sealed": seal.sealed.hex()} for seal in seals]
