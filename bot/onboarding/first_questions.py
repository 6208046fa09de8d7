"""Questions to begin with in a workspace that nobody has asked anything yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from semantic_layer.text import Locale

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer

_FEW_VALUES = 60


def first_questions(
    layer: SemanticLayer, names: Sequence[str], locale: Locale, answers: Callable[[str], bool]
) -> list[str]:
    """Return questions in `locale` over the first of `names` and their dimensions; `answers` says which work."""
    catalog = layer.catalog
    metrics = [catalog.metrics[name] for name in names if name in catalog.metrics]
    groups = [
        one
        for one in catalog.dimensions.values()
        if one.kind == "categorical" and not one.hidden and _is_short(layer, one.name)
    ]
    timed = any(one.kind == "time" for one in catalog.dimensions.values())
    made: list[str] = []
    for metric in metrics[:4]:
        name = metric.label.at(locale)
        asked = [
            f"各{one.label.zh}的{name}" if locale == "zh-CN" else f"{name} by {one.label.en}"
            for one in groups[:2]
        ]
        if timed:
            asked.append(f"每月{name}" if locale == "zh-CN" else f"{name} by month")
        asked.append(f"{name}是多少" if locale == "zh-CN" else f"what is the total {name}")
        made.append(next((question for question in asked if question not in made and answers(question)), ""))
        made += [question for question in asked[2:3] if question not in made and answers(question)]
    return list(dict.fromkeys(question for question in made if question))


def _is_short(layer: SemanticLayer, dimension: str) -> bool:
    count = 0
    for _ in layer.values(dimension):
        count += 1
        if count > _FEW_VALUES:
            return False
    return count > 1
