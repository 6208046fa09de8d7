"""Tables of scheduled work: runs and their claims, messages on their way out, alerts, subscriptions, usage.

Times are ISO 8601 texts in UTC, so they sort as written on both databases.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from bot.store.schema import metadata


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text) for name in names]


def _needed(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


job_states = Table(
    "job_states",
    metadata,
    *_needed("workspace", "job", "since"),  # since: from when on its due times count
    Column("paused", Integer, nullable=False),
    PrimaryKeyConstraint("workspace", "job"),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("id", Text, primary_key=True),
    *_needed("workspace", "job", "due", "state"),  # running, waiting (to be tried again), done, failed
    Column("attempts", Integer, nullable=False),
    *_texts(
        "token", "lease_until", "retry_at", "started_at", "finished_at", "summary_zh", "summary_en", "error"
    ),
    UniqueConstraint("workspace", "job", "due", name="job_run_once"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    *_needed("workspace", "job", "key", "target", "message", "state"),  # pending, sending, sent, dead
    Column("attempts", Integer, nullable=False),
    *_needed("created_at"),
    *_texts("token", "lease_until", "retry_at", "sent_at", "error"),
    UniqueConstraint("workspace", "key", "target", name="message_once"),
    Index("outbox_by_state", "state", "retry_at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    *_needed("workspace", "name", "definition", "created_at"),
    *_texts("owner", "question"),
    UniqueConstraint("workspace", "name", name="alert_once"),
)

alert_states = Table(
    "alert_states",
    metadata,
    *_needed("workspace", "alert", "state"),
    PrimaryKeyConstraint("workspace", "alert"),
)

alert_events = Table(
    "alert_events",
    metadata,
    Column("id", Text, primary_key=True),
    *_needed("workspace", "alert", "day", "kind", "statement_zh", "statement_en", "created_at"),
    UniqueConstraint("workspace", "alert", "day", "kind", name="alert_event_once"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Text, primary_key=True),
    *_needed("workspace", "kind", "name", "cron", "created_at"),  # kind: metric or question
    *_texts("owner", "user", "locale", "targets"),
    UniqueConstraint("workspace", "kind", "name", "owner", name="followed_once"),
)

metric_uses = Table(
    "metric_uses",
    metadata,
    *_needed("workspace", "metric", "day", "how"),
    Column("times", Integer, nullable=False),
    PrimaryKeyConstraint("workspace", "metric", "day", "how"),
)

digest_pages = Table(
    "digest_pages",
    metadata,
    Column("token", Text, primary_key=True),  # in the link: whoever has it may read the page
    *_needed("workspace", "title", "metrics", "html", "made_at"),  # metrics: their names, divided by spaces
    Column("opens", Integer, nullable=False),
    *_texts("last_opened"),
)
