"""Which partitions a run makes is told by its tags and its selection."""

from datetime import date

import dagster as dg
import pytest

from recall_assets.defs.under_way import makes
from recall_assets.records import DeploymentDay

TAGS = {
    "2026-03-05|laptop": {"dagster/partition": "2026-03-05|laptop"},
    "2026-03-04 to 06|laptop": {
        "dagster/asset_partition_range_start": "2026-03-04|laptop",
        "dagster/asset_partition_range_end": "2026-03-06|laptop",
    },
    "2026-03-04 to 06, all": {
        "dagster/asset_partition_range_start": "2026-03-04|desktop",
        "dagster/asset_partition_range_end": "2026-03-06|laptop",
    },
    "2026-03-05": {"dagster/partition": "2026-03-05"},
    "no partition": {},
}


@pytest.mark.parametrize(
    ("tags", "made"),
    [
        ("2026-03-05|laptop", [(5, "laptop")]),
        ("2026-03-04 to 06|laptop", [(4, "laptop"), (5, "laptop"), (6, "laptop")]),
        ("2026-03-04 to 06, all", [(day, one) for day in (4, 5, 6) for one in ("laptop", "desktop", "tablet")]),
        ("2026-03-05", []),
        ("no partition", []),
    ],
)
def test_a_run_makes_the_partitions_of_its_tags_and_the_assets_of_its_selection(
    tags: str, made: list[tuple[int, str]]
) -> None:
    run = dg.DagsterRun(job_name="graph", tags=TAGS[tags], asset_selection=frozenset({dg.AssetKey("ocr_text")}))
    asked = [DeploymentDay(one, date(2026, 3, day)) for day in range(3, 8) for one in ("laptop", "desktop", "tablet")]
    assert {one for one in asked if makes(run, "ocr_text", one)} == {
        DeploymentDay(one, date(2026, 3, day)) for day, one in made
    }
    assert not any(makes(run, "projects", one) for one in asked)
