"""Who is worth what: one row per customer, for an export; and what is left of revenue where costs are known."""

from __future__ import annotations

from datetime import timedelta

from semantic_layer.catalog import AnalysisBinding, Metric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.query import MetricQuery, PeriodRange
from semantic_layer.rows import Step
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.bindings import name_of
from tools.lifetime.telling import money_column
from tools.lifetime.valuing import Valuation, each_worth
from tools.purchases.history import Purchases
from tools.registry import ToolContext
from tools.render import as_float

MOST_LISTED = 10_000
MOST_READ = 200_000  # customers who are valued one by one; of more, those who spent the most
LEAST_AGE = 0.5  # days: a customer of the last day has been watched for none


def listed(
    question: Purchases, found: Valuation, days: int, metric: Metric, context: ToolContext
) -> tuple[Table, str]:
    """Return one row per customer with the value expected in the next `days`, dearest first (10,000), and the SQL.

    Columns: customer, purchase days so far, days since the last one, money per repeat purchase, probability of still
    being a customer (1 by definition before the first repeat), expected purchases and value.
    """
    import numpy as np

    last = question.period.end - timedelta(days=1)
    result = context.analyse(
        question.analysis(
            "SELECT who, n, quiet, recency, age, value FROM summed ORDER BY money DESC, who LIMIT "
            f"{MOST_READ}",
            (
                Step(
                    "summed",
                    "SELECT who, COUNT(*) AS n, SUM(money) AS money, "
                    "DATE_DIFF('day', MAX(day), CAST(:last AS DATE)) AS quiet, "
                    "DATE_DIFF('day', MIN(day), MAX(day)) AS recency, "
                    "DATE_DIFF('day', MIN(day), CAST(:last AS DATE)) AS age, "
                    "CASE WHEN COUNT(*) > 1 THEN (SUM(money) - ARG_MIN(money, day)) / (COUNT(*) - 1) ELSE 0 END AS "
                    "value "
                    "FROM days GROUP BY who",
                    {"last": last},
                ),
            ),
        ),
        row_limit=MOST_READ,
    )
    known = round(found.everybody.customers)
    columns = (
        Column("customer", Text(zh="客户", en="customer"), "dimension"),
        Column("orders", Text(zh="已购次数", en="purchases so far"), "derived", format="0"),
        Column("quiet_days", Text(zh="多少天没买", en="days since the last"), "derived", format="0"),
        money_column("mean", "每次复购金额", "money per repeat purchase", metric),
        Column("alive_rate", Text(zh="仍活跃的概率", en="probability still active"), "derived", format="0%"),
        Column(
            "purchases",
            Text(zh=f"未来{days}天预计购买", en=f"purchases expected in {days} days"),
            "derived",
            format="0.00",
        ),
        money_column("value", f"未来{days}天预计价值", f"value expected in {days} days", metric),
    )
    if not result.rows:
        return Table(columns, (), 0), result.sql
    numbers = np.array([[as_float(cell) or 0.0 for cell in row[1:]] for row in result.rows])
    repeats, mean = numbers[:, 0] - 1, numbers[:, 4]
    alive, bought, value = each_worth(
        found, repeats, numbers[:, 2] / 7, np.maximum(numbers[:, 3], LEAST_AGE) / 7, mean, days / 7
    )
    order = np.argsort(-value, kind="stable")[:MOST_LISTED]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            result.rows[at][0], int(numbers[at, 0]), int(numbers[at, 1]), float(mean[at]) if repeats[at] > 0 else None,
            float(alive[at]), float(bought[at]), float(value[at]),
        )
        for at in order.tolist()
    )  # fmt: skip
    return Table(columns, rows, known, known > len(rows)), result.sql


def margin_of(binding: AnalysisBinding, revenue: str, period: Period, context: ToolContext) -> float | None:
    """Return margin over revenue of the purchases' period; None where no `margin:` is bound, or it cannot be seen."""
    margin = name_of(binding, "margin")
    if margin is None:
        return None
    query = MetricQuery(metrics=(margin, revenue), period=PeriodRange(start=period.start, end=period.end))
    try:
        row = context.query(query).table.rows[0]
    except AskGrowthError:
        return None
    kept, sold = as_float(row[0]), as_float(row[1])
    return kept / sold if kept is not None and sold else None
