"""Every page of the owner's, on one application.

add_pages ─► static files, nobody's business
          ─► images          access.api     a program may look at them too
          ─► pages           access.owner   what is not there is a page that says so
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy import Engine

from recall_assets.server import access
from recall_assets.server.refusal import Refusal
from recall_assets.server.views import static
from recall_assets.server.views.activity import add_activity_page
from recall_assets.server.views.calendar import add_calendar_pages
from recall_assets.server.views.day import add_day_page
from recall_assets.server.views.images import add_images
from recall_assets.server.views.projects import add_project_pages
from recall_assets.server.views.rendering import page
from recall_assets.settings import Settings


class PageRoute(APIRoute):
    """A route whose 404 is a page, also for an address that cannot be read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError:
                said = {"problem": "This address leads nowhere.", "remedy": "A letter or digit of it may be missing."}
            except Refusal as refusal:
                if refusal.status != 404:
                    raise
                said = {"problem": refusal.problem, "remedy": refusal.remedy}
            return page(request, "missing.html", said, status=404)

        return answered


def add_pages(app: FastAPI, engine: Engine, settings: Settings) -> None:
    """Adds the routes."""
    images = APIRouter(dependencies=[Depends(access.api)])
    add_images(images, engine, settings.home)
    pages = APIRouter(dependencies=[Depends(access.owner)], route_class=PageRoute)
    for add in (add_day_page, add_calendar_pages, add_activity_page, add_project_pages):
        add(pages, engine)
    for router in (static.router, images, pages):
        app.router.routes.extend(router.routes)
