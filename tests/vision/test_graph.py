"""Vision in the asset graph: absent while it is off; on, it warns and never fails a day."""

import dagster as dg
import pytest
from sqlalchemy import Engine

from recall_assets.cli.materialize import materialize_days
from recall_assets.errors import InputError
from recall_assets.settings import Settings, load_settings
from tests.days import DAY
from tests.graph import definitions, forget_definitions, opened_graph
from tests.vision.endpoint import standing_in
from tests.vision.test_describing import GOOD, Seen

KEY = "key-of-the-test"
VISION = dg.AssetKey("vision_summaries")


def test_while_it_is_off_there_is_no_such_asset(settings: Settings) -> None:
    forget_definitions()
    from recall_assets.cli.graph_runs import stages_from

    assert VISION not in definitions().resolve_asset_graph().get_all_asset_keys()
    with pytest.raises(InputError, match="Set vision_url"):
        stages_from("vision_summaries")
    forget_definitions()


def test_it_describes_a_day_and_warns_where_the_endpoint_fails(
    settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_in() as outside:
        Seen(database, settings.home, outside)
        for name, value in {"URL": outside.url, "MODEL": "small-model", "KEY": KEY}.items():
            monkeypatch.setenv(f"RECALL_VISION_{name}", value)
        with opened_graph(load_settings(), database) as instance:
            outside.status = 500
            made = materialize_days(settings, database, DAY, DAY, stage="vision_summaries")
            assert not made.failed
            assert "--stage vision_summaries" in str(_metadata(instance)["warning"].value)

            outside.status = 200
            again = materialize_days(settings, database, DAY, DAY, stage="vision_summaries")
            assert _metadata(instance)["described"].value == 2
            assert "warning" not in _metadata(instance)

            runs = (*made.runs, *again.runs)
            told = " ".join(
                str(one.event_log_entry) for run in runs for one in instance.get_records_for_run(run).records
            )
        assert {*outside.keys} == {f"Bearer {KEY}"}
    assert "described" in told
    assert KEY not in told
    assert GOOD not in told


def _metadata(instance: dg.DagsterInstance) -> dict[str, dg.MetadataValue]:
    wanted = dg.AssetRecordsFilter(VISION, asset_partitions=[f"{DAY.isoformat()}|laptop"])
    event = instance.fetch_materializations(wanted, limit=1).records[0].asset_materialization
    assert event is not None
    return dict(event.metadata)


def test_it_runs_when_activities_are_made_and_apart_from_them(
    settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALL_VISION_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("RECALL_VISION_MODEL", "small-model")
    with opened_graph(load_settings(), database) as instance:
        instance.add_dynamic_partitions("deployment", ["laptop"])
        looked = dg.evaluate_automation_conditions(definitions(), instance)
        requested = []
        for made in ("secrets", "activities"):
            event = dg.AssetMaterialization(made, partition=f"{DAY.isoformat()}|laptop")
            instance.report_runless_asset_event(event)
            looked = dg.evaluate_automation_conditions(definitions(), instance, cursor=looked.cursor)
            keys = (dg.AssetKey("activities"), VISION)
            requested.append([key for key in keys if looked.get_requested_partitions(key)])
    assert requested == [[dg.AssetKey("activities")], [VISION]]
