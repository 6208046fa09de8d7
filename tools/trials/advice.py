"""What follows from experiments: the advice of a win, and the overview of several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.numerics.experiments import units_per_arm
from tools.registry import ToolContext
from tools.result import Check, Effect, Suggestion, TestPlan
from tools.trials.evaluating import Evaluation
from tools.trials.telling import SIGNED, statement, variant_name

HORIZON_DAYS = 28
VERDICTS = (
    ("win", Text(zh="有效", en="win")),
    ("loss", Text(zh="变差", en="loss")),
    ("flat", Text(zh="没有看出差别", en="no difference found")),
    ("invalid", Text(zh="人数不对,作废", en="invalid: wrong split")),
)


def suggestion(evaluation: Evaluation, context: ToolContext) -> tuple[Suggestion, ...]:
    """Return the advice to ship a winner, sized per 28 days of the experiment's own traffic."""
    effect = evaluation.main
    start, end = (evaluation.question.binding.options.get(key) for key in ("start", "end"))
    if (
        evaluation.verdict != "win"
        or effect is None
        or not isinstance(start, date)
        or not isinstance(end, date)
    ):
        return ()
    if evaluation.sequential or effect.outcome.bottom is not None:
        return ()  # still running, or a ratio that cannot be multiplied by units
    units = sum(evaluation.units.values()) / (end - start).days * HORIZON_DAYS
    low, high = (bound * units for bound in effect.difference.interval())
    people = sum(evaluation.units.values())
    name = variant_name(evaluation, effect.variant, context)
    metric, label = effect.outcome.metric, evaluation.question.binding.label
    n = units_per_arm(
        effect.difference.error**2 * sum(evaluation.units.values()) / 4, effect.difference.value / 2
    )
    return (
        Suggestion(
            problem=statement(evaluation, context),
            strategy=Text(
                zh=f"全量上线「{label.zh}」的{name.zh},保留 5% 对照看四周。",
                en=f"Ship {name.en} of “{label.en}” to everybody but a hold-out of 5 %, and watch it for four weeks.",
            ),
            effect=Effect(
                metric.name,
                min(low, high),
                max(low, high),
                HORIZON_DAYS,
                Text(
                    zh=f"每人的差值 × {units:,.0f} 人({HORIZON_DAYS} 天,假设流量和实验期间一样)",
                    en=f"difference per person × {units:,.0f} people ({HORIZON_DAYS} days, assuming the experiment's "
                    "traffic)",
                ),
            ),
            evidence="experiment",
            checks=(
                Check("volume", True, Text(zh=f"{people:,} 人", en=f"{people:,} people")),
                Check("interval", True, Text.same(f"p={effect.p_value:.2g}, q={effect.q_value:.2g}")),
                Check("mix", True, Text(zh="随机分组", en="assigned at random")),
                Check("stability", False, Text(zh="只做过一次", en="a single experiment")),
                Check(
                    "quality",
                    True,
                    Text(
                        zh=f"分流与计划一致,p={evaluation.split_p_value:.2g}",
                        en=f"the split is as planned, p={evaluation.split_p_value:.2g}",
                    ),
                ),
            ),
            test=TestPlan(
                n,
                4,
                Text(
                    zh="赢的实验往往被高估:按一半的效果复核所需样本如上。",
                    en="Winners tend to be over-estimated: the sample is for confirming half the effect.",
                ),
            ),
            topic=("ship", evaluation.question.binding.name),
        ),
    )


def overview(evaluations: Sequence[Evaluation]) -> tuple[Table, Text]:
    """Return one row per experiment with its verdict, and the conclusion over all of them."""
    labels = tuple((one.question.binding.name, one.question.binding.label) for one in evaluations)
    columns = (
        Column("experiment", Text(zh="实验", en="experiment"), "dimension", value_labels=labels),
        Column("verdict", Text(zh="结论", en="verdict"), "dimension", value_labels=VERDICTS),
        Column("units", Text(zh="人数", en="people"), "derived", format="#,##0"),
        Column("split_p_value", Text(zh="分流 p 值", en="split p-value"), "derived", format="0.0000"),
        Column(
            "lift", Text(zh="首要指标的相对提升", en="relative lift, first metric"), "derived", format=SIGNED
        ),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format=SIGNED),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format=SIGNED),
        Column("p_value", Text(zh="p 值", en="p-value"), "derived", format="0.0000"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for one in evaluations:
        effect = one.main
        told = (
            (effect.lift.value if effect.lift else None, effect.low, effect.high, effect.p_value)
            if effect
            else (None,) * 4
        )
        rows.append(
            (one.question.binding.name, one.verdict, sum(one.units.values()), one.split_p_value, *told)
        )
    counts = {code: sum(one.verdict == code for one in evaluations) for code, _ in VERDICTS}
    named = {
        code: [one.question.binding.label for one in evaluations if one.verdict == code] for code in counts
    }
    zh = ",".join(
        f"{counts[code]} 个{label.zh}"
        + (f"({'、'.join(one.zh for one in named[code])})" if code != "flat" else "")
        for code, label in VERDICTS
        if counts[code]
    )
    en = ", ".join(
        f"{counts[code]} {label.en}"
        + (f" ({', '.join(one.en for one in named[code])})" if code != "flat" else "")
        for code, label in VERDICTS
        if counts[code]
    )
    return Table(columns, tuple(rows), len(rows)), Text(
        zh=f"{len(evaluations)} 个实验:{zh}。", en=f"{len(evaluations)} experiments: {en}."
    )
