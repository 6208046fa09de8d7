"""A change in words, tables and a waterfall."""

from __future__ import annotations

from dataclasses import replace

from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Text
from tools.metric_tree.cuts import Cut
from tools.metric_tree.story import Story
from tools.metric_tree.words import (
    notes,
    signed,
    statement_of_cut,
    statement_of_deeper,
    statement_of_tree,
    summary,
)
from tools.registry import ToolContext
from tools.result import ChartSpec, Driver, Finding, ToolResult
from tools.scope.metric import value_column

OTHERS = Text(zh="其余", en="others")
OVERLAP = Text(zh="多组重复计入", en="counted in several groups")
MOST_BARS = 9


def report(story: Story, context: ToolContext) -> ToolResult:
    """Return the result of one change: headline, drivers by group and factor, waterfall, findings, caveats."""
    tables = [_cut_table(story, one, context) for one in story.cuts]
    if story.tree is not None:
        tables.append(_tree_table(story, context))
    if not tables:
        tables.append(_cut_table(story, story.whole, context))
    sql = [*story.whole.sql, *(text for one in story.cuts for text in one.sql)]
    sql += story.tree.sql if story.tree else ()
    return ToolResult(
        headline=summary(story, context),
        tables=tuple(tables),
        chart=_waterfall(story, context),
        findings=tuple(_findings(story, context)),
        warnings=notes(story, context),
        sql=tuple(dict.fromkeys(sql)),
    )


def _label(context: ToolContext, dimension: str | None) -> Text:
    return context.layer.catalog.dimensions[dimension].label if dimension else Text(zh="整体", en="overall")


def _cut_table(story: Story, one: Cut, context: ToolContext) -> Table:
    """Return one row per group, the largest move first; a last row for what is counted in several groups."""
    metric, name = story.metric, one.dimension or "whole"
    is_ratio = one.parts[0].rate is not None
    columns = [
        Column(
            name,
            _label(context, one.dimension),
            "dimension",
            value_labels=tuple((str(part.code), part.label) for part in one.parts),
        ),
        value_column(metric, "__before", Text(zh="对比期", en="before")),
        value_column(metric, "__after", Text(zh="本期", en="after")),
        value_column(metric, "__delta", Text(zh="贡献", en="contribution")),
        value_column(metric, "__delta__low", Text(zh="下限(八成把握)", en="low (80 %)")),
        value_column(metric, "__delta__high", Text(zh="上限(八成把握)", en="high (80 %)")),
        Column("z_mad", Text(zh="相对自身历史", en="against own history"), "derived", format="0.0"),
    ]
    if is_ratio:
        columns[4:4] = [
            value_column(metric, "__delta__rate", Text(zh="组内", en="rate")),
            value_column(metric, "__delta__mix", Text(zh="结构", en="mix")),
        ]
    rows: list[Row] = []
    for part in one.parts:
        middle: tuple[Cell, ...] = (part.rate, part.mix) if is_ratio else ()
        rows.append(
            (part.code, part.before, part.after, part.contribution, *middle, part.low, part.high, part.z)
        )
    if one.has_rest:
        empty: tuple[Cell, ...] = (None, None) if is_ratio else ()
        rows.append((OVERLAP.zh, None, None, one.rest, *empty, None, None, None))
        labels = (*columns[0].value_labels, (OVERLAP.zh, OVERLAP))
        columns[0] = Column(name, columns[0].label, "dimension", value_labels=labels)
    return Table(tuple(columns), tuple(rows), len(rows))


def _tree_table(story: Story, context: ToolContext) -> Table:
    assert story.tree is not None
    metrics = context.layer.catalog.metrics
    factors = story.tree.factors
    labels = tuple((one.metric, metrics[one.metric].label) for one in factors)
    columns = (
        Column("factor", Text(zh="因素", en="factor"), "dimension", value_labels=labels),
        Column("before", Text(zh="对比期", en="before"), "derived"),
        Column("after", Text(zh="本期", en="after"), "derived"),
        value_column(story.metric, "__delta", Text(zh="贡献", en="contribution")),
    )
    rows: tuple[Row, ...] = tuple((one.metric, one.before, one.after, one.contribution) for one in factors)
    return Table(columns, rows, len(rows))


def _waterfall(story: Story, context: ToolContext) -> ChartSpec:
    """Return the bars from before to after: the best dimension's groups, else the factors."""
    metric = story.metric
    column = value_column(metric)
    steps: list[tuple[Text, float]] = []
    by = _label(context, None)
    if story.cuts:
        best = story.cuts[0]
        by = _label(context, best.dimension)
        steps = [(part.label, part.contribution) for part in best.parts]
        if len(steps) > MOST_BARS:
            small = sum(value for _, value in steps[MOST_BARS - 1 :])
            steps = [*steps[: MOST_BARS - 1], (OTHERS, small)]
        if best.has_rest:
            steps.append((OVERLAP, best.rest))
    elif story.tree is not None:
        by = Text(zh="因素", en="factor")
        labels = context.layer.catalog.metrics
        steps = [(labels[one.metric].label, one.contribution) for one in story.tree.factors]
    before, after = Text(zh="对比期", en="before"), Text(zh="本期", en="after")
    named = [(before, story.total.before or 0.0), *steps, (after, story.total.after or 0.0)]
    codes = tuple((str(at), label) for at, (label, _) in enumerate(named))
    step = Column("step", Text(zh="步骤", en="step"), "dimension", value_labels=codes)
    table = Table((step, column), tuple((str(at), value) for at, (_, value) in enumerate(named)), len(named))
    title = Text(zh=f"{metric.label.zh}的变化,按{by.zh}", en=f"Change in {metric.label.en} by {by.en}")
    measures = ["absolute", *["relative"] * len(steps), "total"]
    return ChartSpec("waterfall", title, table, x="step", y=(column.name,), options={"measures": measures})


def _findings(story: Story, context: ToolContext) -> list[Finding]:
    metric, total = story.metric, story.total
    at = story.span.main.start.isoformat()
    found = [Finding("change", summary(story, context), metric.name, story.change, total.low, total.high, at)]
    if story.tree is not None:
        labels = context.layer.catalog.metrics
        drivers = tuple(
            Driver("factor", one.metric, one.contribution, labels[one.metric].label)
            for one in story.tree.factors
        )
        if abs(story.tree.rest) > 1e-9 * abs(story.change):
            drivers += (Driver("factor", None, story.tree.rest, OTHERS),)
        found.append(
            Finding(
                "driver", statement_of_tree(story, context), metric.name, story.change, at=at, drivers=drivers
            )
        )
    for one in story.cuts:
        found.append(_finding_of_cut(story, one, context, at))
        if one.parts[0].rate is not None and one is story.cuts[0]:
            found.append(_mix_and_rate(story, one, context, at))
    if story.deeper is not None:
        group, inner = story.deeper
        filters = {str(story.cuts[0].dimension): str(group.code)}
        found.append(
            replace(
                _finding_of_cut(story, inner, context, at),
                statement=statement_of_deeper(story, context),
                low=None,
                high=None,
                filters=filters,
            )
        )
    return found


def _finding_of_cut(story: Story, one: Cut, context: ToolContext, at: str) -> Finding:
    name = one.dimension or "whole"
    drivers = tuple(Driver(name, part.code, part.contribution, part.label) for part in one.parts)
    if one.has_rest:
        drivers += (Driver(name, None, one.rest, OVERLAP),)
    statement = statement_of_cut(story, one, context)
    value = sum(driver.contribution for driver in drivers)
    return Finding(
        "driver", statement, story.metric.name, value, story.total.low, story.total.high, at, {}, drivers
    )


def _mix_and_rate(story: Story, one: Cut, context: ToolContext, at: str) -> Finding:
    drivers: tuple[Driver, ...] = (
        Driver("effect", "mix", one.mix, Text(zh="结构", en="mix")),
        Driver("effect", "rate", one.rate, Text(zh="组内", en="rate")),
    )
    if one.has_rest:
        drivers += (Driver("effect", None, one.rest, OVERLAP),)
    label = _label(context, one.dimension)
    column = value_column(story.metric, "__delta")
    mix, rate = signed(one.mix, column), signed(one.rate, column)
    statement = Text(
        zh=f"按{label.zh}拆:结构变化 {mix.zh},组内变化 {rate.zh}",
        en=f"By {label.en}: {mix.en} from the mix, {rate.en} inside the groups",
    )
    return Finding("driver", statement, story.metric.name, one.change, at=at, drivers=drivers)
