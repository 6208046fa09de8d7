"""Growth suggestions: which changes the data support, what each may bring, and how to find out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from pydantic import Field

from semantic_layer.catalog import Dimension, Metric
from semantic_layer.errors import NotEnoughDataError, UnknownNameError
from semantic_layer.query import GroupBy, MetricQuery
from semantic_layer.table import Column, Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.numerics.rates import benjamini_hochberg
from tools.promises import is_held_back, track_record
from tools.promises.sizing import history_notes, nothing_new, sized_by_record, without_held
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import Method, Suggestion, ToolResult
from tools.suggestions import (
    Lead,
    Scan,
    assists,
    bad_terms,
    broken_step,
    lagging_rate,
    proven_again,
    reallocation,
    unshipped,
    weak_cohort,
    win_back,
    worsened,
)
from tools.suggestions.export import EVIDENCE
from tools.suggestions.worth import TIERS, Worth

WHOLE = (
    (broken_step, Text(zh="看漏斗每一步", en="Looking at every step of the funnels")),
    (win_back, Text(zh="看沉默的老客", en="Looking at quiet regulars")),
    (weak_cohort, Text(zh="看不回头的新客", en="Looking at new customers who did not return")),
    (assists, Text(zh="看只助攻不收尾的渠道", en="Looking at channels that help and never close")),
    (bad_terms, Text(zh="看亏钱的合作", en="Looking at deals that lost money")),
    (proven_again, Text(zh="看有效但没再发的券", en="Looking at promotions that worked and ended")),
    (unshipped, Text(zh="看赢了没上线的实验", en="Looking at wins that were not shipped")),
)
MAX_SUGGESTIONS = 8
FALSE_DISCOVERY_RATE = 0.10
WEIGHTS = {"experiment": 1.0, "quasi_experiment": 0.8, "adjusted": 0.6, "correlation": 0.4}
SCANNED_TIERS = ("strategic", "tactical")
MAX_PAIRS = 160  # metric and dimension pairs one scan looks at


class GrowthInputs(ToolInputs):
    """Where to look; both empty: every strategic and tactical metric by every declared dimension."""

    metric: str | None = Field(default=None, description="the metric to improve")
    dimension: str | None = Field(default=None, description="the dimension whose members are compared")


@tool(
    name="growth",
    label=Text(zh="增长建议", en="Growth suggestions"),
    examples=Words(
        zh=("给我增长建议", "接下来该做什么", "有什么增长机会", "怎么提升业绩"),
        en=(
            "what should we do next",
            "give me growth suggestions",
            "where are the growth opportunities",
            "how can we grow",
        ),
    ),
    inputs=GrowthInputs,
    asks=Asks(
        frames=(
            "how_to improved",
            "how_to improved +metric",
            "advised improved",
            "how_to advised improved",
            "advised future",
            "what_to_do",
            "what_to_do improved",
            "~how_to +metric",
            "~advised",
        ),
    ),
)
def growth(inputs: GrowthInputs, context: ToolContext) -> ToolResult:
    """Return suggestions ranked by expected value and evidence, each sized with an 80 % interval; one row each.

    Everything that is compared anywhere in the scan goes into one correction (Benjamini-Hochberg, 10 %).

    Raises:
        UnknownNameError: the metric or dimension does not exist.
        NotEnoughDataError: nothing is supported by the data.
    """
    found = _scanned(inputs, context)
    context.step(Text(zh="核对每条建议", en="Examining each suggestion"), 0.9)
    promises = context.decided()
    held = [one for one in promises if is_held_back(one, context.today)]
    ranked, hidden = without_held(_chosen(found, context), held)
    ranked = sized_by_record(ranked[:MAX_SUGGESTIONS], track_record(promises), context)
    if not ranked and hidden:
        raise NotEnoughDataError(*nothing_new(hidden))
    if not ranked:
        looked = len(found.p_values)
        if not looked:
            raise NotEnoughDataError(
                Text(
                    zh="这里没有可以比较的渠道、人群、漏斗或实验,给不出有依据的建议。",
                    en="There are no channels, audiences, funnels or experiments here to compare, so nothing supports "
                    "a suggestion.",
                ),
                Text(
                    zh="先接入按渠道或人群分的转化明细,或在 YAML 里声明 customers:、funnels:、budgets: 等。",
                    en="Add conversions by channel or audience first, or declare customers:, funnels: or budgets: in "
                    "the YAML.",
                ),
            )
        raise NotEnoughDataError(
            Text(
                zh=f"看了 {looked} 组对比,没有一条建议的数据支撑够强,所以不给。",
                en=f"{looked} comparisons were made, and none supports a suggestion, so there is none.",
            ),
            Text(
                zh="需要更长的历史,或更多有差异的渠道和人群;也可以先做一个小实验。",
                en="A longer history or members that differ more are needed; or run a small experiment first.",
            ),
        )
    return ToolResult(
        headline=_headline(ranked),
        tables=(_table(ranked, context),),
        suggestions=tuple(ranked),
        warnings=(_note(len(found.p_values)), *history_notes(track_record(promises), hidden)),
    )


def _scanned(inputs: GrowthInputs, context: ToolContext) -> Scan:
    """Return what all sources found; those of the whole workspace only where neither metric nor dimension is asked."""
    found = Scan()
    pairs = list(_pairs(inputs, context))
    whole = WHOLE if inputs.metric is None and inputs.dimension is None else ()
    work = len(pairs) + 6 * len(whole)
    for at, (source, label) in enumerate(whole):
        context.step(label, 0.9 * 6 * at / work)
        found.add(source.scan(context))
    for at, (metric, dimension) in enumerate(pairs):
        label = Text(
            zh=f"比较「{metric.label.zh}」在各{dimension.label.zh}",
            en=f"Comparing {metric.label.en} by {dimension.label.en}",
        )
        context.step(label, 0.9 * (6 * len(whole) + at) / work)
        found.add(_of_pair(metric, dimension, context))
    found.leads = _without_echoes(found.leads)
    return found


def _without_echoes(leads: list[Lead]) -> list[Lead]:
    """Return the leads; of what worsened by one metric only the dimension that shows it most clearly.

    A product whose refunds surge also raises those of its category and of the store that sells it.
    """
    clearest: dict[str, Lead] = {}
    for one in leads:
        if one.topic[0] == worsened.TOPIC:
            best = clearest.get(one.metric)
            if best is None or (one.p_value or 0.0) < (best.p_value or 0.0):
                clearest[one.metric] = one
    return [
        one
        for one in leads
        if one.topic[0] != worsened.TOPIC or one.topic[1] == clearest[one.metric].topic[1]
    ]


def _of_pair(metric: Metric, dimension: Dimension, context: ToolContext) -> Scan:
    found = Scan()
    if reallocation.applies(metric, context):
        for one in reallocation.suggest(metric, dimension, context):
            goal, examine = one.suggestion.effect.metric, partial(_same, one.suggestion)
            found.leads.append(Lead(one.topic, one.gain, goal, examine, None, one.opposite, one.touches))
    if lagging_rate.applies(metric, context):
        found.add(lagging_rate.scan(metric, dimension, context))
    if worsened.applies(metric, context):
        found.add(worsened.scan(metric, dimension, context))
    return found


def _same(one: Suggestion, scanned: int, q: float) -> Suggestion:
    """Return a suggestion whose source has examined and corrected it."""
    del scanned, q
    return one


def _chosen(found: Scan, context: ToolContext) -> list[Suggestion]:
    """Return the leads that stand up, without duplicates and contradictions, by value and evidence.

    Of leads with the same topic, or that contradict each other, the one of the highest expected value stays.
    """
    scanned, adjusted = len(found.p_values), _adjusted(found)
    worth = Worth(context)
    kept: dict[tuple[str, ...], tuple[tuple[bool, int, float], Suggestion]] = {}
    for lead in sorted(found.leads, key=lambda one: worth.rank(one, 1.0)):
        q = adjusted[lead.p_value] if lead.p_value is not None else 0.0
        if q > FALSE_DISCOVERY_RATE or lead.topic in kept or lead.opposite in kept:
            continue
        if len(kept) == 2 * MAX_SUGGESTIONS:
            break
        suggestion = lead.examine(scanned, q)
        if suggestion is not None:
            suggestion = replace(suggestion, topic=lead.topic, touches=lead.touches)
            kept[lead.topic] = worth.rank(lead, WEIGHTS[suggestion.evidence]), suggestion
    ordered = sorted(kept.values(), key=lambda pair: pair[0])
    return [suggestion for _, suggestion in ordered]


def _adjusted(found: Scan) -> dict[float, float]:
    """Return the q-value of every p-value of the scan."""
    return dict(zip(found.p_values, benjamini_hochberg(found.p_values), strict=True))


def _note(scanned: int) -> Text:
    return Method(
        zh=f"共做了 {scanned} 处比较,一起校正(Benjamini-Hochberg,错误发现率 10%);按期望价值和证据强弱排序,"
        "重复和互相矛盾的只留一条。没有实验的建议都只说“可能”。",
        en=f"{scanned} comparisons were made and corrected together (Benjamini-Hochberg, false discoveries 10 %); "
        "ranked by expected value and evidence, of duplicates and contradictions one is kept. Without an experiment "
        "the word is “may”.",
    )


def _pairs(inputs: GrowthInputs, context: ToolContext) -> Iterator[tuple[Metric, Dimension]]:
    catalog = context.layer.catalog
    if inputs.metric is not None and inputs.metric not in catalog.metrics:
        raise UnknownNameError(Text(zh="指标", en="metric"), inputs.metric, catalog.metrics)
    if inputs.dimension is not None and inputs.dimension not in catalog.dimensions:
        raise UnknownNameError(Text(zh="维度", en="dimension"), inputs.dimension, catalog.dimensions)
    metrics = [
        metric
        for metric in catalog.metrics.values()
        if (
            metric.name == inputs.metric
            if inputs.metric
            else metric.tier in SCANNED_TIERS and not metric.hidden
        )
    ]
    dimensions = [
        dimension
        for dimension in catalog.dimensions.values()
        if (
            dimension.name == inputs.dimension
            if inputs.dimension
            else dimension.values and dimension.kind == "categorical" and not dimension.hidden
        )
    ]
    metrics.sort(key=lambda metric: TIERS.index(metric.tier))  # what matters most comes first: there is a cap
    count = 0
    for metric in metrics:
        for dimension in dimensions:
            if not _is_looked_at(metric, context):
                continue
            if count >= MAX_PAIRS or not _reachable(metric, dimension, context):
                continue
            count += 1
            yield metric, dimension


def _is_looked_at(metric: Metric, context: ToolContext) -> bool:
    return (
        reallocation.applies(metric, context)
        or lagging_rate.applies(metric, context)
        or worsened.applies(metric, context)
    )


def _reachable(metric: Metric, dimension: Dimension, context: ToolContext) -> bool:
    """Return whether the metric can be grouped by the dimension: the compiler decides."""
    query = MetricQuery(metrics=(metric.name,), group_by=(GroupBy(dimension=dimension.name),))
    return context.layer.compiles(query, today=context.today, user=context.user)


def _headline(ranked: list[Suggestion]) -> Text:
    first = ranked[0]
    count = len(ranked)
    return Text(
        zh=f"数据支持 {count} 条建议,第一条:{first.strategy.zh}",
        en=f"The data support {count} suggestion{'s' if count > 1 else ''}; the first: {first.strategy.en}",
    )


def _table(ranked: list[Suggestion], context: ToolContext) -> Table:
    metrics = context.layer.catalog.metrics
    labels = tuple((name, metrics[name].label) for name in sorted({one.effect.metric for one in ranked}))
    strategies = tuple((str(at), one.strategy) for at, one in enumerate(ranked, start=1))
    columns = (
        Column("suggestion", Text(zh="建议", en="suggestion"), "dimension", value_labels=strategies),
        Column("metric", Text(zh="指标", en="metric"), "dimension", value_labels=labels),
        Column("low", Text(zh="下限(八成把握)", en="low (80 %)"), "derived", format="#,##0"),
        Column("high", Text(zh="上限(八成把握)", en="high (80 %)"), "derived", format="#,##0"),
        Column("horizon_days", Text(zh="天数", en="days"), "derived"),
        Column("evidence", Text(zh="证据", en="evidence"), "dimension", value_labels=EVIDENCE),
        Column("n_per_arm", Text(zh="每组样本", en="n per arm"), "derived", format="#,##0"),
        Column("weeks", Text(zh="验证周数", en="weeks to test"), "derived", format="0"),
        Column("owner", Text(zh="负责人", en="owner"), "dimension"),
    )
    rows = tuple(
        (
            str(number),
            one.effect.metric,
            one.effect.low,
            one.effect.high,
            one.effect.horizon_days,
            one.evidence,
            one.test.n_per_arm,
            one.test.weeks,
            metrics[one.effect.metric].owner,
        )
        for number, one in enumerate(ranked, start=1)
    )
    return Table(columns, rows, len(rows))
