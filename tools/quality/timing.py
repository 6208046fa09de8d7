"""Is everything loaded? The last day, days without rows, a last day with far too few, figures still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from semantic_layer.catalog import Model
from semantic_layer.period import ONE_DAY
from semantic_layer.rows import Analysis, Named, RowQuery
from semantic_layer.table import Cell
from semantic_layer.text import Text
from tools.quality.fields import Issue
from tools.quality.profile import whole
from tools.registry import ToolContext

HISTORY_DAYS = 120
LEAST_DAYS = 14
DAILY = 0.9  # rows on this share of the days: a day without any is a gap
LEAST_ROWS = 50
HALF_LOADED = 0.4


def freshness(model: Model, context: ToolContext) -> list[Issue]:
    """Return what is late, missing or half loaded in the last 120 days.

    Plans, calendars and assignments of experiments (which end) are not looked at.
    """
    found = rows_by_day(model, context)
    if found is None or len(found.counts) < LEAST_DAYS:
        return []
    return day_issues(found.counts, found.start, found.end, model, context.today, found.sql)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows per day of a model over [start, end), days without any left out."""

    counts: dict[date, int]
    start: date
    end: date
    sql: str

    @property
    def is_daily(self) -> bool:
        """Return whether there are rows on nearly every day, so that a day without any is news."""
        return len(self.counts) >= max(LEAST_DAYS, DAILY * (self.end - self.start).days)


def rows_by_day(model: Model, context: ToolContext) -> Rows | None:
    """Return the rows of the last 120 days; None for a model that is not expected to go on, or without rows."""
    ends = {
        one.options["model"] for one in context.layer.catalog.analyses if one.kind in ("experiment", "action")
    }
    if model.agg_time_dimension is None or model.forward_dated or model.name in ends:
        return None
    span = context.layer.model_coverage(model.name)
    if span.start is None or span.end is None:
        return None
    end = min(span.end, context.today)
    start = max(span.start, end - timedelta(days=HISTORY_DAYS))
    if start >= end:
        return None
    result = context.analyse(
        Analysis(
            {"seen": RowQuery(model.name, {"at": Named("metric_time")}, start=start, end=end)},
            "SELECT CAST(at AS DATE) AS day, COUNT(*) AS n FROM seen GROUP BY 1 ORDER BY 1",
        )
    )
    return Rows({_day(day): whole(n) for day, n in result.rows}, start, end, result.sql)


def day_issues(
    counts: dict[date, int], start: date, end: date, model: Model, today: date, sql: str
) -> list[Issue]:
    """Return the issues of rows per day over [start, end)."""
    days = sorted(counts)
    gaps = [(b - a).days for a, b in pairwise(days)]
    usual = median(gaps)
    label, issues = Text(zh="日期", en="days"), []
    unit = Text(zh="天", en="days")
    late = (today - ONE_DAY - days[-1]).days
    if late > 2 * usual + 1:
        why = Text(
            zh=f"最后一天是 {days[-1]},平时每 {usual:g} 天更新一次",
            en=f"the last day is {days[-1]}; there usually is one every "
            f"{f'{usual:g} days' if usual != 1 else 'day'}",
        )
        issues.append(Issue("freshness", "problem", model, label, late, late, why, sql, unit))
    span = (end - start).days
    if len(days) / span >= DAILY and (empty := (days[-1] - days[0]).days + 1 - len(days)):
        missing = next(day for day in (days[0] + timedelta(days=n) for n in range(span)) if day not in counts)
        why = Text(zh=f"没有数据的日子,如 {missing}", en=f"days without rows, such as {missing}")
        issues.append(Issue("freshness", "suspect", model, label, empty, span, why, sql, unit))
    before = [counts[day] for day in days[:-1] if day.weekday() == days[-1].weekday()][-8:]
    usual_rows = median(before) if len(before) >= 4 else 0
    if usual_rows >= LEAST_ROWS and counts[days[-1]] < HALF_LOADED * usual_rows:
        why = Text(
            zh=f"最后一天只有平时同日的 {counts[days[-1]] / usual_rows:.0%},可能没导完",
            en=f"the last day has {counts[days[-1]] / usual_rows:.0%} of the rows usual on its weekday: "
            "perhaps loaded in part",
        )
        short = round(usual_rows) - counts[days[-1]]
        issues.append(Issue("freshness", "suspect", model, label, short, round(usual_rows), why, sql))
    return issues


def maturing(model: Model, names: Sequence[str], context: ToolContext) -> list[Issue]:
    """Return one note on the metrics of the model whose last days still change (open refunds, late reports)."""
    catalog = context.layer.catalog
    found = [catalog.metrics[name] for name in names if catalog.metrics[name].maturity_days > 0]
    span = context.layer.model_coverage(model.name)
    if not found or span.end is None or model.agg_time_dimension is None:
        return []
    days = max(one.maturity_days for one in found)
    end = min(span.end, context.today)
    total = Analysis(
        {"seen": RowQuery(model.name, {"at": Named("metric_time")})},
        "SELECT COUNT(*) AS n, SUM(CASE WHEN at >= :since THEN 1 ELSE 0 END) AS young FROM seen",
        values={"since": end - timedelta(days=days)},
    )
    result = context.analyse(total)
    record = result.records()[0]
    labels = [one.label for one in found]
    label = Text(zh="、".join(one.zh for one in labels[:3]), en=", ".join(one.en for one in labels[:3]))
    why = Text(
        zh=f"最近 {days} 天还会变(退款未走完或平台补报),不要与更早的日子直接比",
        en=f"the last {days} days still change (open refunds, late reports): do not compare them with earlier ones",
    )
    return [
        Issue("freshness", "note", model, label, whole(record["young"]), whole(record["n"]), why, result.sql)
    ]


def _day(value: Cell) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
