"""A security key made of software, below CTAPHID: packets of 64 bytes in, packets out.

    python-fido2's real client, PIN and PRF code ─► CtapHidDevice ─► packets ─► SoftwareKey ─► CTAP2 commands

Source: CTAP 2.1, sections 6 (commands), 6.5 (PIN/UV protocol two), 11.2 (USB HID), 12.5 (hmac-secret).
"""

import hashlib
import hmac
import os
import struct
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from fido2 import cbor
from fido2.cose import ES256
from fido2.ctap import CtapError
from fido2.ctap2.pin import PinProtocolV2
from fido2.hid import CAPABILITY, CTAPHID, TYPE_INIT, CtapHidDevice
from fido2.hid.base import CtapHidConnection, HidDescriptor
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

PACKET = 64
DESCRIPTOR = HidDescriptor("software", 0x1050, 0x0407, PACKET, PACKET, "Software key", None)
ERR = CtapError.ERR
# python-fido2 leaves these untyped.
_PIN_PROTOCOL: Any = PinProtocolV2()
_ES256: Any = ES256
UP, UV, BE, AT, ED = 0x01, 0x04, 0x08, 0x40, 0x80


@dataclass
class _Credential:
    rp_id: str
    private: bytes  # DER, so that a key can be put away in a file
    secret_with_uv: bytes = field(default_factory=lambda: os.urandom(32))
    secret_without_uv: bytes = field(default_factory=lambda: os.urandom(32))


class SoftwareKey:
    """A key with its memory; what it can and how it behaves is set by its fields."""

    def __init__(self, pin: str | None = "2468") -> None:
        self.aaguid = bytes(range(16))
        self.extensions = ["credProtect", "hmac-secret"]
        self.versions = ["FIDO_2_0", "FIDO_2_1"]
        self.backup_eligible = False
        self.pin_hash = None if pin is None else hashlib.sha256(pin.encode()).digest()[:16]
        self.pin_retries = 8
        self.touches = 0
        self.refuses_touch = False
        self.credentials: dict[bytes, _Credential] = {}
        self._pin_token = os.urandom(32)
        self._agreement = ec.generate_private_key(ec.SECP256R1())

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_agreement"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._agreement = ec.generate_private_key(ec.SECP256R1())

    def device(self) -> CtapHidDevice:
        """It, plugged in."""
        return CtapHidDevice(DESCRIPTOR, self.connection())

    def connection(self) -> CtapHidConnection:
        """What its packets go through."""
        return _Packets(self)

    def cbor(self, request: bytes) -> bytes:
        """The answer to one CTAP2 command: a status, then CBOR."""
        commands = {0x01: self._make, 0x02: self._assert, 0x04: self._info, 0x06: self._client_pin}
        try:
            if request[0] not in commands:
                raise CtapError(ERR.INVALID_COMMAND)
            answer = commands[request[0]](cbor.decode(request[1:]) if request[1:] else {})
        except CtapError as error:
            return bytes([error.code])
        return b"\0" + (cbor.encode(answer) if answer else b"")

    def _info(self, _: Any) -> dict[int, Any]:
        options = {"rk": True, "up": True, "clientPin": self.pin_hash is not None, "pinUvAuthToken": True}
        return {1: self.versions, 2: self.extensions, 3: self.aaguid, 4: options, 5: 1200, 6: [2], 7: 8, 8: 128}

    # ── PIN ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _client_pin(self, asked: Any) -> dict[int, Any]:
        if asked[2] == 0x01:
            return {3: self.pin_retries}
        if asked[2] == 0x02:
            return {1: dict(_ES256.from_cryptography_key(self._agreement.public_key())) | {3: -25}}
        if asked[2] != 0x09:
            raise CtapError(ERR.INVALID_SUBCOMMAND)
        if self.pin_hash is None:
            raise CtapError(ERR.PIN_NOT_SET)
        if self.pin_retries == 0:
            raise CtapError(ERR.PIN_BLOCKED)
        secret = self._shared(asked[3])
        if _PIN_PROTOCOL.decrypt(secret, asked[6]) != self.pin_hash:
            self.pin_retries -= 1
            self._agreement = ec.generate_private_key(ec.SECP256R1())
            raise CtapError(ERR.PIN_INVALID)
        self.pin_retries = 8
        return {2: _PIN_PROTOCOL.encrypt(secret, self._pin_token)}

    def _shared(self, peer: Any) -> bytes:
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(peer[-2], "big"), int.from_bytes(peer[-3], "big"), ec.SECP256R1()
        )
        shared: bytes = _PIN_PROTOCOL.kdf(self._agreement.exchange(ec.ECDH(), numbers.public_key()))
        return shared

    def _verified(self, client_data_hash: bytes, pin_auth: bytes | None) -> bool:
        if pin_auth is None:
            return False
        if not hmac.compare_digest(_PIN_PROTOCOL.authenticate(self._pin_token, client_data_hash), pin_auth):
            raise CtapError(ERR.PIN_AUTH_INVALID)
        return True

    def _touched(self) -> None:
        if self.refuses_touch:
            raise CtapError(ERR.USER_ACTION_TIMEOUT)
        self.touches += 1

    # ── credentials ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _make(self, asked: Any) -> dict[int, Any]:
        verified = self._verified(asked[1], asked.get(8))
        if not verified:
            raise CtapError(ERR.PUAT_REQUIRED)
        self._touched()
        if any(known["id"] in self.credentials for known in asked.get(5, ())):
            raise CtapError(ERR.CREDENTIAL_EXCLUDED)
        private = ec.generate_private_key(ec.SECP256R1())
        der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        made = _Credential(asked[2]["id"], der)
        credential_id = os.urandom(32)
        self.credentials[credential_id] = made
        public = _ES256.from_cryptography_key(private.public_key())
        attested = AttestedCredentialData.create(self.aaguid, credential_id, public)
        extensions = {name: value for name, value in asked.get(6, {}).items() if name in self.extensions}
        flags = UP | UV | AT | (ED if extensions else 0) | (BE if self.backup_eligible else 0)
        return {1: "none", 2: _data(made.rp_id, flags, attested, extensions or None), 3: {}}

    def _assert(self, asked: Any) -> dict[int, Any]:
        verified = self._verified(asked[2], asked.get(6))
        touched = asked.get(5, {}).get("up", True)
        if touched:
            self._touched()
        known = (each["id"] for each in asked.get(3, ()) if each["id"] in self.credentials)
        credential_id = next(known, None)
        if credential_id is None or self.credentials[credential_id].rp_id != asked[1]:
            raise CtapError(ERR.NO_CREDENTIALS)
        credential = self.credentials[credential_id]
        wanted = asked.get(4, {}).get("hmac-secret")
        extensions = {"hmac-secret": self._hmac_secret(credential, wanted, verified)} if wanted else None
        flags = (UP if touched else 0) | (UV if verified else 0) | (ED if extensions else 0)
        data = _data(asked[1], flags, b"", extensions)
        private: Any = load_der_private_key(credential.private, None)
        signature = private.sign(data + asked[2], ec.ECDSA(hashes.SHA256()))
        return {1: {"id": credential_id, "type": "public-key"}, 2: data, 3: signature}

    def _hmac_secret(self, credential: _Credential, wanted: Any, verified: bool) -> bytes:
        secret = self._shared(wanted[1])
        if not hmac.compare_digest(_PIN_PROTOCOL.authenticate(secret, wanted[2]), wanted[3]):
            raise CtapError(ERR.PIN_AUTH_INVALID)
        salts = _PIN_PROTOCOL.decrypt(secret, wanted[2])
        own = credential.secret_with_uv if verified else credential.secret_without_uv
        outputs = (hmac.digest(own, salts[at : at + 32], "sha256") for at in range(0, len(salts), 32))
        encrypted: bytes = _PIN_PROTOCOL.encrypt(secret, b"".join(outputs))
        return encrypted


def _data(rp_id: str, flags: int, attested: bytes, extensions: Any) -> bytes:
    rp_id_hash = hashlib.sha256(rp_id.encode()).digest()
    create: Any = AuthenticatorData.create
    return bytes(create(rp_id_hash, AuthenticatorData.FLAG(flags), 0, attested, extensions))


class _Packets(CtapHidConnection):
    """CTAPHID: messages cut into packets of 64 bytes, and put together again."""

    def __init__(self, key: SoftwareKey) -> None:
        self._key = key
        self._out: deque[bytes] = deque()
        self._message = b""
        self._command = self._length = 0

    def write_packet(self, data: bytes) -> None:
        channel, kind = struct.unpack_from(">IB", data)
        if kind & TYPE_INIT:
            self._command, self._length = kind ^ TYPE_INIT, struct.unpack_from(">H", data, 5)[0]
            self._message = data[7:]
        else:
            self._message += data[5:]
        if len(self._message) >= self._length and self._command != CTAPHID.CANCEL:
            self._answer(channel, self._message[: self._length])

    def _answer(self, channel: int, message: bytes) -> None:
        if self._command == CTAPHID.INIT:
            answer = message + struct.pack(">IBBBBB", 7, 2, 1, 0, 0, CAPABILITY.CBOR)
        else:
            touches = self._key.touches
            answer = self._key.cbor(message)
            if self._key.touches > touches:
                self._send(channel, CTAPHID.KEEPALIVE, b"\x02")  # it waited for a touch
        self._send(channel, self._command, answer)

    def _send(self, channel: int, command: int, answer: bytes) -> None:
        first, rest = answer[: PACKET - 7], answer[PACKET - 7 :]
        head = struct.pack(">IBH", channel, TYPE_INIT | command, len(answer))
        self._out.append((head + first).ljust(PACKET, b"\0"))
        for number, at in enumerate(range(0, len(rest), PACKET - 5)):
            body = struct.pack(">IB", channel, number) + rest[at : at + PACKET - 5]
            self._out.append(body.ljust(PACKET, b"\0"))

    def read_packet(self) -> bytes:
        return self._out.popleft()

    def close(self) -> None:
        self._out.clear()
