"""A catalog of five metrics and hand-made results, for sentences whose every figure is checked by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.compose.view import Scene, UsedPeriod, View
from semantic_layer.catalog import (
    Binding,
    Catalog,
    Dimension,
    Event,
    Metric,
    MetricInput,
    Model,
    RatioMetric,
    SimpleMetric,
)
from semantic_layer.period import Grain, Period
from semantic_layer.query import Compare, GroupBy, MetricQuery
from semantic_layer.table import Column, Table
from semantic_layer.text import Text, Words

THURSDAY = date(2025, 11, 20)
THIS_WEEK = Period(date(2025, 11, 17), date(2025, 11, 20), date(2025, 11, 24))
SAME_DAYS = Period(date(2025, 11, 10), date(2025, 11, 13), date(2025, 11, 17))
LAST_WEEK = Period.of(date(2025, 11, 10), date(2025, 11, 17))
WEEK_BEFORE = Period.of(date(2025, 11, 3), date(2025, 11, 10))


def simple(name: str, zh: str, en: str, agg: str = "sum", **more: Any) -> Metric:
    return Metric(name, SimpleMetric("sales", agg, name, "day"), Text(zh=zh, en=en), "v1", **more)  # type: ignore[arg-type]


def ratio(name: str, zh: str, en: str, top: str, bottom: str, **more: Any) -> Metric:
    kind = RatioMetric(MetricInput(top), MetricInput(bottom))
    return Metric(name, kind, Text(zh=zh, en=en), "v1", **more)


METRICS = [
    simple("paid", "支付金额", "paid amount", unit="CNY", good_direction="up"),
    simple("spend", "花费", "spend", unit="CNY"),
    simple("orders", "订单数", "orders", "count", unit="orders"),
    simple("visits", "访客", "visits", "count_distinct", unit="visits"),
    ratio("roas", "投产比", "ROAS", "paid", "spend", format="0.00x", good_direction="up", maturity_days=3),
    ratio("cvr", "转化率", "conversion", "orders", "visits", format="0.0%", good_direction="up"),
    ratio("cpo", "单均成本", "cost per order", "spend", "orders", unit="CNY", good_direction="down"),
]
DIMENSIONS = [
    Dimension("channel", "categorical", Text(zh="渠道", en="channel"), (Binding("sales", "channel"),)),
    Dimension("day", "time", Text(zh="日期", en="day"), (Binding("sales", "day"),), grain=Grain.DAY),
]
CATALOG = Catalog(
    models={"sales": Model("sales", Text(zh="销售", en="sales"), "sales", "table", (), "day")},
    dimensions={one.name: one for one in DIMENSIONS},
    metrics={one.name: one for one in METRICS},
    segments={},
    concepts=(),
    events=(
        Event(
            "fair",
            Text(zh="集市节", en="Fair days"),
            Words(),
            ((2024, date(2024, 9, 3), date(2024, 9, 8)), (2025, date(2025, 9, 10), date(2025, 9, 20))),
        ),
    ),
    analyses=(),
    access=None,
)
LABELS = (
    ("xhs", Text(zh="小红书", en="RED")),
    ("qc", Text(zh="千川", en="Qianchuan")),
    ("bd", Text(zh="百度", en="Baidu")),
)


@pytest.fixture
def scene() -> Scene:
    return Scene(CATALOG, THURSDAY, date(2024, 1, 1), THURSDAY)


@pytest.fixture
def view() -> Callable[..., View]:
    """Make a result: `view(["channel"], ["paid"], rows, main=…, before=…)`; a comparison adds m__previous_period."""

    def make(
        groups: list[str],
        metrics: list[str],
        rows: list[tuple[Any, ...]],
        *,
        main: Period | None = THIS_WEEK,
        before: Period | None = None,
        suffix: str = "previous_period",
        derived: tuple[str, ...] = (),
        **query: Any,
    ) -> View:
        group_by = tuple(
            GroupBy(dimension="metric_time", grain=Grain(name))
            if name in ("day", "week", "month")
            else GroupBy(dimension=name)
            for name in groups
        )
        columns = [_group(group) for group in group_by]
        columns += [_metric(name, name, "metric") for name in metrics]
        if before is not None:
            columns += [_metric(f"{name}__{suffix}", name, "derived") for name in metrics]
        columns += [_metric(name, name.partition("__")[0], "derived") for name in derived]
        periods = [UsedPeriod("main", main)] if main is not None else []
        periods += [UsedPeriod("comparison", before, suffix)] if before is not None else []
        asked = MetricQuery(metrics=tuple(metrics), group_by=group_by, **query)
        return View(asked, Table(tuple(columns), tuple(rows), len(rows)), tuple(periods))

    return make


@pytest.fixture
def compare() -> tuple[Compare, ...]:
    return (Compare(kind="previous_period"),)


def _group(group: GroupBy) -> Column:
    if group.grain is not None:
        return Column(group.column, Text(zh="时间", en="time"), "time", grain=group.grain.value)
    return Column(group.column, Text(zh="渠道", en="channel"), "dimension", value_labels=LABELS)


def _metric(column: str, name: str, kind: Any) -> Column:
    metric = CATALOG.metrics[name]
    return Column(column, metric.label, kind, metric.unit, metric.format, name)
