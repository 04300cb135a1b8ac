"""What every command opens first: the database, started if need be, checked, and left as it was found.

opened_database = running_postgres ─► connect ─► check_server ─► check_schema
                                                   └ an empty database gets its tables first: nothing there to lose
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from recall_assets.engines.postgres import running_postgres
from recall_assets.settings import Settings
from recall_assets.store.database import check_server, connect
from recall_assets.store.schema import check_schema, is_empty, migrate


@contextmanager
def opened_database(settings: Settings) -> Iterator[Engine]:
    """An engine on a database that this code can work with; the embedded server runs at least as long as the block.

    Raises:
        DatabaseError: the server is away, too old or lacks an extension.
        SchemaError: the schema is older or newer; names `recall migrate`.
    """
    with running_postgres(settings) as database:
        engine = connect(database.url)
        try:
            check_server(engine)
            if is_empty(engine):
                migrate(engine, dump_folder=None)
            check_schema(engine)
            yield engine
        finally:
            engine.dispose()
