"""Subscriptions: a metric or a question that somebody follows, sent at its times with that person's rights."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select

from bot.jobs.clock import stamp
from bot.store.job_schema import subscriptions as table
from bot.store.upsert import upsert
from semantic_layer.text import Locale
from semantic_layer.watching import DAILY


@dataclass(frozen=True, slots=True)
class Subscription:
    """One thing followed: `kind` metric (name is the metric's) or question (name is the question)."""

    kind: str
    name: str
    owner: str
    user: str | None = None
    cron: str = DAILY
    targets: tuple[str, ...] = ()
    locale: Locale = "zh-CN"


def follow(engine: Engine, workspace: str, one: Subscription, now: datetime) -> None:
    """Keep a subscription; the same one again takes the new times and targets."""
    values = {
        "id": uuid.uuid4().hex, "workspace": workspace, "kind": one.kind, "name": one.name, "cron": one.cron,
        "created_at": stamp(now), "owner": one.owner, "user": one.user, "locale": one.locale,
        "targets": " ".join(one.targets),
    }  # fmt: skip
    with engine.begin() as connection:
        key = ("workspace", "kind", "name", "owner")
        connection.execute(upsert(connection, table, values, key=key, keep=("id", "created_at")))


def unfollow(engine: Engine, workspace: str, name: str, owner: str) -> bool:
    """End a subscription; whether there was one."""
    mine = table.c.workspace == workspace, table.c.name == name, table.c.owner == owner
    with engine.begin() as connection:
        return connection.execute(delete(table).where(*mine)).rowcount > 0


def followed(engine: Engine, workspace: str) -> list[Subscription]:
    """Return every subscription, the oldest first."""
    asked = select(table).where(table.c.workspace == workspace).order_by(table.c.created_at, table.c.name)
    with engine.connect() as connection:
        return [
            Subscription(
                row["kind"], row["name"], row["owner"], row["user"], row["cron"],
                tuple((row["targets"] or "").split()), "en-US" if row["locale"] == "en-US" else "zh-CN",
            )
            for row in connection.execute(asked).mappings()
        ]  # fmt: skip
