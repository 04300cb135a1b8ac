"""What landed and what was read, heard and seen in it."""

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    Interval,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.store.tables.columns import arrivals, derived_columns, metadata, status_columns, time_column
from recall_assets.store.tables.hierarchy import activities
from recall_assets.store.tables.imports import imports
from recall_assets.store.tables.machines import deployments

frames = Table(
    "frames",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False),
    time_column("captured_at"),
    time_column("seen_until"),
    Column("utc_offset", Interval, nullable=False),
    Column("day", Date, nullable=False),  # the date of captured_at at utc_offset, set once at ingest
    time_column("received_at", now=True),
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
    *status_columns("ocr_status"),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="SET NULL"), index=True),
    Column("imported_from", Uuid, ForeignKey(imports.c.id)),
    CheckConstraint("captured_at <= seen_until", name="seen_until"),
    CheckConstraint("ocr_status between 0 and 3", name="ocr_status"),
    Index(None, "deployment_id", "day"),
    Index(None, "deployment_id", "captured_at"),
    Index(None, "arrival"),
    Index("ix_frames_same_as", "same_as", postgresql_where=text("same_as is not null")),
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
    *derived_columns(),
    Index(None, "detector_version"),
)

audio_segments = Table(
    "audio_segments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False),
    time_column("started_at"),
    time_column("ended_at"),
    Column("utc_offset", Interval, nullable=False),
    Column("day", Date, nullable=False),
    time_column("received_at", now=True),
    Column("arrival", BigInteger, arrivals, server_default=arrivals.next_value(), nullable=False),
    Column("clock_suspect", Boolean, nullable=False, server_default=text("false")),
    Column("content_tag", LargeBinary),
    Column("source", Text),  # microphone, system or mixed; sealed until read
    Column("imported_id", Text),
    Column("landing_ref", Text),
    *status_columns("transcript_status"),
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
    time_column("started_at"),
    time_column("ended_at"),
    Column("speaker", Text),
    Column("text", Text, nullable=False),
    Column("language", Text),
    Column("confidence", Double),
    Column("engine", Text, nullable=False),
    Column("detector_version", Text, nullable=False),
    *derived_columns(),
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
    *derived_columns(),
    CheckConstraint("num_nonnulls(text, reason) = 1", name="text_or_reason"),
)
