"""`recall` with software keys plugged in: `python -m tests.vault.with_key KEY[,KEY] vault enrol ...`.

Each KEY is a file that holds a pickled `SoftwareKey`; what it learned is written back. Below CTAPHID nothing is real,
above it everything is.
"""

import pickle
import sys
from dataclasses import replace
from pathlib import Path

import fido2.hid

from recall_assets.cli import main
from tests.vault.software_key import DESCRIPTOR, SoftwareKey


def run(places: list[Path], words: list[str]) -> None:
    """Runs the command with these keys on USB."""
    plugged: dict[str, SoftwareKey] = {str(place): pickle.loads(place.read_bytes()) for place in places}
    described = {name: replace(DESCRIPTOR, path=name) for name in plugged}
    fido2.hid.list_descriptors = lambda: list(described.values())
    fido2.hid.open_connection = lambda descriptor: plugged[str(descriptor.path)].connection()
    try:
        main(words)
    finally:
        for place in places:
            place.write_bytes(pickle.dumps(plugged[str(place)]))


if __name__ == "__main__":
    run([Path(place) for place in sys.argv[1].split(",") if place], sys.argv[2:])
