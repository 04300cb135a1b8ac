"""Legacy databases become rows here: whole, once, redacted, and only where the owner's map is total."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from recall_assets.records import DeploymentDay, DocumentFrequency
from recall_assets.settings import Settings
from recall_assets.stages.activities import cut_day
from recall_assets.stages.sentences import describe
from recall_assets.store import activities, frames, tables
from tests.cli.conftest import Recall
from tests.imports.conftest import Import
from tests.imports.legacy_databases import CREDENTIAL, PASSWORD, PROVIDER_KEY, RANDOM_ID, TOKEN, change, legacy_database

_NEVER_IN_CLEAR = (PASSWORD, TOKEN, PROVIDER_KEY, CREDENTIAL)


def rows(database: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but what a second import may change: nothing."""
    with database.connect() as connection:
        return {
            name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=str)
            for name, table in tables.metadata.tables.items()
        }


def counts(database: Engine) -> Counter[str]:
    with database.connect() as connection:
        return Counter(
            {
                table.name: number
                for table in tables.metadata.sorted_tables
                if (number := connection.execute(select(func.count()).select_from(table)).scalar_one())
            }
        )


def test_two_users_become_two_machines_and_all_of_their_rows_are_here(imported: Engine) -> None:
    found = counts(imported)
    assert found["deployments"] == 2
    assert found["frames"] == 21
    assert found["ocr_text"] == 19
    assert (found["activities"], found["projects"], found["day_summaries"]) == (1, 1, 1)
    assert (found["conversations"], found["messages"], found["llm_calls"]) == (2, 3, 1)
    with imported.connect() as connection:
        of = select(tables.frames.c.deployment_id, func.count()).group_by(tables.frames.c.deployment_id)
        assert {row[0]: row[1] for row in connection.execute(of)} == {"laptop": 20, "work-pc": 1}
        kinds = select(tables.legacy_archive.c.kind, func.count()).group_by(tables.legacy_archive.c.kind)
        archived = {row[0]: row[1] for row in connection.execute(kinds)}
    assert archived == {"agents": 1, "tools": 1, "tools_agents": 1, "providers": 1, "day_summaries": 2}


def test_a_second_run_changes_nothing(import_: Import, database: Engine) -> None:
    import_()
    before = rows(database)
    ran = import_()
    assert ran.out.splitlines()[-1] == "Nothing changed: all of it was here already."
    assert rows(database) == before


def test_no_secret_of_the_source_is_in_clear_and_each_is_sealed_once(imported: Engine) -> None:
    told = str(rows(imported))
    assert [value for value in _NEVER_IN_CLEAR if value in told] == []
    with imported.connect() as connection:
        sealed = connection.execute(select(tables.secrets.c.kind, tables.secrets.c.sealed.is_not(None))).all()
        text = select(tables.ocr_text.c.text).where(tables.ocr_text.c.text.contains("copied"))
        assert connection.scalar(text) == "copied [REDACTED:password] over"
    assert sorted(map(tuple, sealed)) == [
        ("api_key", True),
        ("credential", True),
        ("password", True),
        ("token", True),
    ]


def test_frames_get_their_state_from_what_is_there(imported: Engine) -> None:
    with imported.connect() as connection:
        c = tables.frames.c
        states = connection.execute(select(c.ocr_status, c.error, func.count()).group_by(c.ocr_status, c.error))
        assert sorted(map(tuple, states)) == [(1, None, 19), (3, "no_image", 2)]
        window = select(c.app_name, c.window_title).where(c.deployment_id == "work-pc")
        assert connection.execute(window).one() == ("code", "main.py")


def test_no_run_takes_the_words_of_an_imported_activity(imported: Engine) -> None:
    laptop = DeploymentDay("laptop", date(2025, 3, 3))
    with imported.connect() as connection:
        shown, before = frames.read_day(connection, laptop), activities.read_day(connection, laptop)
    cut = cut_day(shown, document_frequency=DocumentFrequency(), previous=before, projects=[])
    (again,) = (describe(one, shown) for one in cut if one.locked)
    assert (again.title, again.summary) == ("Filled in the annex for travel.", "Filled in the annex for travel.")
    assert [source.kind for source in again.sentences[0].sources] == ["frame"] * 5


def test_memories_keep_their_kind_and_the_vaults_entry_its_sealed_value(imported: Engine) -> None:
    with imported.connect() as connection:
        c = tables.memories.c
        kinds = connection.execute(select(c.kind, c.summary, c.deployment_id)).all()
        assert sorted(map(tuple, kinds)) == [
            ("episodic", "Filed the tax return", "laptop"),
            ("knowledge_vault", "Login of the tax office", "laptop"),
            ("procedural", "File a return", "laptop"),
            ("resource", "How to fill it in", "laptop"),
            ("resource", "annex.pdf", "work-pc"),
            ("semantic", "Tax adviser", "laptop"),
        ]
        steps = connection.scalar(select(tables.procedural_memory.c.steps))
        assert steps == ["Open the form", "Sign with [REDACTED:password]"]
        kept = select(tables.secrets.c.kind).join(
            tables.knowledge_vault, tables.knowledge_vault.c.secret_id == tables.secrets.c.id
        )
        assert connection.scalar(kept) == "credential"
        core = select(tables.core_memory.c.label, tables.core_memory.c.value).order_by(tables.core_memory.c.label)
        assert [tuple(row) for row in connection.execute(core)] == [
            ("human", "Likes short answers."),
            ("human work-pc", "Works in a harbour office."),
        ]


def test_of_summaries_that_repeat_the_newest_stays_and_the_others_are_archived(imported: Engine) -> None:
    with imported.connect() as connection:
        c = tables.summary_sentences.c
        said = connection.scalars(select(c.text).where(c.day_summary_id.is_not(None))).all()
    assert said == ["A day of taxes and code."]


def test_a_wrong_map_stops_before_anything_is_written(import_: Import, map_file: Path, database: Engine) -> None:
    map_file.write_text(map_file.read_text().replace('user-2 = "work-pc"', ""))
    ran = import_()
    assert ran.code == 1
    assert "user 'user-2': 4 rows (block, files, frames, messages)" in ran.err
    map_file.write_text(map_file.read_text().replace("[user]", '[user]\nuser-2 = "nowhere"'))
    assert "'nowhere', which is no deployment" in import_().err
    assert counts(database)["imports"] == 0
    assert counts(database)["deployments"] == 0


def test_a_dry_run_tells_what_would_become_of_each_table_and_writes_nothing(import_: Import, database: Engine) -> None:
    before = rows(database)
    ran = import_("--dry-run")
    assert ran.code == 0
    lines = {line.split()[0]: " ".join(line.split()) for line in ran.out.splitlines() if line.strip()}
    assert lines["frames"] == "frames organisation and user 21 frames 21"
    assert lines["ocr_text"] == "ocr_text - 20 frames 19 1 their frame is missing"
    assert lines["sandbox_configs"] == "sandbox_configs missing 0 -"
    assert "column summary_embedding: made anew from the text" in " ".join(ran.out.split())
    assert "Views are not read: recent_frames." in ran.out
    assert rows(database) == before


def test_secrets_need_a_vault_or_the_owners_word(
    recall: Recall, organisation: str, map_file: Path, database: Engine
) -> None:
    import_ = Import(recall, organisation, map_file)
    ran = import_()
    assert ran.code == 1
    assert "there is no vault" in ran.err
    assert counts(database)["frames"] == 0
    without = import_("--without-secrets")
    assert (without.code, "their values are left out" in without.out) == (0, True)
    assert counts(database)["secrets"] == 0
    assert [value for value in _NEVER_IN_CLEAR if value in str(rows(database))] == []


def test_an_undone_import_leaves_nothing_and_can_be_made_again(
    import_: Import, recall: Recall, database: Engine
) -> None:
    import_()
    whole = counts(database)
    with database.connect() as connection:
        import_id = connection.scalar(select(tables.imports.c.id))
    assert recall("import", "undo", str(import_id), "--yes").code == 0
    left = counts(database)
    gone = {"frames", "ocr_text", "activities", "messages", "secrets", "projects", "legacy_archive", "imported_rows"}
    assert {table: left[table] for table in gone} == dict.fromkeys(gone, 0)
    assert "undone" in recall("import", "list").out
    import_()
    again = counts(database)
    assert {table: again[table] for table in gone} == {table: whole[table] for table in gone}


@pytest.mark.usefixtures("vault")
def test_the_migrated_generation_with_its_random_id_is_one_machine(
    server_url: str, recall: Recall, tmp_path: Path, database: Engine
) -> None:
    with legacy_database(server_url, "deployment") as dsn:
        change(dsn, "drop table tools_agents, tools; drop table steps")  # missing ones are reported
        file = tmp_path / "map.toml"
        assert recall("import", "legacy", "--dsn", dsn, "--write-map", str(file)).code == 0
        written = file.read_text()
        assert f'"{RANDOM_ID}" = ""   # 30 rows: activities, block, episodic_memory, files, frames' in written
        file.write_text(written.replace('= ""', '= "laptop"'))
        ran = recall("import", "legacy", "--dsn", dsn, "--map", str(file))
    assert (ran.code, ran.err) == (0, "")
    assert (
        " ".join(next(line for line in ran.out.splitlines() if line.startswith("steps")).split()) == "steps missing 0 -"
    )
    with database.connect() as connection:
        assert connection.scalars(select(tables.deployments.c.id)).all() == ["laptop"]
        assert connection.scalar(select(tables.deployments.c.timezone)) == "Europe/Vienna"


def test_device_names_are_machines_and_naive_times_need_a_zone(
    server_url: str, recall: Recall, tmp_path: Path, database: Engine, settings: Settings
) -> None:
    file = tmp_path / "map.toml"
    file.write_text(
        'source = "older"\n[deployments.pc]\ntimezone = "Europe/Berlin"\n[device]\nADA-PC = "pc"\nada-laptop = "-"\n'
    )
    with legacy_database(server_url, "device") as dsn:
        import_ = Import(recall, dsn, file)
        assert "Times without a zone: frames.timestamp." in import_().err
        ran = import_("--naive-tz", "Europe/Berlin")
    assert ran.code == 0
    assert "1 left out by the map" in ran.out
    with database.connect() as connection:
        c = tables.frames.c
        frame = connection.execute(select(c.captured_at, c.url, c.window_title)).one()
        assert frame.captured_at.isoformat() == "2024-06-01T08:00:00+00:00"
        assert (frame.url, frame.window_title) == ("https://tides.example/may", "Tide tables")
        assert connection.scalar(select(tables.settings.c.value)) == "2024-06-01"
