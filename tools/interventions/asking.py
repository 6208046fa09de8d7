"""Which change is meant: its dates and whom it touched, from the question or from the action log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from semantic_layer.catalog import Dimension
from semantic_layer.errors import NotEnoughDataError, QueryError
from semantic_layer.period import Period
from semantic_layer.query import Condition, PeriodRange, Where
from semantic_layer.rows import Analysis, Named, RowQuery
from semantic_layer.table import Cell
from semantic_layer.text import Text
from tools.bindings import binding_of, filters_of, model_of, name_of
from tools.registry import ToolContext

DEFAULT_DAYS = 28
LEAST_DAYS = 7
MOST_ACTIONS = 2_000
_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Change:
    """Something done in `period`; `what` names it where a log does. `treated` is whom it touched, if not all."""

    period: Period
    what: Text | None
    treated: tuple[Cell, ...] = ()
    dimension: Dimension | None = None
    where: tuple[Where, ...] = ()
    until_known: bool = True


@dataclass(frozen=True, slots=True)
class Logged:
    """One row of the action log; `note` and `scope` are empty where it has none."""

    day: date
    note: str
    scope: str
    end: date | None


def change_of(
    action: str | None, asked: PeriodRange | None, where: tuple[Where, ...], end: date, context: ToolContext
) -> Change:
    """Return the change that is meant; `end` is the day after the last day with data.

    Without dates: the entry of the action log whose text holds `action`, else the latest one with a week of data
    after it. Conditions of the question say whom it touched; else the entry's scope and text do, as far as they
    name members of one dimension.

    Raises:
        QueryError: code `missing_period`; neither the question nor a log says when.
        NotEnoughDataError: less than a week of data after it.
    """
    split = _split(where, context)
    if asked is not None:
        period = asked.period().cut(end) if asked.start < end else asked.period()
        _enough(period, end)
        return Change(period, None, *split)
    entry = _entry(action, end, context)
    until = entry.end if entry.end is not None and entry.end > entry.day else None
    period = Period.of(entry.day, min(until or entry.day + timedelta(days=DEFAULT_DAYS), end))
    _enough(period, end)
    if not split[0]:
        split = (*_named_in(entry, context), split[2])
    return Change(period, Text.same(entry.note or str(entry.day)), *split, until_known=until is not None)


def _enough(period: Period, end: date) -> None:
    if period.start >= end or period.days < LEAST_DAYS:
        raise NotEnoughDataError(
            Text(
                zh=f"从 {period.start} 起的数据不足 {LEAST_DAYS} 天,看不出效果。",
                en=f"There are fewer than {LEAST_DAYS} days of data from {period.start} on: too few to see an effect.",
            ),
            Text(zh="过几天再问,或选一次更早的动作。", en="Ask again later, or about an earlier change."),
        )


def _split(
    where: tuple[Where, ...], context: ToolContext
) -> tuple[tuple[Cell, ...], Dimension | None, tuple[Where, ...]]:
    """Return the members that were treated, their dimension, and the conditions that hold for all rows."""
    catalog = context.layer.catalog
    for condition in where:
        if isinstance(condition, Condition) and condition.operator in ("=", "in") and condition.values:
            name = catalog.spellings.get(condition.dimension, condition.dimension)
            dimension = catalog.dimensions.get(name)
            if dimension is not None and dimension.kind == "categorical":
                return condition.values, dimension, tuple(one for one in where if one is not condition)
    return (), None, where


def _entry(action: str | None, end: date, context: ToolContext) -> Logged:
    entries = logged(context) if any(one.kind == "action" for one in context.layer.catalog.analyses) else ()
    settled = [one for one in entries if one.day + timedelta(days=LEAST_DAYS) <= end]
    if action is not None:
        named = [one for one in entries if action.casefold() in f"{one.note} {one.scope}".casefold()]
        if named:
            # Of several entries on one thing the first tells when it began.
            return min(named, key=lambda one: one.day)
    elif settled:
        return max(settled, key=lambda one: one.day)
    recent = sorted(settled, key=lambda one: one.day, reverse=True)[:_OFFERED]
    listed = ";".join(f"{one.day} {one.note}" for one in recent)
    more_zh = f"或说出动作日志里的一条:{listed}" if listed else "也可以在 YAML 里声明 actions:"
    more_en = f"or name an entry of the action log: {listed}" if listed else "or declare actions: in the YAML"
    raise QueryError(
        Text(
            zh="不知道要看哪一次变动、什么时候开始。",
            en="There is no telling which change is meant, or when it began.",
        ),
        Text(zh=f"给出起止日期和指标,{more_zh}。", en=f"Give its dates and the metric, {more_en}."),
        code="missing_period",
    )  # fmt: skip


def logged(context: ToolContext) -> tuple[Logged, ...]:
    """Return the rows of the action log, in time order."""
    binding = binding_of(context, "action")
    columns = {"at": Named("metric_time")}
    for key in ("text", "scope", "end_time"):
        name = name_of(binding, key)
        if name is not None:
            columns[key] = Named(name)
    rows = RowQuery(
        model_of(binding), dict(columns), filters=filters_of(binding), time=name_of(binding, "time")
    )
    result = context.analyse(Analysis({"log": rows}, "SELECT * FROM log ORDER BY at"), row_limit=MOST_ACTIONS)
    found = []
    for row in result.records():
        day, end = _day(row["at"]), _day(row.get("end_time"))
        if day is not None:
            found.append(Logged(day, str(row.get("text") or ""), str(row.get("scope") or ""), end))
    return tuple(found)


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None


def _named_in(entry: Logged, context: ToolContext) -> tuple[tuple[Cell, ...], Dimension | None]:
    """Return the members of the one dimension that the entry's scope names, by code or label; none where several do."""
    words = {part.strip().casefold() for part in entry.scope.replace(",", ",").replace("、", ",").split(",")}
    found = []
    for dimension in context.layer.catalog.dimensions.values():
        if dimension.kind != "categorical" or not dimension.values:
            continue
        codes = tuple(
            value.code
            for value in dimension.values
            if {str(value.code).casefold(), value.label.zh.casefold(), value.label.en.casefold()} & words
        )
        if codes and len(codes) < len(dimension.values):
            found.append((codes, dimension))
    return found[0] if len(found) == 1 else ((), None)
