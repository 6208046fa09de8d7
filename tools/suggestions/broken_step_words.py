"""The sentences of a broken step."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from semantic_layer.table import Cell, Column
from semantic_layer.text import Text
from tools.numerics.rates import sample_size
from tools.registry import ToolContext
from tools.render import group_label, percent, prose
from tools.result import Check, Effect, Suggestion, TestPlan

if TYPE_CHECKING:
    from tools.suggestions.broken_step import Cube, Loss


def words(
    loss: Loss, cube: Cube, orders: str, bounds: tuple[float, float],
    strata: list[tuple[int, float]], where: tuple[int, Cell] | None, test: tuple[int, float], context: ToolContext,
) -> Suggestion:  # fmt: skip
    """Return the suggestion: mend the step for the member, first where the loss lies."""
    from tools.suggestions.broken_step import HORIZON_WEEKS, RECENT, WEEKS

    metric = context.layer.catalog.metrics[orders]
    column = Column(orders, metric.label, "metric", unit=metric.unit, format=metric.format, metric=orders)
    who, step = _label(cube, loss.at, loss.value, context), cube.steps[loss.step].label
    before_step = cube.steps[loss.step - 1].label
    p0, p1 = loss.before[0] / loss.before[1], loss.after[0] / loss.after[1]
    lost = (
        loss.after[1] * (loss.drop - 1.2816 * loss.error),
        loss.after[1] * (loss.drop + 1.2816 * loss.error),
    )
    place = _label(cube, *where, context) if where is not None else None
    inside = Text(zh=f",集中在{place.zh}", en=f", nearly all of it at {place.en}") if place else None
    said = prose(bounds[0], column), prose(bounds[1], column)
    arm = sample_size(p1, 0.5 * loss.drop)
    weeks = ceil(2 * arm / (loss.after[1] / RECENT))
    entering = loss.after[1] / RECENT * HORIZON_WEEKS
    at_zh, at_en = (place.zh, place.en) if place else (who.zh, who.en)
    return Suggestion(
        problem=Text(
            zh=f"{who.zh}从「{before_step.zh}」到「{step.zh}」由 {percent(p0)} 掉到 {percent(p1)}(近 {RECENT} 周对之前 "
            f"{WEEKS - RECENT} 周),其他没有一起掉{inside.zh if inside else ''};{RECENT} 周里少了 "
            f"{max(0, lost[0]):,.0f}–{lost[1]:,.0f} 人走完这一步(八成把握)。",
            en=f"{who.en} fell from {percent(p0)} to {percent(p1)} between “{before_step.en}” and “{step.en}” (last "
            f"{RECENT} weeks against the {WEEKS - RECENT} before), the others did not{inside.en if inside else ''}; "
            f"{max(0, lost[0]):,.0f} to {lost[1]:,.0f} people fewer took the step (80 % interval).",
        ),
        strategy=Text(
            zh=f"先回滚或修复{at_zh}的这一步,按小时看恢复情况。",
            en=f"Roll back or mend this step for {at_en} first, and watch it recover by the hour.",
        ),
        effect=Effect(
            orders,
            bounds[0],
            bounds[1],
            HORIZON_WEEKS * 7,
            Text(
                zh=f"{HORIZON_WEEKS} 周可能多 {said[0].zh}–{said[1].zh}(八成把握)。算法:N×λ×下降×d,N={entering:,.0f},"
                f"下降 {percent(loss.drop)},λ 均值 0.5(假设能恢复三到七成),d 是走完这一步的人到最后的比例;"
                "前后对比并扣除其他的变化。",
                en=f"{said[0].en} to {said[1].en} more over {HORIZON_WEEKS} weeks may be possible (80 % interval). "
                f"Formula: N×λ×drop×d, N={entering:,.0f}, drop {percent(loss.drop)}, λ 0.5 on average (assumed: a "
                "third to two thirds come back), d the share of those past the step who reach the end; before/after "
                "against the others.",
            ),
        ),
        evidence="quasi_experiment",
        checks=_checks(loss, cube, strata, test, context),
        test=TestPlan(
            arm,
            weeks if weeks <= 26 else None,
            Text(
                zh=f"怎么验证:修复版先放一半流量,每组 {arm:,} 人,约 {weeks} 周;不必等,出血先止。",
                en=f"How to test: give half of the traffic the mended version, {arm:,} per arm, about {weeks} weeks; "
                "do not wait with the roll-back.",
            ),
        ),
    )


def _label(cube: Cube, at: int, value: Cell, context: ToolContext) -> Text:
    dimension = context.layer.catalog.dimensions[cube.dimensions[at]]
    labels = tuple((str(one.code), one.label) for one in dimension.values)
    name = group_label(value, Column(dimension.name, dimension.label, "dimension", value_labels=labels))
    return Text(zh=f"{dimension.label.zh}「{name.zh}」", en=f"{dimension.label.en} “{name.en}”")


def _checks(
    loss: Loss, cube: Cube, strata: list[tuple[int, float]], test: tuple[int, float], context: ToolContext
) -> tuple[Check, ...]:
    from tools.suggestions.broken_step import ENOUGH, RECENT

    scanned, q = test
    labels = [context.layer.catalog.dimensions[cube.dimensions[at]].label for at, _ in strata]
    changes = [percent(change, sign=True) for _, change in strata]
    zh = "、".join(f"{label.zh} {change}" for label, change in zip(labels, changes, strict=True))
    en = ", ".join(f"{label.en} {change}" for label, change in zip(labels, changes, strict=True))
    return (
        Check(
            "volume",
            loss.rarer >= ENOUGH,
            Text(
                zh=f"较少的一种结果 {loss.rarer:,.0f} 次(≥{ENOUGH} 才算充分)",
                en=f"{loss.rarer:,.0f} events of the rarer outcome ({ENOUGH} are wanted)",
            ),
        ),
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
            bool(strata),
            Text(
                zh=f"分层后(Mantel-Haenszel)仍下降:{zh}" if strata else "没有可用来拆开看的维度",
                en=f"still falls like for like (Mantel-Haenszel): {en}"
                if strata
                else "no dimension to look at it by",
            ),
        ),
        Check(
            "stability",
            True,
            Text(zh=f"最近 {RECENT} 周每周都低", en=f"low in each of the last {RECENT} weeks"),
        ),
        Check(
            "quality",
            True,
            Text(zh="没走完窗口的人已去掉", en="people whose window is not over are left out"),
        ),
    )
