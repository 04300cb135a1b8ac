"""What the predecessor kept as a secret, in clear, whatever its columns were called.

    secrets.raw_value | encrypted_value      ─► secrets, on its frame          (`encrypted_` there was no encryption)
    knowledge_vault.secret_value             ─► secrets, with its caption in the memory
    api keys, environment variables, tokens  ─► secrets; a mark in the archive

All of these values are known before the first row is read, so they are masked wherever else they stand.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from recall_assets.importers.drafts import IMPORTED, Draft, Dropped, Outcome, plain
from recall_assets.importers.legacy.captured import archived
from recall_assets.importers.legacy.context import Context
from recall_assets.intake.imported import ClearValue, kind_of
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store.foreign import Row

# Columns, and keys in JSON, that name a secret.
_SECRET_NAME = re.compile(
    r"(^|_)(api_?keys?|access_key|secret|secret_value|secret_key|password|passwd|token|raw_value|credentials?"
    r"|private_key|authorization)$|(^encrypted_|_enc$|_encrypted$)",
    re.IGNORECASE,
)
# Rows of a name and a value, all of which are secrets.
_VARIABLES = frozenset({"sandbox_environment_variables", "agent_environment_variables"})
_NOT_KEPT = frozenset({"organization_id", "user_id", "_created_by_id", "_last_updated_by_id"})


def secret(row: Row, context: Context) -> Iterator[Outcome]:
    """A found secret, sealed; on its frame where that was imported."""
    clear = value_of(row)
    frame = str(row.get("frame_id"))
    deployment_id = context.frame_owners.get(frame) or context.deployment(row) or context.default_deployment
    if clear is None:
        yield Dropped("holds no value")
    elif not context.seals:
        yield Dropped("its value was left out, as you asked")
    else:
        frame_id = context.key("frames", frame) if frame in context.frame_owners else None
        yield sealed_row(context, context.key("secrets", row["id"]), deployment_id, clear, frame_id)


def sealed_row(
    context: Context, key: UUID, deployment_id: str, clear: ClearValue, frame_id: UUID | None = None
) -> Draft:
    """A row of secrets whose value is sealed when it is written."""
    values = {
        "id": key,
        "deployment_id": deployment_id,
        "frame_id": frame_id,
        "imported_from": context.import_id,
        "place": "imported",
        "kind": clear.kind,
        "rule": clear.rule,
        "detector_version": DETECTOR_VERSION,
    }
    return Draft("secrets", key, deployment_id, values, sealed=(clear,))


def archive(table: str, row: Row, legacy_id: str, context: Context) -> Iterator[Outcome]:
    """A row as JSON, and a sealed row for each secret of it."""
    found: list[ClearValue] = []
    body = {name: _without(table, name, value, found) for name, value in row.items() if name not in _NOT_KEPT}
    deployment_id = context.deployment(row) or context.default_deployment
    draft = archived(context, table, legacy_id, body, deployment_id)
    yield draft
    for place, clear in enumerate(found if context.seals else ()):
        yield sealed_row(context, uuid5(draft.key, str(place)), deployment_id, clear)


def values_in(table: str, row: Row) -> list[ClearValue]:
    """Every value of a row that its table keeps as a secret."""
    found: list[ClearValue] = []
    for name, value in row.items():
        _without(table, name, value, found)
    return found


def value_of(row: Row) -> ClearValue | None:
    """The value of a row of `secrets` or `knowledge_vault`; None where it is empty."""
    for name in ("raw_value", "encrypted_value", "secret_value"):
        if value := _text(row.get(name)):
            return ClearValue(kind_of(row.get("secret_type") or row.get("entry_type")), IMPORTED, value)
    return None


def _without(table: str, name: str, value: Any, found: list[ClearValue]) -> Any:
    """The value as JSON, with marks where secrets stood."""
    is_secret = bool(_SECRET_NAME.search(name)) or (table in _VARIABLES and name == "value")
    if is_secret and (text := _text(value)):
        kind = kind_of(name)
        found.append(ClearValue(kind, IMPORTED, text))
        return f"[REDACTED:{kind}]"
    if isinstance(value, Mapping):
        return {str(key): _without(table, str(key), one, found) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(table, "", one, found) for one in value]
    return plain(value)


def _text(value: object) -> str | None:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace") or None
    return value if isinstance(value, str) and value else None
