"""Verified questions: wordings with the plan that a person has approved for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table; a question is verified once per workspace while it is not withdrawn."""
    op.create_table(
        "verified_questions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("plan_hash", sa.Text, nullable=False),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.UniqueConstraint("workspace", "folded", name="verified_once"),
    )
