"""Landed sound becomes transcripts; what cannot be heard costs itself alone, and no secret is stored in clear."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from recall_assets.forgetting import forget
from recall_assets.keyring import found_vault
from recall_assets.records import ForgetCriteria, Status
from recall_assets.sealer import check_chains
from recall_assets.settings import Settings
from recall_assets.store import erasure, secrets, tables, transcripts, vault, waiting
from recall_assets.vault.opening import Unlocked
from tests.engines.sounds import encoded, tone
from tests.integration.landed_sound import CALL, CODE, PARTITION, PASSWORD, Recorder, Take
from tests.integration.sending import NOON, item_id, landed_files
from tests.integration.test_intake_secrets import files_with
from tests.speech import said
from tests.vault.vaults import key_material, make_slot

LATER = NOON + timedelta(days=1)

NO_ENGINE = {"speech_engine": "openai-whisper"}  # `make test` is without torch


@pytest.fixture
def recorder(database: Engine, settings: Settings) -> Recorder:
    return Recorder(database, settings)


def test_sound_becomes_sentences_of_somebody_and_no_envelope_stays(recorder: Recorder) -> None:
    recorder.land(Take("call", CALL, source="system"), Take("noise", encoded(tone()), 60))
    report = recorder.hear()
    assert (report.heard, report.failed, report.secrets) == (2, 0, 0)
    said = recorder.said()
    assert report.transcripts == len(said) == 1
    assert "partition attached in" in said[0].text
    assert {(one.speaker, one.language) for one in said} == {("others", "en")}
    assert all(NOON <= one.started_at < one.ended_at <= NOON + timedelta(seconds=5) for one in said)
    assert said[0].engine.startswith("faster-whisper 1.")
    segment = recorder.segment("call")
    assert (segment["transcript_status"], segment["landing_ref"]) == (Status.DONE, None)
    assert (segment["source"], segment["imported_id"]) == ("system", "call")
    assert landed_files(recorder.settings.home) == []


def test_a_run_hears_only_what_is_pending_and_hearing_again_leaves_the_same_rows(recorder: Recorder) -> None:
    recorder.land(Take("secret", PASSWORD))
    assert recorder.hear().heard == 1
    before = recorder.said()
    assert recorder.hear().heard == 0
    assert recorder.hear(recompute=True).heard == 1  # its envelope waits for a vault
    assert recorder.said() == before
    with recorder.database.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.secrets)) == 1


def test_what_cannot_be_heard_gets_status_2_and_the_rest_is_heard(recorder: Recorder) -> None:
    recorder.land(
        Take("broken", b"RIFF no sound"), Take("long", encoded(tone(3.0)), 20), Take("short", encoded(tone()), 40)
    )
    report = recorder.hear(recorder.settings.model_copy(update={"max_sound_seconds": 2.0}))
    assert (report.heard, report.failed) == (1, 2)
    assert recorder.segment("broken")["error"] == "undecodable"
    long = recorder.segment("long")
    assert (long["transcript_status"], long["error"], long["attempts"]) == (Status.ERROR, "too_long", 1)
    assert long["landing_ref"] in landed_files(recorder.settings.home)


def test_without_an_engine_sound_waits_sealed_and_the_first_run_with_one_hears_it(recorder: Recorder) -> None:
    recorder.land(Take("call", encoded(tone())))
    report = recorder.hear(recorder.settings.model_copy(update=NO_ENGINE))
    assert (report.heard, report.without_engine) == (0, 1)
    segment = recorder.segment("call")
    assert (segment["transcript_status"], segment["error"]) == (Status.SKIPPED, "no_engine")
    assert landed_files(recorder.settings.home) == [segment["landing_ref"]]
    assert recorder.hear().heard == 1
    assert recorder.segment("call")["transcript_status"] == Status.DONE


def test_what_the_owner_ordered_forgotten_is_dropped_after_hearing(recorder: Recorder) -> None:
    for criteria in (ForgetCriteria(LATER, text="partition attached"), ForgetCriteria(LATER, app="editor")):
        forget(recorder.database, recorder.settings.home, criteria)
    recorder.land(Take("call", CALL), Take("tone", encoded(tone()), 60))
    report = recorder.hear()
    assert (report.heard, report.forgotten) == (1, 1)
    assert (recorder.said(), landed_files(recorder.settings.home)) == ([], [])


def test_a_spoken_password_lies_in_no_file_and_its_sound_waits_for_a_vault_that_seals_it(
    recorder: Recorder, service_folder: Path
) -> None:
    recorder.land(Take("secret", PASSWORD))
    recorder.hear()
    with recorder.database.connect() as connection:
        assert waiting.waiting_partitions(connection) == {PARTITION: 1}
        assert [row.place for row in secrets.listed(connection, day=PARTITION.day)] == ["speech"]
    text = " ".join(one.text for one in recorder.said())
    assert "password is [REDACTED:password]. Please write that down" in text
    segment = recorder.segment("secret")
    assert segment["content_tag"] is None
    assert landed_files(recorder.settings.home) == [segment["landing_ref"]]

    material = key_material()
    slot = make_slot(material)
    assert found_vault(recorder.database, recorder.settings.home, slot, NOON) == 1
    assert recorder.hear().heard == 1
    assert landed_files(recorder.settings.home) == []
    with recorder.database.connect() as connection:
        (row,) = secrets.of_segments(connection, [segment["id"]])[segment["id"]]
        unlocked = Unlocked(slot, material, vault.seals(connection, slot.id))
        assert check_chains(connection).holds
    assert row.sealed is not None
    heard = unlocked.open(row.id, row.deployment_id, row.kind, row.sealed).value
    assert len(heard) > 10
    assert "7" in heard
    with recorder.database.connect() as connection:
        connection.execute(select(func.pg_switch_wal()))
    for words in (heard, heard.split()[-1]):
        assert files_with(words, recorder.settings.home.path, service_folder) == []


def test_rows_of_an_older_detector_are_scanned_again(recorder: Recorder) -> None:
    recorder.land(Take("call", CALL))
    segment = item_id("call")
    row = said("The pin is four eight two nine.", NOON)
    with recorder.database.begin() as connection:
        transcripts.replace(connection, [segment], [replace(row, segment_id=segment)], "0", CODE)
        connection.execute(update(tables.audio_segments).values(transcript_status=Status.DONE))
    report = recorder.hear()
    assert (report.scanned_again, report.secrets) == (1, 1)
    assert recorder.said()[0].text == "The pin is [REDACTED:pin]."
    with recorder.database.connect() as connection:
        assert erasure.is_due(connection)
    assert recorder.hear().scanned_again == 0


def test_a_swapped_key_stops_the_run_and_nothing_is_lost(recorder: Recorder) -> None:
    found_vault(recorder.database, recorder.settings.home, make_slot(key_material()), NOON)
    with recorder.database.begin() as connection:
        vault.add_slot(connection, make_slot(os.urandom(32), "theirs"))
    recorder.land(Take("secret", PASSWORD))
    with pytest.raises(Exception, match="ALARM"):
        recorder.hear()
    assert recorder.segment("secret")["transcript_status"] == Status.PENDING
    assert len(landed_files(recorder.settings.home)) == 1
