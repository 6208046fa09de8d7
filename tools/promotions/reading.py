"""Customers by past behaviour at the start of a promotion and of earlier windows, counted in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.query import Where
from semantic_layer.rows import Analysis, Measured, Named, RowColumn, RowQuery, Step
from semantic_layer.table import Cell
from tools.bindings import filters_of, model_of, name_of
from tools.registry import ToolContext
from tools.render import as_float

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LONGEST_DAYS = 92
HISTORY_DAYS = 180  # before the first window, so that its customers have a past
MOST_WINDOWS = 13
TARGETED = (
    0.95  # strata are targeted, those with the most users first, until they hold this share of the users
)


@dataclass(frozen=True, slots=True)
class Use:
    """How a promotion was used: orders, customers, how many of them had bought before, money, and when."""

    value: Cell
    orders: float
    customers: float
    returning: float
    revenue: float
    discount: float
    first: date
    last: date

    @property
    def period(self) -> Period:
        """Return the days from its first to its last use."""
        return Period.of(self.first, self.last + ONE_DAY)


@dataclass(frozen=True, slots=True)
class Windows:
    """Targeted strata over windows (the promotion's first): customers, buyers and revenue, (windows, strata).

    `outcomes` are those of all strata that are targeted; `users` counts users with a past per window 0 stratum.
    """

    customers: Array
    buyers: Array
    revenue: Array
    users: Array
    sql: str


def uses(
    binding: AnalysisBinding, where: tuple[Where, ...], context: ToolContext
) -> tuple[tuple[Use, ...], str]:
    """Return the uses of every promotion, those with the most orders first, and the SQL."""
    rows = {"bought": _rows(binding, where)}
    if where:  # whether somebody had bought before is seen in all orders, not in those of one coupon
        rows["every"] = _rows(binding, ())
    begun = Step(
        "begun", f"SELECT who, MIN(at) AS first_at FROM {'every' if where else 'bought'} GROUP BY who"
    )
    result = context.analyse(
        Analysis(
            rows,
            "SELECT b.promotion, COUNT(*) AS orders, COUNT(DISTINCT b.who) AS customers, "
            "COUNT(DISTINCT CASE WHEN b.at > f.first_at THEN b.who END) AS coming_back, SUM(b.revenue) AS revenue, "
            "SUM(b.discount) AS discount, CAST(MIN(b.at) AS DATE) AS first_day, CAST(MAX(b.at) AS DATE) AS last_day "
            "FROM bought AS b JOIN begun AS f ON b.who = f.who WHERE NOT b.promotion IS NULL GROUP BY b.promotion "
            "ORDER BY orders DESC, b.promotion",
            (begun,),
        )
    )
    found = []
    for row in result.records():
        first, last = _day(row["first_day"]), _day(row["last_day"])
        if first is not None and last is not None:
            orders, customers, returning, revenue, discount = (
                as_float(row[key]) or 0.0
                for key in ("orders", "customers", "coming_back", "revenue", "discount")
            )
            found.append(Use(row["promotion"], orders, customers, returning, revenue, discount, first, last))
    return tuple(found), result.sql


def earlier(use: Use, span: Period) -> tuple[date, ...]:
    """Return the starts of windows of the promotion's length before it, the latest first, each with a past to go by."""
    length = timedelta(days=use.period.days)
    starts: list[date] = []
    at = use.first - length
    while at >= span.start + timedelta(days=HISTORY_DAYS) and len(starts) < MOST_WINDOWS - 1:
        starts.append(at)
        at -= length
    return tuple(starts)


def windows(use: Use, starts: tuple[date, ...], binding: AnalysisBinding, context: ToolContext) -> Windows:
    """Return the targeted strata over the promotion's window and the windows from `starts`.

    A stratum is how many orders a customer had before the window (1, 2, 3-4, 5-9, 10 and more) and how long ago the
    last one was (30, 90, 180, 365 days, longer).
    """
    days = use.period.days
    values: dict[str, date | int | float | str] = {
        f"w{at}": start for at, start in enumerate((use.first, *starts))
    }
    listed = " UNION ALL ".join(
        f"SELECT {at} AS number, CAST(:w{at} AS TIMESTAMP) AS starts" for at in range(len(starts) + 1)
    )
    steps = (
        Step("windows", listed, values),
        Step(
            "orders_of",
            "SELECT who, CAST(at AS TIMESTAMP) AS at, promotion, revenue FROM bought WHERE NOT who IS NULL",
        ),
        Step(
            "past",
            "SELECT w.number, o.who, COUNT(*) AS times, EPOCH(MIN(w.starts) - MAX(o.at)) / 86400.0 AS ago "
            "FROM windows AS w JOIN orders_of AS o ON o.at < w.starts GROUP BY 1, 2",
        ),
        Step(
            "strata",
            "SELECT number, who, CASE WHEN times >= 10 THEN 4 WHEN times >= 5 THEN 3 WHEN times >= 3 THEN 2 "
            "WHEN times = 2 THEN 1 ELSE 0 END * 5 + CASE WHEN ago > 365 THEN 4 WHEN ago > 180 THEN 3 "
            "WHEN ago > 90 THEN 2 WHEN ago > 30 THEN 1 ELSE 0 END AS stratum FROM past",
        ),
        Step(
            "during",
            "SELECT w.number, o.who, SUM(o.revenue) AS revenue, "
            "MAX(CASE WHEN CAST(o.promotion AS VARCHAR) = :promotion THEN 1 ELSE 0 END) AS used "
            "FROM windows AS w JOIN orders_of AS o ON o.at >= w.starts AND o.at < w.starts + INTERVAL '1' DAY * :days "
            "GROUP BY 1, 2",
            {"promotion": str(use.value), "days": days},
        ),
    )
    result = context.analyse(
        Analysis(
            {"bought": _rows(binding, (), until=use.period.end)},
            "SELECT s.number, s.stratum, COUNT(*) AS customers, COUNT(d.who) AS buyers, "
            "COALESCE(SUM(d.revenue), 0) AS revenue, COALESCE(SUM(d.used), 0) AS users FROM strata AS s "
            "LEFT JOIN during AS d ON s.number = d.number AND s.who = d.who GROUP BY 1, 2 ORDER BY 1, 2",
            steps,
        )
    )
    return _targeted(result.records(), len(starts) + 1, result.sql)


def _targeted(records: tuple[Mapping[str, Cell], ...], count: int, sql: str) -> Windows:
    import numpy as np

    cube = np.zeros((4, count, 25))
    for row in records:
        at = int(as_float(row["number"]) or 0), int(as_float(row["stratum"]) or 0)
        for layer, key in enumerate(("customers", "buyers", "revenue", "users")):
            cube[layer, at[0], at[1]] = as_float(row[key]) or 0.0
    users = cube[3, 0]
    # By how many users, not by their share: the share is high where many happened to buy.
    order = np.argsort(-users)
    reached = np.cumsum(users[order])
    kept = (
        order[: int(np.searchsorted(reached, TARGETED * users.sum())) + 1] if users.sum() > 0 else order[:0]
    )
    return Windows(cube[0][:, kept], cube[1][:, kept], cube[2][:, kept], users[kept], sql)


def _rows(binding: AnalysisBinding, where: tuple[Where, ...], until: date | None = None) -> RowQuery:
    columns: dict[str, RowColumn] = {
        "who": Named(str(name_of(binding, "entity"))),
        "at": Named("metric_time"),
        "promotion": Named(str(name_of(binding, "promotion"))),
        "revenue": Measured(str(name_of(binding, "revenue"))),
    }
    discount = name_of(binding, "discount")
    columns["discount"] = Measured(discount if discount is not None else str(name_of(binding, "revenue")))
    return RowQuery(
        model_of(binding),
        columns,
        where=where,
        filters=filters_of(binding),
        time=name_of(binding, "time"),
        end=until,
    )


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None
