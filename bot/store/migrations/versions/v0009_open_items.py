"""What a retrospective left open, so that the next one begins with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "open_items",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("start", sa.Text, nullable=False),
        sa.Column("end", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "scope", "start", "end", "number"),
    )
