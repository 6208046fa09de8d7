"""A member whose bad rate has risen while the others' has not: a product whose refunds surge, say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from semantic_layer.catalog import Dimension, Metric, RatioMetric
from semantic_layer.period import Grain, truncate
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.numerics.experiments import Arm, difference
from tools.registry import ToolContext
from tools.render import CURRENCIES, as_float, percent, prose
from tools.result import Check, Effect, Suggestion, TestPlan
from tools.suggestions import Lead, Scan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RECENT, BEFORE = 8, 16  # weeks
HORIZON_WEEKS = 4
LEAST_WEEKS = (6, 10)  # of them with data
LEAST_SHARE = 0.005  # of what is divided by
LEAST_EVENTS = 30  # of the rarer outcome, in either time, where counts are divided by counts
MIN_REACH = 0.01
MAX_MEMBERS = 100
REALISABLE = (3.5, 6.5)
DRAWS = 4_000
TOPIC = "stop"


@dataclass(frozen=True, slots=True)
class Rise:
    """One member's rate less the others' by week, NaN where it had nothing; `base` is what its rate divides by."""

    code: str
    label: Text
    gap: Array
    base: Array
    own: Array
    before: float
    after: float
    error: float
    p_value: float

    @property
    def excess(self) -> float:
        """Return by how much the gap to the others grew."""
        return self.after - self.before


def applies(metric: Metric, context: ToolContext) -> bool:
    """Return whether the metric is a share (money of money, or counts of counts) of which less is better."""
    kind = metric.type
    if not isinstance(kind, RatioMetric) or metric.good_direction != "down":
        return False
    if kind.numerator.filters or kind.denominator.filters:
        return False
    metrics = context.layer.catalog.metrics
    units = [(metrics[one.metric].unit or "").upper() for one in (kind.numerator, kind.denominator)]
    same = units[0] == units[1] if any(unit in CURRENCIES for unit in units) else True
    return same and metrics[kind.numerator.metric].good_direction != "none"


def scan(metric: Metric, dimension: Dimension, context: ToolContext) -> Scan:
    """Return a lead per member whose rate rose against the others over the last 8 settled weeks.

    The weeks are the sample (Welch's t of the weekly gap, 8 against the 16 before), so that whatever makes weeks
    differ is in the error.
    """
    kind, found = metric.type, Scan()
    if not isinstance(kind, RatioMetric) or not applies(metric, context):
        return found
    period = _period(metric, kind, context)
    table = context.query(
        MetricQuery(
            metrics=(kind.numerator.metric, kind.denominator.metric),
            group_by=(GroupBy(dimension=dimension.name), GroupBy(dimension="metric_time", grain=Grain.WEEK)),
            period=period,
        )
    ).table
    money = (context.layer.catalog.metrics[kind.numerator.metric].unit or "").upper() in CURRENCIES
    rises, total = _rises(table, dimension, kind, period.start, 0 if money else LEAST_EVENTS)
    for one in rises:
        found.p_values.append(one.p_value)
        if one.excess <= 0 or _blocks(one) < 3:
            continue
        low, _, mean = _gain(one)
        if low <= 0 or mean < MIN_REACH * total:
            continue
        topic = (TOPIC, dimension.name, one.code)
        found.leads.append(
            Lead(
                topic,
                mean,
                kind.numerator.metric,
                partial(_suggestion, metric, kind, one, period, context),
                one.p_value,
                touches=(dimension.name, (one.code,)),
            )
        )
    return found


def _period(metric: Metric, kind: RatioMetric, context: ToolContext) -> PeriodRange:
    names = (kind.numerator.metric, kind.denominator.metric)
    metrics = context.layer.catalog.metrics
    days = max(metric.maturity_days, *(metrics[name].maturity_days for name in names))
    coverage = context.layer.coverage(names)
    settled = min(context.today, coverage.end or context.today) - timedelta(days=days)
    end = truncate(settled, Grain.WEEK, context.layer.catalog.week_start)
    return PeriodRange(start=end - timedelta(weeks=RECENT + BEFORE), end=end)


def _rises(
    table: Table, dimension: Dimension, kind: RatioMetric, start: date, least: int
) -> tuple[list[Rise], float]:
    """Return the members with enough weeks, and the numerator that four recent weeks make in all.

    `least` is how many events of the rarer outcome either time must hold; weeks of two or three would scatter by the
    luck of single events, which no test of weekly means knows about.
    """
    import numpy as np

    at, week_at = table.index(dimension.name), table.index("metric_time__week")
    top_at, base_at = table.index(kind.numerator.metric), table.index(kind.denominator.metric)
    labels = dict(table.columns[at].value_labels)
    codes = sorted({str(row[at]) for row in table.rows if row[at] is not None})
    if not 3 <= len(codes) <= MAX_MEMBERS:
        return [], 0.0
    top, base = np.zeros((2, RECENT + BEFORE, len(codes)))
    for row in table.rows:
        if row[at] is None or not isinstance(row[week_at], date):
            continue
        week = (date.fromisoformat(str(row[week_at])[:10]) - start).days // 7
        if 0 <= week < RECENT + BEFORE:
            top[week, codes.index(str(row[at]))] += as_float(row[top_at]) or 0.0
            base[week, codes.index(str(row[at]))] += as_float(row[base_at]) or 0.0
    rises = []
    for member, code in enumerate(codes):
        rest = base.sum(axis=1) - base[:, member]
        usable = (base[:, member] > 0) & (rest > 0)
        recent, before = usable[-RECENT:].sum(), usable[:BEFORE].sum()
        if recent < LEAST_WEEKS[0] or before < LEAST_WEEKS[1]:
            continue
        if base[-RECENT:, member].sum() < LEAST_SHARE * base[-RECENT:].sum():
            continue
        times = (slice(-RECENT, None), slice(BEFORE))
        counts = [(top[time, member].sum(), base[time, member].sum()) for time in times]
        if least and min(min(done, whole - done) for done, whole in counts) < least:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(usable, top[:, member] / base[:, member], np.nan)
            others = np.where(usable, (top.sum(axis=1) - top[:, member]) / rest, np.nan)
        rises.append(_rise(code, labels.get(code, Text.same(code)), own, own - others, base[:, member]))
    return rises, float(top[-RECENT:].sum()) / RECENT * HORIZON_WEEKS


def _rise(code: str, label: Text, own: Array, gap: Array, base: Array) -> Rise:
    import numpy as np

    after, before = gap[-RECENT:], gap[:BEFORE]
    after, before = after[~np.isnan(after)], before[~np.isnan(before)]
    arms = [Arm(len(part), float(part.mean()), float(part.var(ddof=1))) for part in (before, after)]
    rise = difference(*arms)
    p_value = rise.p_value if rise.error > 0 else 1.0
    return Rise(code, label, gap, base, own, arms[0].mean, arms[1].mean, rise.error, p_value)


def _gain(one: Rise) -> tuple[float, float, float]:
    """Return the 80 % bounds and the mean of what is saved in four weeks: excess × base × the share to be mended."""
    import numpy as np

    rng = np.random.default_rng(7)
    base = float(one.base[-RECENT:].sum()) / RECENT * HORIZON_WEEKS
    draws = base * rng.beta(*REALISABLE, DRAWS) * rng.normal(one.excess, one.error, DRAWS)
    low, high = (float(bound) for bound in np.quantile(draws, (0.1, 0.9)))
    return low, high, float(draws.mean())


def _blocks(one: Rise) -> int:
    """Return in how many of the last four fortnights the gap lay above its old level."""
    import numpy as np

    fortnights = one.gap[-RECENT:].reshape(4, 2)
    return int(sum(np.nanmean(pair) > one.before for pair in fortnights if not np.isnan(pair).all()))


def _since(one: Rise, start: date) -> date:
    """Return the week with which the gap rose most: the split with the largest difference of means in errors."""
    import numpy as np

    best, chosen = 0.0, BEFORE
    for split in range(4, RECENT + BEFORE - 2):
        first, second = one.gap[:split], one.gap[split:]
        first, second = first[~np.isnan(first)], second[~np.isnan(second)]
        error = np.sqrt(first.var() / max(len(first), 1) + second.var() / max(len(second), 1))
        score = (second.mean() - first.mean()) / error if error > 0 else 0.0
        if score > best:
            best, chosen = float(score), split
    return start + timedelta(weeks=chosen)


def _suggestion(
    metric: Metric,
    kind: RatioMetric,
    one: Rise,
    period: PeriodRange,
    context: ToolContext,
    scanned: int,
    q: float,
) -> Suggestion:
    import numpy as np

    low, high, _ = _gain(one)
    goal = context.layer.catalog.metrics[kind.numerator.metric]
    column = Column(goal.name, goal.label, "metric", unit=goal.unit, format=goal.format, metric=goal.name)
    bounds, since = (prose(low, column), prose(high, column)), _since(one, period.start)
    now, earlier = (percent(float(np.nanmean(part))) for part in (one.own[-RECENT:], one.own[:BEFORE]))
    base = float(one.base[-RECENT:].sum()) / RECENT * HORIZON_WEEKS
    return Suggestion(
        problem=Text(
            zh=f"{one.label.zh}的{metric.label.zh}从 {earlier} 升到 {now}(近 {RECENT} 周对之前 {BEFORE} 周),"
            f"其他没有这样涨;约从 {since} 那周开始。",
            en=f"{metric.label.en} of {one.label.en} rose from {earlier} to {now} (last {RECENT} settled weeks against "
            f"the {BEFORE} before), the others did not; it began about the week of {since}.",
        ),
        strategy=Text(
            zh=f"先查{one.label.zh}从那周起变了什么(批次、供应商、页面承诺),查清前暂停主推。",
            en=f"Find out what changed at {one.label.en} that week (batch, supplier, promises); stop pushing it.",
        ),
        effect=Effect(
            goal.name,
            -high,
            -low,
            HORIZON_WEEKS * 7,
            Text(
                zh=f"{HORIZON_WEEKS} 周可能少 {bounds[0].zh}–{bounds[1].zh}(八成把握)。算法:分母 {base:,.0f} × 超出 "
                f"{percent(one.excess)} × λ,λ 均值 0.35(假设能消掉三到四成);前后对比并扣除其他的变化,不是实验。",
                en=f"{bounds[0].en} to {bounds[1].en} less over {HORIZON_WEEKS} weeks may be possible (80 % interval). "
                f"Formula: base {base:,.0f} × excess {percent(one.excess)} × λ, λ 0.35 on average (assumed: a third of "
                "it can be mended); before/after against the others, not an experiment.",
            ),
        ),
        evidence="quasi_experiment",
        checks=_checks(one, scanned, q),
        test=TestPlan(
            None,
            HORIZON_WEEKS,
            Text(
                zh=f"怎么验证:改过后看 {HORIZON_WEEKS} 周,{metric.label.zh}应回到 {earlier} 附近;退款走完再看。",
                en=f"How to test: after the batch or page is changed, {metric.label.en} should be back near {earlier} "
                f"within {HORIZON_WEEKS} weeks; look when refunds are through.",
            ),
        ),
    )


def _checks(one: Rise, scanned: int, q: float) -> tuple[Check, ...]:
    import numpy as np

    weeks = int((~np.isnan(one.gap)).sum())
    return (
        Check("volume", True, Text(zh=f"{weeks} 周有数据", en=f"{weeks} weeks with data")),
        Check(
            "interval",
            True,
            Text(
                zh=f"共比较 {scanned} 处,校正后 q={q:.2g}",
                en=f"{scanned} comparisons in all, q={q:.2g} after correction",
            ),
        ),
        Check(
            "mix",
            True,
            Text(
                zh="与同期其他成员相减,整体的变化已扣除",
                en="held against the other members of the same weeks: what moved everybody is out",
            ),
        ),
        Check(
            "stability",
            True,
            Text(
                zh=f"最近 4 个双周中 {_blocks(one)} 个偏高",
                en=f"high in {_blocks(one)} of the last 4 fortnights",
            ),
        ),
        Check("quality", True, Text(zh="未走完的日子已去掉", en="days that still change are left out")),
    )
