"""One row per deal: what it sold, what came back, what others took, and what the goods cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import QueryError
from semantic_layer.period import Grain, Period
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange, Where
from semantic_layer.table import Cell, Table
from semantic_layer.text import Text
from tools.bindings import filters_of, name_of, names_of
from tools.registry import ToolContext
from tools.render import as_float, group_label


@dataclass(frozen=True, slots=True)
class Terms:
    """The metrics of a binding by their part in the sum; empty where the YAML names none."""

    gross: str | None
    revenue: str
    refunds: str | None
    fees: tuple[str, ...]
    costs: tuple[str, ...]

    @property
    def own(self) -> tuple[str, ...]:
        """Return every metric but the costs, each once."""
        found = (self.gross, self.revenue, self.refunds, *self.fees)
        return tuple(dict.fromkeys(one for one in found if one is not None))


@dataclass(slots=True)
class Deal:
    """One deal, or several of one kind: `values` by metric; `days` are the dates of its sessions."""

    key: str
    label: Text
    values: dict[str, float] = field(default_factory=dict)
    days: set[date] = field(default_factory=set)
    members: list[Deal] = field(default_factory=list)
    groups: dict[str, tuple[str, Text]] = field(default_factory=dict)

    def sum(self, names: Iterable[str | None]) -> float:
        """Return the values of the metrics added up; a missing one is 0."""
        return sum(self.values.get(name, 0.0) for name in names if name)


def terms_of(binding: AnalysisBinding) -> Terms:
    """Return the metrics that a binding names."""
    revenue = name_of(binding, "revenue")
    assert revenue is not None
    return Terms(
        name_of(binding, "gross"),
        revenue,
        name_of(binding, "refunds"),
        names_of(binding, "fees"),
        names_of(binding, "costs"),
    )


def read_deals(
    binding: AnalysisBinding,
    period: Period,
    where: tuple[Where, ...],
    segments: tuple[str, ...],
    context: ToolContext,
) -> tuple[list[Deal], tuple[str, ...]]:
    """Return the deals of a period and the SQL.

    Costs are booked on other days than the deal (an order is paid after the show), so they are read without a
    period and join the deals that are left.
    """
    if filters_of(binding):
        raise QueryError(
            Text(zh="deals: 还不支持 where:。", en="deals: does not take where: yet."),
            Text(zh="把条件写进指标的 filter。", en="Put the condition into the metrics' filter."),
            code="not_supported",
        )
    terms, item, time = terms_of(binding), str(binding.options["item"]), name_of(binding, "time")
    groups = [GroupBy(dimension=item)]
    groups += [GroupBy(dimension=one) for one in names_of(binding, "dimensions") if one != item]
    is_entity = not context.layer.catalog.dimensions[item].values
    if time is not None and is_entity:
        groups.append(GroupBy(dimension=time, grain=Grain.DAY))
    query = MetricQuery(
        metrics=terms.own,
        group_by=tuple(groups),
        where=where,
        segments=segments,
        period=PeriodRange.of(period),
    )
    result = context.query(query)
    deals = _deals(result.table, item, terms.own)
    statements = [result.sql]
    if terms.costs and deals:
        # Where the deal is a member that lives on (a channel), its costs belong to the same days.
        costs = MetricQuery(
            metrics=terms.costs,
            group_by=(GroupBy(dimension=item),),
            period=None if is_entity else PeriodRange.of(period),
        )
        booked = context.query(costs)
        statements.append(booked.sql)
        at = booked.table.index(item)
        for row in booked.table.rows:
            deal = deals.get(str(row[at]))
            if deal is not None and row[at] is not None:
                for name in terms.costs:
                    deal.values[name] = as_float(row[booked.table.index(name)]) or 0.0
    traded = [one for one in deals.values() if one.sum([terms.revenue, *terms.fees]) != 0]
    return traded, tuple(statements)


def _deals(table: Table, item: str, metrics: Sequence[str]) -> dict[str, Deal]:
    at = table.index(item)
    found: dict[str, Deal] = {}
    for row in table.rows:
        if row[at] is None:
            continue
        key = str(row[at])
        day = next((cell for cell in row if isinstance(cell, date)), None)
        words = {
            column.name: (str(cell), group_label(cell, column))
            for column, cell in zip(table.columns, row, strict=True)
            if column.kind == "dimension" and column.name != item and cell is not None
        }
        deal = found.setdefault(key, Deal(key, _named(row[at], table, at, words, day), groups=words))
        if day is not None:
            deal.days.add(day.date() if isinstance(day, datetime) else day)
        for name in metrics:
            deal.values[name] = deal.values.get(name, 0.0) + (as_float(row[table.index(name)]) or 0.0)
    return found


def _named(cell: Cell, table: Table, at: int, words: dict[str, tuple[str, Text]], day: date | None) -> Text:
    """Return what a reader calls a deal: its own label, else who and when (an id says nothing)."""
    column = table.columns[at]
    if column.value_labels or not words:
        return group_label(cell, column)
    first = next(iter(words.values()))[1]
    when = f" {day:%Y-%m-%d}" if day is not None else f" #{cell}"
    return Text(zh=f"{first.zh}{when}", en=f"{first.en}{when}")


def grouped(deals: Sequence[Deal], dimension: str) -> list[Deal]:
    """Return the deals added up by one of their dimensions."""
    found: dict[str, Deal] = {}
    for one in deals:
        if dimension not in one.groups:
            continue
        key, label = one.groups[dimension]
        total = found.setdefault(key, Deal(key, label))
        total.members.append(one)
        total.days |= one.days
        for name, value in one.values.items():
            total.values[name] = total.values.get(name, 0.0) + value
    return list(found.values())
