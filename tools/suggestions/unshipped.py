"""Experiments that won and are not in use yet: the strongest evidence there is."""

from __future__ import annotations

from functools import partial

from semantic_layer.errors import AskGrowthError
from semantic_layer.rows import Analysis, Named, RowQuery
from tools.bindings import model_of, names_of
from tools.registry import ToolContext
from tools.result import Suggestion
from tools.suggestions import Lead, Scan
from tools.trials.advice import suggestion
from tools.trials.evaluating import evaluate
from tools.trials.reading import question_of


def scan(context: ToolContext) -> Scan:
    """Return a lead per won experiment; one that the log of ideas calls shipped is left out."""
    found, shipped = Scan(), _shipped(context)
    for binding in context.layer.catalog.analyses:
        if binding.kind != "experiment" or {binding.name, str(binding.options.get("id"))} & shipped:
            continue
        try:
            question = question_of(binding, context.layer.catalog.metrics, None, (), ())
            advice = suggestion(evaluate(question, context, None), context)
        except AskGrowthError:
            continue  # too few units, or not for this user's eyes
        for one in advice:
            mean = (one.effect.low + one.effect.high) / 2
            found.leads.append(
                Lead(("ship", binding.name), abs(mean), one.effect.metric, partial(_as_is, one))
            )
    return found


def _as_is(one: Suggestion, scanned: int, q: float) -> Suggestion:
    del scanned, q  # an experiment was planned before anybody looked: nothing to correct for
    return one


def _shipped(context: ToolContext) -> set[str]:
    """Return the keys of the ideas that are in use."""
    found: set[str] = set()
    for binding in context.layer.catalog.analyses:
        if binding.kind != "idea":
            continue
        model = context.layer.catalog.models[model_of(binding)]
        key = next((one.name for one in model.entities if one.type in ("primary", "unique")), None)
        if key is None:
            continue
        rows = RowQuery(
            model.name, {"key": Named(key), "stage": Named(str(binding.options["stage"]))}, undated=True
        )
        stages = names_of(binding, "shipped")
        result = context.analyse(Analysis({"ideas": rows}, "SELECT key, stage FROM ideas"))
        found |= {str(row[0]) for row in result.rows if str(row[1]) in stages}
    return found
