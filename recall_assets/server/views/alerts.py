"""What is wrong, on every page: one quiet line above it, and all of it with the remedies on the page of machines.

alerts (defs.alerts looks each minute) ─► open ones ─► request.state ─► layout.html ─► /deployments#alerts
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import Engine

from recall_assets.records import Alert, AlertKind
from recall_assets.store.alerts import open_alerts

# Where a person looks into it; of a machine, the page of machines says more.
_PLACES: Mapping[AlertKind, str] = {
    AlertKind.PARTITION: "/dagster/assets/{}",
    AlertKind.DISK: "/settings",
    AlertKind.VAULT: "/vault",
}


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An open alert and, where there is one, the page that says more."""

    alert: Alert
    link: str | None


def noticed(engine: Engine) -> Callable[[Request], None]:
    """A dependency of pages: the open alerts come with the request, for whatever page is made for it."""

    def notice(request: Request) -> None:
        if request.method == "GET":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                request.state.alerts = [_shown(one) for one in open_alerts(connection)]

    return notice


def _shown(alert: Alert) -> ShownAlert:
    key = alert.trouble.key
    return ShownAlert(alert, _PLACES[key.kind].format(key.subject) if key.kind in _PLACES else None)
