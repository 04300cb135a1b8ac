"""A language model in the asset graph: it words summaries; a failing one costs none, and leaves reason and warning."""

import dagster as dg
import pytest
from sqlalchemy import Engine

from recall_assets.cli.materialize import materialize_days
from recall_assets.records import Assignment, DeploymentDay, Provenance
from recall_assets.settings import Settings, load_settings
from recall_assets.store import activities, day_summaries, projects
from tests.graph import land_read, opened_graph
from tests.language_model.told import GOOD, answering, day
from tests.stages.day_summaries.drawn_days import DAY
from tests.vision.endpoint import standing_in

CHECK = "summaries_are_in_the_models_words"
CODE = Provenance("test")


def test_a_failing_model_costs_no_summary_and_a_working_one_words_it(
    settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = day()
    with database.begin() as connection:
        land_read(connection, [frame for own in told.frames.values() for frame in own])
        activities.replace_day(connection, DeploymentDay("laptop", DAY), told.activities, CODE)
        projects.save(connection, Assignment(told.activities, tuple(told.projects.values())), DAY, CODE)
    with standing_in() as outside:
        monkeypatch.setenv("RECALL_LLM_URL", outside.url)
        monkeypatch.setenv("RECALL_LLM_MODEL", "small-model")
        with opened_graph(load_settings(), database) as instance:
            outside.status = 500
            made = materialize_days(settings, database, DAY, DAY, stage="combined_day_summaries")
            assert not made.failed
            assert _check(instance, made.runs) == (False, "1 failed")

            outside.status, outside.body = 200, answering(*GOOD)
            again = materialize_days(settings, database, DAY, DAY, stage="combined_day_summaries")
            assert _check(instance, again.runs) == (True, "none")
            events = " ".join(
                str(one.event_log_entry) for run in again.runs for one in instance.get_records_for_run(run).records
            )
    with database.connect() as connection:
        summary = day_summaries.read_day(connection, DAY)
    assert summary is not None
    assert [one.text for one in summary.sentences[1:]] == [text for text, _ in GOOD]
    assert GOOD[0][0] not in events


def _check(instance: dg.DagsterInstance, runs: tuple[str, ...]) -> tuple[bool, object]:
    """Whether the check passed in these runs, and what it said why not."""
    found = [
        one.event_log_entry.asset_check_evaluation
        for run in runs
        for one in instance.get_records_for_run(run, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    ]
    (mine,) = [one for one in found if one is not None and one.check_name == CHECK]
    return mine.passed, mine.metadata["why"].value
