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
from semantic_layer.rows import Analysis, Measured, Named, RowColumn, RowQuery, Step
from tools.bindings import filters_of, model_of, name_of
from tools.rfm_segments import segment_case

_QUANTILES = "[0.2, 0.4, 0.6, 0.8]"


@dataclass(frozen=True, slots=True)
class Question:
    """Whose purchases: those of `period`; recency counts days back from its last day."""

    binding: AnalysisBinding
    period: Period
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()


def summary(question: Question) -> Analysis:
    """Return one row per segment: customers, revenue, and the middle customer's days, orders and revenue."""
    return _analysis(
        question,
        "SELECT segment, COUNT(*) AS customers, SUM(money) AS revenue, MEDIAN(days) AS days, "
        "MEDIAN(orders) AS orders, MEDIAN(money) AS money, AVG(m) AS money_score FROM named GROUP BY 1 ORDER BY 1",
    )


def cut_offs(question: Question) -> Analysis:
    """Return the row of cut-offs: `days`, `orders` and `money`, each a list of four."""
    return _analysis(question, "SELECT days, orders, money, customers FROM cuts")


def members(question: Question, segment: str | None) -> Analysis:
    """Return every customer (of one segment), the most revenue first: who, days, orders, money, r, f, m, segment."""
    chosen = "SELECT who, days, orders, money, r, f, m, segment FROM named"
    if segment is None:
        return _analysis(question, f"{chosen} ORDER BY money DESC, who")
    return _analysis(question, f"{chosen} WHERE segment = :segment ORDER BY money DESC, who", segment=segment)


def _analysis(question: Question, result: str, **values: str) -> Analysis:
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
    return Analysis({"purchases": rows}, result, _steps(question, counted is not None), dict(values))


def _steps(question: Question, counted: bool) -> tuple[Step, ...]:
    sales = "FILTER (WHERE NOT counted IS NULL)" if counted else ""
    score = "1 + CAST(LEN(LIST_FILTER(c.{0}, x -> x < p.{0})) AS INTEGER)"
    per_customer = (
        "SELECT who, DATE_DIFF('day', CAST(last_at AS DATE), CAST(:last_day AS DATE)) AS days, orders, money "
        f"FROM (SELECT who, MAX(moment) {sales} AS last_at, COUNT(DISTINCT purchase) {sales} AS orders, "
        "COALESCE(SUM(money), 0) AS money FROM purchases WHERE NOT who IS NULL GROUP BY who) AS g WHERE orders > 0"
    )
    cuts = ", ".join(f"QUANTILE_CONT({name}, {_QUANTILES}) AS {name}" for name in ("days", "orders", "money"))
    scored = (
        f"SELECT p.who, p.days, p.orders, p.money, 6 - ({score.format('days')}) AS r, "
        f"{score.format('orders')} AS f, {score.format('money')} AS m FROM customers AS p CROSS JOIN cuts AS c"
    )
    return (
        Step("customers", per_customer, {"last_day": question.period.end - timedelta(days=1)}),
        Step("cuts", f"SELECT {cuts}, COUNT(*) AS customers FROM customers"),
        Step("scored", scored),
        Step("named", f"SELECT *, {segment_case()} AS segment FROM scored"),
    )
