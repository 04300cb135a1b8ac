"""Takes an import back: every row that it wrote, and what stands on nothing without them.

rows of the import ─► secrets buried ─► chats, memories, summaries, archive, activities, frames, projects deleted
                   ─► days without a frame left: what was made of them goes; other days are to be made again
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from recall_assets.errors import InputError
from recall_assets.sealer import bury
from recall_assets.store import erasure, imports, undone_imports


@dataclass(frozen=True, slots=True)
class Undone:
    """What is gone, by table, and the days whose summaries still say what they held."""

    rows: dict[str, int]
    days: list[date]


def undo(engine: Engine, said: str) -> Undone:
    """Takes back the import of which `said` is the id, or the beginning or end of it.

    Raises:
        InputError: there is none, several, or it was undone before.
        AlreadyRunningError: an import runs.
    """
    with imports.alone(engine), engine.begin() as connection:
        found = [
            one for one in imports.read_all(connection) if str(one.id).startswith(said) or str(one.id).endswith(said)
        ]
        if len(found) != 1:
            raise InputError(
                f"{'No import' if not found else 'More than one import'} is called {said!r}.",
                "See `recall import list`.",
            )
        (one,) = found
        if one.undone_at is not None:
            raise InputError(f"Import {one.id} was undone before.", "Nothing is left to take back.")
        sealed = undone_imports.secret_ids(connection, one.id)
        buried = bury(connection, sealed, "import undone")
        rows, days = undone_imports.delete_rows(connection, one.id)
        erasure.order(connection)  # what was taken back leaves PostgreSQL's files too
        return Undone(rows | ({"secrets": buried} if buried else {}), days)
