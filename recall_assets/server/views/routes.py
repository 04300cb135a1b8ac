"""Every page of the owner's, on one application.

add_pages ─► static files, nobody's business
          ─► pages           access.owner   what is not there is a page that says so
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy import Engine

from recall_assets.errors import InputError, UnknownIdError
from recall_assets.server import access
from recall_assets.server.refusal import Refusal
from recall_assets.server.views import static
from recall_assets.server.views.activity import add_activity_page
from recall_assets.server.views.alerts import noticed
from recall_assets.server.views.calendar import add_calendar_pages
from recall_assets.server.views.day import add_day_page
from recall_assets.server.views.editing import add_editing_pages
from recall_assets.server.views.forgetting import add_forget_pages
from recall_assets.server.views.frame import add_frame_pages
from recall_assets.server.views.lineage import add_lineage_page
from recall_assets.server.views.machines import add_machines_page
from recall_assets.server.views.memories import add_memory_pages
from recall_assets.server.views.projects import add_project_pages
from recall_assets.server.views.rendering import page
from recall_assets.server.views.runs import add_run_page
from recall_assets.server.views.search import add_search_page
from recall_assets.server.views.settings import add_settings_page
from recall_assets.settings import Settings

_PAGES = (
    add_day_page,
    add_calendar_pages,
    add_activity_page,
    add_frame_pages,
    add_project_pages,
    add_editing_pages,
    add_search_page,
    add_lineage_page,
    add_memory_pages,
    add_run_page,
)


class PageRoute(APIRoute):
    """A route whose refusals are pages: nothing is there, the address cannot be read, a form cannot be followed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError:
                told = 404, "This address leads nowhere.", "A letter or digit of it may be missing."
            except InputError as error:
                told = 404 if isinstance(error, UnknownIdError) else 400, error.problem, error.remedy
            except Refusal as refusal:
                if refusal.status != 404:
                    raise
                told = 404, refusal.problem, refusal.remedy
            status, problem, remedy = told
            return page(request, "missing.html", {"problem": problem, "remedy": remedy}, status=status)

        return answered


def add_pages(app: FastAPI, engine: Engine, settings: Settings) -> None:
    """Adds the routes."""
    pages = APIRouter(dependencies=[Depends(access.owner), Depends(noticed(engine))], route_class=PageRoute)
    for add in _PAGES:
        add(pages, engine)
    add_machines_page(pages, engine, settings)
    add_settings_page(pages, engine, settings)
    add_forget_pages(pages, engine, settings)
    for router in (static.router, pages):
        app.router.routes.extend(router.routes)
