"""What to begin with, for a reader who asks what can be asked: questions with plans, over any workspace."""

from __future__ import annotations

from bot.compose.asking import question_of
from bot.compose.importance import by_importance
from bot.compose.metadata import visible_metrics
from bot.compose.tool_follow_ups import Compiles, plans_of
from bot.compose.view import Scene
from bot.plan import BilingualMessage, Option, ToolPlan
from tools.registry import Registry

BROAD = ("help", "metrics")  # catalog questions that are answered with something to begin with
MOST_METRICS = 2
# Analyses that need nothing named: where the business stands, what to do, whether the targets hold.
TOOLS = ("digest", "kpi_status", "growth", "anomalies")


def first_questions(scene: Scene, compiles: Compiles, registry: Registry) -> tuple[Option, ...]:
    """Return the leading metrics by week, then the analyses that need nothing named; what cannot run is left out."""
    found: list[Option] = []
    for metric in by_importance(visible_metrics(scene), scene.catalog)[:MOST_METRICS]:
        for query in plans_of(metric.name, None, None, scene):
            question = question_of(query, scene)
            if question is not None and compiles(query):
                found.append(Option(question=question, plan=query))
    for name in TOOLS:
        if name in registry and (examples := registry.get(name).examples).zh and examples.en:
            said = BilingualMessage(zh=examples.zh[0], en=examples.en[0][:1].upper() + examples.en[0][1:])
            found.append(Option(question=said, plan=ToolPlan(kind="tool", name=name, inputs={})))
    return tuple(found)
