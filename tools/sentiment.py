"""Opinions in reviews by aspect, in both languages, and a warning when bad ones surge."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.errors import NotEnoughDataError
from semantic_layer.query import PeriodRange, Where
from semantic_layer.table import Column, Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, data_period, model_of, name_of
from tools.opinions.aspects import aspects_of
from tools.opinions.judging import judge_of, judged_clauses
from tools.opinions.reading import Comment, Question, read_comments
from tools.opinions.surge import surges
from tools.opinions.telling import (
    aspect_findings,
    aspect_table,
    count_aspects,
    headline,
    notes,
    quality_table,
    quote_table,
    surge_findings,
    surge_table,
    term_table,
)
from tools.registry import ToolContext, ToolInputs, tool
from tools.render_dates import dates_label
from tools.result import ChartSpec, ToolResult

LEAST_COMMENTS = 30


class SentimentInputs(ToolInputs):
    """All optional: the first declared reviews, all of them."""

    review: str | None = Field(default=None, description="the name under reviews: in the YAML")
    where: tuple[Where, ...] = Field(default=(), description="which comments, such as one product's")
    segments: tuple[str, ...] = Field(default=(), description="named segments of the workspace")
    period: PeriodRange | None = Field(default=None, description="when the comments were written")


@tool(
    name="sentiment",
    label=Text(zh="评价情感分析", en="Review sentiment"),
    examples=Words(
        zh=("评价情感分析", "差评在说什么", "顾客在抱怨什么", "大家对我们的评价怎么样", "差评有没有激增"),
        en=(
            "what do customers complain about",
            "what do bad reviews say",
            "review sentiment by aspect",
            "are bad reviews surging",
        ),
    ),
    inputs=SentimentInputs,
    asks=Asks(
        frames=(
            "comments feels",
            "grumbles",
            "~comments",
            "grumbles customers",
            "comments feels customers products",
        ),
    ),
)
def sentiment(inputs: SentimentInputs, context: ToolContext) -> ToolResult:
    """Return aspects with complaints, surges, telling words, quotes, and the quality of the judgement.

    Raises:
        QueryError: no `reviews:` is declared. NotEnoughDataError: fewer than 30 comments with a text.
    """
    binding = binding_of(context, "review", inputs.review)
    model = model_of(binding)
    period = asked_period(context, model, inputs.period)
    context.step(Text(zh="读取评价", en="Reading comments"), 0.1)
    everything = Question(binding, data_period(context, model))
    known, known_sql, known_cut = read_comments(everything, context)
    asked = Question(binding, period, inputs.where, inputs.segments)
    narrowed = bool(inputs.where or inputs.segments or period != everything.period)
    comments, sql, cut = read_comments(asked, context) if narrowed else (known, known_sql, known_cut)
    if len(comments) < LEAST_COMMENTS:
        raise _thin(len(comments))
    context.step(Text(zh="从星级学习褒贬", en="Learning from the stars"), 0.3)
    judge = judge_of(known)
    aspects = aspects_of(binding)
    bad = judge.bad_comments(comments)
    context.step(Text(zh="按方面归类", en="Sorting by aspect"), 0.6)
    clauses = judged_clauses(comments, judge, aspects)
    # In a comment that praises, a clause that sounds bad is more often a slip of the model than a complaint.
    complaints = [
        one for one in clauses if one.bad and (bad[one.comment] or comments[one.comment].stars is None)
    ]
    counts = count_aspects(clauses, aspects, bad)
    rest = _rest(known, comments) if narrowed else []
    others = judged_clauses(rest, judge, aspects)
    rest_counts = count_aspects(others, aspects, judge.bad_comments(rest))
    # A surge is judged on all the data of what was asked for: its own past is what it is compared with.
    whole = Question(binding, everything.period.cut(period.end), inputs.where, inputs.segments)
    past, _, _ = read_comments(whole, context) if narrowed else (comments, "", cut)
    found, looked = surges(past, judge.bad_comments(past), whole.period)
    product = _product(name_of(binding, "product"), context)
    dates = dates_label(period, context.today)
    bad_count = sum(bad)
    table = aspect_table(counts, aspects, bad_count)
    named = {one.comment for one in clauses if one.aspects and bad[one.comment]}
    background = [one for one in others if one.bad] if others else [one for one in clauses if not one.bad]
    return ToolResult(
        headline=headline(counts, len(comments), bad_count, dates, found, product),
        tables=(
            table, surge_table(found, product), term_table(complaints, background), quote_table(complaints),
            quality_table(judge),
        ),
        chart=ChartSpec(
            "bar", Text(zh="各方面的负面占比(80% 区间)", en="Share of complaints by aspect (80 %)"),
            _worst_first(table), x="aspect", y=("bad_rate",), low="low", high="high",
        ),
        findings=(*surge_findings(found, product, context.today), *aspect_findings(counts, rest_counts)),
        warnings=notes(
            dates, judge, cut=cut, unnamed=1 - len(named) / bad_count if bad_count else 0.0, looked=looked
        ),
        sql=(sql,) if sql == known_sql else (sql, known_sql),
    )  # fmt: skip


def _worst_first(table: Table) -> Table:
    """Return the aspects by their share of complaints: the table is ordered by how many there are."""
    at = table.index("bad_rate")
    rows = tuple(sorted(table.rows, key=lambda row: -float(str(row[at] or 0))))
    return Table(table.columns, rows, len(rows))


def _rest(known: tuple[Comment, ...], chosen: tuple[Comment, ...]) -> list[Comment]:
    from collections import Counter

    left = Counter(chosen)
    rest = []
    for one in known:
        if left[one]:
            left[one] -= 1
        else:
            rest.append(one)
    return rest


def _product(name: str | None, context: ToolContext) -> Column:
    dimension = context.layer.catalog.dimensions.get(name or "")
    if dimension is None:
        return Column("product", Text(zh="商品", en="product"), "dimension")
    labels = tuple((str(one.code), one.label) for one in dimension.values)
    return Column(dimension.name, dimension.label, "dimension", value_labels=labels)


def _thin(count: int) -> NotEnoughDataError:
    return NotEnoughDataError(
        Text(
            zh=f"符合条件、带文字的评价只有 {count} 条,总结不出看法。",
            en=f"Only {count} comments with a text fit: too few to sum up.",
        ),
        Text(
            zh=f"至少要 {LEAST_COMMENTS} 条;放宽时间或筛选。",
            en=f"At least {LEAST_COMMENTS} are needed: take more time or fewer filters.",
        ),
    )
