"""What was said, for tests: one transcript at a time, told by when, by whom and what."""

from datetime import datetime, timedelta
from uuid import uuid5

from recall_assets.records import RECALL_NAMESPACE, Transcript


def said(
    text: str, at: datetime, seconds: float = 10, *, speaker: str | None = "others", deployment: str = "laptop"
) -> Transcript:
    """A transcript whose segment began with it."""
    segment = uuid5(RECALL_NAMESPACE, f"segment {deployment} {at.isoformat()}")
    return Transcript(
        id=uuid5(segment, "0"),
        segment_id=segment,
        deployment_id=deployment,
        day=at.date(),
        started_at=at,
        ended_at=at + timedelta(seconds=seconds),
        text=text,
        speaker=speaker,
    )
