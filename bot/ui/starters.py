"""The questions offered on the first screen: the workspace's verified ones, else made from its catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.ui.chat import language_of
from semantic_layer.catalog import Catalog, Dimension, Metric
from semantic_layer.text import LOCALES, Locale, Text

HOW_MANY = 4
_TIERS = {"strategic": 0, "tactical": 1, "operational": 2, None: 3}

Starters = Mapping[Locale, tuple[str, ...]]


def starters_of(catalog: Catalog, verified: Iterable[tuple[str, ...]] = ()) -> Starters:
    """Return up to four questions per language that this workspace can answer.

    `verified` holds wordings of one approved question each: they come first, in the languages they are
    written in. The rest are made from the labels of the most important metrics.
    """
    approved = list(verified)
    made = _made(catalog)
    found: dict[Locale, tuple[str, ...]] = {}
    for locale in LOCALES:
        worded = [next((w for w in wordings if language_of(w) == locale), None) for wordings in approved]
        questions = [*(question for question in worded if question), *(text.at(locale) for text in made)]
        found[locale] = tuple(dict.fromkeys(questions))[:HOW_MANY]
    return found


def _made(catalog: Catalog) -> list[Text]:
    shown = [metric for metric in catalog.metrics.values() if not metric.hidden]
    metrics = sorted(shown, key=lambda metric: _TIERS[metric.tier])
    dimension = _main_dimension(catalog)
    made = [_vague(catalog, dimension)] if dimension else []
    if metrics:
        made.append(_by_week(metrics[0]))
        if dimension:
            made.append(_by_group(metrics[min(1, len(metrics) - 1)], dimension))
        made.append(_compared(metrics[min(2, len(metrics) - 1)]))
    return [text for text in made if text is not None]


def _vague(catalog: Catalog, dimension: Dimension) -> Text | None:
    """Return the boss's question in the workspace's own vague words, None where it declares none."""
    for concept in catalog.concepts:
        if concept.metric and concept.words.zh and concept.words.en:
            return Text(
                zh=f"这周哪个{dimension.label.zh}{concept.words.zh[0]}?",
                en=f"Which {dimension.label.en} {concept.words.en[0]} this week?",
            )
    return None


def _by_week(metric: Metric) -> Text:
    return Text(zh=f"最近12周每周的{metric.label.zh}", en=f"{metric.label.en} by week for the last 12 weeks")


def _by_group(metric: Metric, dimension: Dimension) -> Text:
    return Text(
        zh=f"上个月各{dimension.label.zh}的{metric.label.zh}",
        en=f"{metric.label.en} by {dimension.label.en} last month",
    )


def _compared(metric: Metric) -> Text:
    return Text(zh=f"上周的{metric.label.zh}环比", en=f"{metric.label.en} last week vs the week before")


def _main_dimension(catalog: Catalog) -> Dimension | None:
    """Return the dimension that most models share; one with declared values before free text."""
    candidates = [
        dimension
        for dimension in catalog.dimensions.values()
        if dimension.kind == "categorical" and not dimension.hidden and dimension.index_values
    ]
    return max(candidates, key=lambda d: (d.conformed, len(d.bindings), bool(d.values)), default=None)
