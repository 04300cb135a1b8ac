"""Recall's server side: from landed frames to summaries, as Dagster assets over PostgreSQL."""
