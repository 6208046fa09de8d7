"""Long work says what it does and can be stopped; an analysis without a period names the dates it read."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from semantic_layer.period import Period
from semantic_layer.query import MetricQuery, PeriodRange
from semantic_layer.rows import Analysis, Named, RowQuery
from semantic_layer.table import Column, Table
from semantic_layer.text import Text, Words
from tools.progress import CancelledError, Step, Watch
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult

MODEL = """
version: 1
today: 2025-04-01
models:
  - name: calls
    table: calls
    agg_time_dimension: day
    columns:
      - {name: day, granularity: day, dimension: {type: time}}
    metrics:
      - {name: minutes, agg: sum, expr: minutes}
"""


@pytest.fixture
def context(tmp_path: Path) -> ToolContext:
    (tmp_path / "data").mkdir()
    (tmp_path / "askgrowth.yml").write_text(MODEL, encoding="utf-8")
    with duckdb.connect() as con:
        rows = "(VALUES (DATE '2025-03-01', 3), (DATE '2025-03-09', 4)) AS t(day, minutes)"
        con.execute(f"COPY (FROM {rows}) TO '{tmp_path}/data/calls.parquet' (FORMAT parquet)")
    layer = semantic_layer.open(tmp_path, state_dir=tmp_path / "state")
    return ToolContext(layer, layer.today())


class Nothing(ToolInputs):
    pass


TABLE = Table((Column("x", Text.same("x"), "dimension"),), (), 0)


def made(work: Callable[[ToolContext], tuple[Period, ...]]):
    def function(inputs: Nothing, context: ToolContext) -> ToolResult:
        """Do the work."""
        return ToolResult(Text.same("done"), (TABLE,), periods=work(context))

    words = Words(zh=("做",), en=("do",))
    return tool(name="made", label=Text(zh="做", en="do"), examples=words, inputs=Nothing)(function)


def test_steps_reach_the_watcher_in_order(context: ToolContext):
    seen: list[Step] = []

    def work(used: ToolContext) -> tuple[Period, ...]:
        used.step(Text(zh="一", en="one"), 0.0)
        used.step(Text(zh="二", en="two"), 0.5)
        return ()

    watched = ToolContext(context.layer, context.today, progress=Watch(seen.append))
    made(work).run({}, watched)
    assert [(step.label.en, step.done) for step in seen] == [("one", 0.0), ("two", 0.5)]


def test_a_cancelled_analysis_ends_at_its_next_step(context: ToolContext):
    watch = Watch(lambda step: watch.cancel())
    with pytest.raises(CancelledError):
        made(lambda used: (used.step(Text.same("a")), used.step(Text.same("b")), ())[2]).run(
            {}, ToolContext(context.layer, context.today, progress=watch)
        )


def test_a_cancelled_analysis_reads_no_more_data(context: ToolContext):
    watch = Watch()
    watch.cancel()
    with pytest.raises(CancelledError):
        ToolContext(context.layer, context.today, progress=watch).query(MetricQuery(metrics=("minutes",)))


def test_periods_are_the_span_of_what_was_read(context: ToolContext):
    def work(used: ToolContext) -> tuple[Period, ...]:
        early = PeriodRange(start=date(2025, 3, 1), end=date(2025, 3, 4))
        used.query(MetricQuery(metrics=("minutes",), period=early))
        rows = RowQuery("calls", {"day": Named("day")}, start=date(2025, 3, 5), end=date(2025, 3, 8))
        used.analyse(Analysis({"calls": rows}, "SELECT COUNT(*) AS n FROM calls"))
        return ()

    assert made(work).run({}, context).periods == (Period.of(date(2025, 3, 1), date(2025, 3, 8)),)


def test_periods_that_the_analysis_names_stay(context: ToolContext):
    march = Period.of(date(2025, 3, 1), date(2025, 4, 1))

    def work(used: ToolContext) -> tuple[Period, ...]:
        used.query(MetricQuery(metrics=("minutes",)))
        return (march,)

    assert made(work).run({}, context).periods == (march,)
