"""What a promotion brought extra: from its hold-out where there is one, else against windows without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Period
from semantic_layer.text import Text
from tools.bindings import binding_of, data_period, model_of
from tools.numerics.incrementality import LEAST_WINDOWS, extra_over_baseline
from tools.promotions.reading import LONGEST_DAYS, Use, earlier, windows
from tools.registry import ToolContext
from tools.render import CURRENCIES
from tools.trials.evaluating import Evaluation, evaluate
from tools.trials.reading import question_of

LEAST_USERS = 100
LEAST_RETURNING = 0.5
Grade = Literal["experiment", "adjusted"]
_Z80 = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class Verdict:
    """The extra revenue of a promotion (value, 80 % bounds) and how it was found; None with the reason why not.

    `first_p_value` is that of a hold-out's first outcome, for which it was planned.
    `anyway` is the share of the buyers with the promotion that would have bought in any case, with bounds. `units`
    counts the customers behind it.
    """

    use: Use
    grade: Grade | None
    extra: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    first_p_value: float | None = None
    anyway: float | None = None
    anyway_low: float | None = None
    anyway_high: float | None = None
    units: int = 0
    windows: int = 0
    why_not: Text | None = None
    sql: str = ""

    @property
    def found(self) -> bool:
        """Return whether there is surely an extra: interval above zero and p at most 0.1."""
        return self.low is not None and self.p_value is not None and self.low > 0 and self.p_value <= 0.1


def judge(use: Use, binding: AnalysisBinding, context: ToolContext) -> Verdict:
    """Return what the promotion brought extra, or why that cannot be told."""
    holdouts = binding.options.get("holdouts")
    name = (
        {str(key): value for key, value in holdouts.items()}.get(str(use.value))
        if isinstance(holdouts, dict)
        else None
    )
    if name is not None:
        try:
            return _by_holdout(use, str(name), context)
        except NotEnoughDataError as error:
            return Verdict(use, None, why_not=error.message)
    return _by_windows(use, binding, context)


def _by_holdout(use: Use, name: str, context: ToolContext) -> Verdict:
    metrics = context.layer.catalog.metrics
    evaluation: Evaluation = evaluate(
        question_of(binding_of(context, "experiment", name), metrics), context, None
    )
    if evaluation.verdict == "invalid":
        return Verdict(
            use, None, sql=evaluation.sql,
            why_not=Text(zh="留白实验的两组人数不对,结果作废。", en="The hold-out's split is not as planned, so "
                                                    "it counts for nothing."),
        )  # fmt: skip
    money = [one for one in evaluation.effects if (one.outcome.metric.unit or "").upper() in CURRENCIES]
    first = evaluation.main
    if not money or first is None:
        return Verdict(
            use, None, sql=evaluation.sql,
            why_not=Text(zh="留白实验没有金额结果。", en="The hold-out has no outcome in money."),
        )  # fmt: skip
    effect = money[0]
    treated = evaluation.units[effect.variant]
    shares = (first.difference.value, first.difference.error)
    value, error = effect.difference.value * treated, effect.difference.error * treated
    # Those who buy with the promotion at hand and would have bought without it: control rate over treated rate.
    anyway, low, high = (
        _without(shares[0] + step * _Z80 * shares[1], first.variant_mean) for step in (0, 1, -1)
    )
    return Verdict(
        use,
        "experiment",
        value,
        value - _Z80 * error,
        value + _Z80 * error,
        effect.p_value,
        first.p_value,
        anyway,
        low,
        high,
        units=sum(evaluation.units.values()),
        sql=evaluation.sql,
    )


def _without(extra: float, seen: float) -> float | None:
    """Return the share of what was seen that would have been without the extra, in [0, 1]."""
    return min(max(1 - extra / seen, 0.0), 1.0) if seen > 0 else None


def _by_windows(use: Use, binding: AnalysisBinding, context: ToolContext) -> Verdict:
    reason = _unfit(use)
    if reason is not None:
        return Verdict(use, None, why_not=reason)
    span: Period = data_period(context, model_of(binding))
    starts = earlier(use, span)
    if len(starts) < LEAST_WINDOWS:
        return Verdict(
            use, None,
            why_not=Text(
                zh=f"之前只有 {len(starts)} 个同样长、没有它的时段(至少 {LEAST_WINDOWS} 个)。",
                en=f"Only {len(starts)} windows of its length lie before it (at least {LEAST_WINDOWS} are needed).",
            ),
        )  # fmt: skip
    context.step(Text(zh="和没有这次促销的时段比较", en="Comparing with windows without the promotion"))
    read = windows(use, starts, binding, context)
    try:
        revenue = extra_over_baseline(read.customers, read.revenue)
        buyers = extra_over_baseline(read.customers, read.buyers)
    except ValueError:
        return Verdict(
            use,
            None,
            why_not=Text(zh="用券的人没有可比的过去。", en="Its users have no past to compare with."),
        )
    anyway, low, high = (_without(part, buyers.actual) for part in (buyers.value, buyers.high, buyers.low))
    return Verdict(
        use,
        "adjusted",
        revenue.value,
        revenue.low,
        revenue.high,
        revenue.p_value,
        None,
        anyway,
        low,
        high,
        units=int(read.customers[0].sum()),
        windows=len(starts),
        sql=read.sql,
    )


def _unfit(use: Use) -> Text | None:
    if use.customers < LEAST_USERS:
        return Text(
            zh=f"只有 {use.customers:,.0f} 人用过(至少 {LEAST_USERS} 人)。",
            en=f"Only {use.customers:,.0f} people used it (at least {LEAST_USERS} are needed).",
        )
    if use.period.days > LONGEST_DAYS:
        return Text(
            zh=f"一直在发({use.period.days} 天),没有不发它的时段可比;需要留白实验。",
            en=f"It was on for {use.period.days} days, so there is no time without it to compare with; hold it "
            f"out from some.",
        )
    if use.returning < LEAST_RETURNING * use.customers:
        return Text(
            zh="用的多是第一次买的人,没有过去的行为可比;需要留白实验。",
            en="Most users bought for the first time and have no past to compare with; hold it out from some.",
        )
    return None
