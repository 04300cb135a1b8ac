"""The spine: deployments, landed frames and audio, their text, secrets, activities, projects and summaries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes every table of the first schema, and the extensions that search rests on."""
    op.execute("create extension if not exists vector")
    op.execute("create extension if not exists pg_trgm")
    op.execute(sa.schema.CreateSequence(sa.Sequence("arrivals", schema="recall")))
    op.create_table(
        "deployments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text()),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("review", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("retention", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("legacy", postgresql.JSONB(astext_type=sa.Text())),
        sa.CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,31}$'", name=op.f("ck_deployments_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
        schema="recall",
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_fingerprint", sa.Text()),
        sa.Column("map", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        schema="recall",
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_source", sa.Text(), server_default="auto", nullable=False),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name_source in ('auto', 'owner')", name=op.f("ck_projects_name_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        schema="recall",
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
        schema="recall",
    )
    op.create_table(
        "activities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary_kind", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Uuid()),
        sa.Column("project_score", sa.Double()),
        sa.Column("suggested_project_id", sa.Uuid()),
        sa.Column("active_seconds", sa.Double(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("interruptions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("summary_kind in ('extractive', 'llm')", name=op.f("ck_activities_summary_kind")),
        sa.CheckConstraint("start_at < end_at", name=op.f("ck_activities_span")),
        sa.ForeignKeyConstraint(["deployment_id"], ["recall.deployments.id"], name=op.f("fk_activities_deployment_id")),
        sa.ForeignKeyConstraint(["project_id"], ["recall.projects.id"], name=op.f("fk_activities_project_id")),
        sa.ForeignKeyConstraint(
            ["suggested_project_id"],
            ["recall.projects.id"],
            name=op.f("fk_activities_suggested_project_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        schema="recall",
    )
    op.create_index(op.f("ix_activities_day"), "activities", ["day"], schema="recall")
    op.create_index(op.f("ix_activities_deployment_id_day"), "activities", ["deployment_id", "day"], schema="recall")
    op.create_index(op.f("ix_activities_project_id"), "activities", ["project_id"], schema="recall")
    op.create_table(
        "audio_segments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utc_offset", sa.Interval(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("arrival", sa.BigInteger(), server_default=sa.text("nextval('recall.arrivals')"), nullable=False),
        sa.Column("clock_suspect", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("content_tag", sa.LargeBinary()),
        sa.Column("source", sa.Text()),
        sa.Column("landing_ref", sa.Text()),
        sa.Column("transcript_status", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text()),
        sa.Column("imported_from", sa.Uuid()),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("ck_audio_segments_span")),
        sa.CheckConstraint("transcript_status between 0 and 3", name=op.f("ck_audio_segments_transcript_status")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["recall.deployments.id"], name=op.f("fk_audio_segments_deployment_id")
        ),
        sa.ForeignKeyConstraint(["imported_from"], ["recall.imports.id"], name=op.f("fk_audio_segments_imported_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audio_segments")),
        schema="recall",
    )
    op.create_index(op.f("ix_audio_segments_arrival"), "audio_segments", ["arrival"], schema="recall")
    op.create_index(
        op.f("ix_audio_segments_deployment_id_day"), "audio_segments", ["deployment_id", "day"], schema="recall"
    )
    op.create_table(
        "day_summaries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Text()),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("summary_kind", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("summary_kind in ('extractive', 'llm')", name=op.f("ck_day_summaries_summary_kind")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["recall.deployments.id"], name=op.f("fk_day_summaries_deployment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_summaries")),
        sa.UniqueConstraint(
            "deployment_id", "day", name=op.f("uq_day_summaries_deployment_id_day"), postgresql_nulls_not_distinct=True
        ),
        schema="recall",
    )
    op.create_table(
        "forgotten",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deployment_id", sa.Text()),
        sa.Column("from_at", sa.DateTime(timezone=True)),
        sa.Column("to_at", sa.DateTime(timezone=True)),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["recall.deployments.id"], name=op.f("fk_forgotten_deployment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forgotten")),
        schema="recall",
    )
    op.create_table(
        "project_aliases",
        sa.Column("old_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["recall.projects.id"], name=op.f("fk_project_aliases_project_id")),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_project_aliases")),
        schema="recall",
    )
    op.create_table(
        "tokens",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("deployment_id", sa.Text()),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("scope in ('ingest', 'api', 'mcp')", name=op.f("ck_tokens_scope")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["recall.deployments.id"], name=op.f("fk_tokens_deployment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_tokens")),
        schema="recall",
    )
    op.create_table(
        "frames",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Text(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utc_offset", sa.Interval(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("arrival", sa.BigInteger(), server_default=sa.text("nextval('recall.arrivals')"), nullable=False),
        sa.Column("clock_suspect", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("content_tag", sa.LargeBinary()),
        sa.Column("monitor", sa.Integer(), nullable=False),
        sa.Column("monitor_rect", sa.ARRAY(sa.Integer())),
        sa.Column("app_name", sa.Text()),
        sa.Column("window_title", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("windows", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("idle_seconds", sa.Double()),
        sa.Column("locked", sa.Boolean()),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("trigger", sa.Text()),
        sa.Column("imported_id", sa.Text()),
        sa.Column("phash64", sa.BigInteger()),
        sa.Column("same_as", sa.Uuid()),
        sa.Column("image_ref", sa.Text()),
        sa.Column("image_sha256", sa.LargeBinary()),
        sa.Column("image_bytes", sa.Integer()),
        sa.Column("landing_ref", sa.Text()),
        sa.Column("ocr_status", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text()),
        sa.Column("activity_id", sa.Uuid()),
        sa.Column("imported_from", sa.Uuid()),
        sa.CheckConstraint("captured_at <= seen_until", name=op.f("ck_frames_seen_until")),
        sa.CheckConstraint("ocr_status between 0 and 3", name=op.f("ck_frames_ocr_status")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["recall.activities.id"], name=op.f("fk_frames_activity_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["deployment_id"], ["recall.deployments.id"], name=op.f("fk_frames_deployment_id")),
        sa.ForeignKeyConstraint(["imported_from"], ["recall.imports.id"], name=op.f("fk_frames_imported_from")),
        sa.ForeignKeyConstraint(["same_as"], ["recall.frames.id"], name=op.f("fk_frames_same_as"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frames")),
        schema="recall",
    )
    op.create_index(op.f("ix_frames_activity_id"), "frames", ["activity_id"], schema="recall")
    op.create_index(op.f("ix_frames_arrival"), "frames", ["arrival"], schema="recall")
    op.create_index(
        op.f("ix_frames_deployment_id_captured_at"), "frames", ["deployment_id", "captured_at"], schema="recall"
    )
    op.create_index(op.f("ix_frames_deployment_id_day"), "frames", ["deployment_id", "day"], schema="recall")
    op.create_index(
        "ix_frames_pending",
        "frames",
        ["deployment_id", "day"],
        schema="recall",
        postgresql_where=sa.text("ocr_status = 0"),
    )
    op.create_table(
        "project_constraints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Uuid()),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("other_project_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind in ('must_link', 'cannot_link', 'merge', 'split')", name=op.f("ck_project_constraints_kind")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["recall.activities.id"],
            name=op.f("fk_project_constraints_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_project_id"], ["recall.projects.id"], name=op.f("fk_project_constraints_other_project_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["recall.projects.id"], name=op.f("fk_project_constraints_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_constraints")),
        schema="recall",
    )
    op.create_table(
        "summary_sentences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid()),
        sa.Column("project_id", sa.Uuid()),
        sa.Column("day_summary_id", sa.Uuid()),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('fact', 'inference')", name=op.f("ck_summary_sentences_kind")),
        sa.CheckConstraint(
            "num_nonnulls(activity_id, project_id, day_summary_id) = 1", name=op.f("ck_summary_sentences_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["recall.activities.id"], name=op.f("fk_summary_sentences_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["day_summary_id"],
            ["recall.day_summaries.id"],
            name=op.f("fk_summary_sentences_day_summary_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["recall.projects.id"], name=op.f("fk_summary_sentences_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_sentences")),
        schema="recall",
    )
    op.create_index(op.f("ix_summary_sentences_activity_id"), "summary_sentences", ["activity_id"], schema="recall")
    op.create_index(
        op.f("ix_summary_sentences_day_summary_id"), "summary_sentences", ["day_summary_id"], schema="recall"
    )
    op.create_index(op.f("ix_summary_sentences_project_id"), "summary_sentences", ["project_id"], schema="recall")
    op.create_table(
        "transcripts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("speaker", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("confidence", sa.Double()),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("tsv", postgresql.TSVECTOR(), sa.Computed("to_tsvector('simple', text)", persisted=True)),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["recall.audio_segments.id"], name=op.f("fk_transcripts_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcripts")),
        schema="recall",
    )
    op.create_index(op.f("ix_transcripts_segment_id"), "transcripts", ["segment_id"], schema="recall")
    op.create_table(
        "ocr_text",
        sa.Column("frame_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("new_text", sa.Text(), nullable=False),
        sa.Column("layout", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("confidence", sa.Double()),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("detector_version", sa.Text(), nullable=False),
        sa.Column("code_version_read", sa.Text(), nullable=False),
        sa.Column("tsv", postgresql.TSVECTOR(), sa.Computed("to_tsvector('simple', text)", persisted=True)),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["recall.frames.id"], name=op.f("fk_ocr_text_frame_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("frame_id", name=op.f("pk_ocr_text")),
        schema="recall",
    )
    op.create_index(op.f("ix_ocr_text_tsv"), "ocr_text", ["tsv"], schema="recall", postgresql_using="gin")
    op.create_table(
        "secrets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Text(), nullable=False),
        sa.Column("frame_id", sa.Uuid()),
        sa.Column("transcript_id", sa.Uuid()),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("detector_version", sa.Text(), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("key_id", sa.LargeBinary()),
        sa.Column("sealed_pixels", sa.LargeBinary()),
        sa.Column("boxes", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("run_id", sa.Uuid()),
        sa.CheckConstraint(
            "place in ('screen', 'window_title', 'url', 'windows', 'speech')", name=op.f("ck_secrets_place")
        ),
        sa.CheckConstraint("(sealed is null) = (key_id is null)", name=op.f("ck_secrets_sealed_with_key")),
        sa.CheckConstraint("num_nonnulls(frame_id, transcript_id) = 1", name=op.f("ck_secrets_one_origin")),
        sa.ForeignKeyConstraint(["deployment_id"], ["recall.deployments.id"], name=op.f("fk_secrets_deployment_id")),
        sa.ForeignKeyConstraint(["frame_id"], ["recall.frames.id"], name=op.f("fk_secrets_frame_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["recall.transcripts.id"], name=op.f("fk_secrets_transcript_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secrets")),
        schema="recall",
    )
    op.create_index(op.f("ix_secrets_deployment_id"), "secrets", ["deployment_id"], schema="recall")
    op.create_index(op.f("ix_secrets_frame_id"), "secrets", ["frame_id"], schema="recall")
    op.create_index(op.f("ix_secrets_transcript_id"), "secrets", ["transcript_id"], schema="recall")
    op.create_table(
        "sentence_sources",
        sa.Column("sentence_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("frame_id", sa.Uuid()),
        sa.Column("transcript_id", sa.Uuid()),
        sa.Column("activity_id", sa.Uuid()),
        sa.Column("project_id", sa.Uuid()),
        sa.CheckConstraint(
            "num_nonnulls(frame_id, transcript_id, activity_id, project_id) = 1",
            name=op.f("ck_sentence_sources_one_source"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["recall.activities.id"], name=op.f("fk_sentence_sources_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["recall.frames.id"], name=op.f("fk_sentence_sources_frame_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["recall.projects.id"], name=op.f("fk_sentence_sources_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"],
            ["recall.summary_sentences.id"],
            name=op.f("fk_sentence_sources_sentence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["recall.transcripts.id"],
            name=op.f("fk_sentence_sources_transcript_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sentence_id", "position", name=op.f("pk_sentence_sources")),
        schema="recall",
    )
    op.create_index(op.f("ix_sentence_sources_activity_id"), "sentence_sources", ["activity_id"], schema="recall")
    op.create_index(op.f("ix_sentence_sources_frame_id"), "sentence_sources", ["frame_id"], schema="recall")
    op.create_index(op.f("ix_sentence_sources_project_id"), "sentence_sources", ["project_id"], schema="recall")
    op.create_index(op.f("ix_sentence_sources_transcript_id"), "sentence_sources", ["transcript_id"], schema="recall")
