"""The effect of a change on a metric: daily parts into buckets, treated against controls, then the numerics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from semantic_layer.catalog import Metric
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Period
from semantic_layer.text import Text
from tools.interventions.asking import Change
from tools.metric_tree.series import Asked, daily
from tools.metric_tree.shape import shape_of
from tools.numerics.before_after import Effect, before_after
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WEEKLY_FROM_DAYS = 14
LONGEST_HISTORY_DAYS = 420
LEAST_PER_BUCKET = 1.0  # a control with less than this per bucket is mostly noise
MOST_CONTROLS = 60


@dataclass(frozen=True, slots=True)
class Measured:
    """The effect in the metric's unit per bucket, and what it was computed from.

    `starts` are the buckets' first days, `actual` their values, `at` the position of the first treated one; `days`
    is the length of a bucket. Ratios are means of the bucket's ratio, sums are sums of the bucket.
    """

    metric: Metric
    change: Change
    effect: Effect
    starts: tuple[date, ...]
    actual: tuple[float, ...]
    at: int
    days: int
    is_ratio: bool
    adds: bool
    controls: tuple[Text, ...]
    treated: tuple[Text, ...]
    sql: tuple[str, ...]

    @property
    def buckets(self) -> int:
        """Return how many buckets the change was on for."""
        return len(self.effect.expected)

    @property
    def relative(self) -> tuple[float, float, float]:
        """Return the effect over what was expected: value, low, high (80 %)."""
        expected = sum(self.effect.expected) / self.buckets
        effect = self.effect
        return effect.effect / expected, effect.low / expected, effect.high / expected

    @property
    def found(self) -> bool:
        """Return whether the effect stands: placebo rank at most 0.1, interval without zero."""
        return self.effect.p_value <= 0.1 and self.effect.low * self.effect.high > 0


def measure(
    metric: Metric, change: Change, segments: tuple[str, ...], span: Period, context: ToolContext
) -> Measured:
    """Return the effect of a change on a metric; `span` is what there are data for.

    Buckets are seven days from the change's first day where it was on for two weeks, else days. With members
    that were not touched they are the controls, each against its own mean before (so that large and small ones
    can be compared); without, the series forecasts itself.

    Raises:
        NotEnoughDataError: too little time before the change, or no data in it. QueryError: the metric is no sum.
    """
    import numpy as np

    days = 7 if change.period.days >= WEEKLY_FROM_DAYS else 1
    count = change.period.days // days
    before = min((change.period.start - span.start).days, LONGEST_HISTORY_DAYS) // days
    first = change.period.start - timedelta(days=before * days)
    whole = Period.of(first, change.period.start + timedelta(days=count * days))
    shape = shape_of(context.layer.catalog, metric.name)
    asked = Asked(shape, change.where, segments)
    dimension = change.dimension.name if change.dimension is not None and change.treated else None
    values = daily(context, asked, dimension, whole)
    top, bottom = (_bucketed(part, days) for part in (values.numerator, values.denominator))
    touched = [at for at, code in enumerate(values.codes) if dimension is None or code in change.treated]
    if not touched or not top[touched].any():
        raise NotEnoughDataError(
            Text(zh="这些条件下没有数据。", en="There are no data under these conditions."),
            Text(zh="换条件或时间。", en="Choose other conditions or dates."),
        )
    ratio = shape.denominator is not None
    series = _series(top[touched].sum(axis=0), bottom[touched].sum(axis=0), ratio=ratio)
    others = [at for at in range(len(values.codes)) if at not in touched and values.codes[at] is not None]
    columns, names = [], []
    for at in sorted(others, key=lambda one: -top[one, :before].sum())[:MOST_CONTROLS]:
        own = _series(top[at], bottom[at], ratio=ratio)
        level = own[:before].mean() if before > 0 else 0.0
        if level > 0 and (ratio or top[at, :before].mean() >= LEAST_PER_BUCKET):
            columns.append(own / level)
            names.append(values.labels[at])
    context.step(Text(zh="用从前的日期做安慰剂检验", en="Testing at earlier dates when nothing was done"))
    level = float(series[:before].mean()) if before > 0 else 0.0
    try:
        if len(columns) >= 2 and level > 0:
            found = _scaled(
                before_after(series / level, np.column_stack(columns), before, before + count), level
            )
        else:
            names = []
            found = before_after(series, None, before, before + count, season=7 if days == 1 else None)
    except ValueError as error:
        raise _thin(before, days, count) from error
    if not sum(found.expected):  # nothing to hold it against: there was none of it before
        raise NotEnoughDataError(
            Text(
                zh=f"变动之前没有{metric.label.zh}。", en=f"There was no {metric.label.en} before the change."
            ),
            Text(zh="换一个之前就有的指标。", en="Choose a metric that there was before."),
        )
    labels = tuple(values.labels[at] for at in touched) if dimension is not None else ()
    starts = tuple(first + timedelta(days=days * at) for at in range(before + count))
    return Measured(
        metric, change, found, starts, tuple(float(one) for one in series), before, days, ratio, shape.adds,
        tuple(names), labels, values.sql,
    )  # fmt: skip


def _bucketed(parts: Array, days: int) -> Array:
    import numpy as np

    return np.asarray(parts.reshape(parts.shape[0], -1, days).sum(axis=2))


def _series(top: Array, bottom: Array, *, ratio: bool) -> Array:
    import numpy as np

    if not ratio:
        return np.asarray(top, dtype=float)
    overall = float(top.sum() / bottom.sum()) if bottom.sum() else 0.0
    return np.asarray(np.divide(top, bottom, out=np.full(len(top), overall), where=bottom > 0))


def _scaled(found: Effect, level: float) -> Effect:
    """Return an effect that was computed on a series over its level, in the series' own unit."""
    return Effect(
        found.method,
        found.effect * level,
        found.low * level,
        found.high * level,
        found.p_value,
        tuple(one * level for one in found.placebos),
        found.placebo_kind,
        found.naive * level,
        None if found.did is None else found.did * level,
        found.baseline * level,
        tuple(one * level for one in found.expected),
        found.weights,
    )


def _thin(before: int, days: int, count: int) -> NotEnoughDataError:
    unit_zh, unit_en = ("周", "weeks") if days == 7 else ("天", "days")
    need, before = 27 + count, max(before, 0)
    return NotEnoughDataError(
        Text(
            zh=f"变动之前只有 {before} {unit_zh}的数据;没有至少 20 个安慰剂日期就分不清效果和平常的波动。",
            en=f"There are {before} {unit_en} of data before the change; without 20 placebo dates an effect cannot be "
            "told from the usual ups and downs.",
        ),
        Text(
            zh=f"需要变动前约 {need} {unit_zh}的历史,或至少 10 个没受影响的对照(地区、渠道)。",
            en=f"About {need} {unit_en} before it are needed, or 10 untouched regions or channels to compare with.",
        ),
    )
