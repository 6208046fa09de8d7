"""Questions for an analysis (why, forecast, funnel …): to the tool where it exists, else an honest no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answer import Slot
from bot.language.normalise import normalise
from bot.language.terms.tokens import key_of
from bot.plan import ToolPlan
from bot.planners.base import Planned
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.outcome import refuse
from bot.planners.rules.tags import Tag
from semantic_layer.query import PeriodRange
from semantic_layer.text import Text

if TYPE_CHECKING:
    from tools.registry import Registry, Tool

_NAMES: dict[str, tuple[str, ...]] = {
    "why": ("change_drivers", "why", "drivers", "root_cause", "change_attribution", "decompose", "explain"),
    "forecast": ("forecast",),
    "anomaly": ("anomalies", "anomaly"),
    "funnel": ("funnel",),
    "attribution": ("attribution", "channel_attribution"),
    "retention": ("retention", "cohort"),
    "rfm": ("rfm", "segmentation"),
    "ltv": ("ltv", "lifetime_value"),
    "experiment": ("experiment", "ab_test"),
    "basket": ("basket",),
    "sentiment": ("sentiment", "reviews"),
    "budget": ("budget", "budget_allocation", "mmm"),
    "target": ("kpi_status", "target", "target_progress", "targets"),
}
_LABELS = {
    "why": Text(zh="原因分析(波动归因)", en="an analysis of why a metric changed"),
    "forecast": Text(zh="预测", en="forecasting"),
    "anomaly": Text(zh="异常检测", en="anomaly detection"),
    "funnel": Text(zh="漏斗分析", en="funnel analysis"),
    "attribution": Text(zh="渠道归因", en="channel attribution"),
    "retention": Text(zh="留存分析", en="retention analysis"),
    "rfm": Text(zh="RFM 分层", en="RFM segmentation"),
    "ltv": Text(zh="生命周期价值分析", en="lifetime-value analysis"),
    "experiment": Text(zh="实验评估", en="experiment evaluation"),
    "basket": Text(zh="购物篮分析", en="basket analysis"),
    "sentiment": Text(zh="评论情感分析", en="review sentiment analysis"),
    "budget": Text(zh="预算分配", en="budget allocation"),
    "target": Text(zh="目标进度", en="target progress"),
}


def example_tool(text: str, registry: Registry) -> Tool | None:
    """Return the tool one of whose examples is (nearly) the whole question."""
    asked = key_of(text)
    for tool in registry.tools.values():
        for example in tool.examples.all():
            key = key_of(normalise(example).text)
            if key and (asked == key or (key in asked and len(key) >= 0.6 * len(asked))):
                return tool
    return None


def intent_of(line: Line) -> tuple[str, int] | None:
    """Return the analysis a question asks for, and the item that says so."""
    for index in line.tagged(Tag.INTENT):
        return line.payload(index, Tag.INTENT), index
    return None


def route(intent: str, index: int, line: Line, draft: Draft, scene: Scene, registry: Registry) -> Planned:
    """Return the tool's plan with its inputs filled from the draft, or a refusal that names what is missing."""
    for name in _NAMES[intent]:
        if name in registry:
            return tool_plan(registry.get(name), draft, scene.words(line, index))
    label = _LABELS[intent]
    nearest = [draft.build(scene, draft.period)] if draft.metrics and not draft.problems else []
    return refuse(
        "not_supported",
        Text(
            zh=f"还不能做{label.zh};不会用一个普通查询冒充它。",
            en=f"I cannot do {label.en} yet, and will not pass a plain lookup off as it.",
        ),
        scene,
        missing=(label.en, *scene.words(line, index)),
        nearest=nearest,
        draft=draft,
    )


def tool_plan(tool: Tool, draft: Draft, words: tuple[str, ...]) -> Planned:
    """Return the plan that runs a tool, with the inputs it has filled where the question named them."""
    fields = tool.inputs.model_fields
    inputs: dict[str, object] = {}
    if "metric" in fields and draft.metrics:
        inputs["metric"] = draft.metrics[0]
    if "dimension" in fields and draft.group_by:
        inputs["dimension"] = draft.group_by[0].dimension
    if "where" in fields and draft.where:
        inputs["where"] = [one.model_dump(mode="json") for one in draft.where]
    if "segments" in fields and draft.segments:
        inputs["segments"] = list(draft.segments)
    if "compare" in fields and draft.compare:
        inputs["compare"] = draft.compare[0].model_dump(mode="json", exclude_none=True)
    if draft.period is not None:
        if "period" in fields:
            inputs["period"] = PeriodRange.of(draft.period).model_dump(mode="json", exclude_none=True)
        for name, value in (("start", draft.period.start), ("end", draft.period.end)):
            if name in fields:
                inputs[name] = value.isoformat()
    return Planned(
        ToolPlan(kind="tool", name=tool.name, inputs=inputs),  # type: ignore[arg-type]  # dates and names are JSON values
        slots=(Slot("analysis", tool.label, words), *draft.slots),
        notes=tuple(draft.notes),
    )
