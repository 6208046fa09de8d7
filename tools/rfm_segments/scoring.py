"""Recency, frequency and money per customer, scored in SQL by printed cut-offs.

The cut-offs are the 20, 40, 60 and 80 % quantiles (linear, as R's type 7) over all customers. A score is 1 plus
the number of cut-offs that lie below the value (recency the other way round), so that equal values always get the
same score; NTILE would split them at random. Where many values are equal, some scores stay empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.period import Period
from semantic_layer.query import Where
from semantic_layer.rows import Analysis, Measured, Named, Place, RowColumn, RowQuery, Step
from tools.bindings import filters_of, model_of, name_of
from tools.rfm_segments import segment_case

_QUANTILES = "[0.2, 0.4, 0.6, 0.8]"


@dataclass(frozen=True, slots=True)
class Question:
    """Whose purchases: those of `period`; recency counts days back from its last day. `keys` tell the rows apart."""

    binding: AnalysisBinding
    period: Period
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def scoring(question: Question, segment: str | None, most: int) -> Analysis:
    """Return one statement with everything, so that the purchases are read once; `part` says what a row is.

    `cuts`: one row with the number of `customers` and the cut-offs `day_cuts`, `order_cuts`, `money_cuts`.
    `segment`: customers, revenue, and the middle customer's days, orders and money per segment.
    `member`: the `most` customers with the most revenue (of one segment): who, days, orders, money, r, f, m.
    """
    chosen = "SELECT * FROM named WHERE segment = :segment" if segment is not None else "SELECT * FROM named"
    empty = "CAST(NULL AS DOUBLE)"
    lists = ", ".join(
        f"CAST(NULL AS DOUBLE[]) AS {name}" for name in ("day_cuts", "order_cuts", "money_cuts")
    )
    parts = (
        f"SELECT 'cuts' AS part, NULL AS who, CAST(NULL AS VARCHAR) AS segment, customers, {empty} AS revenue, "
        f"{empty} AS days, {empty} AS orders, {empty} AS money, {empty} AS money_score, NULL AS r, NULL AS f, "
        "NULL AS m, CAST(days AS DOUBLE[]) AS day_cuts, CAST(orders AS DOUBLE[]) AS order_cuts, "
        "CAST(money AS DOUBLE[]) AS money_cuts FROM cuts",
        "SELECT 'segment', NULL, segment, COUNT(*), SUM(money), MEDIAN(days), MEDIAN(orders), MEDIAN(money), AVG(m), "
        f"NULL, NULL, NULL, {lists} FROM named GROUP BY segment",
        f"SELECT 'member', who, segment, NULL, NULL, days, orders, money, NULL, r, f, m, {lists} "
        f"FROM ({chosen} ORDER BY money DESC, who LIMIT :most) AS best",
    )
    values: dict[str, Place] = {"most": most}
    if segment is not None:
        values["segment"] = segment
    return _analysis(question, " UNION ALL ".join(parts), values)


def _analysis(question: Question, result: str, values: dict[str, Place]) -> Analysis:
    binding = question.binding
    columns: dict[str, RowColumn] = {
        "who": Named(str(name_of(binding, "entity"))),
        "moment": Named("metric_time"),
        "money": Measured(str(name_of(binding, "revenue"))),
    }
    order = name_of(binding, "order")
    columns["purchase"] = Named(order) if order is not None else Named("metric_time")
    counted = name_of(binding, "orders")
    if counted is not None:
        columns["counted"] = Measured(counted)
    one_row_each = order is not None and order in question.keys
    rows = RowQuery(
        model_of(binding),
        columns,
        where=question.where,
        segments=question.segments,
        filters=filters_of(binding),
        time=name_of(binding, "time"),
        start=question.period.start,
        end=question.period.end,
    )
    return Analysis({"purchases": rows}, result, _steps(question, counted is not None, one_row_each), values)


def _steps(question: Question, counted: bool, one_row_each: bool) -> tuple[Step, ...]:
    """Return the steps; where a purchase is one row by its key it need not be put together first."""
    sold = "NOT counted IS NULL" if counted else "TRUE"
    # Several rows of a purchase are one: two stages of grouping are far cheaper than COUNT(DISTINCT) per customer.
    bought = (
        f"SELECT who, CASE WHEN {sold} THEN moment END AS last_at, money, CASE WHEN {sold} THEN 1 ELSE 0 END AS sold "
        "FROM purchases WHERE NOT who IS NULL"
        if one_row_each
        else f"SELECT who, MAX(CASE WHEN {sold} THEN moment END) AS last_at, SUM(money) AS money, "
        f"MAX(CASE WHEN {sold} AND NOT purchase IS NULL THEN 1 ELSE 0 END) AS sold FROM purchases "
        "WHERE NOT who IS NULL GROUP BY who, purchase"
    )
    per_customer = (
        "SELECT who, DATE_DIFF('day', CAST(last_at AS DATE), CAST(:last_day AS DATE)) AS days, orders, money FROM "
        "(SELECT who, MAX(last_at) AS last_at, SUM(sold) AS orders, COALESCE(SUM(money), 0) AS money FROM bought "
        "GROUP BY who) AS g WHERE orders > 0"
    )
    cuts = ", ".join(f"QUANTILE_CONT({name}, {_QUANTILES}) AS {name}" for name in ("days", "orders", "money"))
    limits = ", ".join(
        f"{name}[{at}] AS {name}_{at}" for name in ("days", "orders", "money") for at in range(1, 5)
    )
    scored = (
        f"SELECT p.who, p.days, p.orders, p.money, 6 - ({_score('days')}) AS r, {_score('orders')} AS f, "
        f"{_score('money')} AS m FROM customers AS p CROSS JOIN limits AS c"
    )
    return (
        Step("bought", bought),
        Step("customers", per_customer, {"last_day": question.period.end - timedelta(days=1)}),
        Step("cuts", f"SELECT {cuts}, COUNT(*) AS customers FROM customers"),
        Step("limits", f"SELECT {limits} FROM cuts"),
        Step("scored", scored),
        Step("named", f"SELECT *, {segment_case()} AS segment FROM scored"),
    )


def _score(name: str) -> str:
    """Return 1 plus the number of cut-offs below the value."""
    return "1 + " + " + ".join(f"CASE WHEN p.{name} > c.{name}_{at} THEN 1 ELSE 0 END" for at in range(1, 5))
