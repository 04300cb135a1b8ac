"""The predecessor's memories: its five kinds and its blocks, and files, which are a kind of resource here.

    episodic, semantic, procedural, resource ─► memories + the table of the kind     a topic of its own each
    knowledge_vault ─► the same, its value sealed in `secrets`
    block ─► core_memory                                                              a label is there once
    files ─► resource_memory

Their sources are in the predecessor alone; `legacy` keeps what it said of them.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from recall_assets.importers.drafts import IMPORTED, Draft, Dropped, Outcome, plain
from recall_assets.importers.legacy.context import Context, text_of
from recall_assets.importers.legacy.sealed import sealed_row, value_of
from recall_assets.store.foreign import Row

_BESIDE = ("last_modify", "metadata_", "metadata", "filter_tags", "agent_id", "created_at", "updated_at")
_LABEL = re.compile(r"[^a-z0-9 _-]+")
_RESOURCES = frozenset({"page", "document", "file", "repository"})
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
Particulars = Callable[[Row, Context], dict[str, Any] | None]


def _episode(row: Row, context: Context) -> dict[str, Any] | None:
    at = context.when(row, "occurred_at", "timestamp", "created_at")
    if at is None:
        return None
    actor, type_ = text_of(row, "actor") or "unknown", text_of(row, "event_type") or "activity"
    return {"occurred_at": at, "ended_at": at, "actor": actor, "event_type": type_}


def _concept(row: Row, context: Context) -> dict[str, Any]:
    name = text_of(row, "name", "summary") or "unnamed"
    return {"name": name, "entry_type": "fact", "source": text_of(row, "source") or IMPORTED}


def _procedure(row: Row, context: Context) -> dict[str, Any]:
    return {"entry_type": text_of(row, "entry_type") or "steps", "steps": _strings(row.get("steps"))}


def _resource(row: Row, context: Context) -> dict[str, Any]:
    title = text_of(row, "title", "file_name", "summary") or "untitled"
    path = text_of(row, "path", "file_path")
    said = (text_of(row, "resource_type") or "").lower()
    kind = "file" if "file_name" in row else said if said in _RESOURCES else "document"
    return {"kind": kind, "title": title, "uri": text_of(row, "uri", "url", "google_cloud_url"), "path": path}


def _kept(kind: str, particulars: Particulars) -> Callable[[Row, Context], Iterator[Outcome]]:
    def translate(row: Row, context: Context) -> Iterator[Outcome]:
        table = "files" if "file_name" in row else _table(kind)
        own = particulars(row, context)
        summary = text_of(row, "summary", "caption", "title", "name", "file_name", "details")
        if own is None or summary is None:
            yield Dropped("says nothing")
            return
        yield from _memory(table, kind, summary, own, row, context)

    return translate


def _memory(
    table: str, kind: str, summary: str, own: Mapping[str, Any], row: Row, context: Context, *, secret: object = None
) -> Iterator[Outcome]:
    deployment_id = context.deployment(row)
    if deployment_id is None:
        yield Dropped("left out by the map")
        return
    at = context.when(row, "occurred_at", "created_at", "file_creation_date", "updated_at") or _LONG_AGO
    details = text_of(row, "details", "content") or ""
    if context.is_forgotten(deployment_id, at, texts=[summary, details]):
        yield Dropped("forgotten by your order")
        return
    key = context.key(table, row["id"])
    values = {
        "id": key,
        "kind": kind,
        "topic": key,
        "deployment_id": deployment_id,
        "summary": summary,
        "details": details,
        "tree_path": _strings(row.get("tree_path")),
        "valid_from": at,
        "legacy": {"id": str(row["id"])} | {name: plain(row[name]) for name in _BESIDE if row.get(name) is not None},
        "imported_from": context.import_id,
        "code_version": IMPORTED,
    }
    sources = (("memory_sources", {"memory_id": key, "position": 0, "secret_id": secret}),) if secret else ()
    yield Draft("memories", key, deployment_id, values, ((_table(kind), {"id": key, **own}), *sources))


def _vault_entry(row: Row, context: Context) -> Iterator[Outcome]:
    """A caption, and its value sealed before it."""
    clear, deployment_id = value_of(row), context.deployment(row)
    secret_id = None
    if clear is not None and deployment_id is not None and context.seals:
        secret_id = uuid5(context.key("knowledge_vault", row["id"]), "secret")
        yield sealed_row(context, secret_id, deployment_id, clear)
    sensitivity = (text_of(row, "sensitivity") or "high").lower()
    own: dict[str, Any] = {
        "entry_type": text_of(row, "entry_type") or "secret",
        "source": text_of(row, "source") or IMPORTED,
        "sensitivity": sensitivity if sensitivity in {"low", "medium", "high"} else "high",
        "secret_id": secret_id,
    }
    caption = text_of(row, "caption") or own["entry_type"]
    yield from _memory("knowledge_vault", "knowledge_vault", caption, own, row, context, secret=secret_id)


def _block(row: Row, context: Context) -> Iterator[Outcome]:
    """A block under its label; another machine's block of the same label has the machine's name after it."""
    deployment_id, value = context.deployment(row), text_of(row, "value")
    if deployment_id is None or value is None:
        yield Dropped("left out by the map" if deployment_id is None else "says nothing")
        return
    label = _LABEL.sub(" ", (text_of(row, "label", "name") or "block").lower()).strip(" _-0123456789")[:40] or "block"
    if context.labels.setdefault(label, row["id"]) != row["id"]:
        label = f"{label[: 39 - len(deployment_id)]} {deployment_id}"
    if context.labels.setdefault(label, row["id"]) != row["id"]:
        yield Dropped("a block of the same label and machine stays")
        return
    key = context.key("block", row["id"])
    values = {
        "id": key,
        "label": label,
        "value": value,
        "char_limit": max(5000, int(row.get("limit") or 0), len(value) * 2),
        "locked": True,
        "legacy": {"id": str(row["id"]), "label": text_of(row, "label")},
        "imported_from": context.import_id,
        "code_version": IMPORTED,
    }
    yield Draft("core_memory", key, deployment_id, values)


TRANSLATIONS: Mapping[str, Callable[[Row, Context], Iterator[Outcome]]] = {
    "block": _block,
    "episodic_memory": _kept("episodic", _episode),
    "semantic_memory": _kept("semantic", _concept),
    "procedural_memory": _kept("procedural", _procedure),
    "resource_memory": _kept("resource", _resource),
    "knowledge_vault": _vault_entry,
    "files": _kept("resource", _resource),
}


def _table(kind: str) -> str:
    return kind if kind == "knowledge_vault" else f"{kind}_memory"


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, str):
        return value.splitlines()
    return [str(plain(one)) for one in value] if isinstance(value, list) else []
