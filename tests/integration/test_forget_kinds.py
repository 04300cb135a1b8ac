"""Orders to forget reach what is no screen, what stood behind a window, and what is sealed; lines are new again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, Table, func, insert, select

from recall_assets import forgetting
from recall_assets.records import Box, ForgetCriteria, Frame, Window
from recall_assets.sealer import check_chains, keep
from recall_assets.settings import Settings
from recall_assets.store.tables import (
    audio_segments,
    conversations,
    deployments,
    frames,
    imports,
    legacy_archive,
    messages,
    ocr_text,
    secrets,
    transcripts,
    vault_chain,
)
from tests.days import MORNING, WINDOWS, drawn, frame
from tests.graph import land_read
from tests.told_day import FRAMES, PIN, tell
from tests.vault.vaults import found, key_material, make_vault

LATER = MORNING + timedelta(days=9)


def ids(database: Engine, table: Table) -> set[UUID]:
    with database.connect() as connection:
        return {*connection.scalars(select(table.c.id))}


def chat(database: Engine, *said: str) -> dict[str, UUID]:
    """An imported chat of these messages, and a row of the archive for each; the ids of both."""
    of_import, talk = uuid4(), uuid4()
    found = {f"{kind} {text}": uuid4() for text in said for kind in ("message", "archived")}
    with database.begin() as connection:
        connection.execute(insert(deployments).values(id="laptop", name="laptop", timezone="UTC"))
        connection.execute(insert(imports).values(id=of_import, source="legacy"))
        row = {"id": talk, "deployment_id": "laptop", "title": "Talk", "started_at": MORNING}
        connection.execute(insert(conversations).values(row))
        for text in said:
            message = {"role": "user", "at": MORNING, "detector_version": "1", "conversation_id": talk, "text": text}
            connection.execute(insert(messages).values(id=found[f"message {text}"], **message))
            archived = {"import_id": of_import, "kind": "notes", "legacy_id": text, "body": {"note": [text]}}
            connection.execute(insert(legacy_archive).values(id=found[f"archived {text}"], **archived))
    return found


def test_messages_of_chats_and_rows_of_the_archive_that_say_the_words_go(database: Engine, settings: Settings) -> None:
    rows = chat(database, "the marigold foundry", "marigolds bloom")
    criteria = ForgetCriteria(LATER, text="Marigold Foundry")
    chosen = forgetting.look(database, settings.home, criteria)
    done = forgetting.forget(database, settings.home, criteria)
    assert dict(done.rows) == dict(chosen.items) == {"messages": 1, "legacy_archive": 1}
    assert ids(database, messages) == {rows["message marigolds bloom"]}
    assert ids(database, legacy_archive) == {rows["archived marigolds bloom"]}
    assert len(ids(database, conversations)) == 1
    forgetting.forget(database, settings.home, ForgetCriteria(LATER, text="bloom"))
    assert ids(database, messages) == ids(database, legacy_archive) == ids(database, conversations) == set()


def test_sound_that_says_the_words_goes_with_its_transcript_and_what_was_found_in_it(
    database: Engine, settings: Settings
) -> None:
    with database.begin() as connection:
        tell(connection)
    done = forgetting.forget(database, settings.home, ForgetCriteria(LATER, text="round once"))
    assert (done.rows["audio_segments"], done.rows["secrets"], "frames" in done.rows) == (1, 1, False)
    assert ids(database, audio_segments) == ids(database, transcripts) == set()
    assert PIN not in ids(database, secrets)
    assert ids(database, frames) == {*FRAMES}


def test_what_the_vault_holds_of_forgotten_frames_is_buried_and_its_chain_still_holds(
    database: Engine, settings: Settings
) -> None:
    shown = drawn("ab")
    of_a, of_b = (found(one.id, f"Quarry58Tinder{place}") for place, one in enumerate(shown))
    with database.begin() as connection:
        land_read(connection, shown)
        make_vault(connection, settings.home, key_material())
        keep(connection, settings.home, [of_a, of_b], datetime.now(UTC))
    done = forgetting.forget(database, settings.home, ForgetCriteria(LATER, app="code"))
    assert (done.rows["frames"], done.rows["secrets"]) == (1, 1)
    assert ids(database, secrets) == {of_b[0].id}
    with database.connect() as connection:
        assert check_chains(connection).holds
        ended = connection.scalars(select(vault_chain.c.secret_id).where(vault_chain.c.reason.is_not(None)))
        assert [*ended] == [of_a[0].id]


def behind(one: Frame, app: str) -> Frame:
    """The frame, with something of another program's window to be seen behind."""
    return replace(one, windows=(*one.windows, Window(app, "behind", Box(0, 0, 800, 600))))


@pytest.mark.parametrize("told", ["app", "url"])
def test_what_is_counted_is_what_goes_whether_it_lay_in_front_or_behind(
    database: Engine, settings: Settings, told: str
) -> None:
    front, other, covering = drawn("cax")
    with database.begin() as connection:
        land_read(connection, [front, other, behind(covering, "firefox")])
    of_app, of_url = ForgetCriteria(LATER, app="firefox"), ForgetCriteria(LATER, url="tracker.example")
    criteria = of_app if told == "app" else of_url
    chosen = forgetting.look(database, settings.home, criteria)
    assert dict(chosen.programs) == ({"firefox": 1, "evince": 1} if told == "app" else {"firefox": 1})
    done = forgetting.forget(database, settings.home, criteria)
    assert done.rows["frames"] == chosen.items["frames"] == sum(chosen.programs.values())
    assert ids(database, frames) == ({other.id} if told == "app" else {other.id, covering.id})


def test_a_line_is_new_where_its_window_shows_it_first_now(database: Engine, settings: Settings) -> None:
    texts = ("one\ntwo", "two\nthree", "three\nfour", "four")
    with database.begin() as connection:
        at = [MORNING + timedelta(seconds=10 * place) for place in range(len(texts))]
        shown = [
            replace(frame(WINDOWS["a"], when, when), text=text, new_text=new)
            for when, text, new in zip(at, texts, ("one\ntwo", "three", "four", ""), strict=True)
        ]
        land_read(connection, shown)
    moment = ForgetCriteria(at[1] + timedelta(seconds=1), at[1] - timedelta(seconds=1))
    forgetting.forget(database, settings.home, moment)
    with database.connect() as connection:
        rows = connection.execute(select(ocr_text.c.frame_id, ocr_text.c.new_text)).all()
        assert connection.scalar(select(func.count()).select_from(frames)) == 3
    new = {row.frame_id: row.new_text for row in rows}
    assert [new[shown[place].id] for place in (0, 2, 3)] == ["one\ntwo", "three\nfour", ""]
