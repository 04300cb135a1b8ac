"""What fails on a frame that shows a secret leaves no trace of it: not in a file, a row, a log or a traceback.

    fault, made from outside           what it hits
    ──────────────────────────────     ─────────────────────────────────────────────
    a worker stopped, then killed      an engine in the middle of a frame
    no patience                        the same, killed by us
    an image cut short                 the decoder; its metadata hold the value, too
    rows of stored boxes spoilt        masking, with all words of the run in memory
    a constraint that quotes its row   the transaction, with an error that holds text
    sessions ended by the server       the transaction, without an answer
    a file where a folder belongs      the frame store, unwritable
    files may have 2 kB                the frame store, full
    a slot slipped into the vault      sealing, which refuses

After each, every place is searched; at the end the frames are read as if nothing had been.
"""

import logging
import os
import resource
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import dagster as dg
import psutil
import pytest
from sqlalchemy import Engine, select, text, update

from recall_assets.keyring import found_vault
from recall_assets.records import Status
from recall_assets.settings import Settings, load_settings
from recall_assets.store import tables, vault
from recall_assets.store.database import connect
from tests.canaries import on_screens, told
from tests.conftest import cloned_database
from tests.drawn_screens import draw, page
from tests.everywhere import Everywhere, by_name
from tests.graph import opened_graph
from tests.integration.embedded import wait_until
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import NOON
from tests.stored_images import uncovered
from tests.vault.vaults import key_material, make_slot

Progress = Callable[[int, int], None]
Fault = Callable[[Machine], AbstractContextManager[Progress]]
SEED = 2
SCREEN = on_screens(SEED, each=2)[4]  # a form and a chat: a small one
TOLD = told(SEED)
OTHER = draw(page("A second screen of this day"))
OTHER = draw(page("A second screen of this day"))
SHOTS = [Shot("a", SCREEN.pixels), Shot("b", OTHER, 10, TOLD["title"].lines[0], TOLD["url"].lines[0])]
NAMES = {piece: canary.kind for canary in (*SCREEN.canaries, *TOLD.values()) for piece in canary.pieces}
HARMLESS = "Settings of this account"


def nothing(done: int, total: int) -> None:
    pass


@contextmanager
def a_worker_dies(machine: Machine) -> Iterator[Progress]:
    stopped: list[psutil.Process] = []

    def stop_it(done: int, total: int) -> None:
        workers = [child for child in psutil.Process().children() if any("spawn_main" in w for w in child.cmdline())]
        if workers and not stopped:
            stopped.extend(workers)
            workers[0].suspend()  # it gets the next frame, and never comes to read it
            threading.Timer(0.3, workers[0].kill).start()

    yield stop_it


@contextmanager
def no_patience(machine: Machine) -> Iterator[Progress]:
    before = machine.settings
    machine.settings = before.model_copy(update={"ocr_seconds_per_frame": 0.01})
    yield nothing
    machine.settings = before


@contextmanager
def spoilt_boxes(machine: Machine) -> Iterator[Progress]:
    machine.read(recompute=True)
    with machine.database.begin() as connection:
        kept = connection.execute(select(tables.secrets.c.id, tables.secrets.c.boxes)).all()
        connection.execute(update(tables.secrets).values(boxes=[[1, 2]]))
    yield nothing
    with machine.database.begin() as connection:
        for id_, boxes in kept:
            connection.execute(update(tables.secrets).where(tables.secrets.c.id == id_).values(boxes=boxes))


@contextmanager
def a_constraint_that_quotes_its_row(machine: Machine) -> Iterator[Progress]:
    with machine.database.begin() as connection:
        connection.execute(text("alter table recall.ocr_text add constraint never check (length(text) < 1) not valid"))
    yield nothing
    with machine.database.begin() as connection:
        connection.execute(text("alter table recall.ocr_text drop constraint never"))


@contextmanager
def sessions_end(machine: Machine) -> Iterator[Progress]:
    def end_them(done: int, total: int) -> None:
        if done == total:
            return
        with machine.database.connect() as connection:
            others = text(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid()"
            )
            connection.execute(others)

    yield end_them
    machine.database.dispose()


@contextmanager
def an_unwritable_frame_store(machine: Machine) -> Iterator[Progress]:
    store = machine.settings.home.frames
    store.rename(store.with_name("aside"))
    store.write_text("")
    yield nothing
    store.unlink()
    store.with_name("aside").rename(store)


@contextmanager
def a_full_disk(machine: Machine) -> Iterator[Progress]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))  # the workers inherit it
    yield nothing
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def a_slot_that_nobody_pinned(machine: Machine) -> Iterator[Progress]:
    found_vault(machine.database, machine.settings.home, make_slot(key_material()), NOON)
    with machine.database.begin() as connection:
        theirs = make_slot(key_material(), "theirs")
        vault.add_slot(connection, theirs)
    yield nothing
    with machine.database.begin() as connection:
        connection.execute(tables.vault_slots.delete().where(tables.vault_slots.c.id == theirs.id))


FAULTS: tuple[Fault, ...] = (
    a_worker_dies,
    no_patience,
    spoilt_boxes,
    a_constraint_that_quotes_its_row,
    sessions_end,
    an_unwritable_frame_store,
    a_full_disk,
    a_slot_that_nobody_pinned,
)


@pytest.fixture(scope="module")
def machine(server_url: str, service_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One that all faults hit, one after the other."""
    with cloned_database(server_url) as url:
        home = tmp_path_factory.mktemp("canaries") / "home"
        engine = connect(url)
        machine = Machine(engine, load_settings(home_path=home, database_url=url, service_folder=service_folder))
        machine.land(*SHOTS)
        yield machine
        engine.dispose()


@pytest.fixture(scope="module")
def of_this_module(machine: Machine, service_folder: Path) -> Everywhere:
    return Everywhere(machine.settings.home, machine.database, service_folder)


@pytest.fixture
def everywhere(of_this_module: Everywhere, temporary: Path) -> Everywhere:
    return replace(of_this_module, folders=[temporary], texts={})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_on_a_canary_leaves_it_nowhere(
    fault: Fault,
    machine: Machine,
    everywhere: Everywhere,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    failed = False
    with fault(machine) as progress:
        try:
            failed = machine.read(recompute=True, progress=progress).failed > 0
        except Exception as error:
            failed = True
            everywhere.texts["traceback"] = "".join(traceback.format_exception(error))
        everywhere.texts |= {"log": caplog.text, "output": "".join(capfd.readouterr())}
        found = everywhere.find(NAMES)
    assert failed
    assert by_name(found, NAMES) == {}
    assert not [name for name, printed in everywhere.texts.items() if HARMLESS in printed]


def test_after_all_of_them_the_frames_are_read_as_if_nothing_had_been(machine: Machine) -> None:
    machine.read(recompute=True)
    assert {row["ocr_status"] for row in machine.rows().values()} == {Status.DONE}
    assert uncovered(machine.image("a"), SCREEN) == []


def test_a_run_of_the_graph_that_fails_and_is_killed_leaves_no_text_in_its_events_and_logs(
    settings: Settings, database: Engine, service_folder: Path, temporary: Path
) -> None:
    machine = Machine(database, settings)
    everywhere = Everywhere(settings.home, database, service_folder, [temporary])
    with opened_graph(settings, database) as instance:
        machine.land(*SHOTS)
        with a_constraint_that_quotes_its_row(machine), (temporary / "output").open("wb") as output:
            command = [sys.executable, "-m", "recall_assets.cli", "materialize", "--day", str(PARTITION.day)]
            run = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
            wait_until(lambda: _waits_for_its_second_try(instance))
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            assert by_name(everywhere.find(NAMES), NAMES) == {}
            assert [place for place in everywhere.find([HARMLESS]) if "_dagster" in place or "home" in place] == []


def _waits_for_its_second_try(instance: dg.DagsterInstance) -> bool:
    return any(
        instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_UP_FOR_RETRY).records
        for run in instance.get_runs()
    )
