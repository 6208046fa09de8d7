"""Purchase days in SQL: one row per customer and day with a purchase, from which every customer analysis starts.

Purchases of one day are one. A row of the model is a purchase where it counts for the bound `orders` metric (so that
returns and unpaid orders are none), and customers without a number are left out. Text attributes are those of the
first purchase: what is known of everybody from the start. Conditions of a question choose customers by their first
purchase, too; what they bought later counts wherever it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from semantic_layer.catalog import AnalysisBinding, Dimension, Metric
from semantic_layer.errors import NotEnoughDataError, QueryError
from semantic_layer.period import Period
from semantic_layer.query import Where
from semantic_layer.rows import Analysis, Measured, Named, RowColumn, RowQuery, Step
from semantic_layer.text import Text
from tools.bindings import filters_of, model_of, name_of, names_of
from tools.registry import ToolContext

LEAST_DAYS = 84  # twelve weeks: less is one buying cycle of hardly anything


@dataclass(frozen=True, slots=True)
class Purchases:
    """Whose purchases: those of `period`; `members` are dimensions to read at the first purchase.

    `where` and `segments` choose customers by their first purchase in the period.
    """

    binding: AnalysisBinding
    period: Period
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)  # column -> metric, summed per day

    def analysis(self, result: str, steps: tuple[Step, ...] = (), **values: float | str) -> Analysis:
        """Return an analysis over `days`: who, day, money, m0, m1 … (members), and the measures."""
        rows = {"purchases": self._rows()}
        if self._narrowed:
            rows["entries"] = self._entries()
        return Analysis(rows, result, (*self._chosen(), self._days(), *steps), dict(values))

    @property
    def _narrowed(self) -> bool:
        return bool(self.where or self.segments)

    def _entries(self) -> RowQuery:
        """Return the purchases that fit the conditions; the first one of a customer chooses the customer."""
        binding = self.binding
        columns: dict[str, RowColumn] = {
            "who": Named(str(name_of(binding, "entity"))), "moment": Named("metric_time"),
        }  # fmt: skip
        return RowQuery(
            model_of(binding), columns, where=self.where, segments=self.segments, filters=filters_of(binding),
            time=name_of(binding, "time"), start=self.period.start, end=self.period.end,
        )  # fmt: skip

    def _chosen(self) -> tuple[Step, ...]:
        if not self._narrowed:
            return ()
        counted = "AND NOT counted IS NULL" if name_of(self.binding, "orders") is not None else ""
        return (
            Step(
                "firsts",
                f"SELECT who, MIN(moment) AS first_at FROM purchases WHERE NOT who IS NULL {counted} GROUP BY who",
            ),
            Step(
                "chosen",
                "SELECT DISTINCT e.who FROM entries AS e JOIN firsts AS f ON e.who = f.who AND e.moment = f.first_at",
            ),
        )

    def _rows(self) -> RowQuery:
        binding = self.binding
        columns: dict[str, RowColumn] = {
            "who": Named(str(name_of(binding, "entity"))),
            "moment": Named("metric_time"),
        }
        for column, metric in (
            ("money", name_of(binding, "revenue")),
            ("counted", name_of(binding, "orders")),
        ):
            if metric is not None:
                columns[column] = Measured(metric)
        columns |= {f"m{at}": Named(member) for at, member in enumerate(self.members)}
        columns |= {column: Measured(metric) for column, metric in self.measures.items()}
        return RowQuery(
            model_of(binding),
            columns,
            filters=filters_of(binding),
            time=name_of(binding, "time"),
            start=self.period.start,
            end=self.period.end,
        )

    def _days(self) -> Step:
        money = "COALESCE(SUM(money), 0)" if name_of(self.binding, "revenue") is not None else "0"
        counted = "HAVING COUNT(counted) > 0" if name_of(self.binding, "orders") is not None else ""
        chosen = "AND who IN (SELECT who FROM chosen)" if self._narrowed else ""
        members = "".join(
            f", ARG_MIN(CAST(m{at} AS VARCHAR), moment) AS m{at}" for at in range(len(self.members))
        )
        measures = "".join(f", COALESCE(SUM({column}), 0) AS {column}" for column in self.measures)
        return Step(
            "days",
            f"SELECT who, CAST(moment AS DATE) AS day, CAST({money} AS DOUBLE) AS money{members}{measures} "
            f"FROM purchases WHERE NOT who IS NULL {chosen} GROUP BY who, CAST(moment AS DATE) {counted}",
        )


def revenue_of(binding: AnalysisBinding, context: ToolContext, what: Text) -> Metric:
    """Return the metric with the money that customers spend.

    Raises:
        QueryError: code `missing_binding`; the binding names none.
    """
    name = name_of(binding, "revenue")
    if name is None:
        raise QueryError(
            Text(zh=f"{what.zh}需要消费金额。", en=f"{what.en} needs the money that customers spend."),
            Text(
                zh=f"给 customers: 的 {binding.name} 加上 revenue:。",
                en=f"Add revenue: to {binding.name} under customers:.",
            ),
            code="missing_binding",
        )
    return context.layer.catalog.metrics[name]


def own_members(
    binding: AnalysisBinding, context: ToolContext
) -> tuple[tuple[Dimension, ...], tuple[str, ...]]:
    """Return the bound dimensions that stand on the purchase itself, and the names of the others.

    The others come from another table that says what is so today: a tier reached by buying more, say. Read as if
    it had been known at the first purchase, it would give the outcome away.
    """
    catalog, rights = context.layer.catalog, context.layer.rights(context.user)
    own: list[Dimension] = []
    left: list[str] = []
    for name in names_of(binding, "dimensions"):
        dimension = catalog.dimensions.get(name)
        unseen = name in rights.hidden or name in rights.masked
        if dimension is None or dimension.hidden or dimension.kind == "time" or unseen:
            continue
        if any(one.model == model_of(binding) for one in dimension.bindings):
            own.append(dimension)
        else:
            left.append(name)
    return tuple(own), tuple(left)


def long_enough(period: Period, what: Text, least: int = LEAST_DAYS) -> None:
    """Raise NotEnoughDataError where the history is shorter than `least` days."""
    if period.days < least:
        raise NotEnoughDataError(
            Text(
                zh=f"只有 {period.days} 天的购买记录,{what.zh}看不出来。",
                en=f"There are only {period.days} days of purchases: too short for {what.en}.",
            ),
            Text(
                zh=f"至少要 {least} 天({least // 7} 周)的历史。",
                en=f"At least {least} days ({least // 7} weeks) of history are needed.",
            ),
        )
