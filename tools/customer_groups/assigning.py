"""Every customer to the nearest centre, in SQL: ten million customers are no more work than a hundred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from semantic_layer.rows import Step
from semantic_layer.table import Cell
from tools.customer_groups.measuring import Feature, people_step
from tools.purchases.history import Purchases
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Centres:
    """Centres on the standardised scale, with the mean and standard deviation of each feature."""

    z: Array
    mean: Array
    spread: Array
    features: tuple[Feature, ...]


def summary(
    question: Purchases, centres: Centres, context: ToolContext
) -> tuple[tuple[dict[str, Cell], ...], str]:
    """Return one record per group: grp, customers, money, and medians of what was measured; and the SQL."""
    more = "".join(f", MEDIAN({one}) AS {one}" for one in question.measures)
    result = context.analyse(
        question.analysis(
            "SELECT grp, COUNT(*) AS customers, SUM(money) AS money, MEDIAN(recency) AS recency, "
            f"AVG(orders) AS orders, MEDIAN(basket) AS basket, MEDIAN(tenure) AS tenure{more} "
            "FROM grouped GROUP BY grp ORDER BY grp",
            _steps(question, centres),
        )
    )
    return result.records(), result.sql


def members(
    question: Purchases, centres: Centres, group: int | None, most: int, context: ToolContext
) -> tuple[tuple[tuple[Cell, ...], ...], str]:
    """Return (who, recency, orders, money, grp) of the customers (of one group), the most money first; and the SQL."""
    chosen = "" if group is None else f"WHERE grp = {group} "
    result = context.analyse(
        question.analysis(
            f"SELECT who, recency, orders, money, grp FROM grouped {chosen}ORDER BY money DESC, who",
            _steps(question, centres),
        ),
        row_limit=most,
    )
    return result.rows, result.sql


def by_member(
    question: Purchases, centres: Centres, at: int, context: ToolContext
) -> tuple[tuple[Cell, ...], ...]:
    """Return (group, member of the dimension at place `at`, customers)."""
    result = context.analyse(
        question.analysis(
            f"SELECT grp, m{at} AS member, COUNT(*) AS customers FROM grouped WHERE NOT m{at} IS NULL "
            "GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2",
            _steps(question, centres),
        )
    )
    return result.rows


def _steps(question: Purchases, centres: Centres) -> tuple[Step, ...]:
    scaled = [
        f"(({one.sql}) - ({centres.mean[at]:.12g})) / ({centres.spread[at]:.12g})"
        for at, one in enumerate(centres.features)
    ]
    z = ", ".join(f"{sql} AS z{at}" for at, sql in enumerate(scaled))
    distances = [
        " + ".join(f"POWER(z{at} - ({value:.12g}), 2)" for at, value in enumerate(row)) for row in centres.z
    ]
    apart = ", ".join(f"{sql} AS d{group}" for group, sql in enumerate(distances))
    least = f"LEAST({', '.join(f'd{group}' for group in range(len(distances)))})"
    cases = " ".join(f"WHEN d{group} <= {least} THEN {group}" for group in range(len(distances)))
    return (
        people_step(question),
        Step("scaled", f"SELECT *, {z} FROM people"),
        Step("measured", f"SELECT *, {apart} FROM scaled"),
        Step("grouped", f"SELECT *, CASE {cases} END AS grp FROM measured"),
    )
