"""An import that is killed goes on where it was: nothing is missing, nothing is there twice."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import Engine, select

from recall_assets.store.tables import imports
from tests.imports.conftest import Import
from tests.imports.test_legacy import counts

# Few rows a batch; dies by kill -9 in the middle of one.
_DIES = """
import os, signal, sys
from recall_assets.cli import main
from recall_assets.importers import writing
from recall_assets.store import imports
writing.BATCH, left, insert = 4, int(sys.argv.pop(1)), imports.insert

def dying(*arguments):
    global left
    left -= 1
    written = insert(*arguments)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return written

imports.insert = dying
main()
"""


@pytest.mark.parametrize("batches", [4])
def test_killed_in_the_middle_and_run_again_it_is_as_if_it_had_run_once(
    import_: Import, database: Engine, batches: int
) -> None:
    died = subprocess.run([sys.executable, "-c", _DIES, str(batches), *import_.words], env=os.environ, check=False)
    assert died.returncode == -9
    partly = counts(database)
    assert 0 < partly["frames"] < 21
    assert import_().code == 0
    whole = counts(database)
    assert (whole["frames"], whole["ocr_text"], whole["messages"], whole["secrets"]) == (21, 19, 3, 4)
    with database.connect() as connection:
        (one,) = connection.execute(select(imports.c.finished_at)).all()
        assert one.finished_at is not None
    assert import_().out.splitlines()[-1] == "Nothing changed: all of it was here already."
