"""From the sums per variant to effects and a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Grain, shift
from semantic_layer.table import Cell
from semantic_layer.text import Text
from tools.bindings import window_of
from tools.numerics.experiments import (
    Arm,
    Estimate,
    adjusted_arm,
    detectable,
    difference,
    ratio_arm,
    relative_lift,
    sample_ratio_p_value,
    sequence_interval,
    sequence_p_value,
)
from tools.numerics.proportions import newcombe, two_shares_p_value
from tools.numerics.rates import benjamini_hochberg
from tools.registry import ToolContext
from tools.trials.reading import Outcome, Question, number, per_variant

Verdict = Literal["invalid", "win", "loss", "flat"]
MISMATCH = 0.001
ALPHA = 0.05
LEAST_UNITS = 100


@dataclass(frozen=True, slots=True)
class Effect:
    """One variant against the control on one outcome; means are as measured, effects adjusted where they can be.

    `lift` is relative, with its 80 % bounds `low` and `high`; None with a control of 0. `difference` is plain,
    with 95 % bounds: Newcombe's for shares.
    """

    outcome: Outcome
    variant: str
    control_mean: float
    variant_mean: float
    difference: Estimate
    lift: Estimate | None
    low: float | None
    high: float | None
    difference_low: float
    difference_high: float
    p_value: float
    q_value: float = 1.0

    @property
    def is_better(self) -> bool:
        """Return whether the change goes the metric's good way (up where none is declared)."""
        return (self.difference.value > 0) != (self.outcome.metric.good_direction == "down")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluated experiment. Without a trustworthy split there are no effects."""

    question: Question
    units: Mapping[str, int]
    shares: Mapping[str, float]
    mixed: int
    split_p_value: float
    effects: tuple[Effect, ...]
    verdict: Verdict
    sequential: bool
    adjusted: tuple[str, ...]  # outcomes that the covariate made more precise
    sql: str

    @property
    def main(self) -> Effect | None:
        """Return the decisive effect: the first outcome, of its variants the most certain one."""
        first = [one for one in self.effects if one.outcome is self.question.outcomes[0]]
        return min(first, key=lambda one: one.p_value, default=None)

    @property
    def detectable_lift(self) -> float | None:
        """Return the smallest relative lift of the first outcome that the test would find with 80 % power."""
        return detectable(self.main.lift.error) if self.main is not None and self.main.lift else None


def evaluate(question: Question, context: ToolContext, peeking: bool | None) -> Evaluation:
    """Return the evaluated experiment; `peeking` None: confidence sequences while it still runs.

    Raises:
        NotEnoughDataError: one variant only, or fewer than 100 units in an arm.
    """
    result = context.analyse(per_variant(question, context))
    records = {str(one["variant"]): one for one in result.records()}
    control = str(question.binding.options["control"])
    units = {name: int(number(one, "n")) for name, one in records.items()}
    _enough(units, control, question)
    shares = _planned(question, units)
    mixed = int(number(next(iter(records.values())), "mixed"))
    unplanned = [name for name in units if name not in shares]
    counts = [units.get(name, 0) for name in shares]
    split = 0.0 if unplanned else sample_ratio_p_value(counts, list(shares.values()))
    sequential = is_running(question, context) if peeking is None else peeking
    if split < MISMATCH:
        return Evaluation(question, units, shares, mixed, split, (), "invalid", sequential, (), result.sql)
    adjusted: list[str] = []
    effects: list[Effect] = []
    for outcome in question.outcomes:
        arms, is_share, helped = _arms(question, outcome, records)
        adjusted += [outcome.metric.name] if helped else []
        effects += [
            _effect(outcome, name, arms[control], arms[name], is_share and not helped, sequential)
            for name in arms
            if name != control
        ]
    corrected = _corrected(effects)
    return Evaluation(
        question, units, shares, mixed, split, corrected, _verdict(corrected, question),
        sequential, tuple(adjusted), result.sql,
    )  # fmt: skip


def is_running(question: Question, context: ToolContext) -> bool:
    """Return whether outcomes may still come: the declared end and the window after it are not over today."""
    end, window = question.binding.options.get("end"), window_of(question.binding)
    if not isinstance(end, date):
        return False
    if window is not None and window.grain.order >= Grain.DAY.order:
        end = shift(end, window.count, window.grain)
    return end > context.today


def _planned(question: Question, units: Mapping[str, int]) -> dict[str, float]:
    declared = question.binding.options.get("allocation")
    if isinstance(declared, Mapping) and declared:
        return {str(name): float(share) for name, share in declared.items()}
    return {name: 1 / len(units) for name in units}


def _arms(
    question: Question, outcome: Outcome, records: Mapping[str, Mapping[str, Cell]]
) -> tuple[dict[str, Arm], bool, bool]:
    """Return the arms, whether the outcome is a share of units, and whether the covariate was used."""
    top, bottom, covariate = outcome.top.column, outcome.bottom, question.covariate
    if bottom is not None:
        arms = {
            name: ratio_arm(
                int(number(one, "n")), number(one, f"mean_{top}"), number(one, f"mean_{bottom.column}"),
                number(one, f"var_{top}"), number(one, f"var_{bottom.column}"), _covariance(one, top, bottom.column),
            )
            for name, one in records.items()
        }  # fmt: skip
        return arms, False, False
    arms = {
        name: Arm(int(number(one, "n")), number(one, f"mean_{top}"), number(one, f"var_{top}"))
        for name, one in records.items()
    }
    is_share = all(bool(one[f"binary_{top}"]) for one in records.values())
    if covariate is None or covariate.column == top:
        return arms, is_share, False
    weights = {name: arm.n - 1 for name, arm in arms.items()}
    spread = sum(weights[name] * number(one, f"var_{covariate.column}") for name, one in records.items())
    shared = sum(weights[name] * _covariance(one, top, covariate.column) for name, one in records.items())
    if spread <= 0 or shared == 0:
        return arms, is_share, False
    theta = shared / spread
    total = sum(arm.n for arm in arms.values())
    centre = sum(arms[name].n * number(one, f"mean_{covariate.column}") for name, one in records.items())
    centred = {
        name: adjusted_arm(
            arms[name], number(one, f"mean_{covariate.column}") - centre / total,
            number(one, f"var_{covariate.column}"), _covariance(one, top, covariate.column), theta,
        )
        for name, one in records.items()
    }  # fmt: skip
    return centred, is_share, True


def _covariance(record: Mapping[str, Cell], one: str, two: str) -> float:
    name = f"cov_{one}_{two}"
    return number(record, name if name in record else f"cov_{two}_{one}")


def _effect(
    outcome: Outcome, name: str, control: Arm, variant: Arm, is_share: bool, sequential: bool
) -> Effect:
    plain = difference(control, variant)
    lift = relative_lift(control, variant) if control.level else None
    bounds: tuple[float | None, float | None] = (None, None)
    if sequential:
        low, high = sequence_interval(plain)
        p_value = sequence_p_value(plain)
        bounds = sequence_interval(lift, 0.8) if lift else bounds
    elif is_share:
        first, second = (control.mean * control.n, control.n), (variant.mean * variant.n, variant.n)
        first, second = (round(first[0]), first[1]), (round(second[0]), second[1])
        low, high = newcombe(first, second, 0.95)
        p_value = two_shares_p_value(first, second)
        bounds = lift.interval() if lift else bounds
    else:
        low, high = plain.interval(0.95)
        p_value = plain.p_value
        bounds = lift.interval() if lift else bounds
    return Effect(outcome, name, control.level, variant.level, plain, lift, *bounds, low, high, p_value)


def _corrected(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Return the effects with q-values over all variants and metrics together (Benjamini-Hochberg)."""
    values = benjamini_hochberg([one.p_value for one in effects])
    return tuple(replace(one, q_value=q) for one, q in zip(effects, values, strict=True))


def _verdict(effects: Sequence[Effect], question: Question) -> Verdict:
    """Return what the first outcome says: several variants compete for it, so its p-values are corrected."""
    first = [one for one in effects if one.outcome is question.outcomes[0]]
    within = benjamini_hochberg([one.p_value for one in first])
    sure = [one for one, q in zip(first, within, strict=True) if q < ALPHA]
    if not sure:
        return "flat"
    return "win" if any(one.is_better for one in sure) else "loss"


def _enough(units: Mapping[str, int], control: str, question: Question) -> None:
    label = question.binding.label
    if control not in units or len(units) < 2:
        found = ", ".join(units) or "-"
        raise NotEnoughDataError(
            Text(
                zh=f"实验「{label.zh}」的数据里没有对照组 {control} 和另一组(只有:{found})。",
                en=f"The data of “{label.en}” do not hold the control {control} and another variant (found: {found}).",
            ),
            Text(
                zh="检查 experiments: 的 control、variant 和日期。",
                en="Check control, variant and dates under experiments:.",
            ),
        )
    if min(units.values()) < LEAST_UNITS:
        raise NotEnoughDataError(
            Text(
                zh=f"实验「{label.zh}」最小的一组只有 {min(units.values()):,} 个单位。",
                en=f"The smallest variant of “{label.en}” has {min(units.values()):,} units.",
            ),
            Text(
                zh=f"每组至少要 {LEAST_UNITS} 个;等实验跑完,或减少筛选。",
                en=f"Each needs at least {LEAST_UNITS}: let it run on, or use fewer filters.",
            ),
        )
