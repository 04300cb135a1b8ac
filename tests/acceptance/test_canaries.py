"""Twenty secrets go through the whole pipeline, with and without a vault, and lie in clear nowhere afterwards.

    drawn screens, titles, addresses, window lists ─► sealed upload ─► ingest ─► the graph ─► summaries, export, lineage
    then: every place (tests/everywhere.py) in every form, and every stored image read again

Failures on canary frames: test_canaries_after_failures.py.
"""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from capture_agent.protocol import WindowMetadata
from recall_assets.cli import main
from recall_assets.cli.materialize import materialize_days
from recall_assets.keyring import found_vault
from recall_assets.settings import Settings, load_settings
from recall_assets.store import settings as stored_settings
from recall_assets.store.tables import day_summaries, ocr_text, secrets
from tests.canaries import Canary, on_screens, told
from tests.everywhere import Everywhere, by_name
from tests.graph import opened_graph
from tests.integration.landed_screens import Machine, Shot
from tests.integration.sending import NOON
from tests.stored_images import kinds_in, text_of, uncovered, values_in
from tests.vault.vaults import key_material, make_slot

DAY = NOON.date()
SEED = 1


@pytest.fixture
def everywhere(database: Engine, settings: Settings, service_folder: Path, temporary: Path) -> Everywhere:
    return Everywhere(settings.home, database, service_folder, [temporary])


def shots() -> list[Shot]:
    """Screens with every kind of canary; on the first, others stand in title, address and the window behind."""
    said = {place: canary.lines[0] for place, canary in told(SEED).items()}
    behind = WindowMetadata(
        app="browser", title=said["window_title"], rect=(900, 0, 100, 100), active=False, url=said["window_url"]
    )
    screens = [Shot(str(n), screen.pixels, 10 * n) for n, screen in enumerate(on_screens(SEED))]
    outside = Shot("told", on_screens(SEED)[0].pixels, 90, title=said["title"], url=said["url"], behind=(behind,))
    return [*screens, outside]


def canaries() -> list[Canary]:
    return [*(canary for screen in on_screens(SEED) for canary in screen.canaries), *told(SEED).values()]


def names(planted: Sequence[Canary]) -> dict[str, str]:
    """Each piece that may lie nowhere, and whose it is."""
    return {piece: canary.kind for canary in planted for piece in canary.pieces}


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert not ended.value.code or words == ("doctor",), words
    return "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("engine", "vault"),
    [
        ("cascade", True),
        ("cascade", False),
        ("tesserocr", True),
        ("rapidocr", True),
        pytest.param("pytesseract", True, marks=pytest.mark.system),
    ],
)
def test_canaries_lie_nowhere_in_clear_after_the_whole_pipeline(
    engine: str,
    vault: bool,
    database: Engine,
    settings: Settings,
    everywhere: Everywhere,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECALL_OCR_ENGINE", engine)
    settings = load_settings()
    machine = Machine(database, settings)
    with opened_graph(settings, database):
        if vault:
            found_vault(database, settings.home, make_slot(key_material()), datetime.now(UTC))
        machine.land(*shots())
        made = materialize_days(settings, database, DAY, DAY)
        assert not made.failed
        (partition,) = made.partitions
        assert partition.read == partition.frames == len(shots())
    for words in (
        ("export", "--from", str(DAY), "--to", str(DAY)),
        ("lineage",),
        ("vault", "list"),
        ("vault", "status", "--json"),
        ("doctor",),
    ):
        everywhere.texts[" ".join(words)] = printed(capsys, *words)

    with database.connect() as connection:
        assert connection.scalars(select(day_summaries.c.id)).all()
        sealed = connection.scalars(select(secrets.c.sealed.is_not(None))).all()
        assert {read.split()[0] for read in connection.scalars(select(ocr_text.c.engine))} == {engine}
    assert len(sealed) >= len(canaries())
    assert set(sealed) == {vault}

    planted = names(canaries())
    assert len(canaries()) > 20
    assert by_name(everywhere.find(planted), planted) == {}
    for number, screen in enumerate(on_screens(SEED)):
        image = machine.image(str(number))
        assert uncovered(image, screen) == []
        seen = text_of(image)
        assert values_in(seen, screen.canaries) == []
        assert kinds_in(seen) == []


def test_the_search_finds_what_lies_in_clear_in_any_form(settings: Settings, everywhere: Everywhere) -> None:
    value = "Tqwvrkmd#4739"
    raw = value.encode()
    written = [raw, value.encode("utf-16-le"), value.encode("utf-16-be")]
    written += [raw.hex().encode(), raw.hex().upper().encode()]
    written += [base64.b64encode(before + raw + b"?") for before in (b"", b"1", b"12")]
    folder = settings.home.dagster / "storage"
    folder.mkdir()
    for number, content in enumerate(written):
        (folder / str(number)).write_bytes(b"before " + content + b" after")
    assert everywhere.find([value]) == {str(folder / str(number)): {value} for number in range(len(written))}


def test_the_search_finds_rows_files_of_the_database_and_what_was_printed(
    database: Engine, everywhere: Everywhere
) -> None:
    value = "Tqwvrkmd#4739"
    with database.begin() as connection:
        stored_settings.write(connection, "canary", value)
        stored_settings.delete(connection, "canary")
    everywhere.texts["a command"] = f"? {value}"
    places = everywhere.find([value])
    assert {"base", "pg_wal"} <= {part for place in places for part in Path(place).parts}
    assert "printed: a command" in places
    with database.begin() as connection:
        stored_settings.write(connection, "canary", value)
    assert f"{database.url.database}: recall.settings" in everywhere.find([value])


def test_a_screen_that_was_not_redacted_is_noticed() -> None:
    screen = on_screens(SEED)[2]
    parts = [part for canary in screen.canaries for part in canary.parts]
    assert uncovered(screen.pixels, screen) == parts
    assert values_in(text_of(screen.pixels), screen.canaries)
    assert kinds_in(text_of(screen.pixels))
