"""`recall backup` and `recall restore`: everything that cannot be made again, as one set, and its way back.

home ─► drained ─► FOLDER (dumps, images, keys, manifest) ─► an empty home
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from recall_assets.backup import making, restoring
from recall_assets.backup.manifest import Manifest
from recall_assets.cli.session import opened_database
from recall_assets.engines.postgres import running_postgres
from recall_assets.records import Provenance
from recall_assets.settings import load_settings
from recall_assets.store.database import check_server, connect


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")],
    leave_pending: Annotated[
        bool, typer.Option("--leave-pending", help="Do not read what waits first; the backup then lacks it.")
    ] = False,
) -> None:
    """Back up database, images and keys as one consistent set; Recall may run meanwhile.

    What waits in the landing is read first, since the landing's keys are in no backup. Redacted history lies in the
    folder in clear, sealed secrets sealed: keep it on an encrypted disk.
    """
    from recall_assets.defs import ocr_text, transcripts  # slow to load

    settings = load_settings()
    making.make_folder(folder)
    with opened_database(settings) as engine, _progress() as shown:
        if not leave_pending:
            text, sound = Provenance(ocr_text.CODE_VERSION), Provenance(transcripts.CODE_VERSION)
            making.drain(engine, settings, text=text, sound=sound, progress=shown)
        manifest = making.make(engine, settings.home, folder, shown)
    size = sum(held.bytes for held in manifest.files.values())
    print(f"{folder}: {len(manifest.files):,} files, {size / 1e6:,.1f} MB, {manifest.rows['frames']:,} frames.")
    _print_left_out(manifest)
    print(f"To bring it back: RECALL_HOME=<a new folder> recall restore {folder}")


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What `recall backup` made.")],
) -> None:
    """Restore a backup into an empty home; nothing is written before every file of it is what it was."""
    settings = load_settings()
    manifest = restoring.check(folder)
    restoring.check_home(settings.home)
    restoring.put_settings(settings.home, folder)
    settings = load_settings()
    with _progress() as shown:
        restoring.put_files(settings.home, folder, manifest, lambda done, total: shown("copying files", done, total))
        with running_postgres(settings) as database:
            engine = connect(database.url)
            try:
                check_server(engine)
                lost = restoring.put_rows(engine, folder, manifest)
            finally:
                engine.dispose()
    frames, made_at = manifest.rows["frames"], f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"
    print(f"Restored {frames:,} frames and all that was made of them, as of {made_at}.")
    if lost:
        print(f"{lost:,} frames and stretches of sound were still sealed to a landing key, and are lost.")
    _print_left_out(manifest)
    print("A new landing key is made at the next start; agents fetch it, and trust it, by themselves.")


def _print_left_out(manifest: Manifest) -> None:
    if manifest.images_missing:
        print(f"Not in the backup: {manifest.images_missing:,} images that rows name and no file held.")
    if unread := manifest.unread_frames + manifest.unheard_sound:
        print(f"Not in the backup: {unread:,} frames and stretches of sound that waited, sealed, in the landing.")
    if manifest.waiting_for_vault:
        print(
            f"Not in the backup: the values of {manifest.waiting_for_vault:,} found secrets, which wait for a vault. "
            "Run `recall vault init`, then back up again."
        )
    for one in manifest.spooled:
        print(
            f"{one.deployment} held {one.items:,} items in its spool when it reported last: what of it is sealed to a "
            "landing key that is gone cannot be read after a restore; its `recall-agent status` will say so."
        )


@contextmanager
def _progress() -> Iterator[making.Progress]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        tasks: dict[str, TaskID] = {}

        def report(said: str, done: int, total: int) -> None:
            if said not in tasks:
                tasks[said] = shown.add_task(said, total=total)
            shown.update(tasks[said], completed=done, total=total)

        yield report
