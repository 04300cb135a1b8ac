"""How soon frames are reviewed is kept for each deployment."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from recall_assets.store.partitions import review_delays
from recall_assets.store.review import set_delay
from tests.told_day import tell


@pytest.mark.parametrize("delay", [None, timedelta(0), timedelta(hours=2)])
def test_a_delay_is_kept_for_its_deployment_alone(database: Engine, delay: timedelta | None) -> None:
    with database.begin() as connection:
        tell(connection)
        before = review_delays(connection)
        set_delay(connection, "laptop", delay)
        assert review_delays(connection) == {**before, "laptop": delay}
