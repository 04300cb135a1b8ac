"""The vault page: serves what the owner's browser opens, sealed, and cannot open any of it.

    GET /vault, /vault/*          the page and its script, without a token: nothing of the owner's is in them
    GET /v1/vault                 token of scope api    slots, epochs, what was found (no value)
    GET /v1/vault/values/{id}     token of scope api    one sealed value
    GET /v1/vault/pictures/{id}   token of scope api    the redacted picture that it stood on

`recall vault page` makes a token of 15 minutes and shows the address with it behind the #. The script may come from
here alone and connect to here alone; nothing may frame the page or store an answer.
"""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection, Engine

from recall_assets.errors import VaultError
from recall_assets.records import Slot, SlotKind
from recall_assets.sealer import check_chains, pinned_vault
from recall_assets.settings import Settings
from recall_assets.store import frame_files, secrets, vault

_PAGES = Path(__file__).parent / "pages"
_TYPES = {
    "vault.html": "text/html",
    "vault.js": "text/javascript",
    "hpke.js": "text/javascript",
    "vault.css": "text/css",
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def add_vault_page(app: FastAPI, engine: Engine, settings: Settings, authorise: Callable[[Request], None]) -> None:
    """Adds the page's routes.

    Args:
        authorise: raises what becomes the answer, unless the request carries a token for this.
    """

    @app.get("/vault")
    def page() -> Response:
        return _file("vault.html")

    @app.get("/vault/{name}")
    def part(name: str) -> Response:
        return _file(name) if name in _TYPES else _missing()

    @app.get("/v1/vault")
    def state(request: Request) -> Response:
        authorise(request)
        with engine.connect() as connection:
            return JSONResponse(_state(connection, settings), headers=_HEADERS)

    @app.get("/v1/vault/values/{secret_id}")
    def value(request: Request, secret_id: UUID) -> Response:
        authorise(request)
        with engine.connect() as connection:
            row = next(iter(secrets.read(connection, [secret_id])), None)
        if row is None or row.sealed is None:
            return _missing()
        told = {
            "id": str(row.id),
            "deployment": row.deployment_id,
            "kind": row.kind,
            "key_id": row.sealed.key_id.hex(),
            "sealed": row.sealed.value.hex(),
            "pixels": row.sealed.pixels and row.sealed.pixels.hex(),
            "has_picture": row.frame_id is not None,
        }
        return JSONResponse(told, headers=_HEADERS)

    @app.get("/v1/vault/pictures/{secret_id}")
    def picture(request: Request, secret_id: UUID) -> Response:
        authorise(request)
        with engine.connect() as connection:
            ref = secrets.image_ref(connection, secret_id)
        if ref is None:
            return _missing()
        return Response(frame_files.read(settings.home, ref), media_type="image/webp", headers=_HEADERS)


def _state(connection: Connection, settings: Settings) -> dict[str, object]:
    alarm = ""
    try:
        pinned_vault(connection, settings.home)
    except VaultError as error:
        alarm = error.problem
    chain = check_chains(connection)
    if not chain.holds:
        alarm = alarm or f"{chain.missing} sealed values are missing, {chain.changed} changed, {chain.foreign} foreign."
    slots = [slot for slot in vault.slots(connection) if slot.kind is SlotKind.FIDO2]
    return {
        "rp_id": settings.vault_rp_id,
        "alarm": alarm,
        "slots": [_slot(connection, slot) for slot in slots],
        "found": [each.as_json() for each in secrets.listed(connection)],
    }


def _slot(connection: Connection, slot: Slot) -> dict[str, object]:
    seals = [{"key_id": seal.key_id.hex(), "sealed": seal.sealed.hex()} for seal in vault.seals(connection, slot.id)]
    return {
        "id": str(slot.id),
        "header": dict(slot.header),
        "public_key": slot.public_key.hex(),
        "wrapped_private": slot.wrapped_private.hex(),
        "seals": seals,
    }


def _file(name: str) -> Response:
    return Response((_PAGES / name).read_bytes(), media_type=_TYPES[name], headers=_HEADERS)


def _missing() -> Response:
    return JSONResponse({"error": "There is no such thing here.", "remedy": "recall vault list"}, 404, _HEADERS)
