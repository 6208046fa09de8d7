"""Experiments that won and are not in use yet: the strongest evidence there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import AskGrowthError
from semantic_layer.rows import Analysis, Named, RowColumn, RowQuery
from tools.bindings import model_of, name_of, names_of
from tools.registry import ToolContext
from tools.render import CURRENCIES
from tools.result import Suggestion
from tools.suggestions import Lead, Scan
from tools.trials.advice import HORIZON_DAYS, suggestion
from tools.trials.evaluating import Evaluation, evaluate
from tools.trials.reading import question_of


def scan(context: ToolContext) -> Scan:
    """Return a lead per won experiment and the p-value of each; what the log of ideas calls shipped is left out."""
    found, in_use = Scan(), shipped(context)
    for binding in context.layer.catalog.analyses:
        if binding.kind != "experiment":
            continue
        try:
            question = question_of(binding, context.layer.catalog.metrics, None, (), ())
            evaluation = evaluate(question, context, None)
            advice = suggestion(evaluation, context)
        except AskGrowthError:
            continue  # too few units, or not for this user's eyes
        if evaluation.main is None:
            continue
        p_value = evaluation.main.p_value
        found.p_values.append(p_value)
        if is_in_use(binding, in_use):
            continue
        for one in advice:
            gain, metric = _worth(evaluation, one)
            found.leads.append(Lead(("ship", binding.name), gain, metric, partial(_as_is, one), p_value))
    return found


def _worth(evaluation: Evaluation, advice: Suggestion) -> tuple[float, str]:
    """Return the expected gain, in money where the experiment has such an outcome, for the order of the list alone."""
    start, end = (evaluation.question.binding.options.get(key) for key in ("start", "end"))
    assert isinstance(start, date)
    assert isinstance(end, date)  # there is no advice without both
    units = sum(evaluation.units.values()) / max((end - start).days, 1) * HORIZON_DAYS
    for effect in evaluation.effects:
        metric = effect.outcome.metric
        plain = effect.outcome.bottom is None and effect.difference.value > 0
        if (metric.unit or "").upper() in CURRENCIES and plain:
            return effect.difference.value * units, metric.name
    return abs(advice.effect.low + advice.effect.high) / 2, advice.effect.metric


def _as_is(one: Suggestion, scanned: int, q: float) -> Suggestion:
    del scanned, q  # its own checks are those of an experiment
    return one


def is_in_use(binding: AnalysisBinding, in_use: set[str]) -> bool:
    """Return whether an idea that is in use names this experiment, by key or within its title."""
    names = {binding.name.casefold(), str(binding.options.get("id", binding.name)).casefold()}
    titles = {one.casefold() for one in (binding.label.zh, binding.label.en)}
    return bool(names & in_use) or any(title in idea for title in titles for idea in in_use)


def shipped(context: ToolContext) -> set[str]:
    """Return the keys and the titles of the ideas that are in use; an answer is not about the dates this reads."""
    context = replace(context, reads=[])
    found: set[str] = set()
    for binding in context.layer.catalog.analyses:
        if binding.kind != "idea":
            continue
        model = context.layer.catalog.models[model_of(binding)]
        columns: dict[str, RowColumn] = {"stage": Named(str(binding.options["stage"]))}
        columns |= {f"key{at}": Named(one.name) for at, one in enumerate(model.entities)}
        if (title := name_of(binding, "text")) is not None:
            columns["title"] = Named(title)
        rows = RowQuery(model.name, columns, undated=True)
        stages = names_of(binding, "shipped")
        try:
            records = context.analyse(Analysis({"ideas": rows}, "SELECT * FROM ideas")).records()
        except AskGrowthError:
            continue
        for one in records:
            if str(one["stage"]) in stages:
                found |= {
                    str(cell).casefold() for name, cell in one.items() if name != "stage" and cell is not None
                }
    return found
