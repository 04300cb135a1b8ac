"""The vault page: serves what the owner's browser opens, sealed, and cannot open any of it.

    GET /vault, /vault/*           the page and its script
    GET /v1/vault                  slots, epochs, what was found (no value)
    GET /v1/vault/values/{id}      one sealed value
    GET /v1/vault/pictures/{id}    the redacted picture that it stood on
    GET /v1/vault/older?after=ID   sealed values that may be sealed anew
    POST /v1/vault/{act}           a change: see `vault_acts`

All for the owner's browser alone: no token of a program or an assistant reaches any of it. The page's policy is
stricter than that of other pages: no form, no image but its own, and a window that no other page of ours gets hold of.
"""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy import Connection, Engine

from recall_assets import keyring
from recall_assets.errors import RecallError, UnprovenError, VaultError
from recall_assets.records import Epoch, Slot
from recall_assets.sealer import check_chains, pinned_vault
from recall_assets.server import access
from recall_assets.server.requests import read_body
from recall_assets.server.vault_acts import VaultActs, row_as_json
from recall_assets.settings import Settings
from recall_assets.stages.secrets import is_doubtful
from recall_assets.store import frame_files, secrets, vault
from recall_assets.store.tokens import Grant

_PAGES = Path(__file__).parent / "pages" / "vault"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
_PARTS = {
    path.relative_to(_PAGES).as_posix(): _TYPES[path.suffix] for path in _PAGES.rglob("*") if path.suffix in _TYPES
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
_OWNER = [Depends(access.owner)]


def add_vault_page(app: FastAPI, engine: Engine, settings: Settings) -> None:
    """Adds the page's routes."""
    app.add_exception_handler(VaultError, _refused)
    _add_page(app)
    _add_looking(app, engine, settings)
    _add_acts(app, VaultActs(engine, settings))


def _add_page(app: FastAPI) -> None:
    @app.get("/vault", dependencies=_OWNER)
    def page() -> Response:
        return _file("vault.html")

    @app.get("/vault/{name:path}", dependencies=_OWNER)
    def part(name: str) -> Response:
        return _file(name) if name in _PARTS else _missing()


def _add_looking(app: FastAPI, engine: Engine, settings: Settings) -> None:
    @app.get("/v1/vault", dependencies=_OWNER)
    def state() -> Response:
        with engine.connect() as connection:
            return JSONResponse(_state(connection, settings), headers=_HEADERS)

    @app.get("/v1/vault/values/{secret_id}", dependencies=_OWNER)
    def value(secret_id: UUID) -> Response:
        with engine.connect() as connection:
            row = next(iter(secrets.read(connection, [secret_id])), None)
        if row is None or row.sealed is None:
            return _missing()
        return JSONResponse(row_as_json(row), headers=_HEADERS)

    @app.get("/v1/vault/pictures/{secret_id}", dependencies=_OWNER)
    def picture(secret_id: UUID) -> Response:
        with engine.connect() as connection:
            ref = secrets.image_ref(connection, secret_id)
        if ref is None:
            return _missing()
        return Response(frame_files.read(settings.home, ref), media_type="image/webp", headers=_HEADERS)


def _add_acts(app: FastAPI, acts: VaultActs) -> None:
    @app.get("/v1/vault/older", dependencies=_OWNER)
    def older(after: UUID) -> Response:
        return JSONResponse(acts.older(after), headers=_HEADERS)

    @app.post("/v1/vault/{act}")
    async def change(request: Request, act: str, grant: Annotated[Grant, Depends(access.owner)]) -> Response:
        if act == "init":  # the one act that nothing can prove yet
            access.require_recent(grant)
        most = acts.most_bytes(act)
        if not most:
            return _missing()
        body = await read_body(request, most)
        return JSONResponse(await run_in_threadpool(acts.do, act, body, grant.hash), headers=_HEADERS)


def _state(connection: Connection, settings: Settings) -> dict[str, object]:
    alarm = None
    try:
        pinned_vault(connection, settings.home)
    except VaultError as error:
        alarm = {"problem": error.problem, "remedy": error.remedy}
    chain, stands = check_chains(connection), vault.condition(connection)
    epochs = vault.epochs(connection)
    return {
        "rp_id": settings.vault_rp_id,
        "alarm": alarm,
        "chain": {
            "holds": chain.holds,
            "sealed": chain.sealed,
            "missing": chain.missing,
            "changed": chain.changed,
            "broken": chain.broken,
            "foreign": chain.foreign,
        },
        "waiting": stands.waiting,
        "unsealed": stands.unsealed,
        "resealing": keyring.is_resealing(connection),
        "epochs": [_epoch(connection, epoch) for epoch in epochs],
        "slots": [_slot(connection, slot) for slot in vault.slots(connection, live=False)],
        "found": [each.as_json() | {"doubtful": is_doubtful(each.rule)} for each in secrets.listed(connection)],
    }


def _epoch(connection: Connection, epoch: Epoch) -> dict[str, object]:
    return {
        "key_id": epoch.key_id.hex(),
        "created": epoch.created_at.isoformat(),
        "live": epoch.retired_at is None,
        "sealed": vault.count_sealed(connection, [epoch.key_id]),
    }


def _slot(connection: Connection, slot: Slot) -> dict[str, object]:
    seals = [{"key_id": seal.key_id.hex(), "sealed": seal.sealed.hex()} for seal in vault.seals(connection, slot.id)]
    return {
        "id": str(slot.id),
        "kind": slot.kind.value,
        "label": slot.label,
        "created": slot.created_at.isoformat(),
        "used": slot.last_used_at and slot.last_used_at.isoformat(),
        "revoked": slot.revoked_at and slot.revoked_at.isoformat(),
        "header": dict(slot.header),
        "public_key": slot.public_key.hex(),
        "wrapped_private": slot.wrapped_private.hex(),
        "seals": seals,
    }


def _file(name: str) -> Response:
    return Response((_PAGES / name).read_bytes(), media_type=_PARTS[name], headers=_HEADERS)


def _missing() -> Response:
    return JSONResponse({"problem": "There is no such thing here.", "remedy": "recall vault list"}, 404, _HEADERS)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RecallError)
    status = 403 if isinstance(error, UnprovenError) else 409 if isinstance(error, VaultError) else 400
    return JSONResponse({"problem": error.problem, "remedy": error.remedy}, status, _HEADERS)
