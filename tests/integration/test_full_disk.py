"""Before the disk is full nothing more is taken in: uploads are refused, no run begins, and both come back alone."""

import dagster as dg
import pytest
from sqlalchemy import Engine

from capture_agent.upload import Patience, UnreachableError, Uploader
from recall_assets.cli.doctor import State, examine
from recall_assets.server.app import create_app
from recall_assets.settings import Settings, load_settings
from tests.graph import definitions, opened_graph
from tests.integration.sending import enrolled, landed_files, outcomes, post, served

MORE_THAN_ANY_DISK_HAS = 10**18


def test_a_disk_that_is_nearly_full_takes_nothing_and_takes_it_again_when_there_is_room(
    database: Engine, settings: Settings
) -> None:
    laptop = enrolled(database, settings.home)
    frame = laptop.frame("a")
    short = settings.model_copy(update={"spare_disk_bytes": MORE_THAN_ANY_DISK_HAS})
    with served(create_app(database, short)) as client:
        answer = post(client, laptop, frame)
        assert (answer.status_code, answer.headers["Retry-After"]) == (507, "30")
        assert landed_files(settings.home) == []
    with served(create_app(database, settings)) as client:
        assert outcomes(client, laptop, frame) == ["stored"]


def test_an_agent_keeps_what_was_refused_for_want_of_room_and_says_why(database: Engine, settings: Settings) -> None:
    laptop = enrolled(database, settings.home)
    short = settings.model_copy(update={"spare_disk_bytes": MORE_THAN_ANY_DISK_HAS})
    with served(create_app(database, short)) as client:
        url = str(client.base_url)
        with (
            Uploader(url, laptop.token, patience=Patience(attempts=1)) as uploader,
            pytest.raises(UnreachableError, match=r"it answered 507: The disk is nearly full: \d+ MB are free") as told,
        ):
            list(uploader.send([laptop.frame("a")]))
    assert told.value.asked_seconds == 30


def test_no_run_begins_while_the_disk_is_nearly_full(
    settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALL_SPARE_DISK_BYTES", str(MORE_THAN_ANY_DISK_HAS))
    with opened_graph(settings, database) as instance:
        from recall_assets.defs.resources import Recall

        with dg.build_sensor_context(instance, resources={"recall": Recall()}) as context:
            ticked = definitions().resolve_sensor_def("landed").evaluate_tick(context)
    assert "The disk is nearly full" in str(ticked.skip_message)


def test_the_doctor_says_that_nothing_is_taken_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_SPARE_DISK_BYTES", str(MORE_THAN_ANY_DISK_HAS))
    settings.home.keys.touch()
    (disk,) = [check for check in examine(load_settings()) if check.name == "disk"]
    assert disk.state is State.WRONG
    assert "nothing is taken in" in disk.found
