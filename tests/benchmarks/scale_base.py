"""Ten machines over five years, generated: 18,260 partitions with half a million frames, each made and told to Dagster.

recall   deployments ─ frames, texts ─ activities ─ summaries ─ index    set by set, in the database
dagster  a materialisation an asset and partition, a run a chain    one of each is made, the rest are its copies
"""

import re
from datetime import UTC, date, datetime, timedelta

import dagster as dg
from sqlalchemy import Connection, Engine, create_engine, text

from recall_assets.records import DeploymentDay

TEMPLATE = DeploymentDay("template-machine", date(2020, 2, 29))
_RUN = "00000000-0000-4000-8000-000000000000"
# Words that stand on one frame in so many.
RARE, RARELY = "marigold foundry", 1600

_ROWS = """
insert into recall.deployments (id, name, timezone) select 'm' || n, 'm' || n, 'UTC' from generate_series(0, :last) n;

insert into recall.projects (id, name, first_seen, last_seen, code_version)
select md5('p' || n)::uuid, 'project ' || n, :first, :first + :days, '1' from generate_series(0, 79) n;

insert into recall.activities (id, deployment_id, day, start_at, end_at, label, title, summary_kind, project_id,
  active_seconds, terms, interruptions, code_version)
select md5(concat_ws('/', 'a', d, m, n))::uuid, 'm' || m, :first + d, at, at + interval '3 hours', 'coding',
  'activity ' || n, 'extractive', md5('p' || (d / 9 + n + m) % 80)::uuid, 10800, '{}', '[]', '1'
from generate_series(0, :days - 1) d, generate_series(0, :last) m, generate_series(0, 1) n,
  lateral (select :first + d + interval '8 hours' + n * interval '4 hours' as at) t;

insert into recall.frames (id, deployment_id, captured_at, seen_until, received_at, utc_offset, day, monitor, app_name,
  window_title, url, image_ref, image_sha256, image_bytes, ocr_status, activity_id)
select f.id, machine, at, at + interval '10 seconds', at + interval '1 minute', interval '0', day, 0, 'app ' || n % 7,
  'title ' || n % 5, case when n % 7 = 0 then 'https://example.test/' || n end,
  concat(to_char(day, 'YYYY/MM/DD/'), machine, '/', f.id, '.webp'), 'x', 90000, 1,
  md5(concat_ws('/', 'a', d, m, n * 2 / :each))::uuid
from generate_series(0, :days - 1) d, generate_series(0, :last) m, generate_series(0, :each - 1) n,
  lateral (select :first + d as day, 'm' || m as machine, md5(concat_ws('/', 'f', d, m, n))::uuid as id) f,
  lateral (select day + interval '8 hours' + n * interval '10 minutes' as at) t;

insert into recall.ocr_text (frame_id, text, new_text, layout, engine, language, detector_version, code_version_read,
  code_version)
select id, concat_ws(' ', 'words of', window_title, words, case when hashtext(id::text) % :rarely = 0 then :rare end),
  'words', '{"v": 1, "size": [1920, 1080], "lines": []}', 't', 'eng', '1', '1', '1'
from recall.frames, lateral (select string_agg(md5(id::text || n), ' ') as words from generate_series(1, 45) n) w;

insert into recall.search_blocks (part, deployment_id, day, documents, runs, model, code_version)
select 'day', id, :first + d, 9, '', '', '1' from recall.deployments, generate_series(0, :days - 1) d;

insert into recall.passages (block_id, number, frame_id, start_at, end_at, title, text, text_hash, likeness)
select b.id, row_number() over (partition by b.id order by f.captured_at) - 1, f.id, captured_at, seen_until,
  window_title, left(text, 300), '', hashtext(f.id::text)
from recall.frames f join recall.ocr_text on frame_id = f.id join recall.search_blocks b using (deployment_id, day)
where hashtext(f.id::text) % 3 = 0;

insert into recall.search_postings (term, block_id, postings)
select 'term ' || (id * 7919 + n * 104729) % 30011, id, 'xxxxxxxxxxxxxxxx'
from recall.search_blocks, generate_series(0, 99) n on conflict do nothing;

insert into recall.summary_sentences (id, activity_id, position, text, kind, code_version)
select md5('s' || id)::uuid, id, 0, 'It was ' || title, 'fact', '1' from recall.activities;

insert into recall.sentence_sources (sentence_id, position, frame_id)
select distinct on (activity_id) md5('s' || activity_id)::uuid, 0, id from recall.frames order by activity_id, id;

insert into recall.day_summaries (id, deployment_id, day, summary_kind, facts, code_version)
select md5(concat_ws('/', 'd', d, coalesce(m, 'all')))::uuid, m, :first + d, 'extractive',
  '{"apps" : {"app" : 300}}', '1'
from generate_series(0, :days - 1) d, (select id from recall.deployments union all select null) as machines (m)
"""

# Of an event and its tags, and of a run and its tags: the machine and day of the copied ones, for each partition.
_COPIES = """
create temporary table copies as
select d.key as day, case when :of_machines then m.n end as machine,
  case when :of_machines then 'm' || m.n else :machine end as name, md5(d.key || coalesce(m.n, 0))::uuid::text as run
from (select n, to_char(:first + n, 'YYYY-MM-DD') as key from generate_series(0, :days - 1) n) d,
  generate_series(0, case when :of_machines then :last else 0 end) as m (n)
"""
_RUNS = """
insert into runs (run_id, snapshot_id, pipeline_name, status, run_body, partition, create_timestamp, update_timestamp,
  start_time, end_time)
select c.run, snapshot_id, pipeline_name, status,
  replace(replace(replace(run_body, :run, c.run), :day, c.day), :machine, c.name), partition,
  cast(c.day as timestamp), cast(c.day as timestamp), start_time, end_time
from runs, copies c where run_id = :run;

insert into run_tags (run_id, key, value)
select c.run, key, replace(replace(value, :day, c.day), :machine, c.name) from run_tags, copies c where run_id = :run
"""
_EVENTS = """
insert into event_logs (run_id, event, dagster_event_type, timestamp, asset_key, partition)
select c.run, replace(replace(replace(event, :run, c.run), :day, c.day), :machine, c.name), dagster_event_type,
  timestamp, asset_key, replace(replace(partition, :day, c.day), :machine, c.name)
from event_logs, copies c where id = :event order by c.day, c.machine;

insert into asset_event_tags (event_id, asset_key, key, value, event_timestamp)
select e.id, t.asset_key, t.key, case t.value when :day then split_part(e.partition, '|', 1)
  when :machine then split_part(e.partition, '|', 2) else t.value end, t.event_timestamp
from asset_event_tags t, event_logs e
where t.event_id = :event and e.asset_key = t.asset_key and e.id > :event
"""

_DONE = """;
drop table copies;

delete from event_logs where id = :event;

delete from asset_event_tags where event_id = :event
"""


def build(engine: Engine, dagster_url: str, instance: dg.DagsterInstance, machines: int, days: int, frames: int) -> int:
    """Fills both databases with so many frames, the last of them yesterday's; how many there are in fact."""
    first = datetime.now(UTC).date() - timedelta(days=days)
    each = max(2, frames // (machines * days))
    values = {"first": first, "days": days, "last": machines - 1, "each": each, "rare": RARE, "rarely": RARELY}
    with engine.begin() as connection:
        _execute(connection, _ROWS, values)
    _vacuum(engine)
    from recall_assets.partitions import DEPLOYMENTS

    instance.add_dynamic_partitions(DEPLOYMENTS.name or "", [f"m{number}" for number in range(machines)])
    dagster = create_engine(dagster_url)
    values |= {"run": _RUN, "day": TEMPLATE.day.isoformat(), "machine": TEMPLATE.deployment_id}
    chain = {"dagster/partition": TEMPLATE.partition_key}
    instance.add_run(dg.DagsterRun("__ASSET_JOB", _RUN, status=dg.DagsterRunStatus.SUCCESS, tags=chain))
    for asset, of_machines in _assets().items():
        event = _template(instance, asset, of_machines)
        with dagster.begin() as connection:
            statements = _COPIES + ";" + (_RUNS + ";" if asset == "frames" else "") + _EVENTS + _DONE
            _execute(connection, statements, values | {"event": event, "of_machines": of_machines})
    _vacuum(dagster)
    dagster.dispose()
    return each * machines * days


def _assets() -> dict[str, bool]:
    """Every asset of partitions, with whether they are those of machines; sound is on no machine here."""
    from recall_assets.definitions import defs

    graph = defs.resolve_asset_graph()
    return {
        key.to_user_string(): isinstance(definition, dg.MultiPartitionsDefinition)
        for key in graph.toposorted_asset_keys
        if (definition := graph.get(key).partitions_def)
        and key.to_user_string() not in {"audio_segments", "transcripts"}
    }


def _template(instance: dg.DagsterInstance, asset: str, of_machines: bool) -> int:
    """The storage id of a materialisation of the partition that all others are copied from."""
    key = TEMPLATE.partition_key if of_machines else TEMPLATE.day.isoformat()
    partition: str = (
        dg.MultiPartitionKey({"day": TEMPLATE.day.isoformat(), "deployment": TEMPLATE.deployment_id})
        if of_machines
        else key
    )
    instance.report_runless_asset_event(
        dg.AssetMaterialization(asset, metadata={"arrival": 10**12, "frames": 27}, partition=partition)
    )
    return instance.fetch_materializations(dg.AssetKey(asset), limit=1).records[0].storage_id


def _execute(connection: Connection, statements: str, values: dict[str, object]) -> None:
    for statement in map(text, filter(str.strip, re.split(r";\n", statements))):
        named = statement.compile().params
        connection.execute(statement, {name: values[name] for name in named})


def _vacuum(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
