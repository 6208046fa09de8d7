"""Feedback knows when it came, from whom, and whether somebody has looked at it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns of the review list; older feedback stays open, its date unknown."""
    for name in ("createdAt", "userIdentifier", "reviewedAt", "reviewNote"):
        op.add_column("feedbacks", sa.Column(name, sa.Text))
