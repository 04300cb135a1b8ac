"""Orders are ended by the graph: those that were interrupted, and the bytes of those that are done."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
import pytest
from sqlalchemy import Engine, update

from recall_assets import forgetting
from recall_assets.records import ForgetCriteria
from recall_assets.settings import Settings
from recall_assets.store.forgetting import rules
from recall_assets.store.tables import forget_orders, frames
from tests.days import MORNING, drawn
from tests.graph import definitions, land_read, opened_graph


@pytest.fixture
def instance(settings: Settings, database: Engine) -> Iterator[dg.DagsterInstance]:
    with opened_graph(settings, database) as opened:
        with database.begin() as connection:
            land_read(connection, drawn("aaabbb"))
        yield opened


def tick(instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    from recall_assets.defs.resources import Recall

    with dg.build_sensor_context(
        instance, resources={"recall": Recall()}, repository_def=definitions().get_repository_def()
    ) as context:
        return [*(definitions().resolve_sensor_def("forgotten").evaluate_tick(context).run_requests or ())]


def test_bytes_are_erased_after_an_order_and_an_interrupted_one_is_ended(
    instance: dg.DagsterInstance, settings: Settings, database: Engine
) -> None:
    assert tick(instance) == []
    forgetting.forget(database, settings.home, ForgetCriteria(MORNING + timedelta(hours=1), app="xterm"))
    with database.begin() as connection:  # as if it had been killed, a day ago
        connection.execute(update(forget_orders).values(finished_at=None, at=forget_orders.c.at - timedelta(days=1)))
        connection.execute(update(frames).values(app_name="xterm"))
    assert [request.run_key for request in tick(instance)] == ["forgotten/1/1"]
    job = definitions().resolve_job_def("erase_old_versions")
    assert job.execute_in_process(instance=instance).success
    with database.connect() as connection:
        (order,) = rules.orders(connection)
        assert connection.scalars(frames.select()).all() == []
    assert order.erased_at is not None
    assert tick(instance) == []
