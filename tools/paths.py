"""Paths: what people do one after the other, where they leave, where they go in circles."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.query import Compare, PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, data_period, model_of
from tools.registry import ToolContext, ToolInputs, tool
from tools.render_dates import dates_label
from tools.result import ChartSpec, Finding, ToolResult
from tools.scope.periods import compared
from tools.wayfinding.counting import Counts, Question, count_paths, pause_of, seconds_of
from tools.wayfinding.standing_out import change_table, findings
from tools.wayfinding.telling import (
    flow_table,
    flows_of,
    headline,
    labels_of,
    links_of,
    notes,
    path_table,
    place_table,
)

DEFAULT_DAYS = 90
LEAST_PATHS = 100


class PathsInputs(ToolInputs):
    """All optional: the first declared journey (else funnel), the last 90 days, repeats of a place as one visit."""

    journey: str | None = Field(default=None, description="the name under journeys: in the YAML")
    funnel: str | None = Field(default=None, description="a name under funnels: its steps are the places")
    keep_repeats: bool = Field(default=False, description="count the same place twice in a row as two steps")
    where: tuple[Where, ...] = Field(default=(), description="conditions on the events")
    segments: tuple[str, ...] = Field(default=(), description="named segments of the workspace")
    period: PeriodRange | None = Field(default=None, description="when the events happened")
    compare: Compare | None = Field(default=None, description="a period to compare the transitions with")


@tool(
    name="paths",
    label=Text(zh="路径分析", en="Path analysis"),
    examples=Words(
        zh=(
            "用户路径分析",
            "用户一般怎么走到下单",
            "最常见的转化路径是什么",
            "客户下单前都接触了什么",
            "路径里用户从哪里离开",
        ),
        en=(
            "path analysis",
            "what are the most common paths",
            "what do people do before they buy",
            "which way do customers take to an order",
        ),
    ),
    inputs=PathsInputs,
    asks=Asks(
        frames=(
            "paths",
            "touched before_buying",
            "paths before_buying",
            "customers touched before_buying",
        ),
    ),
)
def paths(inputs: PathsInputs, context: ToolContext) -> ToolResult:
    """Return transitions, places with drop-off and returns, whole paths; against a period before where asked.

    Raises:
        QueryError: neither `journeys:` nor `funnels:` is declared. NotEnoughDataError: fewer than 100 paths.
    """
    binding = _binding(inputs, context)
    model = model_of(binding)
    period = asked_period(context, model, inputs.period, DEFAULT_DAYS)
    pause = pause_of(binding)
    question = Question(
        binding, period, seconds_of(pause), inputs.keep_repeats, inputs.where, inputs.segments
    )
    counts = count_paths(question, context)
    _enough(counts)
    labels = labels_of(binding, context.layer.catalog)
    flows = flows_of(counts.flows)
    dates = dates_label(period, context.today)
    tables = [
        flow_table(flows, labels),
        place_table(flows, counts.triples, labels),
        path_table(counts, labels),
    ]
    changes: tuple[Finding, ...] = ()
    sql = counts.sql
    if inputs.compare is not None:
        before = compared(context, period, inputs.compare)
        data = data_period(context, model)
        if before.start < data.start:
            raise _no_past(dates_label(before, context.today))
        other = Question(binding, before, question.pause, inputs.keep_repeats, inputs.where, inputs.segments)
        past = count_paths(other, context)
        _enough(past)
        table, changes = change_table(flows, flows_of(past.flows), labels)
        tables.append(table)
        sql = (*sql, *past.sql)
    return ToolResult(
        headline=headline(counts, flows, labels, dates, binding),
        tables=tuple(tables),
        chart=ChartSpec(
            "sankey", Text(zh="前三步的去向", en="Where the first three steps lead"), tables[0],
            x="place", y=("times",), options={"links": links_of(counts, labels)},
        ),
        findings=(*changes, *findings(flows, counts, labels)),
        warnings=notes(counts, dates, pause, keep_repeats=inputs.keep_repeats),
        sql=sql,
    )  # fmt: skip


def _binding(inputs: PathsInputs, context: ToolContext) -> AnalysisBinding:
    kinds = {one.kind for one in context.layer.catalog.analyses}
    if inputs.funnel is not None or (inputs.journey is None and "journey" not in kinds and "funnel" in kinds):
        return binding_of(context, "funnel", inputs.funnel)
    return binding_of(context, "journey", inputs.journey)


def _enough(counts: Counts) -> None:
    if counts.total < LEAST_PATHS or not counts.flows:
        raise NotEnoughDataError(
            Text(
                zh=f"这段时间只有 {counts.total:,} 条路径({counts.people:,} 人),看不出走法。",
                en=f"There are only {counts.total:,} paths of {counts.people:,} people: too few to see where they go.",
            ),
            Text(
                zh=f"至少要 {LEAST_PATHS} 条;放宽时间或筛选,并确认事件带有访客或客户编号。",
                en=f"At least {LEAST_PATHS} are needed: more time, fewer filters, and events that carry a visitor or "
                "customer number.",
            ),
        )


def _no_past(dates: Text) -> NotEnoughDataError:
    return NotEnoughDataError(
        Text(
            zh=f"对比期 {dates.zh} 的数据不全。",
            en=f"There are no complete data for {dates.en} to compare with.",
        ),
        Text(zh="缩短要看的时间,或不作对比。", en="Ask for a shorter period, or without a comparison."),
    )
