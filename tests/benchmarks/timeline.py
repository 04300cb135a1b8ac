"""How long pages take over a year of two machines: generated rows, pages through the whole application.

500,000 frames ─ 50 activities a day, a sentence each ─► day, week, month, project ─► middle and slowest of the asked

    python -m tests.benchmarks.timeline [FRAMES]
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, text
from starlette.testclient import TestClient

from recall_assets.engines.postgres import running_postgres
from recall_assets.server.app import create_app
from recall_assets.settings import load_settings
from recall_assets.store.database import connect
from recall_assets.store.schema import migrate
from tests.logged_in import token_of

FRAMES = 500_000
FIRST = date(2025, 1, 1)
PER_DAY = 1370  # of two machines: half a million in a year
ASKED = 20

_ROWS = """
insert into recall.deployments (id, name, timezone) values ('a', 'a', 'UTC'), ('b', 'b', 'UTC');

insert into recall.projects (id, name, first_seen, last_seen, code_version)
select md5('p' || n)::uuid, 'project ' || n, cast(:first as date), cast(:first as date) + cast(:days as int), '1'
from generate_series(0, 39) n;

insert into recall.activities (id, deployment_id, day, start_at, end_at, label, title, summary_kind, project_id,
  active_seconds, terms, interruptions, code_version)
select md5('a' || d || m || n)::uuid, m, cast(:first as date) + d, at, at + interval '20 minutes', 'coding',
  'activity ' || n, 'extractive', md5('p' || (d / 9 + n) % 40)::uuid, 1200, '{}', '[]', '1'
from generate_series(0, cast(:days as int)) d, unnest(array['a', 'b']) m, generate_series(0, 24) n,
  lateral (select cast(:first as date) + d + interval '8 hours' + n * interval '21 minutes' as at) t;

insert into recall.frames (id, deployment_id, captured_at, seen_until, utc_offset, day, monitor, app_name,
  window_title, image_ref, image_sha256, ocr_status, activity_id)
select md5('f' || d || m || n)::uuid, m, at, at + interval '10 seconds', interval '0', cast(:first as date) + d, 0,
  'app', 'title', 'x', 'x', 1, md5('a' || d || m || n * 25 / cast(:half as int))::uuid
from generate_series(0, cast(:days as int)) d, unnest(array['a', 'b']) m, generate_series(0, cast(:half as int) - 1) n,
  lateral (select cast(:first as date) + d + interval '8 hours' + n * interval '46 seconds' as at) t;

insert into recall.summary_sentences (id, activity_id, position, text, kind, code_version)
select md5('s' || id)::uuid, id, 0, 'It was ' || title, 'fact', '1' from recall.activities;

insert into recall.sentence_sources (sentence_id, position, frame_id)
select distinct on (activity_id) md5('s' || activity_id)::uuid, 0, id from recall.frames order by activity_id, id;

insert into recall.day_summaries (id, day, summary_kind, facts, code_version)
select md5('d' || d)::uuid, cast(:first as date) + d, 'extractive', '{"apps" : {"app" : 500}}', '1'
from generate_series(0, cast(:days as int)) d
"""


def main(frames: int = FRAMES) -> None:
    """Fills a database of its own, and prints a line a page."""
    days = frames // PER_DAY
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        os.environ |= {"RECALL_HOME": f"{folder}/home", "RECALL_SERVICE_FOLDER": f"{folder}/service"}
        settings = load_settings()
        with running_postgres(settings, durable=False) as database:
            engine = connect(database.url)
            migrate(engine, dump_folder=None)
            with engine.begin() as connection:
                _fill(connection, days)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("vacuum analyze"))
            client = TestClient(create_app(engine, settings), "http://localhost:8787", follow_redirects=False)
            client.cookies.set("recall-8787", token_of(engine, "session"))
            print(f"frames: {(days + 1) * (PER_DAY // 2) * 2}")
            _measure(client, days)
            engine.dispose()


def _fill(connection: Connection, days: int) -> None:
    for statement in _ROWS.split(";\n"):
        connection.execute(text(statement), {"first": FIRST, "days": days, "half": PER_DAY // 2})


def _measure(client: TestClient, days: int) -> None:
    shown = [FIRST + timedelta(days=number * days // ASKED) for number in range(ASKED)]
    (project, *_) = client.get("/projects").text.split('href="/projects/')[1:]
    pages = {
        "day": [f"/day/{day}" for day in shown],
        "week": [f"/week/{day:%G-W%V}" for day in shown],
        "month": [f"/calendar/{day:%Y-%m}" for day in shown],
        "projects": ["/projects"] * 5,
        "project": [f"/projects/{project[:36]}?before={day}" for day in shown[10:15]],
    }
    for name, paths in pages.items():
        client.get(paths[0])
        took = []
        for path in paths:
            began = time.perf_counter()
            assert client.get(path).status_code == 200, path
            took.append(1000 * (time.perf_counter() - began))
        print(f"{name} page: middle {statistics.median(took):.0f} ms, slowest of {len(took)} {max(took):.0f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
