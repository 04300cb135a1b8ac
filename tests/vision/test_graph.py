"""Vision in the asset graph: absent while it is off; on, it warns and never fails a day."""

from datetime import date

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
    wanted = dg.AssetRecordsFilter(VISION, asset_partitions=[f"{date.isoformat(DAY)}|laptop"])
    event = instance.fetch_materializations(wanted, limit=1).records[0].asset_materialization
    assert event is not None
    return dict(event.metadata)
