"""What the assets work with: settings, home and the database.

Recall ─┬─ settings, home          from RECALL_* and recall.toml
        ├─ engine                  one per run, sensor tick or schedule tick
        └─ transaction()           an asset reads and replaces one partition in one of these
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

import dagster as dg
from pydantic import PrivateAttr
from sqlalchemy import Connection, Engine

from recall_assets.defs.heartbeat import beating
from recall_assets.defs.worker_lease import tag_of, worker_of_this_process
from recall_assets.errors import SettingsError
from recall_assets.settings import Home, Settings, load_settings
from recall_assets.store.database import connect

# Where whoever runs assets in their own process follows the frames being read: called with done and total.
progress_callback: ContextVar[Callable[[int, int], None]] = ContextVar("progress", default=lambda _done, _total: None)


class Recall(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Database, settings and folders of this Recall."""

    _settings: Settings = PrivateAttr()
    _engine: Engine = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Recall"]:
        """Connects for the length of a run or tick, and says on the run which process executes it.

        Raises:
            SettingsError: no database is named; Dagster's processes are told by `recall up` or the `.env`.
        """
        self._settings = load_settings()
        if self._settings.database_url is None:
            raise SettingsError("RECALL_DATABASE_URL is not set.", "Run `recall up`, or use its .env.")
        self._engine = connect(self._settings.database_url)
        try:
            with ExitStack() as while_running:
                if context.run is not None and context.instance is not None:
                    run_id = context.run.run_id
                    if self._settings.celery_broker is not None:
                        silent_for = self._settings.celery_silent_for
                        while_running.enter_context(beating(context.instance, run_id, self._engine, silent_for))
                    else:
                        context.instance.add_run_tags(run_id, tag_of(run_id, worker_of_this_process(self.home)))
                yield self
        finally:
            self._engine.dispose()

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def home(self) -> Home:
        return self._settings.home

    @property
    def engine(self) -> Engine:
        return self._engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose work is committed at the end, or not at all."""
        with self._engine.begin() as connection:
            yield connection
