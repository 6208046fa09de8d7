"""Which metrics are looked at: counted per day and way, never who asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.job_schema import metric_uses

if TYPE_CHECKING:
    from semantic_layer.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Use:
    """How often a metric was looked at, and when last; None: never."""

    metric: str
    times: int
    last: date | None


def count(
    connection: Connection, workspace: str, metrics: Iterable[str], day: date, how: str, times: int = 1
) -> None:
    """Add `times` looks at each metric, `how` being question, alert, digest or follow."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for metric in dict.fromkeys(metrics):
        values = {
            "workspace": workspace,
            "metric": metric,
            "day": day.isoformat(),
            "how": how,
            "times": times,
        }
        statement = insert(metric_uses).values(**values)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace", "metric", "day", "how"],
                set_={"times": metric_uses.c.times + times},
            )
        )


def uses(engine: Engine, workspace: str, catalog: Catalog, today: date, days: int = 90) -> list[Use]:
    """Return every metric that is not hidden with its looks in the last `days` days, the least used first."""
    first = (today - timedelta(days)).isoformat()
    recent = func.sum(metric_uses.c.times).filter(metric_uses.c.day >= first)
    asked = (
        select(metric_uses.c.metric, recent, func.max(metric_uses.c.day))
        .where(metric_uses.c.workspace == workspace)
        .group_by(metric_uses.c.metric)
    )
    with engine.connect() as connection:
        found = {
            name: (int(times or 0), date.fromisoformat(last))
            for name, times, last in connection.execute(asked)
        }
    every = [
        Use(name, *found.get(name, (0, None)))
        for name, metric in catalog.metrics.items()
        if not metric.hidden
    ]
    return sorted(every, key=lambda one: (one.times, one.last or date.min, one.metric))
