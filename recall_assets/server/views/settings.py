"""What is set, where it was said, and how to change it; nothing is changed from here but who is logged in.

GET /settings      recall.toml and RECALL_* ─► value and its place    (keys and addresses with passwords are not shown)
"""

import os
import tomllib
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine

from recall_assets.server.views.rendering import page
from recall_assets.settings import Settings
from recall_assets.store import tokens

_GROUPS = {
    "Where things lie": ("home_path", "database_url", "service_folder", "postgres_port", "postgres_user"),
    "Server": ("server_port", "listen", "public_url", "dagster_port", "vault_rp_id", "max_envelope_bytes"),
    "Keeping": (
        *("images_days", "keyframes_days", "images_gigabytes", "spare_disk_bytes"),
        *("dagster_steps_days", "dagster_runs_days", "alert_desktop", "alert_webhook", "log_format"),
    ),
    "Capture": ("agent", "silent_minutes", "away_days", "silence_is_error"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as the page shows it; `place` is where it was said."""

    name: str
    value: str
    place: str
    about: str


def add_settings_page(router: APIRouter, engine: Engine, settings: Settings) -> None:
    """Adds the route."""

    @router.get("/settings")
    def settings_page(request: Request) -> Response:
        with engine.connect() as connection:
            known = tokens.of_the_owner(connection)
        values = {"groups": grouped(settings), "file": settings.home.settings_file, "tokens": known}
        return page(request, "settings.html", values)


def grouped(settings: Settings) -> dict[str, list[Setting]]:
    """Every setting by what it is about; what has no group of its own is about reading what was captured."""
    found = {one.name: one for one in _settings(settings)}
    groups = {title: [found.pop(name) for name in names if name in found] for title, names in _GROUPS.items()}
    return groups | {"Reading, listening, describing": list(found.values())}


def _settings(settings: Settings) -> list[Setting]:
    said = _in_file(settings)
    found = []
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or f"RECALL_{name.upper()}")
        value = getattr(settings, name)
        if variable in os.environ:
            place = variable
        elif name in said:
            place = "recall.toml"
        else:
            place = ""
        shown = "set, not shown" if not field.repr and value is not None else _shown(value)
        found.append(Setting(name, shown, place, field.description or ""))
    return found


def _in_file(settings: Settings) -> set[str]:
    try:
        return set(tomllib.loads(settings.home.settings_file.read_text("utf-8")))
    except (OSError, ValueError):
        return set()


def _shown(value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
