"""A/B tests: the split first, then effects with intervals; a wrong split gives no result."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import NotEnoughDataError, UnknownNameError
from semantic_layer.query import Condition, Where
from semantic_layer.table import Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import binding_of, bindings_of, name_of
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ChartSpec, Finding, ToolResult
from tools.suggestions.unshipped import is_in_use, shipped
from tools.trials.advice import VERDICTS, overview, suggestion
from tools.trials.evaluating import Evaluation, evaluate
from tools.trials.reading import question_of
from tools.trials.telling import (
    effect_table,
    findings,
    notes,
    split_table,
    statement,
)


class AbTestInputs(ToolInputs):
    """All optional: the only experiment, or an overview of all of them."""

    experiment: str | None = Field(default=None, description="the experiment's name in the YAML")
    metric: str | None = Field(default=None, description="only this outcome")
    where: tuple[Where, ...] = Field(default=(), description="conditions on the assignments")
    segments: tuple[str, ...] = Field(default=(), description="named segments")
    peeking: bool | None = Field(
        default=None,
        description="true: intervals that stay valid at every look (default while it still runs)",
    )


@tool(
    name="ab_test",
    label=Text(zh="A/B 实验", en="A/B test"),
    examples=Words(
        zh=("实验结果怎么样", "A/B测试有没有赢", "哪些实验有效", "实验显著吗"),
        en=(
            "how did the experiments go",
            "did the A/B test win",
            "is the A/B test significant",
            "experiment results",
        ),
    ),
    inputs=AbTestInputs,
    asks=Asks(
        frames=(
            "test wins",
            "arms wins test",
            "~arms wins",
            "test arms wins",
        ),
    ),
)
def ab_test(inputs: AbTestInputs, context: ToolContext) -> ToolResult:
    """Return an experiment's effects per outcome and variant, or one row per experiment where several are declared.

    Where the split is not as planned (p < 0.001) there are no effects: only the counts.

    Raises:
        QueryError: no experiment is declared. UnknownNameError: none is called so.
        NotEnoughDataError: an arm has fewer than 100 units.
    """
    chosen, where = _chosen(inputs, context)
    if inputs.metric is not None and inputs.metric not in context.layer.catalog.metrics:
        raise UnknownNameError(Text(zh="指标", en="metric"), inputs.metric, context.layer.catalog.metrics)
    if len(chosen) > 1:
        return _all(chosen, inputs, context)
    (binding,) = chosen
    evaluation = _evaluated(binding, inputs, where, context)
    split = split_table(evaluation, context)
    if evaluation.verdict == "invalid":
        return ToolResult(
            headline=statement(evaluation, context),
            tables=(split,),
            findings=findings(evaluation, context),
            warnings=notes(evaluation, context),
            sql=(evaluation.sql,),
        )
    table = effect_table(evaluation, context)
    title = Text(zh="相对提升(80% 区间)", en="Relative lift (80 % interval)")
    return ToolResult(
        headline=statement(evaluation, context),
        tables=(table, split),
        chart=ChartSpec("forest", title, table, x="comparison", y=("lift",), low="low", high="high"),
        findings=findings(evaluation, context),
        suggestions=suggestion(evaluation, context)
        if not where and not inputs.segments and not is_in_use(binding, shipped(context))
        else (),
        warnings=notes(evaluation, context),
        sql=(evaluation.sql,),
    )


def _chosen(
    inputs: AbTestInputs, context: ToolContext
) -> tuple[tuple[AnalysisBinding, ...], tuple[Where, ...]]:
    """Return the experiments that are meant and the conditions that choose among their units.

    A condition on the dimension that holds the experiments' ids names one of them.
    """
    declared = bindings_of(context, "experiment")
    if inputs.experiment is not None:
        return (binding_of(context, "experiment", inputs.experiment),), inputs.where
    for condition in inputs.where:
        if isinstance(condition, Condition) and condition.operator in ("=", "in"):
            named = tuple(
                one
                for one in declared
                if name_of(one, "experiment") == condition.dimension
                and one.options.get("id") in condition.values
            )
            if named:
                return named, tuple(one for one in inputs.where if one is not condition)
    return declared, inputs.where


def _evaluated(
    binding: AnalysisBinding, inputs: AbTestInputs, where: tuple[Where, ...], context: ToolContext
) -> Evaluation:
    metrics = context.layer.catalog.metrics
    question = question_of(binding, metrics, inputs.metric, where, inputs.segments)
    return evaluate(question, context, inputs.peeking)


def _all(chosen: tuple[AnalysisBinding, ...], inputs: AbTestInputs, context: ToolContext) -> ToolResult:
    """Return the overview; an experiment without enough units is named in a warning."""
    _, where = _chosen(inputs, context)
    done: list[Evaluation] = []
    thin: list[NotEnoughDataError] = []
    for binding in chosen:
        try:
            done.append(_evaluated(binding, inputs, where, context))
        except NotEnoughDataError as error:
            thin.append(error)
    if not done:
        raise thin[0]
    table, said = overview(done)
    order = [code for code, _ in VERDICTS]
    ranked = sorted(done, key=lambda one: order.index(one.verdict))
    told = [statement(one, context) for one in ranked if one.verdict in ("win", "loss")]
    in_use = shipped(context)
    return ToolResult(
        headline=Text(
            zh=said.zh + "".join(one.zh for one in told[:1]),
            en=" ".join([said.en, *(one.en for one in told[:1])]),
        ),
        tables=(table,),
        chart=_lifts(table),
        findings=tuple(_named(one, context) for one in ranked),
        suggestions=tuple(
            advice
            for one in done
            if not is_in_use(one.question.binding, in_use)
            for advice in suggestion(one, context)
        ),
        warnings=(notes(done[0], context)[0], *(error.message for error in thin)),
        sql=tuple(one.sql for one in done),
    )


def _named(evaluation: Evaluation, context: ToolContext) -> Finding:
    """Return an experiment's first finding (an alarm before the effect), said with its name."""
    first = findings(evaluation, context)[0]
    if first.kind != "test":
        return first
    return replace(first, statement=statement(evaluation, context))


def _lifts(table: Table) -> ChartSpec | None:
    """Return the lifts of the experiments that have one, None where none has."""
    at = table.index("lift")
    rows = tuple(row for row in table.rows if row[at] is not None)
    if not rows:
        return None
    title = Text(zh="各实验的相对提升(80% 区间)", en="Relative lift by experiment (80 % interval)")
    own = Table(table.columns, rows, len(rows))
    return ChartSpec("forest", title, own, x="experiment", y=("lift",), low="low", high="high")
