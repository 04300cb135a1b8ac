"""A day that was stored under the first schema is the same day after every upgrade since."""

from datetime import date
from pathlib import Path
from typing import LiteralString
from uuid import UUID

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

import migrations
from recall_assets.records import DeploymentDay
from recall_assets.store import activities, day_summaries, frames
from recall_assets.store.schema import check_schema

_DAY: LiteralString = """
insert into recall.deployments (id, name, timezone) values ('laptop', 'Laptop', 'Europe/Vienna');
insert into recall.projects (id, name, first_seen, last_seen, code_version)
    values ('00000000-0000-0000-0000-000000000001', 'Ledger', '2025-03-03', '2025-03-03', '1');
insert into recall.activities (id, deployment_id, day, start_at, end_at, label, title, summary_kind, project_id,
    active_seconds, terms, interruptions, code_version) values ('00000000-0000-0000-0000-000000000002', 'laptop',
    '2025-03-03', '2025-03-03 09:00Z', '2025-03-03 09:30Z', 'coding', 'Rounding', 'extractive',
    '00000000-0000-0000-0000-000000000001', 1800, '{}', '[]', '1');
insert into recall.frames (id, deployment_id, captured_at, seen_until, utc_offset, day, monitor, window_title,
    ocr_status, activity_id) values ('00000000-0000-0000-0000-000000000003', 'laptop', '2025-03-03 09:00Z',
    '2025-03-03 09:05Z', interval '1 hour', '2025-03-03', 0, 'vat.py', 1, '00000000-0000-0000-0000-000000000002');
insert into recall.ocr_text (frame_id, text, new_text, layout, engine, language, detector_version, code_version_read,
    code_version) values ('00000000-0000-0000-0000-000000000003', 'def vat(total)', 'def vat(total)', '{}',
    'tesserocr', 'eng', 'recall-1', '1', '1');
insert into recall.day_summaries (id, deployment_id, day, summary_kind, facts, code_version)
    values ('00000000-0000-0000-0000-000000000004', null, '2025-03-03', 'extractive', '{}', '1');
insert into recall.summary_sentences (id, day_summary_id, position, text, kind, code_version) values
    ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000004', 0, 'A bug.', 'fact', '1');
insert into recall.sentence_sources (sentence_id, position, frame_id) values
    ('00000000-0000-0000-0000-000000000005', 0, '00000000-0000-0000-0000-000000000003');
"""


def test_a_day_of_the_first_schema_survives_every_upgrade(database: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    with database.begin() as connection:
        connection.execute(text("drop schema recall cascade"))
    for revision in revisions:
        with database.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            if revision == revisions[0]:
                connection.exec_driver_sql(_DAY)
            assert connection.scalar(text("select count(*) from recall.frames join recall.ocr_text on frame_id = id"))
    check_schema(database)
    with database.connect() as connection:
        (frame,) = frames.read_day(connection, DeploymentDay("laptop", date(2025, 3, 3)))
        (activity,) = activities.read_day(connection, date(2025, 3, 3))
        summary = day_summaries.read_day(connection, date(2025, 3, 3))
    assert (frame.window_title, frame.text, frame.activity_id) == ("vat.py", "def vat(total)", activity.id)
    assert (activity.title, activity.project_id) == ("Rounding", UUID(int=1))
    assert summary is not None
    assert (summary.summary, summary.sentences[0].sources[0].id) == ("A bug.", frame.id)
