"""`recall up` when PostgreSQL does not come back by itself: it is told, and tried again, as often as it takes."""

from contextlib import ExitStack

from recall_assets.cli.group import Group
from recall_assets.engines.postgres import running_postgres
from recall_assets.settings import Home, load_settings
from tests.integration.embedded import asked, keeper, server, wait_until


def test_a_postgres_that_does_not_start_is_tried_again_until_it_does(home: Home) -> None:
    told: list[str] = []
    with ExitStack() as leases:
        database = leases.enter_context(running_postgres(load_settings(), durable=False))
        group = Group(load_settings(), database, leases)
        group.record(ready=True)
        keeper(home).kill()
        postmaster = server(home)
        assert postmaster is not None
        postmaster.kill()
        postmaster.wait()
        version = home.pg / "data" / "PG_VERSION"
        content = version.read_text()
        version.write_text("1\n")  # as after a restore from elsewhere: it refuses to start

        def tended() -> int:
            group.tend(lambda name, what: told.append(f"{name}: {what}"))
            return len(told)

        wait_until(lambda: tended() >= 2)
        assert told[0] == "postgres: ended unexpectedly, starts again"
        assert "written by PostgreSQL 1" in told[1]
        assert told[1].endswith("Again in 1 s.")

        version.write_text(content)
        wait_until(lambda: tended() and server(home))
        assert asked(database.url, "select 1") == 1
        group.stop()
