"""What was said to the predecessor's agents, and what each of their steps cost.

messages ─► conversations (one a machine and agent) + messages     tool calls and the like stay with them as JSON
steps ─► llm_calls                                                 tokens and time, no text
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from recall_assets.importers.drafts import Draft, Dropped, Outcome, plain
from recall_assets.importers.legacy.context import Context, text_of
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store.foreign import Row

ORDER = ("created_at", "id")
_BESIDE = ("name", "tool_calls", "tool_call_id", "tool_returns", "agent_id", "step_id", "group_id", "otid")


def message(row: Row, agents: Mapping[str, str], begun: set[object], context: Context) -> Iterator[Outcome]:
    """A message, and before the first one of an agent its conversation.

    Args:
        agents: their names, by id.
        begun: conversations that were given already.
    """
    deployment_id, at = context.deployment(row), context.when(row, "created_at", "timestamp")
    if deployment_id is None or at is None:
        yield Dropped("left out by the map" if deployment_id is None else "no time")
        return
    text, beside = _said(row), _beside(row)
    if not text and not beside:
        yield Dropped("says nothing")
        return
    if context.is_forgotten(deployment_id, at, texts=[text]):
        yield Dropped("forgotten by your order")
        return
    agent = str(row.get("agent_id") or "")
    conversation = context.key("conversations", f"{deployment_id}/{agent}")
    if conversation not in begun:
        begun.add(conversation)
        values = {
            "id": conversation,
            "deployment_id": deployment_id,
            "title": agents.get(agent),
            "started_at": at,
            "legacy": {"agent_id": agent},
            "imported_from": context.import_id,
        }
        yield Draft("conversations", conversation, deployment_id, values)
    key = context.key("messages", row["id"])
    values = {
        "id": key,
        "conversation_id": conversation,
        "role": (text_of(row, "role") or "unknown").lower(),
        "text": text,
        "at": at,
        "model": text_of(row, "model"),
        "legacy": beside,
        "detector_version": DETECTOR_VERSION,
        "imported_from": context.import_id,
    }
    yield Draft("messages", key, deployment_id, values)


def step(row: Row, context: Context) -> Iterator[Outcome]:
    """One question to a model, as the predecessor counted it."""
    at = context.when(row, "created_at", "started_at")
    if at is None:
        yield Dropped("no time")
        return
    key = context.key("steps", row["id"])
    values = {
        # Below zero, where no call of ours is counted.
        "id": -(key.int % 2**62) - 1,
        "purpose": "imported",
        "model": text_of(row, "model") or "unknown",
        "endpoint": text_of(row, "provider_name", "provider_id") or "unknown",
        "input_hash": hashlib.sha256(key.bytes).digest(),
        "prompt_tokens": int(row.get("prompt_tokens") or 0),
        "completion_tokens": int(row.get("completion_tokens") or 0),
        "latency_ms": 0,
        "at": at,
    }
    yield Draft("llm_calls", key, None, values)


def _said(row: Row) -> str:
    """The text, or the texts among the parts of the content."""
    content: Any = row.get("content")
    if isinstance(content, str):
        with suppress(ValueError):
            content = json.loads(content)
    parts = content if isinstance(content, list) else [content]
    texts = [text for part in parts if isinstance(part, Mapping) and (text := text_of(part, "text"))]
    return text_of(row, "text") or "\n".join(texts) or (content.replace("\x00", "") if isinstance(content, str) else "")


def _beside(row: Row) -> dict[str, Any]:
    return {name: plain(row[name]) for name in _BESIDE if row.get(name)}
