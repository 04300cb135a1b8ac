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
    imports ─┬─ imported_rows                           (which row came of which row of another system)
             └─ legacy_archive                          (what has no other place here, as JSON without secrets)

DDL lives in `migrations/`; a test proves that both agree. Every time is `timestamptz`. Derived rows carry
`code_version`, `run_id` (the Dagster run) and `created_at`. Statuses are those of `records.Status`.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

SCHEMA = "recall"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

# Every landed envelope, and every extension of a frame's seen_until, takes the next number: the sensor's watermark.
arrivals = Sequence("arrivals", metadata=metadata)


def _time(name: str, *, nullable: bool = False, now: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if now else None)


class HalfVector(UserDefinedType[npt.NDArray[np.float32]]):
    """pgvector's `halfvec`, of any dimensions; numbers go and come as its text."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "HALFVEC"

    def bind_processor(self, _: Dialect) -> Callable[[npt.NDArray[np.float32] | None], str]:
        return lambda vector: f"[{','.join(map('{:.4g}'.format, [] if vector is None else vector.tolist()))}]"

    def result_processor(self, _: Dialect, __: object) -> Callable[[str], npt.NDArray[np.float32]]:
        return lambda text: np.array(text[1:-1].split(","), dtype=np.float32)


# So that a reflected column is known again, also where the extension lies in our schema.
ischema_names.update({"halfvec": HalfVector, f"{SCHEMA}.halfvec": HalfVector})


def _derived() -> tuple[Column[object], ...]:
    """By which code, in which Dagster run and when a derived row was made."""
    return (
        Column("code_version", Text, nullable=False),
        Column("run_id", Uuid),
        _time("created_at", now=True),
    )


def _status(name: str) -> tuple[Column[object], ...]:
    """A stage's status with what a worker that dies in between leaves behind."""
    return (
        Column(name, SmallInteger, nullable=False, server_default=text("0")),
        Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
        _time("leased_until", nullable=True),
        Column("error", Text),
    )


settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
)

deployments = Table(
    "deployments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("platform", Text),
    Column("timezone", Text, nullable=False),
    Column("review", JSONB, nullable=False, server_default=text("'{}'")),
    Column("retention", JSONB, nullable=False, server_default=text("'{}'")),
    _time("enrolled_at", now=True),
    _time("last_seen_at", nullable=True),
    Column("reported", JSONB),  # what its agent said last of itself, a `protocol.AgentReport`
    _time("reported_at", nullable=True),
    _time("revoked_at", nullable=True),
    Column("legacy", JSONB),
    CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,31}$'", name="id"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of 256 random bits
    Column("deployment_id", Text, ForeignKey(deployments.c.id, ondelete="CASCADE")),
    Column("scope", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("landing_key", LargeBinary),  # id of the landing key that its holder was given last
    _time("created_at", now=True),
    _time("expires_at", nullable=True),
    _time("last_used_at", nullable=True),
    _time("revoked_at", nullable=True),
    CheckConstraint("scope in ('ingest', 'api', 'mcp', 'enrol', 'login', 'session')", name="scope"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _time("at", now=True),
    Column("token", LargeBinary, ForeignKey(tokens.c.hash, ondelete="SET NULL")),  # null: a program of this user
    Column("route", Text, nullable=False),
    Column("arguments", JSONB, nullable=False, server_default=text("'{}'")),  # without text
    Column("rows", Integer, nullable=False),
    Index(None, "at"),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("source_fingerprint", Text),
    Column("map", JSONB),
    Column("report", JSONB),
    Column("detector_version", Text),  # that has scanned all of its rows; null: nobody wrote it down
    _time("started_at", now=True),
    _time("finished_at", nullable=True),
    _time("undone_at", nullable=True),
)

imported_rows = Table(
    "imported_rows",
    metadata,
    Column("id", Uuid, primary_key=True),  # of the row that came to be: uuid5 of source, table and id there
    Column("target", Text, primary_key=True),  # the table it is in
    Column("import_id", Uuid, ForeignKey(imports.c.id), nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the row as it was written, redacted
)

legacy_archive = Table(
    "legacy_archive",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("import_id", Uuid, ForeignKey(imports.c.id), nullable=False, index=True),
    Column("kind", Text, nullable=False),  # the table it was in
    Column("legacy_id", Text, nullable=False),
    Column("body", JSONB, nullable=False),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id)),  # null: every deployment
    _time("from_at", nullable=True),
    _time("to_at", nullable=True),
    Column("filter", JSONB, nullable=False, server_default=text("'{}'")),  # app, url, match; judged after opening
    Column("reason", Text),
    _time("at", now=True),
    Column("rows", BigInteger, nullable=False, server_default=text("0")),
)

projects = Table(
    "projects",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_source", Text, nullable=False, server_default="auto"),
    Column("first_seen", Date, nullable=False),
    Column("last_seen", Date, nullable=False),
    Column("terms", JSONB, nullable=False, server_default=text("'{}'")),
    Column("status", Text, nullable=False, server_default="active"),
    *_derived(),
    CheckConstraint("name_source in ('auto', 'owner')", name="name_source"),
)

project_aliases = Table(
    "project_aliases",
    metadata,
    Column("old_id", Uuid, primary_key=True),
    Column("project_id", Uuid, ForeignKey(projects.c.id), nullable=False),
    *_derived(),
)

activities = Table(
    "activities",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False),
    Column("day", Date, nullable=False),
    _time("start_at"),
    _time("end_at"),
    Column("label", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_source", Text, nullable=False, server_default="auto"),
    Column("summary_kind", Text, nullable=False),
    Column("project_id", Uuid, ForeignKey(projects.c.id), index=True),
    Column("project_score", Double),
    Column("suggested_project_id", Uuid, ForeignKey(projects.c.id, ondelete="SET NULL")),
    Column("active_seconds", Double, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("interruptions", JSONB, nullable=False),
    Column("locked", Boolean, nullable=False, server_default=text("false")),
    *_derived(),
    CheckConstraint("start_at < end_at", name="span"),
    CheckConstraint("title_source in ('auto', 'owner')", name="title_source"),
    CheckConstraint("summary_kind in ('extractive', 'llm', 'owner')", name="summary_kind"),
    Index(None, "deployment_id", "day"),
    Index(None, "day"),
)

project_constraints = Table(
    "project_constraints",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE")),
    Column("project_id", Uuid, ForeignKey(projects.c.id), nullable=False),
    Column("other_project_id", Uuid, ForeignKey(projects.c.id)),
    _time("created_at", now=True),
    CheckConstraint("kind in ('must_link', 'cannot_link', 'merge')", name="kind"),
)

edits = Table(
    "edits",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _time("at", now=True),
    Column("kind", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("subject", Uuid, nullable=False),  # a project or an activity
    Column("partitions", ARRAY(Text), nullable=False),  # Dagster's keys of what is to be made again
    Column("before", JSONB, nullable=False),  # what an undo gives back; no words but the owner's
    _time("undone_at", nullable=True),
    CheckConstraint("kind in ('rename', 'merge', 'split', 'assign', 'reject', 'edit', 'undo')", name="kind"),
)

frames = Table(
    "frames",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False),
    _time("captured_at"),
    _time("seen_until"),
    Column("utc_offset", Interval, nullable=False),
    Column("day", Date, nullable=False),  # the date of captured_at at utc_offset, set once at ingest
    _time("received_at", now=True),
    Column("arrival", BigInteger, arrivals, server_default=arrivals.next_value(), nullable=False),
    Column("clock_suspect", Boolean, nullable=False, server_default=text("false")),
    Column("content_tag", LargeBinary),  # the sender's HMAC; NULL once a finding was made
    Column("monitor", Integer, nullable=False),
    # Everything from here to image_bytes is NULL until the text stage has opened, scanned and redacted it.
    Column("monitor_rect", ARRAY(Integer)),
    Column("app_name", Text),
    Column("window_title", Text),
    Column("url", Text),
    Column("windows", JSONB),
    Column("idle_seconds", Double),
    Column("locked", Boolean),
    Column("width", Integer),
    Column("height", Integer),
    Column("trigger", Text),
    Column("imported_id", Text),
    Column("phash64", BigInteger),
    Column("same_as", Uuid, ForeignKey("recall.frames.id", ondelete="SET NULL")),
    Column("image_ref", Text),
    Column("image_sha256", LargeBinary),
    Column("reread_recall", REAL),  # share of the words of a whole reading that the stored text has; null: not compared
    Column("reread_hits", SmallInteger),  # found in the stored image when it was read again; null: it was not
    Column("image_bytes", Integer),
    Column("landing_ref", Text),
    *_status("ocr_status"),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="SET NULL"), index=True),
    Column("imported_from", Uuid, ForeignKey(imports.c.id)),
    CheckConstraint("captured_at <= seen_until", name="seen_until"),
    CheckConstraint("ocr_status between 0 and 3", name="ocr_status"),
    Index(None, "deployment_id", "day"),
    Index(None, "deployment_id", "captured_at"),
    Index(None, "arrival"),
    Index("ix_frames_pending", "deployment_id", "day", postgresql_where=text("ocr_status = 0")),
)

ocr_text = Table(
    "ocr_text",
    metadata,
    Column("frame_id", Uuid, ForeignKey(frames.c.id, ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("new_text", Text, nullable=False),
    Column("layout", JSONB, nullable=False),  # word boxes, see store.ocr_text
    Column("confidence", Double),
    Column("engine", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("detector_version", Text, nullable=False),
    Column("code_version_read", Text, nullable=False),
    Column("tsv", TSVECTOR, Computed("to_tsvector('simple', text)", persisted=True)),
    *_derived(),
    Index(None, "tsv", postgresql_using="gin"),
    Index(None, "detector_version"),
)

audio_segments = Table(
    "audio_segments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False),
    _time("started_at"),
    _time("ended_at"),
    Column("utc_offset", Interval, nullable=False),
    Column("day", Date, nullable=False),
    _time("received_at", now=True),
    Column("arrival", BigInteger, arrivals, server_default=arrivals.next_value(), nullable=False),
    Column("clock_suspect", Boolean, nullable=False, server_default=text("false")),
    Column("content_tag", LargeBinary),
    Column("source", Text),  # microphone, system or mixed; sealed until read
    Column("imported_id", Text),
    Column("landing_ref", Text),
    *_status("transcript_status"),
    Column("imported_from", Uuid, ForeignKey(imports.c.id)),
    CheckConstraint("started_at <= ended_at", name="span"),
    CheckConstraint("transcript_status between 0 and 3", name="transcript_status"),
    Index(None, "deployment_id", "day"),
    Index(None, "arrival"),
    Index("ix_audio_segments_pending", "deployment_id", "day", postgresql_where=text("transcript_status = 0")),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("segment_id", Uuid, ForeignKey(audio_segments.c.id, ondelete="CASCADE"), nullable=False, index=True),
    _time("started_at"),
    _time("ended_at"),
    Column("speaker", Text),
    Column("text", Text, nullable=False),
    Column("language", Text),
    Column("confidence", Double),
    Column("engine", Text, nullable=False),
    Column("detector_version", Text, nullable=False),
    Column("tsv", TSVECTOR, Computed("to_tsvector('simple', text)", persisted=True)),
    *_derived(),
    Index(None, "tsv", postgresql_using="gin"),
)

vault_keys = Table(
    "vault_keys",
    metadata,
    Column("key_id", LargeBinary, primary_key=True),  # the first 16 bytes of the fingerprint
    Column("suite", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    _time("created_at"),
    _time("retired_at", nullable=True),
    Column("chain_head", LargeBinary, nullable=False),
    Column("rows", BigInteger, nullable=False, server_default=text("0")),
    # At most one is live, so that no writer can seal to another than the pinned one by chance.
    Index("uq_vault_keys_live", text("(true)"), unique=True, postgresql_where=text("retired_at is null")),
)

vault_slots = Table(
    "vault_slots",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("header", JSONB, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("wrapped_private", LargeBinary, nullable=False),
    Column("label", Text, nullable=False),
    _time("created_at"),
    _time("last_used_at", nullable=True),
    _time("revoked_at", nullable=True),
    CheckConstraint("kind in ('fido2', 'recovery')", name="kind"),
)

vault_epoch_seals = Table(
    "vault_epoch_seals",
    metadata,
    Column("key_id", LargeBinary, ForeignKey(vault_keys.c.key_id), primary_key=True),
    Column("slot_id", Uuid, ForeignKey(vault_slots.c.id), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

vault_chain = Table(
    "vault_chain",
    metadata,
    Column("key_id", LargeBinary, ForeignKey(vault_keys.c.key_id), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("secret_id", Uuid, nullable=False, index=True),  # no foreign key: a tombstone outlives its row
    Column("digest", LargeBinary, nullable=False),
    Column("reason", Text),  # NULL: sealed; else why the row is gone
)

secrets = Table(
    "secrets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False, index=True),
    Column("frame_id", Uuid, ForeignKey(frames.c.id), index=True),
    Column("transcript_id", Uuid, ForeignKey(transcripts.c.id), index=True),
    Column("imported_from", Uuid, ForeignKey(imports.c.id), index=True),
    Column("place", Text, nullable=False),  # where it stood
    Column("kind", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("detector_version", Text, nullable=False),
    _time("detected_at", now=True),
    Column("sealed", LargeBinary),  # NULL until there is a vault; no clear value has a column
    Column("key_id", LargeBinary, ForeignKey(vault_keys.c.key_id), index=True),
    Column("sealed_pixels", LargeBinary),
    Column("boxes", JSONB),
    Column("run_id", Uuid),
    # An imported one may have stood in a row that is neither frame nor transcript.
    CheckConstraint("num_nonnulls(frame_id, transcript_id) <= 1", name="one_origin"),
    CheckConstraint("num_nonnulls(frame_id, transcript_id, imported_from) >= 1", name="an_origin"),
    CheckConstraint("place in ('screen', 'window_title', 'url', 'windows', 'speech', 'imported')", name="place"),
    CheckConstraint("(sealed is null) = (key_id is null)", name="sealed_with_key"),
)

day_summaries = Table(
    "day_summaries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id)),  # null: over all machines
    Column("day", Date, nullable=False),
    Column("summary_kind", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    *_derived(),
    UniqueConstraint("deployment_id", "day", postgresql_nulls_not_distinct=True),
    CheckConstraint("summary_kind in ('extractive', 'llm')", name="summary_kind"),
)

summary_sentences = Table(
    "summary_sentences",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE"), index=True),
    Column("project_id", Uuid, ForeignKey(projects.c.id, ondelete="CASCADE"), index=True),
    Column("day_summary_id", Uuid, ForeignKey(day_summaries.c.id, ondelete="CASCADE"), index=True),
    Column("position", SmallInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    *_derived(),
    CheckConstraint("num_nonnulls(activity_id, project_id, day_summary_id) = 1", name="one_owner"),
    CheckConstraint("kind in ('fact', 'inference')", name="kind"),
)

sentence_sources = Table(
    "sentence_sources",
    metadata,
    Column("sentence_id", Uuid, ForeignKey(summary_sentences.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("frame_id", Uuid, ForeignKey(frames.c.id, ondelete="CASCADE"), index=True),
    Column("transcript_id", Uuid, ForeignKey(transcripts.c.id, ondelete="CASCADE"), index=True),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE"), index=True),
    Column("project_id", Uuid, ForeignKey(projects.c.id, ondelete="CASCADE"), index=True),
    CheckConstraint("num_nonnulls(frame_id, transcript_id, activity_id, project_id) = 1", name="one_source"),
)

# What the five kinds have in common; what a kind has beside is in the table that bears its name, under the same id.
memories = Table(
    "memories",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("topic", Uuid, nullable=False, index=True),  # what it is about: of its rows one is valid
    Column("day", Date, index=True),  # the partition that made it; null: the owner or an import
    Column("deployment_id", Text, ForeignKey(deployments.c.id)),  # null: everywhere
    Column("summary", Text, nullable=False),
    Column("details", Text, nullable=False, server_default=""),
    Column("tree_path", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("metadata", JSONB, nullable=False, server_default=text("'{}'")),
    Column("content_hash", LargeBinary, nullable=False),  # of kind, summary and details
    _time("valid_from"),
    _time("valid_to", nullable=True),  # since then another row of its topic is valid
    Column("seconds", Double, nullable=False, server_default=text("0")),  # that it took on that day
    Column("times", Integer, nullable=False, server_default=text("1")),  # that it was met on that day
    Column("confidence", REAL, nullable=False, server_default=text("1")),
    Column("locked", Boolean, nullable=False, server_default=text("false")),  # the owner's words: no run changes them
    Column("summary_kind", Text, nullable=False, server_default="extractive"),
    Column("legacy", JSONB),
    Column("imported_from", Uuid, ForeignKey(imports.c.id)),
    Column(
        "tsv",
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('simple', summary), 'A') || setweight(to_tsvector('simple', details), 'B')",
            persisted=True,
        ),
    ),
    *_derived(),
    CheckConstraint(
        "kind in ('episodic', 'semantic', 'procedural', 'resource', 'knowledge_vault')",
        name="kind",
    ),
    CheckConstraint("summary_kind in ('extractive', 'llm')", name="summary_kind"),
    CheckConstraint("confidence between 0 and 1", name="confidence"),
    Index(None, "tsv", postgresql_using="gin"),
    Index("uq_memories_valid", "topic", unique=True, postgresql_where=text("valid_to is null")),
)


def _of_memory() -> Column[object]:
    return Column("id", Uuid, ForeignKey(memories.c.id, ondelete="CASCADE"), primary_key=True)


episodic_memory = Table(
    "episodic_memory",
    metadata,
    _of_memory(),
    _time("occurred_at"),
    _time("ended_at"),
    Column("actor", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    CheckConstraint("occurred_at <= ended_at", name="span"),
)

semantic_memory = Table(
    "semantic_memory",
    metadata,
    _of_memory(),
    Column("name", Text, nullable=False),
    Column("entry_type", Text, nullable=False),  # person, ticket, term or fact
    Column("source", Text, nullable=False),  # where it stood, for a reader
)

procedural_memory = Table(
    "procedural_memory",
    metadata,
    _of_memory(),
    Column("entry_type", Text, nullable=False),  # commands or steps
    Column("steps", ARRAY(Text), nullable=False),
)

resource_memory = Table(
    "resource_memory",
    metadata,
    _of_memory(),
    Column("kind", Text, nullable=False),  # page, document, file or repository
    Column("title", Text, nullable=False),
    Column("uri", Text),
    Column("path", Text),
    Column("sha256", LargeBinary),
)

knowledge_vault = Table(
    "knowledge_vault",
    metadata,
    _of_memory(),
    Column("entry_type", Text, nullable=False),  # the secret's kind
    Column("source", Text, nullable=False),  # where it stood
    Column("sensitivity", Text, nullable=False),
    Column("secret_id", Uuid, ForeignKey(secrets.c.id, ondelete="CASCADE"), index=True),  # never a value
    CheckConstraint("sensitivity in ('low', 'medium', 'high')", name="sensitivity"),
)

memory_sources = Table(
    "memory_sources",
    metadata,
    Column("memory_id", Uuid, ForeignKey(memories.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("frame_id", Uuid, ForeignKey(frames.c.id, ondelete="CASCADE"), index=True),
    Column("transcript_id", Uuid, ForeignKey(transcripts.c.id, ondelete="CASCADE"), index=True),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE"), index=True),
    Column("message_id", Uuid, ForeignKey("recall.messages.id", ondelete="CASCADE"), index=True),
    Column("secret_id", Uuid, ForeignKey(secrets.c.id, ondelete="CASCADE"), index=True),
    CheckConstraint("num_nonnulls(frame_id, transcript_id, activity_id, message_id, secret_id) = 1", name="one_source"),
)

memory_orders = Table(
    "memory_orders",
    metadata,
    Column("topic", Uuid, primary_key=True),
    Column("into_topic", Uuid, index=True),  # null: deleted, and no run brings it back
    Column("by_owner", Boolean, nullable=False),
    _time("at", now=True),
    CheckConstraint("topic <> into_topic", name="another"),
)

core_memory = Table(
    "core_memory",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("label", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("char_limit", Integer, nullable=False, server_default=text("5000")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("locked", Boolean, nullable=False, server_default=text("false")),
    Column("legacy", JSONB),
    Column("imported_from", Uuid, ForeignKey(imports.c.id)),
    *_derived(),
    UniqueConstraint("label"),
    CheckConstraint("char_length(value) <= char_limit", name="char_limit"),
    CheckConstraint("label ~ '^[a-z][a-z0-9 _-]{0,39}$'", name="label"),
)

vision_summaries = Table(
    "vision_summaries",
    metadata,
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE"), primary_key=True),
    Column("frame_id", Uuid, ForeignKey(frames.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("image_sha256", LargeBinary, nullable=False),  # of the redacted image that was shown
    Column("input_hash", LargeBinary, nullable=False),  # of model, question and image: the same needs no call
    Column("text", Text),
    Column("reason", Text),  # why of an answer nothing was kept
    Column("detector_version", Text, nullable=False),
    *_derived(),
    CheckConstraint("num_nonnulls(text, reason) = 1", name="text_or_reason"),
)

search_blocks = Table(
    "search_blocks",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("part", Text, nullable=False),  # what it indexes: a deployment's day, a day over all of them, projects ...
    Column("deployment_id", Text, ForeignKey(deployments.c.id)),
    Column("day", Date),
    Column("documents", Integer, nullable=False),
    Column("runs", LargeBinary, nullable=False),  # what kinds follow one another, see stages.search.blocks
    Column("model", Text, nullable=False),  # whose vectors its passages have
    *_derived(),
    UniqueConstraint("part", "deployment_id", "day", postgresql_nulls_not_distinct=True),
    Index(None, "day"),
)

passages = Table(
    "passages",
    metadata,
    Column("block_id", Integer, ForeignKey(search_blocks.c.id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # its place in the block, from 0
    Column("frame_id", Uuid, ForeignKey(frames.c.id, ondelete="CASCADE"), index=True),  # the first that showed it
    Column("transcript_id", Uuid, ForeignKey(transcripts.c.id, ondelete="CASCADE"), index=True),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE"), index=True),
    Column("day_summary_id", Uuid, ForeignKey(day_summaries.c.id, ondelete="CASCADE"), index=True),
    Column("project_id", Uuid, ForeignKey(projects.c.id, ondelete="CASCADE"), index=True),
    _time("start_at"),
    _time("end_at"),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),  # redacted, as everything that it is made of
    Column("text_hash", LargeBinary, nullable=False),
    Column("likeness", BigInteger, nullable=False),  # texts that differ in few of its bits are near-duplicates
    CheckConstraint(
        "num_nonnulls(frame_id, transcript_id, activity_id, day_summary_id, project_id) = 1", name="one_origin"
    ),
)

embeddings = Table(
    "embeddings",
    metadata,
    Column("block_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("model", Text, primary_key=True),
    Column("vector", HalfVector, nullable=False),
    ForeignKeyConstraint(["block_id", "number"], [passages.c.block_id, passages.c.number], ondelete="CASCADE"),
)

search_postings = Table(
    "search_postings",
    metadata,
    Column("term", Text, primary_key=True),
    Column("block_id", Integer, ForeignKey(search_blocks.c.id, ondelete="CASCADE"), primary_key=True),
    Column("postings", LargeBinary, nullable=False),  # number and weight of each passage, see stages.search.blocks
    Index(None, "block_id"),
)

search_terms = Table(
    "search_terms",
    metadata,
    Column("term", Text, primary_key=True),
    Column("blocks", Integer, nullable=False),  # in how many it stands
    Index(None, "term", postgresql_using="gin", postgresql_ops={"term": "gin_trgm_ops"}),
)

llm_calls = Table(
    "llm_calls",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("input_hash", LargeBinary, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),  # estimated where the endpoint did not count, or failed
    Column("completion_tokens", Integer, nullable=False),
    Column("latency_ms", Integer, nullable=False),
    Column("error", Text),  # one word for why there was no answer
    _time("at", now=True),
    Column("run_id", Uuid),
    Index(None, "at"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False, index=True),
    Column("title", Text),
    _time("started_at"),
    Column("legacy", JSONB),
    Column("imported_from", Uuid, ForeignKey(imports.c.id), index=True),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("text", Text, nullable=False),
    _time("at"),
    Column("model", Text),
    Column("legacy", JSONB),
    Column("detector_version", Text, nullable=False),
    Column("imported_from", Uuid, ForeignKey(imports.c.id), index=True),
)
