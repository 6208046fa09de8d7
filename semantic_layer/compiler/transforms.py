"""Shares, ranks, running and rolling values, averages per bucket: window expressions over the finished metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from semantic_layer.catalog import Catalog, DerivedMetric, Metric, SimpleMetric
from semantic_layer.compiler import columns, nodes
from semantic_layer.compiler.buckets import Calendar, interval
from semantic_layer.compiler.facts import Key
from semantic_layer.compiler.scope import not_yet
from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.expression import parse_expression
from semantic_layer.period import ONE_DAY, Grain, Period, shift, truncate
from semantic_layer.query import AveragePer, Rank, Rolling, RunningTotal, Share, Transform
from semantic_layer.table import Column
from semantic_layer.text import Text

Total = Callable[[str, Grain], exp.Expr]  # a metric's values per bucket, added up for the row's group


@dataclass(frozen=True, slots=True)
class Setting:
    """What transforms need to know of their query."""

    catalog: Catalog
    keys: tuple[Key, ...]
    period: Period | None
    calendar: Calendar
    known: tuple[Column, ...]  # the columns before the transforms
    total_of_buckets: Total

    def time_key(self) -> Key:
        """Return the one time column; QueryError where there is none or more than one."""
        buckets = [key for key in self.keys if key.is_bucket]
        if len(buckets) != 1:
            raise QueryError(
                Text(
                    zh="累计和滚动计算需要恰好一个时间列。",
                    en="A running or rolling value needs exactly one time column.",
                ),
                Text(
                    zh="按一个时间粒度分组,例如 metric_time:day。", en="Group by one, e.g. metric_time:day."
                ),
                code="needs_time",
            )
        return buckets[0]


def transformed(setting: Setting, transform: Transform) -> tuple[Column, exp.Expr]:
    """Return the result column of one transform and its SQL over the finished columns.

    Raises:
        UnknownNameError: a metric or group column that the query does not have.
        QueryError: a share or sum of a metric whose values do not add up.
    """
    metric = _metric(setting, transform.metric)
    value = nodes.column(transform.metric)
    match transform:
        case Share():
            if transform.metric != metric.name or not _splits_what_is_counted(setting, metric, transform):
                _require_additive(setting.catalog, metric, transform.metric)
            total = _over(exp.Sum(this=value.copy()), _partition(setting, transform.within))
            note = Text(zh="占比", en="share")
            made = columns.derived_column(
                metric, f"{metric.name}__share", note, unit=False, form=columns.PERCENT
            )
            return made, nodes.divided(value, total)
        case Rank():
            return _rank(setting, metric, transform)
        case RunningTotal():
            _require_additive(setting.catalog, metric, transform.metric)
            time = setting.time_key()
            others: list[exp.Expr] = [nodes.column(key.column) for key in setting.keys if key is not time]
            frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
            total = _over(exp.Sum(this=value), others, [_ordered(time.column)], frame)
            note = Text(zh="累计", en="running total")
            return columns.derived_column(metric, f"{metric.name}__running_total", note), total
        case Rolling():
            return _rolling(setting, metric, transform)
        case AveragePer():
            return _average_per(setting, metric, transform)


def has_daily_values(metric: Metric) -> bool:
    """Return whether a metric counts distinct things: no sum over days, but a mean of days' counts."""
    return (
        isinstance(metric.type, SimpleMetric)
        and metric.type.agg == "count_distinct"
        and not metric.not_additive
    )


def _splits_what_is_counted(setting: Setting, metric: Metric, share: Share) -> bool:
    """Return whether the groups of a share split the very things that the metric counts: customers by their segment.

    A column of the table where the counted key is unique holds one value per thing, so that no thing counts twice.
    """
    spec = metric.type
    if not isinstance(spec, SimpleMetric) or not has_daily_values(metric):
        return False
    models = setting.catalog.models
    counted = {entity.name for entity in models[spec.model].entities if entity.expr == spec.expr}
    whole = {key_named(setting.keys, name).column for name in share.within}

    def is_split(key: Key) -> bool:
        dimension = setting.catalog.dimensions.get(key.name.canonical)
        if key.is_bucket or key.name.part is not None or dimension is None or len(dimension.bindings) != 1:
            return False
        home = models[dimension.bindings[0].model]
        return any(one.name in counted and one.type in ("primary", "unique") for one in home.entities)

    return all(is_split(key) for key in setting.keys if key.column not in whole)


def is_additive(catalog: Catalog, metric: Metric) -> bool:
    """Return whether the metric's values over groups add up to its value over all of them."""
    spec = metric.type
    if metric.not_additive:
        return False
    if isinstance(spec, SimpleMetric):
        return spec.agg in ("sum", "count", "sum_boolean") and spec.non_additive is None
    if not isinstance(spec, DerivedMetric):
        return False
    inputs = (catalog.metrics[part.metric] for part in spec.inputs)
    return _is_linear(parse_expression(spec.expr)) and all(is_additive(catalog, part) for part in inputs)


def _is_linear(node: exp.Expr) -> bool:
    """Whether an expression only adds and subtracts metrics, or scales them by constants."""
    if isinstance(node, exp.Column):
        return True
    if isinstance(node, exp.Paren | exp.Neg):
        return _is_linear(node.this)
    if isinstance(node, exp.Add | exp.Sub):
        return _is_linear(node.this) and _is_linear(node.expression)
    if isinstance(node, exp.Mul | exp.Div):
        left, right = node.this.unnest(), node.expression.unnest()
        if isinstance(right, exp.Literal):
            return _is_linear(left)
        return isinstance(node, exp.Mul) and isinstance(left, exp.Literal) and _is_linear(right)
    return False


def bucket_count(period: Period, grain: Grain, calendar: Calendar) -> int:
    """Return how many calendar buckets of `grain` the period touches."""
    count = 0
    bucket = truncate(period.start, grain, calendar.week_start, calendar.fiscal_year_start)
    while bucket < period.end:
        count += 1
        bucket = shift(bucket, 1, grain)
    return count


def _metric(setting: Setting, name: str) -> Metric:
    for known in setting.known:
        if known.name == name and known.metric is not None:
            return setting.catalog.metrics[known.metric]
    names = [known.name for known in setting.known if known.metric is not None]
    raise UnknownNameError(Text(zh="结果列", en="result column"), name, names)


def _require_additive(catalog: Catalog, metric: Metric, column: str) -> None:
    if column == metric.name and is_additive(catalog, metric):
        return
    raise QueryError(
        Text(
            zh=f"{metric.label.zh}不可相加,各组之和不等于总体,因此没有占比、累计或滚动求和。",
            en=f"{metric.label.en} does not add up over groups, so it has no share, running or rolling sum.",
        ),
        Text(
            zh="请对金额或次数一类可相加的指标使用,例如它的分子。",
            en="Use a metric that adds up, such as an amount or a count; its numerator, for example.",
        ),
        code="not_additive",
    )


def _rank(setting: Setting, metric: Metric, transform: Rank) -> tuple[Column, exp.Expr]:
    order = [_ordered(transform.metric, descending=transform.descending)]
    rank = _over(function_of_rank(), _partition(setting, transform.within), order)
    missing = exp.Is(this=nodes.column(transform.metric), expression=exp.Null())
    shown = exp.Case(ifs=[exp.If(this=exp.Not(this=missing), true=rank)])
    note = Text(zh="排名", en="rank")
    made = columns.derived_column(metric, f"{transform.metric}__rank", note, unit=False, form="0")
    return made, shown


def function_of_rank() -> exp.Expr:
    """Return RANK()."""
    return nodes.function("RANK")


def _rolling(setting: Setting, metric: Metric, transform: Rolling) -> tuple[Column, exp.Expr]:
    """Sum or mean over calendar buckets, not rows: a bucket without rows counts as 0."""
    _require_additive(setting.catalog, metric, transform.metric)
    time = setting.time_key()
    grain = time.name.grain
    others: list[exp.Expr] = [nodes.column(key.column) for key in setting.keys if key is not time]
    order = _ordered(time.column)
    if grain is None:
        order = exp.Ordered(this=_bucket_number(setting, time), nulls_first=False)
        back: exp.Expr = nodes.number(transform.window - 1)
    else:
        back = interval(transform.window - 1, grain)
    frame = exp.WindowSpec(kind="RANGE", start=back, start_side="PRECEDING", end="CURRENT ROW")
    total: exp.Expr = _over(exp.Sum(this=nodes.column(transform.metric)), others, [order], frame)
    if transform.function == "mean":
        total = nodes.divided(total, nodes.number(transform.window))
    if grain is None:
        enough = exp.GTE(this=_bucket_number(setting, time), expression=nodes.number(transform.window))
        total = exp.Case(ifs=[exp.If(this=enough, true=total)])
    elif setting.period is not None and grain.order >= Grain.DAY.order:
        first = truncate(
            setting.period.start, grain, setting.calendar.week_start, setting.calendar.fiscal_year_start
        )
        whole = shift(first, transform.window - 1, grain)
        enough = exp.GTE(this=nodes.column(time.column), expression=nodes.day(whole))
        total = exp.Case(ifs=[exp.If(this=enough, true=total)])
    word = (
        Text(zh="滚动均值", en="rolling mean")
        if transform.function == "mean"
        else Text(zh="滚动合计", en="rolling sum")
    )
    return columns.derived_column(metric, f"{metric.name}__rolling", word), total


def _bucket_number(setting: Setting, time: Key) -> exp.Expr:
    """Return the number of a bucket of a calendar by rule in the period, from 1: months of four and of five weeks.

    Raises:
        QueryError: the calendar is a table, so that its buckets are not known here; or there is no period.
    """
    rule = time.grain.rule if time.grain is not None else None
    if rule is None or setting.period is None:
        raise not_yet(Text(zh="按表格历法的滚动计算", en="a rolling value by a calendar that is a table"))
    found = rule.buckets(setting.period.start, max(setting.period.start, setting.period.end - ONE_DAY))
    cases = [
        exp.If(
            this=exp.EQ(this=nodes.column(time.column), expression=nodes.day(bucket.start)),
            true=nodes.number(number),
        )
        for number, bucket in enumerate(found, start=1)
    ]
    return exp.Case(ifs=cases)


def _average_per(setting: Setting, metric: Metric, transform: AveragePer) -> tuple[Column, exp.Expr]:
    counted = transform.metric == metric.name and has_daily_values(metric)
    if not counted:
        _require_additive(setting.catalog, metric, transform.metric)
    if setting.period is None or any(key.is_bucket for key in setting.keys):
        raise QueryError(
            Text(
                zh="每期平均需要一个时间范围,并且不按时间分组。",
                en="An average per bucket needs a period, and no time column to group by.",
            ),
            Text(zh="给出时间范围,去掉时间分组。", en="Give a period and leave the time column out."),
            code="needs_period",
        )
    count = bucket_count(setting.period, transform.grain, setting.calendar)
    word = columns.grain_label(transform.grain)
    note = Text(zh=f"每{word.zh}平均", en=f"average per {word.en}")
    made = columns.derived_column(metric, f"{metric.name}__per_{transform.grain.value}", note)
    total = setting.total_of_buckets(metric.name, transform.grain) if counted else nodes.column(metric.name)
    return made, nodes.divided(total, nodes.number(count))


def _partition(setting: Setting, within: tuple[str, ...]) -> list[exp.Expr]:
    return [nodes.column(key_named(setting.keys, name).column) for name in within]


def key_named(keys: tuple[Key, ...], name: str) -> Key:
    """Return the group key with a column or dimension name; UnknownNameError where the query has none."""
    for key in keys:
        if name in (key.column, key.name.canonical, key.name.spelling):
            return key
    for key in keys:
        if name in key.asked:
            return key
    raise UnknownNameError(Text(zh="分组列", en="group column"), name, [key.column for key in keys])


def _ordered(column: str, *, descending: bool = False) -> exp.Ordered:
    return exp.Ordered(this=nodes.column(column), desc=descending, nulls_first=False)


def _over(
    call: exp.Expr,
    partition: list[exp.Expr],
    order: list[exp.Ordered] | None = None,
    frame: exp.WindowSpec | None = None,
) -> exp.Window:
    ordering = exp.Order(expressions=order) if order else None
    return exp.Window(this=call, partition_by=partition, order=ordering, spec=frame)
