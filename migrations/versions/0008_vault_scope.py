"""The vault's page has a scope of its own: a token for the API neither looks at the vault nor changes it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tokens of the page that are live now end: they last 15 minutes, and `recall vault page` makes a new one."""
    op.drop_constraint(op.f("ck_tokens_scope"), "tokens", schema="recall", type_="check")
    scopes = sa.text("scope in ('ingest', 'api', 'mcp', 'enrol', 'vault')")
    op.create_check_constraint(op.f("ck_tokens_scope"), "tokens", scopes, schema="recall")
