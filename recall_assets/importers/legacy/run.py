"""An import of the predecessor's database, from looking through it to the proof that all of it is here.

open ─► names ─► map is total? ─► look through every row (nothing written) ─► dry run's report
                 └ stops here      └ every text learnt, every row counted
     ─► deployments ─► write ─► counts agree? ─► finished, or an error and exit code 1
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Engine

from recall_assets.errors import InputError
from recall_assets.forgetting import forgotten_of
from recall_assets.importers import whole
from recall_assets.importers.legacy import source as legacy
from recall_assets.importers.legacy.catalogue import Owner
from recall_assets.importers.legacy.context import Context
from recall_assets.importers.legacy.owner_map import Name, OwnerMap, check_total
from recall_assets.importers.legacy.report import report as report_of
from recall_assets.importers.legacy.source import Source
from recall_assets.importers.whole import Advance, Begun, Imported, Tally
from recall_assets.importers.writing import Into
from recall_assets.intake.imported import Redactor
from recall_assets.settings import Home
from recall_assets.store import deployments, imports


@dataclass(slots=True)
class Looked:
    """What was found when every row was looked at; nothing is written yet."""

    source: Source
    context: Context
    redactor: Redactor
    counted: Tally

    @property
    def into(self) -> Into:
        """Where its rows go."""
        return Into(self.context.import_id, self.context.default_deployment, self.context.seals)

    @property
    def report(self) -> list[dict[str, Any]]:
        """A line a table."""
        return report_of(self.source, self.counted, self.context.joined)


def look(
    engine: Engine,
    home: Home,
    source: Source,
    owner_map: OwnerMap,
    *,
    naive_zone: tzinfo | None,
    seals: bool,
    advance: Advance,
) -> Looked:
    """Looks at every row of the source and learns every text; writes nothing.

    Raises:
        InputError: the map is not total, or a time has no zone.
    """
    if naive_zone is None and (naive := source.naive_columns):
        raise InputError(
            f"Times without a zone: {', '.join(naive)}.",
            "Say in which zone they were written, e.g. --naive-tz Europe/Berlin (UTC, if you do not know better).",
        )
    with engine.connect() as connection:
        enrolled = {one.id: one.timezone for one in deployments.read_all(connection)}
        owners = check_total(owner_map, legacy.names_in(source), enrolled)
        targets = {target for target in owners.values() if target}
        if not targets:
            raise InputError("The map leaves everything out.", "Give at least one name a deployment.")
        zones = {id_: ZoneInfo(zone) for id_, zone in _zones(owner_map, enrolled).items()}
        forgotten = {id_: forgotten_of(connection, home, id_) for id_ in targets}
        import_id = imports.unfinished(connection, owner_map.source) or uuid4()
    context = Context(owner_map.source, owners, zones, import_id, naive_zone, seals, forgotten)
    redactor = Redactor()
    for clear in legacy.kept_values(source):
        redactor.learn_value(clear)
    return Looked(source, context, redactor, whole.look(legacy.outcomes(source, context), redactor, advance))


def _zones(owner_map: OwnerMap, enrolled: Mapping[str, str]) -> dict[str, str]:
    return {id_: machine.timezone for id_, machine in owner_map.deployments.items()} | dict(enrolled)


def write(
    engine: Engine, home: Home, looked: Looked, owner_map: OwnerMap, *, advance: Advance
) -> tuple[Imported, tuple[str, ...]]:
    """Writes what was looked at, and proves it; with the deployments that it added.

    Raises:
        InputError: there are secrets and no vault.
        NotVerifiedError: what is here is not what was looked at.
    """
    whole.check_vault(engine, home, looked.counted, looked.into)
    for table, found in looked.source.tables.items():
        if looked.counted.rows[table] not in {0, found.rows}:
            raise whole.NotVerifiedError(
                f"Of {table}, {looked.counted.rows[table]} of {found.rows} rows were looked at."
            )
    # What activities say of projects is known from looking; the rest is gathered again, row by row.
    context = replace(
        looked.context, frames={}, days={}, labels={}, frame_owners={}, joined=Counter(), project_activities={}
    )
    for clear in legacy.kept_values(looked.source):
        looked.redactor.is_new(clear)  # sealed with its own row, not with a text that holds it too
    added = _enrol(engine, looked, owner_map)
    begun = Begun(context.source, _fingerprint(looked.source), owner_map.model_dump())
    items = legacy.outcomes(looked.source, context)
    done = whole.carry_out(
        engine, home, begun, items, looked.into, looked.redactor, looked.counted, report=looked.report, advance=advance
    )
    return done, added


def _enrol(engine: Engine, looked: Looked, owner_map: OwnerMap) -> tuple[str, ...]:
    """Adds the deployments of the map that are not here, with what the source says of their users."""
    users = {Name(Owner.USER, str(row["id"])): row for row in legacy.users_of(looked.source)}
    added = []
    with engine.begin() as connection:
        known = {one.id for one in deployments.read_all(connection)}
        for target in sorted({target for target in looked.context.owners.values() if target}):
            if target in known:
                continue
            machine = owner_map.deployments[target]
            deployments.enrol(connection, target, timezone=machine.timezone, name=machine.name)
            names = [name for name, to in looked.context.owners.items() if to == target]
            said = [{"id": str(row["id"]), "name": str(row.get("name") or "")} for n in names if (row := users.get(n))]
            legacy_ids = [str(name) for name in names]
            deployments.keep_legacy(connection, target, looked.redactor.clean({"was": legacy_ids, "users": said}, []))
            added.append(target)
    return tuple(added)


def _fingerprint(source: Source) -> str:
    shape = {name: [table.rows, sorted(table.columns)] for name, table in source.tables.items()}
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()


def zone_named(name: str | None) -> tzinfo | None:
    """The zone of this name.

    Raises:
        InputError: there is none.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"There is no time zone {name!r}.", "Name one as the IANA does, e.g. Europe/Berlin."
        ) from error
