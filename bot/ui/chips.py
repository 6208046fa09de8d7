"""How the question was read, as chips: each says what it is, what it was read from, and which part it changes."""

from __future__ import annotations

from bot.answer import Answer, Slot
from bot.editing.choices import Part
from bot.plan import MetricPlan, ToolPlan
from bot.ui.wording import SLOT_LABELS, name_text
from semantic_layer.text import Locale, Text

Json = dict[str, object]
_PARTS: dict[str, Part] = {
    "metric": "metric",
    "dimension": "dimension",
    "grain": "dimension",
    "filter": "filter",
    "segment": "segment",
    "period": "period",
    "comparison": "comparison",
    "order": "order",
    "limit": "limit",
}
_ADDED: dict[Part, Text] = {
    "dimension": Text(zh="拆分", en="Breakdown"),
    "filter": Text(zh="筛选", en="Filter"),
    "comparison": Text(zh="对比", en="Comparison"),
}


def chips(answer: Answer, locale: Locale) -> list[Json]:
    """Return one chip per part of the reading; `part` is what it changes, None where it cannot be changed."""
    definitions = {
        one.label.at(locale): one.definition.at(locale)
        for one in (answer.provenance.metrics if answer.provenance else ())
    }
    return [
        {
            "slot": slot.slot,
            "label": SLOT_LABELS.get(slot.slot, name_text(slot.slot)).at(locale),
            "text": _text(answer, slot).at(locale),
            "words": list(slot.words),
            "part": _part(answer, slot),
            "about": _about(slot, definitions, locale),
        }
        for slot in answer.interpretation
    ]


def addable(answer: Answer, locale: Locale) -> list[Json]:
    """Return the parts that the plan does not have and a reader may add: a breakdown, a filter, a comparison."""
    if len(answer.parts) != 1 or not isinstance(plan := answer.parts[0].plan, MetricPlan) or not plan.metrics:
        return []
    has = {"dimension": bool(plan.group_by), "filter": bool(plan.where), "comparison": bool(plan.compare)}
    return [
        {"part": part, "label": label.at(locale)}
        for part, label in _ADDED.items()
        if not has[part] and (part != "comparison" or plan.period is not None)
    ]


def _part(answer: Answer, slot: Slot) -> str | None:
    part = _PARTS.get(slot.slot)
    if part is None or len(answer.parts) != 1:
        return None
    plan = answer.parts[0].plan
    if isinstance(plan, MetricPlan):
        return part if plan.metrics else None
    inputs = {"period": "period", "metric": "metric", "comparison": "compare"}
    return part if isinstance(plan, ToolPlan) and inputs.get(part) in plan.inputs else None


def _text(answer: Answer, slot: Slot) -> Text:
    """Return what a chip says: of an analysis that no dates were named for, those it took."""
    if slot.slot != "period" or slot.words or not answer.parts or not answer.periods:
        return slot.text
    return answer.periods[0].label if isinstance(answer.parts[0].plan, ToolPlan) else slot.text


def _about(slot: Slot, definitions: dict[str, str], locale: Locale) -> str | None:
    """Return the definitions of the metrics that a chip names."""
    if slot.slot != "metric":
        return None
    named = [text for label, text in definitions.items() if label in slot.text.at(locale)]
    return "\n".join(dict.fromkeys(named)) or None
