"""Calendar events are marked where they lie, and named above the lines."""

from dataclasses import replace
from datetime import date

from bot.charts import figure
from bot.compose.events import event_marks
from bot.compose.view import Scene, UsedPeriod, View
from semantic_layer.catalog import Catalog, Event
from semantic_layer.period import Grain, Period
from semantic_layer.query import GroupBy, MetricQuery
from semantic_layer.table import Column, Table
from semantic_layer.text import Text, Words
from tools.result import ChartSpec

SALE = Event("sale", Text(zh="大促", en="Big sale"), Words(), ((2025, date(2025, 3, 5), date(2025, 3, 12)),))
FAIR = Event("fair", Text(zh="展会", en="Fair"), Words(), ((2024, date(2024, 3, 5), date(2024, 3, 6)),))


def scene(*events: Event) -> Scene:
    catalog = Catalog({}, {}, {}, {}, (), events, (), None)
    return Scene(catalog, date(2025, 4, 1))


def view(grain: Grain, starts: list[date]) -> View:
    column = f"metric_time__{grain.value}"
    columns = (
        Column(column, Text.same("t"), "time", grain=grain.value),
        Column("gmv", Text.same("gmv"), "metric", metric="gmv"),
    )
    query = MetricQuery(metrics=("gmv",), group_by=(GroupBy(dimension="metric_time", grain=grain),))
    table = Table(columns, tuple((start, 1) for start in starts), len(starts))
    return View(query, table, (UsedPeriod("main", Period.of(starts[0], date(2025, 4, 1))),))


def test_an_event_is_marked_over_the_weeks_it_lies_in() -> None:
    weeks = [date(2025, 2, 24), date(2025, 3, 3), date(2025, 3, 10), date(2025, 3, 17)]

    [mark] = event_marks(view(Grain.WEEK, weeks), scene(SALE, FAIR))

    assert mark == {"label": SALE.label, "first": "2025-03-03", "last": "2025-03-10"}


def test_an_event_that_began_before_the_chart_is_cut_at_its_start() -> None:
    days = [date(2025, 3, 10), date(2025, 3, 11), date(2025, 3, 12), date(2025, 3, 13)]

    [mark] = event_marks(view(Grain.DAY, days), scene(SALE))

    assert (mark["first"], mark["last"]) == ("2025-03-10", "2025-03-11")


def test_months_carry_no_marks() -> None:
    months = [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]

    assert event_marks(view(Grain.MONTH, months), scene(SALE)) == ()


def test_the_band_covers_the_buckets_and_the_name_stands_above() -> None:
    weeks = [date(2025, 2, 24), date(2025, 3, 3), date(2025, 3, 10)]
    shown = view(Grain.WEEK, weeks)
    marks = event_marks(shown, scene(SALE))
    spec = ChartSpec(
        "line", Text.same("t"), shown.table, "metric_time__week", ("gmv",), options={"events": marks}
    )

    drawn = figure(spec, "zh-CN")

    [band] = drawn["layout"]["shapes"]
    assert (band["x0"], band["x1"]) == ("2025-02-28T12:00:00", "2025-03-12T12:00:00")
    [name] = drawn["layout"]["annotations"]
    assert (name["text"], name["x"]) == ("大促", "2025-03-06")


def test_the_legend_stands_clear_of_the_names_above_the_plot() -> None:
    shown = view(Grain.WEEK, [date(2025, 2, 24), date(2025, 3, 3), date(2025, 3, 10)])
    gmv = shown.table.columns[-1]
    table = replace(
        shown.table,
        columns=(*shown.table.columns, replace(gmv, name="gmv__previous_year")),
        rows=tuple((*row, 1.0) for row in shown.table.rows),
    )
    spec = ChartSpec("line", Text.same("t"), table, "metric_time__week", ("gmv", "gmv__previous_year"))
    marked = replace(spec, options={"events": event_marks(shown, scene(SALE))})

    assert figure(spec, "zh-CN")["layout"]["legend"]["y"] == 1  # on top
    assert figure(marked, "zh-CN")["layout"]["legend"]["y"] < 0  # below
