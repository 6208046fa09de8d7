"""Golden tests in YAML: numbers known to be right, computed by `check`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from semantic_layer.access import OPEN
from semantic_layer.errors import AskGrowthError
from semantic_layer.loader import Loaded
from semantic_layer.query import Expression, MetricQuery, PeriodRange
from semantic_layer.shorthand import parse_period
from semantic_layer.spec.document import Marked
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer


class _Golden(NamedTuple):
    """One number known to be right, and where it is written."""

    metric: str
    period: str
    filter: tuple[str, ...]
    value: float
    tolerance: float
    raw: Marked
    keys: tuple[str | int, ...]


def check_golden(layer: SemanticLayer, loaded: Loaded) -> None:
    """Record every golden test of the YAML that does not come out."""
    today = layer.today()
    for test in _tests(loaded):
        metric, raw, keys = test.metric, test.raw, test.keys
        try:
            period = PeriodRange.of(parse_period(test.period, today))
            where = tuple(Expression(sql=sql) for sql in test.filter)
            query = MetricQuery(metrics=(metric,), period=period, where=where)
            compiled = layer.compile_with(query, max(today, period.end), OPEN)
            rows = layer.engine.execute(compiled.sql).rows
        except AskGrowthError as error:
            loaded.problems.add(raw, keys, error.message, error.mend, code=error.code)
            continue
        found = rows[0][-1] if rows else None
        value = float(found) if isinstance(found, (int, float, Decimal)) else None
        if value is None or abs(value - test.value) > test.tolerance + 1e-9 * abs(test.value):
            loaded.problems.add(
                raw,
                keys,
                Text(
                    zh=f"指标 {metric!r} 在 {test.period} 应为 {test.value:g},实得 {_shown(value)}。",
                    en=f"The metric {metric!r} over {test.period} should be {test.value:g} but is {_shown(value)}.",
                ),
                Text(
                    zh="核对指标定义和数据;若新数才对,改这里的 value。",
                    en="Check the definition and the data; change value here if the new number is right.",
                ),
                code="golden_test",
            )


def _tests(loaded: Loaded) -> Iterator[_Golden]:
    for entry in loaded.sections.metrics:
        for index, test in enumerate(entry.spec.tests):
            yield _Golden(
                entry.spec.name,
                test.period,
                test.filter,
                test.value,
                test.tolerance,
                entry.raw,
                ("tests", index, "value"),
            )
    for top in loaded.sections.tests:
        spec = top.spec  # one with a question is for `askgrowth eval`
        if spec.metric is not None and spec.period is not None and spec.value is not None:
            yield _Golden(
                spec.metric, spec.period, spec.filter, spec.value, spec.tolerance, top.raw, ("value",)
            )


def _shown(value: float | None) -> str:
    return "null" if value is None else f"{value:,.6g}"
