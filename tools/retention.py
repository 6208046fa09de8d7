"""Cohort retention and repeat purchase: which customers come back, by the period of their first purchase."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field

from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Grain, Period
from semantic_layer.query import PeriodRange, Where
from semantic_layer.table import Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, data_period, model_of
from tools.cohorts.counting import Cohort, Question, by_member, triangle
from tools.cohorts.telling import (
    average_finding,
    headline,
    member_table,
    notes,
    odd_cohorts,
    repeat_table,
    triangle_table,
)
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ChartSpec, ToolResult

LEAST_CUSTOMERS = 30
MOST_AGES = 12  # that a picture can write out
MOST_COHORTS = 24
DAYS_FOR_MONTHS = 120  # shorter histories are cut into weeks


class RetentionInputs(ToolInputs):
    """All optional: the first declared customers, monthly cohorts of all data, repeats within 90 days."""

    customers: str | None = Field(default=None, description="the name under customers: in the YAML")
    grain: Literal["week", "month", "quarter"] | None = Field(default=None, description="length of a cohort")
    days: int = Field(default=90, ge=1, le=730, description="the repeat window in days")
    dimension: str | None = Field(
        default=None, description="compare by this, as it was at the first purchase"
    )
    where: tuple[Where, ...] = Field(default=(), description="conditions on the first purchase")
    segments: tuple[str, ...] = Field(default=(), description="named segments, at the first purchase")
    period: PeriodRange | None = Field(default=None, description="when customers bought first")


@tool(
    name="retention",
    label=Text(zh="同期群与复购", en="Cohorts and repeat purchase"),
    examples=Words(
        zh=(
            "看一下同期群留存",
            "新客复购怎么样",
            "哪个月的新客复购最差",
            "按首单月份看复购率",
        ),
        en=(
            "show cohort retention",
            "which cohort churns early",
            "how many customers come back",
            "repeat rate by month of first order",
        ),
    ),
    inputs=RetentionInputs,
    asks=Asks(
        frames=(
            "cohort",
            "retained first_time",
            "retained over_time",
            "retained customers",
            "first_time comes_back",
            "comes_back over_time",
            "customers comes_back +length",
            "~comes_back customers",
            "~retained",
        ),
        numbers=(("days", "length"),),
    ),
)
def retention(inputs: RetentionInputs, context: ToolContext) -> ToolResult:
    """Return customers still buying by cohort and age, then repeat rates within a number of days per cohort.

    An age that is not over has no row; the second table has only cohorts with a customer old enough.

    Raises:
        QueryError: no `customers:` is declared.
        NotEnoughDataError: no cohort of 30 with a finished period after its first.
    """
    binding = binding_of(context, "customer", inputs.customers)
    model = model_of(binding)
    data = data_period(context, model)
    period = asked_period(context, model, inputs.period)
    grain = Grain(inputs.grain) if inputs.grain else _grain(data)
    catalog = context.layer.catalog
    asked = catalog.dimensions.get(catalog.spellings.get(inputs.dimension or "", inputs.dimension or ""))
    # "By month of the first order" is what cohorts are: a time is no member to compare.
    by = None if asked is not None and asked.kind == "time" else inputs.dimension
    question = Question(binding, period, data, grain, inputs.days, inputs.where, inputs.segments, by)
    cohorts, sql = triangle(question, context)
    if inputs.grain is None and grain is Grain.MONTH and not _is_enough(cohorts):
        # First buyers of these weeks have no whole month behind them yet, but may have a whole week.
        question = replace(question, grain=Grain.WEEK)
        cohorts, sql = triangle(question, context)
    _enough(cohorts)
    shown = cohorts[-MOST_COHORTS:]
    odd = odd_cohorts(question, cohorts)
    average = average_finding(question, cohorts)
    table = triangle_table(question, shown)
    tables = [table, repeat_table(question, cohorts)]
    if by is not None and asked is not None:
        members, member_sql = by_member(question, context)
        tables.append(member_table(question, members, asked))
        sql = (*sql, member_sql)
    return ToolResult(
        headline=headline(question, cohorts, average, odd, context.today),
        tables=tuple(tables),
        chart=ChartSpec(
            "heatmap",
            Text(zh="同期群留存率(首购之后)", en="Cohort retention after the first purchase"),
            _after_the_first(table),
            x="cohort",
            y=("retention_rate",),
            series="age",
        ),
        findings=(*((average,) if average is not None else ()), *odd),
        warnings=notes(question, context),
        sql=sql,
    )


def _after_the_first(table: Table) -> Table:
    """Return the rows to draw: at age 0 everybody has bought, which is no news and would take all the colour."""
    age = table.index("age")
    rows = tuple(row for row in table.rows if 0 < int(str(row[age])) <= MOST_AGES)
    return Table(table.columns, rows, len(rows))


def _grain(data: Period) -> Grain:
    return Grain.MONTH if data.days >= DAYS_FOR_MONTHS else Grain.WEEK


def _is_enough(cohorts: tuple[Cohort, ...]) -> bool:
    return any(one.customers >= LEAST_CUSTOMERS and len(one.active) >= 2 for one in cohorts)


def _enough(cohorts: tuple[Cohort, ...]) -> None:
    if not _is_enough(cohorts):
        raise NotEnoughDataError(
            Text(
                zh=f"没有一个不少于 {LEAST_CUSTOMERS} 人、且首购之后又走完一期的同期群,看不出留存。",
                en=f"There is no cohort of {LEAST_CUSTOMERS} customers or more with a finished period after its "
                "first: nothing to see retention by.",
            ),
            Text(
                zh="请放宽时间或筛选,或换更细的粒度(周),并确认订单带有客户编号。",
                en="Take more time, fewer filters or a finer grain (week), and see that orders carry a customer "
                "number.",
            ),
        )
