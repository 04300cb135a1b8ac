"""Talks to a security key over USB: makes a credential, and lets the key yield 32 bytes that only it can.

    credential (rp_id, PIN, touch)  ─► credential id            WebAuthn's `prf`, never raw hmac-secret: a browser
    assertion (prf eval, PIN, touch) ─► PRF output, 32 bytes    makes the same bytes from the same key
              └ user verification always: with and without it a key yields different bytes

The client, PIN and PRF code is python-fido2's. Imported by the command line alone (import contract).
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from fido2.client import ClientError, DefaultClientDataCollector, Fido2Client, PinRequiredError, UserInteraction
from fido2.cose import ES256
from fido2.ctap import CtapDevice, CtapError
from fido2.ctap2.base import Ctap2
from fido2.ctap2.extensions import CredProtectExtension, Ctap2Extension, HmacSecretExtension
from fido2.ctap2.pin import ClientPin
from fido2.hid import CtapHidDevice
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AuthenticatorAttachment,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRequestOptions,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from recall_assets.errors import VaultError

PRF_BYTES = 32
_FIDO_USAGE_PAGE = bytes.fromhex("06d0f1")  # how the report descriptor of every FIDO device begins (CTAP 2.1, 11.2.8)
_SET_A_PIN = "Set one in Chrome (Settings, Privacy and security, Manage security keys) or with your key's own program."


class Person(Protocol):
    """Whoever holds the key."""

    def touch(self) -> None:
        """Is told that the key waits for a touch."""

    def pin(self) -> str:
        """Types the key's PIN; nothing cancels."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a key made for this vault."""

    id: bytes
    aaguid: UUID


def plugged_in(devices: Path = Path("/dev"), classes: Path = Path("/sys/class/hidraw")) -> CtapHidDevice:
    """The one security key on USB.

    Raises:
        VaultError: there is none, there are several, or this user may not open it; says what to do.
    """
    try:
        found = list(CtapHidDevice.list_devices())
    except OSError:
        found = []
    if len(found) == 1:
        return found[0]
    for device in found:
        device.close()
    if found:
        raise VaultError(f"{len(found)} security keys are plugged in.", "Leave only the one that you mean.")
    denied = _denied(devices, classes)
    if denied is not None:
        device_file, vendor = denied
        rule = f'KERNEL=="hidraw*", SUBSYSTEM=="hidraw", ATTRS{{idVendor}}=="{vendor}", TAG+="uaccess"'
        raise VaultError(
            f"A security key is at {device_file}, but you may not open it.",
            f"As root, put this line into /etc/udev/rules.d/70-security-key.rules:\n  {rule}\n"
            "then run `udevadm control --reload && udevadm trigger`, and plug the key in again.",
        )
    raise VaultError("No security key is plugged in.", "Plug a FIDO2 key into USB, or use --recovery-code.")


class SecurityKey:
    """One key, for one vault; the PIN is asked for once and kept in memory.

    Args:
        device: where it is; `plugged_in`, or anything else below CTAP.
        rp_id: the name that the vault's page is served under, `localhost` or a host name.

    Raises:
        VaultError: the key cannot serve: no CTAP2, no `hmac-secret`, or no PIN set.
    """

    def __init__(self, device: CtapDevice, rp_id: str, person: Person) -> None:
        self._rp_id = rp_id
        self._interaction = _Interaction(person)
        origin = "http://localhost" if rp_id == "localhost" else f"https://{rp_id}"
        prf_only: Ctap2Extension = HmacSecretExtension(allow_hmac_secret=False)  # type: ignore[no-untyped-call]
        self._client = Fido2Client(
            device,
            DefaultClientDataCollector(origin),
            user_interaction=self._interaction,
            extensions=[prf_only, CredProtectExtension()],
        )
        self._device = device
        info = self._client.info
        if not any(version.startswith("FIDO_2") for version in info.versions):
            raise VaultError("This key speaks U2F only.", "The vault needs a FIDO2 key.")
        if HmacSecretExtension.NAME not in info.extensions:
            raise VaultError("This key has no hmac-secret.", "The vault needs a FIDO2 key with that extension.")
        if not any(info.options.get(way) for way in ("clientPin", "uv", "bioEnroll")):
            raise VaultError("This key has no PIN yet.", _SET_A_PIN)

    def make_credential(self, slot: UUID, label: str, known: Sequence[bytes]) -> Credential:
        """A credential on this key for a slot.

        Args:
            known: credential ids of the vault's slots; a key that holds one is refused.

        Raises:
            VaultError: it was refused, or the credential would not stay on this key alone.
        """
        options = PublicKeyCredentialCreationOptions(
            rp=PublicKeyCredentialRpEntity(id=self._rp_id, name="Recall vault"),
            user=PublicKeyCredentialUserEntity(id=slot.bytes, name=label, display_name=label),
            challenge=os.urandom(32),
            pub_key_cred_params=[
                PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=ES256.ALGORITHM)
            ],
            exclude_credentials=_descriptors(known) or None,
            authenticator_selection=AuthenticatorSelectionCriteria(
                authenticator_attachment=AuthenticatorAttachment.CROSS_PLATFORM,
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            extensions={"prf": {}, "credentialProtectionPolicy": CredProtectExtension.POLICY.REQUIRED.value},
        )
        with self._told("This key is enrolled already."):
            made = self._client.make_credential(options)
        data = made.response.attestation_object.auth_data
        if data.is_backup_eligible():
            raise VaultError(
                "This is a passkey that is copied to other devices.", "The vault needs a key that stays in one."
            )
        if not data.is_user_verified() or data.credential_data is None:
            raise VaultError("The key did not verify you.", _SET_A_PIN)
        prf = made.client_extension_results.get("prf")
        if not prf or not prf.get("enabled"):
            raise VaultError("The key did not enable hmac-secret for this credential.", "Use another key.")
        return Credential(data.credential_data.credential_id, UUID(bytes=bytes(data.credential_data.aaguid)))

    def prf(self, evals: Mapping[bytes, bytes]) -> tuple[bytes, bytes]:
        """The credential that this key holds, and its PRF output.

        Args:
            evals: by credential id, the 32 bytes that its slot asks for.

        Raises:
            VaultError: the key holds none of them, or it was refused.
        """
        by_credential = {websafe_encode(id_): {"first": websafe_encode(first)} for id_, first in evals.items()}
        options = PublicKeyCredentialRequestOptions(
            challenge=os.urandom(32),
            rp_id=self._rp_id,
            allow_credentials=_descriptors(evals),
            user_verification=UserVerificationRequirement.REQUIRED,
            extensions={"prf": {"evalByCredential": by_credential}},
        )
        with self._told("This key is none of this vault's."):
            answer = self._client.get_assertion(options).get_response(0)
        if not answer.response.authenticator_data.is_user_verified():
            raise VaultError("The key did not verify you.", _SET_A_PIN)
        results = getattr(answer.client_extension_results.prf, "results", None)
        if results is None or len(results.first) != PRF_BYTES:
            raise VaultError("The key yielded nothing.", "Use the key that was enrolled, or --recovery-code.")
        return answer.raw_id, results.first

    @contextmanager
    def _told(self, ineligible: str) -> Iterator[None]:
        """Turns what the client raises into words."""
        try:
            yield
        except PinRequiredError as error:
            raise VaultError("No PIN was typed.", "Nothing was opened.") from error
        except ClientError as error:
            self._interaction.forget()
            if error.code is ClientError.ERR.DEVICE_INELIGIBLE:
                raise VaultError(ineligible, "Use another key.") from error
            raise _in_words(error, self._retries()) from error
        except OSError as error:
            raise VaultError("The key was pulled out.", "Plug it in and try again.") from error

    def _retries(self) -> str:
        try:
            return f" {ClientPin(Ctap2(self._device)).get_pin_retries()[0]} attempts are left."
        except (CtapError, ValueError, OSError):
            return ""


class _Interaction(UserInteraction):
    """Passes the client's wishes on to the person; the PIN once."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._pin: str | None = None

    def prompt_up(self) -> None:
        self._person.touch()

    def request_pin(self, permissions: ClientPin.PERMISSION, rp_id: str | None) -> str | None:
        if self._pin is None:
            self._pin = self._person.pin()
        return self._pin

    def forget(self) -> None:
        """So that a wrong PIN is not tried again by itself."""
        self._pin = None


def _in_words(error: ClientError, retries: str) -> VaultError:
    code = getattr(error.cause, "code", None)
    if code is CtapError.ERR.PIN_INVALID:
        return VaultError("The PIN is wrong.", f"Try again.{retries}")
    if code is CtapError.ERR.PIN_AUTH_BLOCKED:
        return VaultError("The key takes no more PINs for now.", f"Pull it out, plug it in, try again.{retries}")
    if code in {CtapError.ERR.PIN_BLOCKED, CtapError.ERR.UV_BLOCKED}:
        return VaultError("The key is blocked after too many wrong PINs.", "Open the vault with another key.")
    if code is CtapError.ERR.PIN_NOT_SET:
        return VaultError("This key has no PIN yet.", _SET_A_PIN)
    if code is CtapError.ERR.PIN_POLICY_VIOLATION:
        return VaultError("The key wants its PIN changed first.", _SET_A_PIN)
    if code is CtapError.ERR.KEY_STORE_FULL:
        return VaultError("The key has no room for another credential.", "Use another key.")
    if error.code is ClientError.ERR.TIMEOUT or code is CtapError.ERR.OPERATION_DENIED:
        return VaultError("The key was not touched in time.", "Try again.")
    return VaultError(f"The key refused: {error.cause or error.code.name}.", "Try again, or use another key.")


def _descriptors(ids: Sequence[bytes] | Mapping[bytes, bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=id_) for id_ in ids]


def _denied(devices: Path, classes: Path) -> tuple[Path, str] | None:
    """A FIDO device of Linux that this user may not open, and its vendor's number."""
    if sys.platform != "linux" or not classes.is_dir():
        return None
    for entry in sorted(classes.iterdir()):
        try:
            is_fido = (entry / "device" / "report_descriptor").read_bytes().startswith(_FIDO_USAGE_PAGE)
            identity = re.search(r"HID_ID=\w+:0000(\w{4}):", (entry / "device" / "uevent").read_text())
        except OSError:
            continue
        device = devices / entry.name
        if is_fido and identity and not os.access(device, os.R_OK | os.W_OK):
            return device, identity[1].lower()
    return None
