"""Customers in cells of (repeats, recency, age): counted in SQL, so that ten million customers stay a small table.

Up to 100,000 customers the cells are exact days; above, times are rounded down to weeks. Values per purchase are kept
in steps of 1 %, which moves no estimate in the third figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from semantic_layer.rows import Step
from tools.purchases.history import Purchases
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

EXACT_CUSTOMERS = 100_000
DAYS_PER_WEEK = 7.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Alike customers per row; times in weeks.

    `value` is the mean money per repeat purchase day (0 without repeats), `later` the purchases after the cut
    (0 in cells of the whole history), `group` the member at the first purchase.
    """

    repeats: Array
    recency: Array
    age: Array
    weights: Array
    value: Array
    later: Array
    first_value: Array
    group: tuple[str | None, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class Values:
    """Customers with repeats, alike in how many and in mean value."""

    repeats: Array
    value: Array
    weights: Array
    sql: str


def customers(question: Purchases, context: ToolContext) -> tuple[int, int, float]:
    """Return how many customers bought, how many of them on a second day, and the usual days between two purchases."""
    result = context.analyse(
        question.analysis(
            "SELECT COUNT(*) AS customers, COUNT(*) FILTER (WHERE n > 1) AS again, "
            "MEDIAN(gap) AS gap FROM (SELECT who, COUNT(*) AS n, "
            "CASE WHEN COUNT(*) > 1 THEN DATE_DIFF('day', MIN(day), MAX(day)) / (COUNT(*) - 1) END AS gap "
            "FROM days GROUP BY who) AS g"
        )
    )
    found = result.rows[0]
    return int(str(found[0])), int(str(found[1])), float(str(found[2])) if found[2] is not None else 0.0


def cells(question: Purchases, context: ToolContext, cut: date, count: int) -> Cells:
    """Return the customers of before `cut` as of then, and what they bought from `cut` on."""
    import numpy as np

    unit = 1 if count <= EXACT_CUSTOMERS else 7
    grouped = ", who_group" if question.members else ""
    member = ", ARG_MIN(m0, day) AS who_group" if question.members else ""
    result = context.analyse(
        question.analysis(
            f"SELECT repeats, recency, age, COUNT(*) AS customers, AVG(value) AS value, SUM(later) AS later, "
            f"AVG(first_value) AS first_value{grouped} FROM celled GROUP BY repeats, recency, age{grouped} "
            f"ORDER BY repeats, recency, age{grouped}",
            (
                Step(
                    "people",
                    "SELECT who, COUNT(*) FILTER (WHERE day < :cut) - 1 AS repeats, MIN(day) AS first_day, "
                    "MAX(day) FILTER (WHERE day < :cut) AS last_day, COUNT(*) FILTER (WHERE day >= :cut) AS later, "
                    f"SUM(money) FILTER (WHERE day < :cut) AS money, ARG_MIN(money, day) AS first_value{member} "
                    "FROM days GROUP BY who",
                    {"cut": cut},
                ),
                Step(
                    "celled",
                    f"SELECT repeats, FLOOR(DATE_DIFF('day', first_day, last_day) / {unit}) * {unit} AS recency, "
                    f"FLOOR(DATE_DIFF('day', first_day, CAST(:last AS DATE)) / {unit}) * {unit} AS age, "
                    "CASE WHEN repeats > 0 THEN (money - first_value) / repeats ELSE 0 END AS value, later, "
                    f"first_value{grouped} FROM people WHERE repeats >= 0",
                    {"last": cut - timedelta(days=1)},
                ),
            ),
        )
    )
    columns = [np.array([float(str(row[at])) for row in result.rows]) for at in range(7)]
    # A customer of the last day has age 0, and 0 weeks of watching say nothing: half a day keeps logs finite.
    return Cells(
        repeats=columns[0],
        recency=columns[1] / DAYS_PER_WEEK,
        age=np.maximum(columns[2], 0.5) / DAYS_PER_WEEK,
        weights=columns[3],
        value=columns[4],
        later=columns[5],
        first_value=columns[6],
        group=tuple(row[7] if row[7] is None else str(row[7]) for row in result.rows) if grouped else (),
        sql=result.sql,
    )


def values(question: Purchases, context: ToolContext) -> Values:
    """Return customers with repeat purchases by how many and by mean value (above 0)."""
    import numpy as np

    result = context.analyse(
        question.analysis(
            "SELECT repeats, AVG(value) AS value, COUNT(*) AS customers FROM (SELECT repeats, "
            "(money - first_value) / repeats AS value FROM people WHERE repeats > 0) AS g WHERE value > 0 "
            "GROUP BY repeats, ROUND(LN(value) * 100) ORDER BY repeats, 2",
            (
                Step(
                    "people",
                    "SELECT who, COUNT(*) - 1 AS repeats, SUM(money) AS money, ARG_MIN(money, day) AS first_value "
                    "FROM days GROUP BY who",
                ),
            ),
        )
    )
    columns = [np.array([float(str(row[at])) for row in result.rows]) for at in range(3)]
    return Values(columns[0], columns[1], columns[2], result.sql)
