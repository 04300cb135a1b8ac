"""Old images go by their owner's rules; what was read of them, and what was made of that, stays."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import dagster as dg
import pytest
from sqlalchemy import Engine, delete, select, update
from starlette.testclient import TestClient

from recall_assets import retention
from recall_assets.records import DeploymentDay, Status
from recall_assets.retention import Report, let_go
from recall_assets.settings import Settings
from recall_assets.store import frame_files
from recall_assets.store import retention as stored
from recall_assets.store.ocr_text import hold_partition
from recall_assets.store.tables import frames, ocr_text, secrets
from tests.drawn_screens import draw, page
from tests.graph import definitions, opened_graph
from tests.integration.landed_screens import Machine, Shot
from tests.integration.sending import NOON, item_id
from tests.server.told_pages import browser, tell_with_pictures
from tests.told_day import BUG, DAY, FRAMES

LONG_AGO = timedelta(days=91)
MISSED = "Quarry58Tinder31"
OF_A = ocr_text.c.frame_id == item_id("a")
LAPTOP = DeploymentDay("laptop", DAY)


@pytest.fixture
def told(database: Engine, settings: Settings) -> Sequence[UUID]:
    """Frames of one activity, each with an image."""
    tell_with_pictures(database, settings)
    with database.begin() as connection:
        of_bug = select(frames.c.id).where(frames.c.activity_id == BUG).order_by(frames.c.captured_at)
        ids = list(connection.scalars(of_bug))
        for id_ in ids:
            image = frame_files.write(settings.home, id_, LAPTOP, draw(page(f"frame {id_}")))
            values = {"image_ref": image.ref, "image_sha256": image.sha256, "image_bytes": image.bytes}
            connection.execute(update(frames).where(frames.c.id == id_).values(values))
    return ids


def run(database: Engine, settings: Settings, after: timedelta = LONG_AGO, *, dry_run: bool = False) -> Report:
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    return let_go(database, settings.home, settings, noon + after, dry_run=dry_run)


def images(settings: Settings) -> set[str]:
    return {file.stem for file in settings.home.frames.rglob("*.webp")}


def with_image(database: Engine) -> set[str]:
    with database.connect() as connection:
        return {str(id_) for id_ in connection.scalars(select(frames.c.id).where(frames.c.image_ref.is_not(None)))}


def test_of_an_old_day_one_image_an_activity_stays_with_all_texts(
    database: Engine, settings: Settings, told: Sequence[UUID]
) -> None:
    assert run(database, settings, timedelta(days=90)).let_go == 0
    before = images(settings)
    foreseen = run(database, settings, dry_run=True)
    assert images(settings) == before

    report = run(database, settings)

    kept = images(settings)
    assert report.rows == foreseen.rows
    assert len(kept & set(map(str, told))) == 1
    assert (report.let_go, kept) == (len(before) - len(kept), with_image(database))
    assert run(database, settings).let_go == 0
    with database.connect() as connection:
        assert all(connection.scalar(select(ocr_text.c.text).where(ocr_text.c.frame_id == id_)) for id_ in told[:2])


def test_a_machine_has_a_rule_of_its_own_and_keyframes_may_go_too(
    database: Engine, settings: Settings, told: Sequence[UUID]
) -> None:
    assert told
    with database.begin() as connection:
        stored.set_retention(connection, "laptop", {"images_days": None})
    assert run(database, settings, timedelta(days=4000)).let_go == 0
    with database.begin() as connection:
        stored.set_retention(connection, "laptop", {"images_days": 5, "keyframes_days": 30})
    run(database, settings, timedelta(days=30))
    assert images(settings)
    run(database, settings, timedelta(days=31))
    assert images(settings) == with_image(database) == set()


def test_a_budget_lets_the_oldest_go_before_their_time(
    database: Engine, settings: Settings, told: Sequence[UUID]
) -> None:
    tight = settings.model_copy(update={"images_gigabytes": 1e-9})
    report = run(database, tight, timedelta(days=1))
    assert (report.let_go, report.over > 0) == (0, True)  # the last two days may still grow
    foreseen = run(database, tight, timedelta(days=2), dry_run=True)
    assert run(database, tight, timedelta(days=2)).freed == foreseen.freed > 0
    assert told
    assert images(settings) == set()


def test_a_run_that_was_killed_before_it_deleted_files_is_finished_by_the_next(
    database: Engine, settings: Settings, told: Sequence[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(Path, "unlink", lambda *_args, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run(database, settings)
    assert len(images(settings) & set(map(str, told))) == len(told)
    run(database, settings)
    assert images(settings) == with_image(database)


def test_a_day_with_a_frame_that_waits_to_be_read_again_is_left_for_later(
    database: Engine, settings: Settings, told: Sequence[UUID]
) -> None:
    with database.begin() as connection:
        connection.execute(update(frames).where(frames.c.id == told[0]).values(ocr_status=Status.PENDING))
    report = run(database, settings)
    assert (report.let_go, sum(row.waiting_days for row in report.rows)) == (0, 1)


def test_a_day_that_is_being_read_is_left_for_later(database: Engine, settings: Settings, told: Sequence[UUID]) -> None:
    with hold_partition(database, LAPTOP):
        assert (run(database, settings).let_go, set(map(str, told)) <= images(settings)) == (0, True)
    assert run(database, settings).let_go == len(told) - 1


def test_a_budget_stops_at_the_first_day_that_is_enough_whatever_a_transaction_takes(
    database: Engine, settings: Settings, told: Sequence[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.begin() as connection:  # a day a frame, a megabyte each
        for place, id_ in enumerate(told):
            day = DAY - timedelta(days=place)
            connection.execute(update(frames).where(frames.c.id == id_).values(day=day, image_bytes=1_000_000))
    tight = settings.model_copy(update={"images_gigabytes": (len(told) - 1) / 1000 + 0.0005})
    together = run(database, tight, timedelta(days=2), dry_run=True)
    monkeypatch.setattr(retention, "_DAYS_AT_ONCE", 1)
    report = run(database, tight, timedelta(days=2))
    assert report.rows == together.rows
    assert (report.let_go, set(map(str, told)) - with_image(database)) == (1, {str(told[-1])})


def test_pages_and_api_say_that_an_image_is_no_longer_kept(database: Engine, settings: Settings) -> None:
    tell_with_pictures(database, settings)
    with database.begin() as connection:
        stored.set_retention(connection, "laptop", {"images_days": 5, "keyframes_days": 5})
    run(database, settings)
    client: TestClient = browser(database, settings)
    for path in (f"/frames/{FRAMES[0]}", f"/activities/{BUG}", f"/day/{DAY}", "/search?q=rounding"):
        assert client.get(path).status_code == 200
        assert "/image" not in client.get(path).text
    assert "no longer kept" in client.get(f"/frames/{FRAMES[0]}").text
    answer = client.get(f"/v1/frames/{FRAMES[0]}/image")
    assert (answer.status_code, answer.json()["problem"]) == (410, "The image of that frame is no longer kept.")
    assert client.get(f"/v1/frames/{FRAMES[0]}").json()["has_image"] is False


def test_frames_without_image_keep_their_text_when_all_is_read_again_and_are_scanned_by_newer_rules(
    database: Engine, settings: Settings
) -> None:
    machine = Machine(database, settings)
    machine.land(Shot("a", draw(page("Account settings", f"Password: {MISSED}"))), Shot("b", draw(page("A page")), 60))
    machine.read()
    with database.begin() as connection:
        stored.set_retention(connection, "laptop", {"images_days": 1, "keyframes_days": 1})
        layout = connection.execute(select(ocr_text.c.layout).where(OF_A)).scalar_one()
        missed = json.loads(json.dumps(layout).replace("[REDACTED:password]", MISSED))
        values = {"layout": missed, "text": f"Account settings\nPassword: {MISSED}", "detector_version": "recall-0"}
        connection.execute(update(ocr_text).where(OF_A).values(values))
        connection.execute(delete(secrets))
        connection.execute(update(frames).values(landing_ref=None))
    let_go(database, settings.home, settings, NOON + timedelta(days=3))

    report = machine.read(recompute=True)
    assert (report.read, report.without_image) == (0, 2)
    assert machine.row("a")["text"].startswith("Account settings")
    scanned = machine.scan()
    assert (scanned.scanned, scanned.changed) == (2, 1)
    assert machine.secrets() == [("screen", "password")]
    assert MISSED not in machine.row("a")["text"]


def test_the_nightly_asset_tells_what_is_kept(database: Engine, settings: Settings, told: Sequence[UUID]) -> None:
    assert told
    with opened_graph(settings, database) as instance:
        job = definitions().resolve_implicit_global_asset_job_def()
        only = job.get_subset(asset_selection={dg.AssetKey("kept_images")})
        assert only.execute_in_process(instance=instance).success
        event = instance.get_latest_materialization_event(dg.AssetKey("kept_images"))
    assert event is not None
    made = event.asset_materialization
    assert made is not None
    assert made.metadata["let_go"].value == len(told) - 1
    table = made.metadata["kept"]
    assert isinstance(table, dg.TableMetadataValue)
    assert [row.data["deployment"] for row in table.records] == ["desktop", "laptop"]
