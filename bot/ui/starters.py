"""The questions offered on the first screen: the workspace's verified ones, else made from its catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.ui.chat import language_of
from bot.ui.wording import begun
from semantic_layer.catalog import Catalog, Dimension, Metric
from semantic_layer.text import LOCALES, Locale, Text

HOW_MANY = 4
MOST_TRIED = 6  # per kind of question: a question that cannot be answered is not offered
_TIERS = {"strategic": 0, "tactical": 1, "operational": 2, None: 3}

Starters = Mapping[Locale, tuple[str, ...]]
CanAnswer = Callable[[str], bool]


def starters_of(
    catalog: Catalog, verified: Iterable[tuple[str, ...]] = (), can_answer: CanAnswer = bool
) -> Starters:
    """Return up to four questions per language that this workspace can answer.

    `verified` holds wordings of one approved question each: they come first, in the languages they are
    written in. The rest are made from the labels of the most important metrics, the first of each kind that
    `can_answer` accepts in both languages.
    """
    approved = list(verified)
    made = [text for kind in _kinds(catalog) if (text := _first_answerable(kind, can_answer)) is not None]
    found: dict[Locale, tuple[str, ...]] = {}
    for locale in LOCALES:
        worded = [next((w for w in wordings if language_of(w) == locale), None) for wordings in approved]
        questions = [*(question for question in worded if question), *(text.at(locale) for text in made)]
        found[locale] = tuple(dict.fromkeys(questions))[:HOW_MANY]
    return found


def _first_answerable(candidates: Iterator[Text], can_answer: CanAnswer) -> Text | None:
    for _ in range(MOST_TRIED):
        text = next(candidates, None)
        if text is None or (can_answer(text.zh) and can_answer(text.en)):
            return text
    return None


def _kinds(catalog: Catalog) -> tuple[Iterator[Text], ...]:
    """Return candidates for each kind of question, best first: vague, over time, by group, compared."""
    metrics, dimensions = _metrics(catalog), _dimensions(catalog)
    return (
        (
            Text(
                zh=f"这周哪个{dimension.label.zh}{concept.words.zh[0]}?",
                en=f"Which {dimension.label.en} {concept.words.en[0]} this week?",
            )
            for concept in catalog.concepts
            if concept.metric and concept.words.zh and concept.words.en
            for dimension in dimensions
        ),
        (
            Text(
                zh=f"最近12周每周的{one.label.zh}", en=f"{begun(one.label.en)} by week for the last 12 weeks"
            )
            for one in metrics
        ),
        (
            Text(
                zh=f"上个月各{dimension.label.zh}的{one.label.zh}",
                en=f"{begun(one.label.en)} by {dimension.label.en} last month",
            )
            for one in metrics[1:] or metrics
            for dimension in dimensions
        ),
        (
            Text(zh=f"上周{one.label.zh}环比", en=f"{begun(one.label.en)} last week vs the week before")
            for one in metrics[2:] or metrics
        ),
    )


def _metrics(catalog: Catalog) -> list[Metric]:
    """Return the shown metrics: those that vague words stand for first, then by tier, as declared."""
    named = [name for concept in catalog.concepts for name in (concept.metric, *concept.also) if name]
    rank = {name: at for at, name in reversed(list(enumerate(named)))}
    shown = [metric for metric in catalog.metrics.values() if not metric.hidden]
    return sorted(shown, key=lambda metric: (_TIERS[metric.tier], rank.get(metric.name, len(named))))


def _dimensions(catalog: Catalog) -> list[Dimension]:
    """Return dimensions people group by: those that vague words stand for, then those most models share."""
    vague = [concept.dimension for concept in catalog.concepts if concept.dimension]
    candidates = [
        dimension
        for dimension in catalog.dimensions.values()
        if dimension.kind == "categorical" and not dimension.hidden and dimension.index_values
    ]
    return sorted(
        candidates,
        key=lambda d: (d.name not in vague, not d.conformed, -len(d.bindings), not d.values),
    )
