"""The page that forgets: what would go, in numbers and pictures, and then for good.

GET  /forget?done=7     what was forgotten
POST /forget/look       the conditions of the form ─► what they cover, and the button
POST /forget            the same conditions, confirmed ─► gone

Conditions travel in forms alone: an address would stand in the browser's history.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Engine

from recall_assets import forgetting
from recall_assets.errors import InputError
from recall_assets.forgetting import Asked
from recall_assets.server.views.editing import Form, field_of
from recall_assets.server.views.rendering import page
from recall_assets.settings import Settings
from recall_assets.store.forgetting import rules
from recall_assets.store.timeline.rows import home_zone, machines, project_tags

_SHOWN = 20


def add_forget_pages(router: APIRouter, engine: Engine, settings: Settings) -> None:
    """Adds the routes."""

    @router.get("/forget")
    def forget_page(request: Request) -> Response:
        return page(request, "forget.html", _values(engine, Asked()))

    @router.post("/forget/look")
    def look(request: Request, form: Form) -> Response:
        asked = asked_of(form)
        values = _values(engine, asked)
        try:
            with engine.connect() as connection:
                criteria = forgetting.criteria_of(connection, asked, _now(connection))
        except InputError as error:
            return page(request, "forget.html", values | {"problem": error}, status=400)
        chosen = forgetting.look(engine, settings.home, criteria)
        told = {"chosen": chosen, "lines": forgetting.lines_of(chosen, criteria.to_at.tzinfo)}
        return page(request, "forget.html", values | told)

    @router.post("/forget")
    def forget(form: Form) -> Response:
        if not field_of(form, "sure"):
            raise InputError("Nothing was forgotten.", "Look at what would go, tick the box, and say it again.")
        with engine.connect() as connection:
            criteria = forgetting.criteria_of(connection, asked_of(form), _now(connection))
        done = forgetting.forget(engine, settings.home, criteria)
        return RedirectResponse(f"/forget?done={done.order_id or 0}", 303)


def asked_of(form: Mapping[str, list[str]]) -> Asked:
    """The conditions of a form."""
    words = {name: field_of(form, name).strip() for name in ("app", "url", "project", "text")}
    chosen = tuple(one for one in form.get("machine", []) if one)
    return Asked(field_of(form, "from").strip(), field_of(form, "to").strip(), chosen, **words)


def _now(connection: Connection) -> datetime:
    return datetime.now(ZoneInfo(home_zone(connection)))


def _values(engine: Engine, asked: Asked) -> dict[str, object]:
    with engine.connect() as connection:
        return {
            "asked": asked,
            "machines": machines(connection),
            "projects": sorted(project_tags(connection).values(), key=lambda tag: tag.name.casefold()),
            "orders": rules.orders(connection, limit=_SHOWN),
            "zone": home_zone(connection),
            "problem": None,
            "chosen": None,
        }
