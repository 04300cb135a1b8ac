"""What reads a deployment's screens, where its owner chose otherwise than the settings: `deployments.review`.

{"reading": {"engine": "pytesseract", "languages": "deu"}}     other keys of it stay as they are; none: the settings'
"""

from collections.abc import Mapping

from sqlalchemy import Connection, cast, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.records import DeploymentDay, ReadingChoice
from recall_assets.store.tables import deployments, frames, ocr_text

_KEY = "reading"


def choose(connection: Connection, deployment_id: str, choice: ReadingChoice | None) -> None:
    """From now on the deployment's screens are read so; None: as the settings say."""
    said = {_KEY: None if choice is None else {"engine": choice.engine, "languages": choice.languages}}
    connection.execute(
        update(deployments)
        .where(deployments.c.id == deployment_id)
        .values(review=deployments.c.review.op("||", return_type=JSONB)(cast(said, JSONB)))
    )


def chosen(connection: Connection) -> Mapping[str, ReadingChoice]:
    """The choice for each deployment that has one of its own."""
    rows = connection.execute(select(deployments.c.id, deployments.c.review[_KEY].label("said")))
    return {row.id: ReadingChoice(row.said["engine"], row.said["languages"]) for row in rows if row.said}


def read_otherwise(connection: Connection, deployment_id: str, code_version: str) -> list[DeploymentDay]:
    """The deployment's days that hold text which another engine, language or version has read, oldest first.

    Where the image was let go, that text is all there is: nothing can read it again.
    """
    query = (
        select(frames.c.day)
        .distinct()
        .join(ocr_text, ocr_text.c.frame_id == frames.c.id)
        .where(frames.c.deployment_id == deployment_id, ocr_text.c.code_version_read != code_version)
        .where(or_(frames.c.image_ref.is_not(None), frames.c.landing_ref.is_not(None)))
        .order_by(frames.c.day)
    )
    return [DeploymentDay(deployment_id, day) for day in connection.scalars(query)]
