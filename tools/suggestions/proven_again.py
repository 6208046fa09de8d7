"""A promotion that its hold-out proved, and that is not running: run it again. The strongest evidence there is."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import AskGrowthError
from semantic_layer.query import MetricQuery, PeriodRange
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.bindings import data_period, model_of, name_of
from tools.numerics.experiments import units_per_arm
from tools.promotions.judging import Verdict, judge
from tools.promotions.reading import Use, uses
from tools.registry import ToolContext
from tools.render import as_float, group_label, percent, prose
from tools.result import Check, Effect, Suggestion, TestPlan
from tools.suggestions import Lead, Scan

QUIET_DAYS = 28  # without a use: it is not running
OLDEST_DAYS = 365  # what worked longer ago may no longer
MIN_REACH = 0.01
MOST = 5
_Z80 = 1.2815515655446004


def scan(context: ToolContext) -> Scan:
    """Return a lead per promotion that is over and whose hold-out showed an extra worth more than its discounts."""
    found = Scan()
    for binding in context.layer.catalog.analyses:
        holdouts = binding.options.get("holdouts")
        if binding.kind != "promotion" or not isinstance(holdouts, dict):
            continue
        try:
            found.add(_scan_one(binding, {str(key) for key in holdouts}, context))
        except AskGrowthError:
            continue  # nothing used, or not for this user's eyes
    return found


def _scan_one(binding: AnalysisBinding, held: set[str], context: ToolContext) -> Scan:
    found = Scan()
    data = data_period(context, model_of(binding))
    used, _ = uses(binding, (), context)
    revenue = str(name_of(binding, "revenue"))
    for use in [one for one in used if str(one.value) in held][:MOST]:
        verdict = judge(use, binding, context)
        if verdict.grade != "experiment" or verdict.first_p_value is None or verdict.extra is None:
            continue
        found.p_values.append(verdict.first_p_value)
        over = use.last < data.end - timedelta(days=QUIET_DAYS)
        recent = use.last >= data.end - timedelta(days=OLDEST_DAYS)
        net = verdict.extra - use.discount
        if not verdict.found or not over or not recent or net <= 0:
            continue
        if verdict.extra < MIN_REACH * _whole(revenue, use, context):
            continue
        examine = partial(_suggestion, binding, verdict, context)
        found.leads.append(
            Lead(("again", binding.name, str(use.value)), net, revenue, examine, verdict.first_p_value)
        )
    return found


def _whole(revenue: str, use: Use, context: ToolContext) -> float:
    """Return what the days of the promotion brought in all."""
    period = PeriodRange(start=use.period.start, end=use.period.end)
    rows = context.query(MetricQuery(metrics=(revenue,), period=period)).table.rows
    return as_float(rows[0][0]) or 0.0 if rows else 0.0


def _suggestion(
    binding: AnalysisBinding, verdict: Verdict, context: ToolContext, scanned: int, q: float
) -> Suggestion | None:
    if verdict.extra is None or verdict.low is None or verdict.high is None:
        return None
    metric = context.layer.catalog.metrics[str(name_of(binding, "revenue"))]
    dimension = context.layer.catalog.dimensions[str(name_of(binding, "promotion"))]
    column = Column(metric.name, metric.label, "metric", unit=metric.unit, format=metric.format)
    labels = tuple((str(value.code), value.label) for value in dimension.values)
    use = verdict.use
    name = group_label(use.value, Column("p", dimension.label, "dimension", value_labels=labels))
    low, high, cost = (prose(one, column) for one in (verdict.low, verdict.high, use.discount))
    error = (verdict.high - verdict.low) / 2 / _Z80
    arm = units_per_arm(
        (error / max(verdict.units, 1)) ** 2 * verdict.units / 4, verdict.extra / verdict.units
    )
    anyway = percent(verdict.anyway, 0) if verdict.anyway is not None else "–"
    return Suggestion(
        problem=Text(
            zh=f"{name.zh}在留白实验里有效(n={verdict.units:,}),最后一次使用是 {use.last},之后没有再发;用的人约 "
            f"{anyway} "
            "本来就会买,其余是它带来的。",
            en=f"{name.en} worked in its hold-out (n={verdict.units:,}), was last used on {use.last} and has not "
            "been given "
            f"since; about {anyway} of its users would have bought anyway, the rest are extra.",
        ),
        strategy=Text(
            zh=f"再发一轮{name.zh},条件不变,仍随机留一部分人不发。",
            en=f"Run {name.en} once more on the same terms, again held out from a random part.",
        ),
        effect=Effect(
            metric.name,
            verdict.low,
            verdict.high,
            use.period.days,
            Text(
                zh=f"再做一轮可能多 {low.zh}–{high.zh}(八成把握),券成本约 {cost.zh} 另计。算法:每人差值 × 上次发券的"
                "人数"
                "(假设这次的人和上次一样多、一样沉默);依据留白实验。",
                en=f"{low.en} to {high.en} more for one more round (80 % interval), its discounts of about "
                f"{cost.en} not taken "
                "off. Formula: difference per person × the people of the last round (assumed: as many and as quiet "
                "this "
                "time); by the hold-out experiment.",
            ),
        ),
        evidence="experiment",
        checks=(
            Check("volume", True, Text(zh=f"{verdict.units:,} 人", en=f"{verdict.units:,} people")),
            Check("interval", True, Text(
                zh=f"共比较 {scanned} 处,校正后 q={q:.2g}", en=f"{scanned} compared in all, q={q:.2g} after "
                "correction")),
            Check("mix", True, Text(zh="随机分组,人群结构相同", en="assigned at random: alike groups")),
            Check("stability", False, Text(zh="只做过一轮", en="a single round so far")),
            Check("quality", True, Text(zh="两组人数与计划一致", en="the split is as planned")),
        ),
        test=TestPlan(
            arm,
            max(1, round(use.period.days / 7)),
            Text(
                zh=f"怎么验证:每组至少 {arm:,} 人,{use.period.days} 天后比较两组的{metric.label.zh}。",
                en=f"How to test: at least {arm:,} per group; compare their {metric.label.en} after "
                f"{use.period.days} days.",
            ),
        ),
    )  # fmt: skip
