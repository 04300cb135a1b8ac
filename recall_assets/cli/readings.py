"""`recall deployments reading`: what reads a machine's screens, where the settings do not fit it.

recall deployments reading laptop --engine pytesseract --languages eng+deu
"""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from recall_assets.cli.session import opened_database
from recall_assets.engines.choice import make_engine, reading_version
from recall_assets.errors import InputError
from recall_assets.records import ReadingChoice
from recall_assets.settings import OCR_ENGINES, load_settings
from recall_assets.store import deployments
from recall_assets.store.reading import choose, chosen, read_otherwise


def reading(
    deployment_id: Annotated[str, typer.Argument(metavar="ID", help="The machine.")],
    engine: Annotated[str | None, typer.Option(metavar="NAME", help=f"One of {', '.join(OCR_ENGINES)}.")] = None,
    languages: Annotated[str | None, typer.Option(metavar="CODES", help="What stands on its screens: eng+deu.")] = None,
    as_settings: Annotated[bool, typer.Option("--as-settings", help="As recall.toml says, like all others.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Choose what reads a machine's screens; without options, say what does. An engine that cannot is refused."""
    if as_settings and (engine or languages):
        raise InputError("These options exclude each other.", "Give --as-settings, or --engine and --languages.")
    settings = load_settings()
    with opened_database(settings) as database, database.begin() as connection:
        deployments.require(connection, deployment_id)
        now = chosen(connection).get(deployment_id, settings.reading)
        if as_settings:
            choose(connection, deployment_id, None)
            now = settings.reading
        elif engine or languages:
            now = ReadingChoice(engine or now.engine, languages or now.languages)
            make_engine(now.engine, now.languages)
            choose(connection, deployment_id, now)
        otherwise = read_otherwise(connection, deployment_id, reading_version(now))
    if as_json:
        print(json.dumps({**asdict(now), "days_read_otherwise": [day.day.isoformat() for day in otherwise]}))
        return
    print(f"{deployment_id} is read by {now.engine}, languages {now.languages}.")
    if otherwise:
        span = f"--from {otherwise[0].day} --to {otherwise[-1].day}"
        print(f"{len(otherwise)} days were read otherwise. To read them again from their stored images:\n")
        print(f"  recall backfill --stage ocr_text --deployment {deployment_id} {span}")
