"""Answers that refuse: `{"problem", "remedy"}` under the status that says whose move it is.

400 no message of ours, or what cannot be done   401 token   403 not allowed   404 no such id   409 taken
413 too large   422 not as described   426 version   429 too often
503 database, disk or bucket: nothing was taken, come again   507 the disk is nearly full: the same, later
"""

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from capture_agent.protocol import PROTOCOL_VERSION, VERSION_HEADER
from recall_assets.errors import EngineError, InputError, UnknownIdError

_log = logging.getLogger(__name__)


class Refusal(Exception):  # noqa: N818  (an answer, not a failure)
    """Ends a request with this answer."""

    def __init__(self, status: int, problem: str, remedy: str, *, retry_after: int | None = None) -> None:
        """
        Args:
            retry_after: seconds after which the same request may be answered otherwise.
        """
        super().__init__(problem)
        self.status = status
        self.problem = problem
        self.remedy = remedy
        self.retry_after = retry_after


def add_refusals(app: FastAPI) -> None:
    """Makes answers of refusals, and of a database or disk that fails."""
    app.add_exception_handler(Refusal, _refuse)
    app.add_exception_handler(HTTPException, _not_here)
    app.add_exception_handler(InputError, _impossible)
    app.add_exception_handler(RequestValidationError, _misshapen)
    app.add_exception_handler(SQLAlchemyError, _unavailable)
    app.add_exception_handler(OSError, _unavailable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(EngineError, _unavailable)


async def _refuse(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return refused(refusal)


def refused(refusal: Refusal) -> Response:
    """The answer that a refusal is."""
    headers = {VERSION_HEADER: str(PROTOCOL_VERSION)}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refusal.status == 426:
        headers |= {"Upgrade": f"Recall/{PROTOCOL_VERSION}", "Connection": "Upgrade"}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return JSONResponse({"problem": refusal.problem, "remedy": refusal.remedy}, refusal.status, headers)


async def _impossible(_: Request, error: Exception) -> Response:
    assert isinstance(error, InputError)
    status = 404 if isinstance(error, UnknownIdError) else 400
    return JSONResponse({"problem": error.problem, "remedy": error.remedy}, status)


async def _not_here(_: Request, error: Exception) -> Response:
    """What the framework refuses by itself: a path, a method, a body that is no JSON."""
    assert isinstance(error, HTTPException)
    told = {"problem": f"{error.detail}.", "remedy": "See /v1/openapi.json."}
    return JSONResponse(told, error.status_code, error.headers)


async def _misshapen(_: Request, error: Exception) -> Response:
    """Names what is wrong by its place, never by its value."""
    assert isinstance(error, RequestValidationError)
    wrong = {".".join(str(part) for part in one["loc"]): str(one["msg"]) for one in error.errors()}
    told = "; ".join(f"{place}: {message}" for place, message in wrong.items())
    return JSONResponse({"problem": f"Not as described: {told}.", "remedy": "See /v1/openapi.json."}, 422)


async def _gone(_: Request, _error: Exception) -> Response:
    """Whoever asked has gone before all of the request was here, and comes again; nobody reads this answer."""
    return Response(status_code=400)


async def _unavailable(_: Request, error: Exception) -> Response:
    """The database or the disk failed; the sender keeps its items and comes again."""
    _log.error("unavailable: %s", type(error).__name__ if isinstance(error, SQLAlchemyError) else error)
    remedy = "Nothing was taken; the sender tries again. See the server's log."
    return JSONResponse({"problem": "The database or the disk failed.", "remedy": remedy}, 503, {"Retry-After": "5"})
