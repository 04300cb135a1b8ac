"""The same graph as Dagster ships it: its assets and partitions, `eager()`, nothing of ours; what Dagster itself costs.

python -m dagster_webserver -m tests.benchmarks.scale_stock
"""

import dagster as dg

from recall_assets.definitions import defs as ours


def _plain(spec: dg.AssetSpec) -> dg.AssetsDefinition:
    @dg.asset(
        key=spec.key,
        deps=spec.deps,
        partitions_def=spec.partitions_def,
        automation_condition=dg.AutomationCondition.eager(),
    )
    def nothing() -> None:
        """Makes nothing."""

    return nothing


defs = dg.Definitions(assets=[_plain(spec) for spec in ours.resolve_all_asset_specs()])
