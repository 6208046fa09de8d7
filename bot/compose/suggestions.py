"""The seam to the growth analysis: its suggestions join an answer that ranks by a metric worth improving."""

from __future__ import annotations

from bot.compose.side import alternatives
from bot.compose.view import Scene, View, ranked_column, shape_of
from semantic_layer.errors import AskGrowthError
from tools.registry import Registry, ToolContext
from tools.result import Suggestion

GROWTH_TOOL = "growth"


def suggestions(view: View, scene: Scene, registry: Registry, context: ToolContext) -> tuple[Suggestion, ...]:
    """Return sized suggestions for a ranking by an effectiveness metric; empty where none can be computed."""
    if GROWTH_TOOL not in registry or shape_of(view) not in ("ranking", "members") or not view.dimensions:
        return ()
    metric = view.column(ranked_column(view)[0]).metric or view.query.metrics[0]
    if not _is_effectiveness(scene, metric):
        return ()
    tool = registry.get(GROWTH_TOOL)
    asked: dict[str, object] = {
        "metric": metric,
        "dimension": view.dimensions[0].dimension,
        "period": view.query.period.model_dump(mode="json") if view.query.period is not None else None,
        "where": [condition.model_dump(mode="json") for condition in view.query.where],
    }
    inputs = {name: value for name, value in asked.items() if name in tool.fields and value}
    try:
        return tool.run(inputs, context).suggestions
    except AskGrowthError:
        return ()  # an answer stands without advice; thin data are the usual reason


def _is_effectiveness(scene: Scene, metric: str) -> bool:
    return any(concept.metric == metric for concept in scene.catalog.concepts) or bool(
        alternatives(scene.catalog, metric)
    )
