"""Growth suggestions as cards: problem, strategy, effect with interval, evidence, how to test, and why."""

from __future__ import annotations

from bot.ui.tables import Measures
from bot.ui.wording import CHECK_LABELS, EVIDENCE_LABELS, EVIDENCE_MEANS, begun, name_text
from semantic_layer.table import Column
from semantic_layer.text import Locale, Text
from tools.render import prose
from tools.result import Effect, Suggestion

Json = dict[str, object]


def suggestion_json(suggestion: Suggestion, measures: Measures, locale: Locale) -> Json:
    """Return one suggestion in one language; `measures` gives unit and label of the metric that it moves.

    `about` is what the button "why" asks the data for: the metric and what the suggestion changes of it.
    """
    return {
        "number": suggestion.id,
        "problem": begun(suggestion.problem.at(locale)),
        "strategy": begun(suggestion.strategy.at(locale)),
        "effect": effect_text(suggestion.effect, measures.get(suggestion.effect.metric)).at(locale),
        "formula": suggestion.effect.formula.at(locale),
        "grade": suggestion.evidence,
        "evidence": EVIDENCE_LABELS[suggestion.evidence].at(locale),
        "means": EVIDENCE_MEANS[suggestion.evidence].at(locale),
        "checks": [
            {
                "label": CHECK_LABELS.get(check.name, name_text(check.name)).at(locale),
                "passed": check.passed,
                "note": check.note.at(locale),
            }
            for check in suggestion.checks
        ],
        "test": suggestion.test.description.at(locale),
        "about": {
            "metric": suggestion.effect.metric,
            "dimension": suggestion.touches[0] if suggestion.touches else None,
            "members": list(suggestion.touches[1]) if suggestion.touches else [],
        },
    }


def effect_text(effect: Effect, column: Column | None) -> Text:
    """Return an expected effect with its interval; `column` names the metric, its unit and its format."""
    written = column or Column(effect.metric, name_text(effect.metric), "metric")
    low, high = prose(effect.low, written, sign=True), prose(effect.high, written, sign=True)
    zh, en = (column.label.zh, f"{column.label.en} ") if column is not None else ("", "")
    en = begun(en)
    days = effect.horizon_days
    return Text(
        zh=f"{days} 天内{zh} {low.zh} 到 {high.zh},八成把握",
        en=f"{en}{low.en} to {high.en} within {days} days, 80 % sure",
    )
