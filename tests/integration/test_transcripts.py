"""The transcripts asset in the graph: made where there is sound, warned of where nothing hears it, caught up later."""

from collections.abc import Iterator
from datetime import date

import dagster as dg
import pytest
from sqlalchemy import Engine, update

from recall_assets.cli.materialize import MadeDays, materialize_days
from recall_assets.settings import Settings, load_settings
from recall_assets.store.tables import audio_segments
from tests.engines.sounds import encoded, tone
from tests.graph import opened_graph
from tests.integration.landed_sound import PARTITION, Recorder, Take
from tests.integration.test_maintenance import requests

DAY, KEY = PARTITION.day, PARTITION.partition_key
NIGHT = date(2026, 11, 15)


@pytest.fixture
def instance(settings: Settings, database: Engine) -> Iterator[dg.DagsterInstance]:
    Recorder(database, settings).land(Take("call", encoded(tone())))
    with opened_graph(settings, database, date(2026, 11, 1)) as opened:
        yield opened


def _made(database: Engine) -> MadeDays:
    made = materialize_days(load_settings(), database, DAY, DAY)
    assert not made.failed
    return made


def _check(instance: dg.DagsterInstance) -> dg.AssetCheckEvaluation:
    """How the last check of the transcripts came out."""
    key = dg.AssetCheckKey(dg.AssetKey("transcripts"), "sound_is_heard")
    (found,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
    assert found.event is not None
    assert found.event.dagster_event is not None
    return found.event.dagster_event.asset_check_evaluation_data


def test_sound_that_nothing_can_hear_warns_with_the_remedy_and_is_heard_once_an_engine_is_there(
    instance: dg.DagsterInstance, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALL_SPEECH_ENGINE", "openai-whisper")  # without weights, if it is installed at all
    (without,) = _made(database).partitions
    assert (without.sounds, without.heard, without.without_engine) == (1, 0, 1)
    warning = _check(instance)
    assert (warning.passed, warning.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "openai-whisper" in str(warning.metadata["remedy"].value)

    monkeypatch.setenv("RECALL_SPEECH_ENGINE", "auto")
    (heard,) = _made(database).partitions
    assert (heard.sounds, heard.heard, heard.without_engine) == (1, 1, 0)
    assert _check(instance).passed
    assert instance.get_materialized_partitions(dg.AssetKey("transcripts")) == {KEY}
    assert instance.get_materialized_partitions(dg.AssetKey("ocr_text")) == set()  # there are no frames


def test_the_night_asks_for_sound_that_waits_as_soon_as_an_engine_can_hear_it(
    instance: dg.DagsterInstance, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.begin() as connection:
        connection.execute(update(audio_segments).values(transcript_status=3, error="no_engine"))
    monkeypatch.setenv("RECALL_SPEECH_ENGINE", "openai-whisper")
    assert requests("catch_up", instance, NIGHT) == {}
    monkeypatch.setenv("RECALL_SPEECH_ENGINE", "auto")
    assert requests("catch_up", instance, NIGHT) == {KEY: ["transcripts"]}


def test_sound_that_could_not_be_decoded_is_tried_again_each_week(
    instance: dg.DagsterInstance, database: Engine
) -> None:
    with database.begin() as connection:
        connection.execute(update(audio_segments).values(transcript_status=2, error="undecodable"))
    assert requests("recheck_errors", instance, NIGHT) == {KEY: ["transcripts"]}
    assert requests("recheck_errors", instance, NIGHT) == {}
