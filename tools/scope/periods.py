"""Which days an analysis reads, and what it compares them with."""

from __future__ import annotations

from datetime import timedelta

from semantic_layer.comparison import ComparisonKind, comparison_period
from semantic_layer.coverage import Coverage
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Grain, Period, truncate
from semantic_layer.query import Compare, PeriodRange
from semantic_layer.text import Text
from tools.registry import ToolContext
from tools.render_dates import dates_label

WEEK = timedelta(days=7)


def settled(context: ToolContext, metrics: tuple[str, ...]) -> Coverage:
    """Return from when to when the metrics have complete days, through yesterday at the latest.

    Raises:
        NotEnoughDataError: they have none, or no time.
    """
    span = context.layer.coverage(metrics)
    if span.start is None or span.end is None or min(span.end, context.today) <= span.start:
        names = "、".join(metrics)
        raise NotEnoughDataError(
            Text(zh=f"{names} 没有带日期的数据。", en=f"There are no dated rows for {', '.join(metrics)}."),
            Text(
                zh="先载入数据;表里没有日期的话,补一列日期(YAML 里的 agg_time_dimension)。",
                en="Load the data first; a table without dates needs a date column (agg_time_dimension in the YAML).",
            ),
        )
    return Coverage(span.start, min(span.end, context.today), span.rows)


def last_whole_week(context: ToolContext, span: Coverage) -> Period:
    """Return the latest calendar week that is complete in the data."""
    assert span.end is not None
    end = truncate(span.end, Grain.WEEK, context.layer.catalog.week_start)
    return Period.of(end - WEEK, end)


def compared(context: ToolContext, main: Period, asked: Compare | None) -> Period:
    """Return the period that `main` is compared with: as asked, else like for like.

    Not asked: the period before. A day or a few that are no calendar period are compared with the same
    weekdays a week earlier, since weekdays differ more than weeks do.
    """
    catalog = context.layer.catalog
    if asked is not None and asked.kind == "period" and asked.period is not None:
        return asked.period.period()
    kind: ComparisonKind = "previous_period"
    if asked is not None:
        kind = "previous_year" if asked.kind == "previous_year" else kind
        kind = "same_weekday_last_week" if asked.kind == "same_weekday" else kind
    elif main.requested_end - main.start < WEEK:
        kind = "same_weekday_last_week"
    return comparison_period(
        main, kind, week_start=catalog.week_start, fiscal_year_start=catalog.fiscal_year_start
    )


def within(period: PeriodRange, span: Coverage, context: ToolContext) -> Period:
    """Return an asked period cut to the days that have data.

    Raises:
        NotEnoughDataError: none of its days has.
    """
    assert span.start is not None
    assert span.end is not None
    asked = period.period()
    if asked.start >= span.end or asked.end <= span.start:
        have = dates_label(Period.of(span.start, span.end), context.today)
        want = dates_label(asked, context.today)
        raise NotEnoughDataError(
            Text(zh=f"{want.zh}没有数据。", en=f"There are no data for {want.en}."),
            Text(zh=f"数据的范围是 {have.zh}。", en=f"The data reach over {have.en}."),
        )
    return asked.cut(span.end)
