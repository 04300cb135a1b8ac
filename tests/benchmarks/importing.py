"""How fast a predecessor's database is imported: frames and their texts, looked at and then written.

    legacy database + generated frames, texts ─► look (scan, count; writes nothing) ─► write (redacted, verified)

`ROWS` of the environment is how many there are, half of them texts; 100,000 where nothing is said.
"""

import os
import resource
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from recall_assets.engines.postgres import running_postgres
from recall_assets.importers.legacy import run
from recall_assets.importers.legacy.owner_map import read_map
from recall_assets.importers.legacy.source import open_source
from recall_assets.keyring import found_vault
from recall_assets.settings import load_settings
from recall_assets.store.database import connect
from recall_assets.store.foreign import snapshot
from recall_assets.store.schema import migrate
from tests.imports.conftest import MAP
from tests.imports.legacy_databases import legacy_database
from tests.vault.vaults import key_material, make_slot

_SENTENCE = "invoice total rounded once half up on the last line of the export before the tax office asks"
_FRAMES = """
insert into frames (id, captured_at, window_title, app_name, ocr_status, embedding_status, organization_id, user_id)
select md5('frame' || n)::uuid, '2025-04-01Z'::timestamptz + n * interval '20 seconds', 'Document ' || n %% 500,
    'writer', 2, 2, 'org-1', 'user-1' from generate_series(1, %s) n
"""
_TEXTS = """
insert into ocr_text (frame_id, text, confidence, language)
select md5('frame' || n)::uuid::text, (select string_agg((string_to_array(%s, ' '))[1 + (n * 7 + k * k) %% 17],
    case when k %% 9 = 0 then E'\\n' else ' ' end) || ' page ' || n from generate_series(1, 120) k), 0.9, 'en'
    from generate_series(1, %s) n
"""


def main() -> None:
    """Prints the figures."""
    wanted = int(os.environ.get("ROWS", "100000"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recall-bench-")))
        folder.chmod(0o755)  # as root the server's own user must reach its part of it
        os.environ["RECALL_HOME"], os.environ["RECALL_SERVICE_FOLDER"] = str(folder / "home"), str(folder / "service")
        settings = load_settings()
        database = stack.enter_context(running_postgres(settings))
        engine = connect(database.url)
        stack.callback(engine.dispose)
        migrate(engine, dump_folder=None)
        found_vault(engine, settings.home, make_slot(key_material()), datetime.now(UTC))
        dsn = stack.enter_context(legacy_database(database.url, "organisation"))
        with psycopg.connect(dsn) as source:
            source.execute(_FRAMES, [wanted // 2])
            source.execute(_TEXTS, [_SENTENCE, wanted // 2])
            length = source.execute("select avg(length(text)) from ocr_text").fetchone()[0]  # type: ignore[index]
        (folder / "map.toml").write_text(MAP, "utf-8")
        owner_map = read_map(folder / "map.toml")
        with snapshot(dsn) as connection:
            began = time.process_time()
            legacy = open_source(connection, "public")
            looked = run.look(
                engine, settings.home, legacy, owner_map, naive_zone=None, seals=True, advance=lambda _rows: None
            )
            seen = time.process_time()
            run.write(engine, settings.home, looked, owner_map, advance=lambda _rows: None)
            written = time.process_time()
        again = time.process_time()
        with snapshot(dsn) as connection:
            legacy = open_source(connection, "public")
            looked = run.look(
                engine, settings.home, legacy, owner_map, naive_zone=None, seals=True, advance=lambda _rows: None
            )
            run.write(engine, settings.home, looked, owner_map, advance=lambda _rows: None)
        second = time.process_time() - again
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = f"half of them texts of {length:.0f} characters"
    print(f"legacy import of {wanted} rows, {told}: {written - began:.0f} CPU-s, at most {memory:.0f} MB")
    print(f"legacy import, looking: {wanted / (seen - began):.0f} rows a CPU-second")
    print(f"legacy import, writing: {wanted / (written - seen):.0f} rows a CPU-second")
    print(f"legacy import, a second run over the first one's time: {second / (written - began):.2f}")


if __name__ == "__main__":
    main()
