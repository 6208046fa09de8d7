"""The questions offered on the first screen: the workspace's verified ones, else made from its catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semantic_layer.catalog import Catalog, Dimension, Metric
from semantic_layer.text import Text

HOW_MANY = 4
_TIERS = {"strategic": 0, "tactical": 1, "operational": 2, None: 3}


@dataclass(frozen=True, slots=True)
class Starter:
    """One offered question."""

    label: Text


def starters_of(catalog: Catalog, verified: Sequence[Text] = ()) -> tuple[Starter, ...]:
    """Return up to four questions in both languages that this workspace can answer.

    Verified questions come first; the rest are made of the most important metrics' own labels.
    """
    questions = [*verified, *_made(catalog)]
    unique = {question.zh: question for question in questions}
    return tuple(Starter(question) for question in list(unique.values())[:HOW_MANY])


def _made(catalog: Catalog) -> list[Text]:
    metrics = sorted(
        (metric for metric in catalog.metrics.values() if not metric.hidden),
        key=lambda metric: _TIERS[metric.tier],
    )
    dimension = _main_dimension(catalog)
    made: list[Text] = []
    for concept in catalog.concepts:
        if concept.metric and dimension and concept.words.zh and concept.words.en:
            made.append(
                Text(
                    zh=f"这周哪个{dimension.label.zh}{concept.words.zh[0]}?",
                    en=f"Which {dimension.label.en} {concept.words.en[0]} this week?",
                )
            )
            break
    if metrics:
        made.append(_trend(metrics[0]))
    if dimension and len(metrics) > 1:
        made.append(
            Text(
                zh=f"上个月各{dimension.label.zh}的{metrics[1].label.zh}",
                en=f"{metrics[1].label.en} by {dimension.label.en} last month",
            )
        )
    made += [
        Text(zh=f"上周{metric.label.zh}环比", en=f"{metric.label.en} last week vs the week before")
        for metric in metrics[2:3] or metrics[:1]
    ]
    return made


def _trend(metric: Metric) -> Text:
    return Text(zh=f"最近 12 周每周{metric.label.zh}", en=f"{metric.label.en} by week for the last 12 weeks")


def _main_dimension(catalog: Catalog) -> Dimension | None:
    """Return the dimension that most models share, with declared values rather than free text."""
    candidates = [
        dimension
        for dimension in catalog.dimensions.values()
        if dimension.kind == "categorical" and not dimension.hidden and dimension.index_values
    ]
    return max(candidates, key=lambda d: (d.conformed, len(d.bindings), bool(d.values)), default=None)
