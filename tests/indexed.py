"""Days that are rows already, made findable as the graph makes them."""

from datetime import date

from sqlalchemy import Engine

from recall_assets.engines.embedding.choice import embedder
from recall_assets.indexing import index_day
from recall_assets.records import DeploymentDay, Provenance
from recall_assets.settings import load_settings

MADE = Provenance("search-test")


def make_findable(database: Engine, day: date, *deployments: str) -> None:
    """The search knows that day of these deployments."""
    for deployment in deployments:
        index_day(database, DeploymentDay(deployment, day), embedder(load_settings()), MADE)
