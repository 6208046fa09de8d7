"""The words of a reallocation: every number in them was computed before."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

from semantic_layer.catalog import Metric
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.numerics.response import Elasticity, Position
from tools.render import percent, prose
from tools.result import Check, Effect, Suggestion, TestPlan

HORIZON_WEEKS = 4
RECENT_WEEKS = 13


@dataclass(frozen=True, slots=True)
class Move:
    """A candidate: from where, to where, how much over the horizon, and the draws of what it brings."""

    donor: int
    receiver: int
    amount: float
    low: float
    high: float
    mean: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a move: its name, where it stands over the horizon, and the fit behind it."""

    label: Text
    position: Position
    fit: Elasticity


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many moves were compared, and in how many of four refits the conclusion held."""

    scanned: int
    stable: int


def words(
    metric: Metric, value: Metric, donor: Side, receiver: Side, move: Move, evidence: Evidence
) -> Suggestion:
    """Return the suggestion of a move: problem, strategy, effect with its formula, checks and test."""
    given, taken = donor.position, receiver.position
    money = _column(value, value.label)
    ratio = _column(metric, metric.label)
    amount, low, high = prose(move.amount, money), prose(move.low, money), prose(move.high, money)
    name = metric.label
    problem = Text(
        zh=(
            f"{donor.label.zh}平均{name.zh} {prose(given.value / given.spend, ratio).zh},但再加投的边际回报估计只有 "
            f"{prose(given.marginal, ratio).zh};{receiver.label.zh}的边际回报估计为 {prose(taken.marginal, ratio).zh}。"
        ),
        en=(
            f"{donor.label.en} averages {name.en} {prose(given.value / given.spend, ratio).en}, but the next unit of "
            f"spend there returns an estimated {prose(given.marginal, ratio).en}; at {receiver.label.en} it returns "
            f"{prose(taken.marginal, ratio).en}."
        ),
    )
    weeks, note = _test_weeks(receiver.fit, taken, move.amount)
    stop = prose(given.value / given.spend, ratio)
    strategy = Text(
        zh=f"未来 {HORIZON_WEEKS} 周从{donor.label.zh}挪 {amount.zh} 到{receiver.label.zh};"
        f"第 2 周{receiver.label.zh}{name.zh}若低于 {stop.zh} 就停。",
        en=f"Over the next {HORIZON_WEEKS} weeks move {amount.en} from {donor.label.en} to {receiver.label.en}; "
        f"stop if {name.en} at {receiver.label.en} is below {stop.en} in week 2.",
    )
    formula = Text(
        zh=(
            f"预计{value.label.zh}可能增加 {low.zh}–{high.zh}(八成把握)。算法:V×(1±Δ/S)^b,弹性 b 由近 "
            f"{receiver.fit.weeks} 周数据估计({receiver.label.zh} {taken.slope:.2f}、{donor.label.zh} "
            f"{given.slope:.2f}),按近 {RECENT_WEEKS} 周中位数花费推算;相关性证据,不是实验。"
        ),
        en=(
            f"{value.label.en} may rise by {low.en} to {high.en} (80 % interval). Formula: V×(1±Δ/S)^b with "
            f"elasticities b from {receiver.fit.weeks} weeks ({receiver.label.en} {taken.slope:.2f}, "
            f"{donor.label.en} {given.slope:.2f}) at the median spend of the last {RECENT_WEEKS} weeks; "
            "adjusted correlation, not an experiment."
        ),
    )
    return Suggestion(
        problem=problem,
        strategy=strategy,
        effect=Effect(value.name, move.low, move.high, HORIZON_WEEKS * 7, formula),
        evidence="adjusted",
        checks=_checks(donor, receiver, move, evidence),
        test=TestPlan(n_per_arm=None, weeks=weeks, description=note),
    )


def _column(metric: Metric, label: Text) -> Column:
    return Column(metric.name, label, "metric", unit=metric.unit, format=metric.format, metric=metric.name)


def _checks(donor: Side, receiver: Side, move: Move, evidence: Evidence) -> tuple[Check, ...]:
    shortest = min(donor.fit.weeks, receiver.fit.weeks)
    wrong = percent(move.p_value)
    return (
        Check(
            "volume", True, Text(zh=f"每个渠道至少 {shortest} 周数据", en=f"at least {shortest} weeks each")
        ),
        Check(
            "interval",
            True,
            Text(
                zh=f"比较了 {evidence.scanned} 种挪法,校正后仍成立;方向相反的概率约 {wrong}",
                en=f"holds after correction for the {evidence.scanned} moves compared; chance of a loss about {wrong}",
            ),
        ),
        Check(
            "stability",
            evidence.stable >= 3,
            Text(
                zh=f"依次去掉四分之一的历史,{evidence.stable}/4 次结论不变",
                en=f"unchanged in {evidence.stable} of 4 refits without a quarter of the history",
            ),
        ),
        Check(
            "mix",
            False,
            Text(
                zh="没有实验,可能有未观察到的因素同时影响花费和成交",
                en="no experiment: something unseen may move both spend and value",
            ),
        ),
    )


def _test_weeks(fit: Elasticity, receiver: Position, amount: float) -> tuple[int | None, Text]:
    """Return how many weeks a switch-back test needs to see the effect, and the words for it.

    Weeks with and without the extra spend alternate; the noise is the residual of the weekly model.
    """
    effect = receiver.slope * log(1 + amount / receiver.spend)
    if effect <= 0:
        return None, Text(zh="效果太小,无法用实验验证。", en="The effect is too small to test.")
    weeks = 2 * ceil(2 * ((1.959964 + 0.841621) * fit.residual / effect) ** 2 / 2)
    if weeks > 26:
        return None, Text(
            zh=f"按每周波动要约 {weeks} 周才看得清;建议加大调整幅度,或留几个城市不动作对照。",
            en=f"The weekly noise would need about {weeks} weeks; move more, or hold out a few cities.",
        )
    weeks = max(weeks, HORIZON_WEEKS)
    return weeks, Text(
        zh=f"怎么验证:加投周与不加投周交替,共 {weeks} 周;或留几个城市不动作对照。",
        en=f"How to test: alternate weeks with and without the extra spend for {weeks} weeks, or hold out cities.",
    )
