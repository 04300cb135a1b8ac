"""Databases of Recall's predecessor, each built by the SQL of one of its generations.

organisation   user_id, organization_id on everything; frames know no machine (they are of one user)
deployment     the same after its migration: one random deployment id for all, blocks and agents half migrated
device         frames with a device_name and text of their own, no table beside
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import make_url

PASSWORD = "hT7#xQ2mWpL9"
TOKEN = "ghp_9vKq2LxR7tYb4NwZ8sHd3FmJ6pCgT1aQe5Xu"
CREDENTIAL = "Marble+Kite_4419"
PROVIDER_KEY = "sk-proj-Zx81kPq0vNw73mBtYc42RdLs96Hf"
RANDOM_ID = "deployment-5f1c8e0a9b7d4c21"

_OWNER: dict[str, LiteralString] = {
    "organisation": "organization_id varchar, user_id varchar",
    "deployment": "deployment_id varchar not null",
}
_WHOSE: dict[str, LiteralString] = {
    "organisation": "'org-1', {user}",
    "deployment": "'" + "deployment-5f1c8e0a9b7d4c21" + "'",
}

_CAPTURED: LiteralString = """
create table frames (id uuid, captured_at timestamptz, window_title text, app_name text, image_ref text, phash bigint,
    ocr_text text, ocr_status smallint, embedding_status smallint, vision_summary text, activity_id uuid, {owner},
    primary key (id, captured_at));
create table ocr_text (id bigserial primary key, frame_id varchar, text text, confidence real, language text);
create table window_context (id bigserial primary key, frame_id uuid, app_name text, window_title text, url text,
    is_focused boolean);
create table projects (id uuid primary key, name text, summary text, created_at timestamptz);
create table activities (id uuid primary key, start_at timestamptz, end_at timestamptz, summary text, project_id uuid,
    {owner});
create table day_summaries (id uuid primary key, deployment_id text, date date, summary text, created_at timestamptz);
create table secrets (id uuid primary key, frame_id uuid, secret_type text, {value} bytea, key_id text,
    detected_at timestamptz);
insert into projects values ('00000000-0000-0000-0001-000000000001', 'Tax return', 'Forms for the tax office.',
    '2025-03-01Z');
insert into activities values ('00000000-0000-0000-0002-000000000001', '2025-03-03 09:00Z', '2025-03-03 09:30Z',
    'Filled in the annex for travel.', '00000000-0000-0000-0001-000000000001', {one});
insert into frames select ('00000000-0000-0000-0003-' || lpad(n::text, 12, '0'))::uuid,
    '2025-03-03 09:00Z'::timestamptz + n * interval '1 minute', 'Annex ' || n, 'firefox', 'old/' || n, n, null, 2, 2,
    null, null, {one} from generate_series(1, 20) n;
insert into frames values ('00000000-0000-0000-0003-000000000099', '2025-03-03 11:00Z', null, null, null, null, null, 1,
    0, null, null, {two});
insert into ocr_text (frame_id, text, confidence, language) select '00000000-0000-0000-0003-' || lpad(n::text, 12, '0'),
    'Travel costs line ' || n, 0.9, 'en' from generate_series(1, 19) n;
update ocr_text set text = 'Password: hT7#xQ2mWpL9' where id = 7;
update ocr_text set text = 'copied hT7#xQ2mWpL9 over' where id = 3;
insert into ocr_text (frame_id, text) values ('00000000-0000-0000-0003-00000000dead', 'of a frame that is gone');
insert into window_context (frame_id, app_name, window_title, url, is_focused) values
    ('00000000-0000-0000-0003-000000000099', 'code', 'main.py', null, true);
insert into day_summaries values
    ('00000000-0000-0000-0004-000000000001', null, '2025-03-03', 'A day of taxes.', '2025-03-04Z'),
    ('00000000-0000-0000-0004-000000000002', null, '2025-03-03', 'A day of taxes and code.', '2025-03-05Z');
insert into secrets values ('00000000-0000-0000-0005-000000000001', '00000000-0000-0000-0003-000000000004', 'token',
    'ghp_9vKq2LxR7tYb4NwZ8sHd3FmJ6pCgT1aQe5Xu', null, '2025-03-03 09:05Z');
create view recent_frames as select id, window_title from frames where captured_at > '2025-01-01';
"""

_AGENTS: LiteralString = """
create table organizations (id varchar primary key, name varchar);
create table users (id varchar primary key, name varchar, timezone varchar, organization_id varchar);
create table agents (id varchar primary key, name varchar, system varchar, organization_id varchar, user_id varchar);
create table tools (id varchar primary key, name varchar, source_code varchar, organization_id varchar);
create table tools_agents (agent_id varchar, tool_id varchar, primary key (agent_id, tool_id));
create table providers (id varchar primary key, name varchar, api_key varchar, organization_id varchar);
create table messages (id varchar primary key, role varchar, text varchar, content json, model varchar,
    agent_id varchar, created_at timestamptz, organization_id varchar, user_id varchar);
create table steps (id varchar primary key, provider_name varchar, model varchar, prompt_tokens int,
    completion_tokens int, created_at timestamptz, organization_id varchar);
insert into organizations values ('org-1', 'Home');
insert into users values ('user-1', 'Ada', 'Europe/Vienna (UTC+1:00)', 'org-1'), ('user-2', 'Work', 'UTC', 'org-1');
insert into agents values ('agent-1', 'Companion', 'You are helpful.', 'org-1', 'user-1');
insert into tools values ('tool-1', 'search', 'def search(q): ...', 'org-1');
insert into tools_agents values ('agent-1', 'tool-1');
insert into providers values ('provider-1', 'openai', 'sk-proj-Zx81kPq0vNw73mBtYc42RdLs96Hf', 'org-1');
insert into messages values
    ('message-1', 'user', null, '[{{"type": "text", "text": "What is due on Friday?"}}]', null, 'agent-1',
        '2025-03-03 10:00Z', 'org-1', 'user-1'),
    ('message-2', 'assistant', 'The key sk-proj-Zx81kPq0vNw73mBtYc42RdLs96Hf is set.', null, 'gpt', 'agent-1',
        '2025-03-03 10:01Z', 'org-1', 'user-1'),
    ('message-3', 'user', 'From the other machine.', null, null, 'agent-1', '2025-03-03 10:02Z', 'org-1', 'user-2');
insert into steps values ('step-1', 'openai', 'gpt', 1200, 34, '2025-03-03 10:01Z', 'org-1');
"""

_MEMORIES: LiteralString = """
create table block (id varchar primary key, label varchar, value text, "limit" int, {owner});
create table episodic_memory (id varchar primary key, occurred_at timestamptz, actor varchar, event_type varchar,
    summary varchar, details varchar, tree_path json, created_at timestamptz, summary_embedding vector(3), {owner});
create table semantic_memory (id varchar primary key, name varchar, summary varchar, details varchar, source varchar,
    created_at timestamptz, {owner});
create table procedural_memory (id varchar primary key, entry_type varchar, summary varchar, steps json,
    created_at timestamptz, {owner});
create table resource_memory (id varchar primary key, title varchar, summary varchar, resource_type varchar,
    content varchar, created_at timestamptz, {owner});
create table knowledge_vault (id varchar primary key, entry_type varchar, source varchar, sensitivity varchar,
    secret_value varchar, caption varchar, created_at timestamptz, {owner});
create table files (id varchar primary key, file_name varchar, file_path varchar, created_at timestamptz, {owner});
insert into block values ('block-1', 'human', 'Likes short answers.', 2000, {one}),
    ('block-2', 'human', 'Works in a harbour office.', 2000, {two});
insert into episodic_memory values ('ep-1', '2025-03-03 10:00Z', 'user', 'activity', 'Filed the tax return',
    'With annex.', '["home", "tax"]', '2025-03-03 10:05Z', '[1,2,3]', {one});
insert into semantic_memory values ('sem-1', 'Ines Falk', 'Tax adviser', 'Reachable before noon.', 'chat',
    '2025-03-03 10:05Z', {one});
insert into procedural_memory values ('pro-1', 'workflow', 'File a return',
    '["Open the form", "Sign with hT7#xQ2mWpL9"]', '2025-03-03 10:05Z', {one});
insert into resource_memory values ('res-1', 'Annex guide', 'How to fill it in', 'doc', 'Line 7 is for travel.',
    '2025-03-03 10:05Z', {one});
insert into knowledge_vault values ('kv-1', 'credential', 'user', 'high', 'Marble+Kite_4419', 'Login of the tax office',
    '2025-03-03 10:05Z', {one});
insert into files values ('file-1', 'annex.pdf', '/home/ada/annex.pdf', '2025-03-03 10:05Z', {two});
"""

_DEVICE: LiteralString = """
create table frames (id bigserial primary key, timestamp timestamp, device_name text, app_name text, window_name text,
    browser_url text, ocr_text text);
insert into frames (timestamp, device_name, app_name, window_name, browser_url, ocr_text) values
    ('2024-06-01 10:00', 'ADA-PC', 'firefox', 'Tide tables', 'https://tides.example/may', 'High water at noon'),
    ('2024-06-01 10:01', 'ada-laptop', 'code', 'tides.py', null, null);
"""


@contextmanager
def legacy_database(server_url: str, generation: str) -> Iterator[str]:
    """The address of a database of that generation, for as long as the block."""
    name = f"legacy_{uuid.uuid4().hex}"
    server = make_url(server_url).set(drivername="postgresql")
    administration = server.set(database="postgres").render_as_string(hide_password=False)
    dsn = server.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(administration, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    with psycopg.connect(dsn) as connection:
        connection.execute(_script(generation))
    yield dsn
    with psycopg.connect(administration, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def change(dsn: str, statements: LiteralString) -> None:
    """Runs these in the legacy database."""
    with psycopg.connect(dsn) as connection:
        connection.execute(statements)


def _script(generation: str) -> sql.Composed | LiteralString:
    if generation == "device":
        return _DEVICE
    whose = _WHOSE[generation]
    parts = {
        "owner": _OWNER[generation],
        "one": whose.replace("{user}", "'user-1'"),
        "two": whose.replace("{user}", "'user-2'"),
        "value": "raw_value" if generation == "deployment" else "encrypted_value",
    }
    owned = sql.SQL(_CAPTURED + _MEMORIES).format(**{name: sql.SQL(part) for name, part in parts.items()})
    return sql.SQL("create extension vector;") + owned + sql.SQL(_AGENTS).format()
