"""An index by which texts that today's detector has not seen are found at once, or found to be none."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Builds it; nothing else changes."""
    op.create_index(op.f("ix_ocr_text_detector_version"), "ocr_text", ["detector_version"], schema="recall")
