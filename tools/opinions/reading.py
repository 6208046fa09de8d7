"""Comments as rows: text, stars, product and day, read through the semantic layer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.period import Period
from semantic_layer.query import Where
from semantic_layer.rows import Analysis, Named, RowColumn, RowQuery, Step
from tools.bindings import filters_of, model_of, name_of
from tools.registry import ToolContext

MOST_READ = 30_000


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment; `stars` on the workspace's own scale, None where there are none."""

    text: str
    stars: float | None
    product: str | None
    day: date


@dataclass(frozen=True, slots=True)
class Question:
    """Which comments: those of `period`."""

    binding: AnalysisBinding
    period: Period
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()


def read_comments(question: Question, context: ToolContext) -> tuple[tuple[Comment, ...], str, bool]:
    """Return the latest 30,000 comments with a text, newest first; the SQL; whether there are more."""
    result = context.analyse(
        Analysis(
            _rows(question),
            "SELECT words, stars, product, day FROM comments ORDER BY day DESC, words, product",
            (
                Step(
                    "comments",
                    f"SELECT TRIM(CAST(words AS VARCHAR)) AS words, {_stars(question)} AS stars, "
                    f"{_product(question)} AS product, CAST(moment AS DATE) AS day FROM rows_all "
                    "WHERE NOT words IS NULL AND LENGTH(TRIM(CAST(words AS VARCHAR))) > 0",
                ),
            ),
        ),
        row_limit=MOST_READ + 1,
    )
    comments = tuple(
        Comment(
            str(words), float(str(stars)) if stars is not None else None,
            str(product) if product is not None else None, _day(day),
        )
        for words, stars, product, day in result.rows[:MOST_READ]
    )  # fmt: skip
    return comments, result.sql, len(result.rows) > MOST_READ


def _rows(question: Question) -> dict[str, RowQuery]:
    binding = question.binding
    columns: dict[str, RowColumn] = {
        "words": Named(str(name_of(binding, "text"))), "moment": Named("metric_time"),
    }  # fmt: skip
    for column in ("stars", "product"):
        if (name := name_of(binding, column)) is not None:
            columns[column] = Named(name)
    return {
        "rows_all": RowQuery(
            model_of(binding), columns, where=question.where, segments=question.segments,
            filters=filters_of(binding), time=name_of(binding, "time"),
            start=question.period.start, end=question.period.end,
        )
    }  # fmt: skip


def _stars(question: Question) -> str:
    return (
        "CAST(stars AS DOUBLE)" if name_of(question.binding, "stars") is not None else "CAST(NULL AS DOUBLE)"
    )


def _product(question: Question) -> str:
    return (
        "CAST(product AS VARCHAR)"
        if name_of(question.binding, "product") is not None
        else "CAST(NULL AS VARCHAR)"
    )


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value
