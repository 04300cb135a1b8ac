"""The tables of schema `recall`, as SQLAlchemy Core describes them.

    vault_slots ── vault_epoch_seals ── vault_keys ── vault_chain       (opened by the owner's key alone)
                                            │ secrets.key_id
    deployments ─┬─ tokens ── audit         (which assistant or program asked what, without text)
                 ├─ frames ─┬─ ocr_text                 (one row a frame, redacted)
                 │          └─ secrets                  (sealed; rows are only ever added)
                 ├─ audio_segments ── transcripts
                 └─ activities ─┬─ frames.activity_id
                    projects ───┤
                                └─ vision_summaries     (what a keyframe shows, where a vision model is set)
                    day_summaries               (project_aliases, project_constraints, edits: what the owner said)
    summary_sentences ── sentence_sources               (what every sentence rests on)
    conversations ── messages                           (chats, redacted)
    memories ─┬─ episodic_memory semantic_memory procedural_memory resource_memory knowledge_vault   (one of them each)
              ├─ memory_sources                         (what every memory rests on)
              └─ memory_orders                          (topics that were merged or deleted, for every later run)
    core_memory                                         (who the owner is, in a few blocks)
    search_blocks ─┬─ passages ── embeddings            (what can be found, a day of a deployment at a time)
                   └─ search_postings                   (which of it holds a word, and how much)
    search_terms                                         (every word that is found somewhere, for misspelled ones)
    llm_calls                                           (each question to a model: tokens and time, no text)
    forget_orders ─┬─ forgotten                          (rules that late arrivals are judged by, in digests)
                   └─ forgotten_items                    (ids that may not come back)
    imports ─┬─ imported_rows                           (which row came of which row of another system)
             └─ legacy_archive                          (what has no other place here, as JSON without secrets)

DDL lives in `migrations/`; a test proves that both agree. Every time is `timestamptz`. Derived rows carry
`code_version`, `run_id` (the Dagster run) and `created_at`. Statuses are those of `records.Status`.
"""

from recall_assets.store.tables.capture import (
    audio_segments,
    frames,
    ocr_text,
    transcripts,
    vision_summaries,
)
from recall_assets.store.tables.columns import SCHEMA, HalfVector, arrivals, metadata
from recall_assets.store.tables.forgetting import forget_orders, forgotten, forgotten_items
from recall_assets.store.tables.hierarchy import activities, edits, project_aliases, project_constraints, projects
from recall_assets.store.tables.imports import conversations, imported_rows, imports, legacy_archive, messages
from recall_assets.store.tables.machines import alerts, audit, deployments, settings, tokens
from recall_assets.store.tables.memories import (
    core_memory,
    episodic_memory,
    knowledge_vault,
    memories,
    memory_orders,
    memory_sources,
    procedural_memory,
    resource_memory,
    semantic_memory,
)
from recall_assets.store.tables.search import embeddings, passages, search_blocks, search_postings, search_terms
from recall_assets.store.tables.summaries import day_summaries, llm_calls, sentence_sources, summary_sentences
from recall_assets.store.tables.vault import secrets, vault_chain, vault_epoch_seals, vault_keys, vault_slots

__all__ = [
    "SCHEMA",
    "HalfVector",
    "activities",
    "alerts",
    "arrivals",
    "audio_segments",
    "audit",
    "conversations",
    "core_memory",
    "day_summaries",
    "deployments",
    "edits",
    "embeddings",
    "episodic_memory",
    "forget_orders",
    "forgotten",
    "forgotten_items",
    "frames",
    "imported_rows",
    "imports",
    "knowledge_vault",
    "legacy_archive",
    "llm_calls",
    "memories",
    "memory_orders",
    "memory_sources",
    "messages",
    "metadata",
    "ocr_text",
    "passages",
    "procedural_memory",
    "project_aliases",
    "project_constraints",
    "projects",
    "resource_memory",
    "search_blocks",
    "search_postings",
    "search_terms",
    "secrets",
    "semantic_memory",
    "sentence_sources",
    "settings",
    "summary_sentences",
    "tokens",
    "transcripts",
    "vault_chain",
    "vault_epoch_seals",
    "vault_keys",
    "vault_slots",
    "vision_summaries",
]
