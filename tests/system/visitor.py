"""The owner before the vault's page: a real Chromium with (virtual) security keys, and what they do there.

visitor.comes() ─► visitor.makes_a_vault() ─► code, first key ─► visitor.opens_with_key() ─► visitor.shows("password")
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from recall_assets.records import Slot
from tests.logged_in import login_path

if TYPE_CHECKING:  # `make test-system` installs it; `make test` only lists these tests
    from playwright.sync_api import Locator, Page

# What the key yields for a slot, by the same call that the page makes.
_PRF = """async ([rpId, id, first]) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const used = await navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32), rpId,
    allowCredentials: [{ type: "public-key", id: bytes(id) }], userVerification: "required",
    extensions: { prf: { eval: { first: bytes(first) } } } } });
  const output = new Uint8Array(used.getClientExtensionResults().prf.results.first);
  return Array.from(output, (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""


@dataclass
class Visitor:
    """One browser at one server."""

    page: "Page"
    address: str
    database: Engine
    keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tools = self.page.context.new_cdp_session(self.page)
        self._tools.send("WebAuthn.enable")

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def plugs_in(self, **more: Any) -> None:
        """A new security key; the others are not touched any more."""
        for key in self.keys:
            self._touched(key, touched=False)
        options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "usb", "hasPrf": True}
        options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        made = self._tools.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})
        self.keys.append(made["authenticatorId"])

    def takes(self, number: int) -> None:
        """That key, and no other, is touched from now on."""
        for at, key in enumerate(self.keys):
            self._touched(key, touched=at == number)

    def yields(self, slot: Slot) -> bytes:
        """What the touched key yields for a slot."""
        asked = [str(slot.header[name]) for name in ("rp_id", "credential_id", "prf_eval")]
        return bytes.fromhex(self.page.evaluate(_PRF, asked))

    def _touched(self, key: str, *, touched: bool) -> None:
        simulation = {"authenticatorId": key, "enabled": touched}
        self._tools.send("WebAuthn.setAutomaticPresenceSimulation", simulation)

    # ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────

    def comes(self) -> None:
        """Follows a new link to the page."""
        self.page.goto("about:blank")
        self.page.goto(self.address + login_path(self.database, "/vault"))
        self.page.wait_for_url(f"{self.address}/vault")

    def at(self, name: str) -> "Locator":
        """What has this id."""
        return self.page.locator(f"#{name}")

    def presses(self, name: str) -> None:
        """A button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def reads(self, name: str, text: str) -> None:
        """What has this id says this, soon."""
        from playwright.sync_api import expect

        expect(self.at(name)).to_contain_text(text, timeout=60_000)

    def makes_a_vault(self, label: str = "blue") -> str:
        """The code of a new vault that the touched key opens."""
        self.presses("Make a vault")
        code = self.writes_down()
        self.reads("dialog-title", "let a security key")
        self.names_the_key(label)
        return code

    def writes_down(self) -> str:
        """A recovery code, shown and typed back as people do."""
        code: str = self.page.locator("output.code").inner_text()
        assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}", code)
        self.presses("I have written it down")
        assert self.page.locator("output.code").count() == 0
        self.page.get_by_label("Type it back").fill(code.lower().replace("-", " "))
        self.presses("Go on")
        return code

    def enrols(self, label: str) -> None:
        """The touched key, while the vault is open."""
        self.presses("Enrol a security key")
        self.names_the_key(label)

    def names_the_key(self, label: str) -> None:
        """Goes through the touches."""
        self.page.get_by_label("What to call it").fill(label)
        self.presses("Go on")
        self.reads("dialog-parts", f"One touch of {label}")
        self.presses("Good")
        self.reads("slots", label)

    def opens_with_key(self) -> None:
        """Touches."""
        self.presses("Open with your key")
        self.reads("state", "Open with")

    def opens_with_code(self, code: str) -> None:
        """Types it."""
        self.presses("Open with the recovery code")
        self.page.get_by_role("textbox", name="Recovery code").fill(code)
        self.presses("Open")
        self.reads("state", "Open with recovery code")

    def shows(self, kind: str) -> str:
        """The value of the one found secret of this kind."""
        self.page.get_by_role("row").filter(has_text=kind).get_by_role("button").click()
        self.at("shown-value").wait_for()
        value: str = self.at("shown-value").inner_text()
        return value
