"""Scheduled work: runs, messages on their way out, alerts, subscriptions and how often a metric is looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text) for name in names]


def _needed(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    """Make the tables; a job, a message and an alert's event exist once by their unique keys."""
    op.create_table(
        "job_states",
        *_needed("workspace", "job", "since"),
        sa.Column("paused", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "job"),
    )
    op.create_table(
        "job_runs",
        sa.Column("id", sa.Text, primary_key=True),
        *_needed("workspace", "job", "due", "state"),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_texts(
            "token",
            "lease_until",
            "retry_at",
            "started_at",
            "finished_at",
            "summary_zh",
            "summary_en",
            "error",
        ),
        sa.UniqueConstraint("workspace", "job", "due", name="job_run_once"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text, primary_key=True),
        *_needed("workspace", "job", "key", "target", "message", "state"),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_needed("created_at"),
        *_texts("token", "lease_until", "retry_at", "sent_at", "error"),
        sa.UniqueConstraint("workspace", "key", "target", name="message_once"),
    )
    op.create_index("outbox_by_state", "outbox", ["state", "retry_at"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text, primary_key=True),
        *_needed("workspace", "name", "definition", "created_at"),
        *_texts("owner", "question"),
        sa.UniqueConstraint("workspace", "name", name="alert_once"),
    )
    op.create_table(
        "alert_states",
        *_needed("workspace", "alert", "state"),
        sa.PrimaryKeyConstraint("workspace", "alert"),
    )
    op.create_table(
        "alert_events",
        sa.Column("id", sa.Text, primary_key=True),
        *_needed("workspace", "alert", "day", "kind", "statement_zh", "statement_en", "created_at"),
        sa.UniqueConstraint("workspace", "alert", "day", "kind", name="alert_event_once"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Text, primary_key=True),
        *_needed("workspace", "kind", "name", "cron", "created_at"),
        *_texts("owner", "user", "locale", "targets"),
        sa.UniqueConstraint("workspace", "kind", "name", "owner", name="followed_once"),
    )
    op.create_table(
        "metric_uses",
        *_needed("workspace", "metric", "day", "how"),
        sa.Column("times", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "metric", "day", "how"),
    )
