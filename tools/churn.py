"""Churn warning: who is likely not to buy again, why, which new customers never came back, and what is at stake."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from semantic_layer.catalog import Dimension
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Period
from semantic_layer.query import PeriodRange, Where
from semantic_layer.table import Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, data_period, model_of
from tools.churning.groups import group_findings, group_table, groups_of
from tools.churning.model import ChurnModel, train
from tools.churning.scoring import bands, listed
from tools.churning.snapshots import Snapshot, snapshot, traits_of
from tools.churning.telling import (
    band_table,
    decile_table,
    driver_findings,
    driver_table,
    headline,
    list_table,
    notes,
    suggestion,
)
from tools.purchases.history import Purchases, long_enough, own_members, revenue_of
from tools.registry import ToolContext, ToolInputs, tool
from tools.render_dates import dates_label
from tools.result import ChartSpec, ToolResult
from tools.scope.metric import dimension_of

LEAST_CUSTOMERS = 200  # in every snapshot
LEAST_EACH = 30  # who left, and who stayed
WINDOWS = (90, 60, 30)
SNAPSHOTS = 4  # windows of history needed: to know customers, to train, to calibrate, to judge
MOST_LISTED = 10_000
MOST_DRAWN = 12
WHAT = Text(zh="流失预警", en="a churn warning")


class ChurnInputs(ToolInputs):
    """All optional: the first declared customers, 90 days ahead (fewer where the history is short)."""

    customers: str | None = Field(default=None, description="the name under customers: in the YAML")
    days: int | None = Field(
        default=None, ge=14, le=365, description="who buys nothing in so many days has left"
    )
    dimension: str | None = Field(
        default=None, description="compare new customers by this, at the first purchase"
    )
    save_rate: float = Field(default=0.1, gt=0, lt=0.9, description="assumed share won back by a contact")
    contact_cost: float = Field(default=0.0, ge=0, description="money per customer contacted")
    where: tuple[Where, ...] = Field(default=(), description="conditions on the first purchase")
    segments: tuple[str, ...] = Field(default=(), description="named segments, at the first purchase")
    period: PeriodRange | None = Field(default=None, description="which purchases the model learns from")


@tool(
    name="churn",
    label=Text(zh="流失预警", en="Churn warning"),
    examples=Words(
        zh=("哪些客户有流失风险", "客户流失预警", "谁快要流失了", "客户为什么流失", "预测客户流失"),
        en=(
            "which customers are at risk of leaving",
            "churn prediction",
            "who is about to churn",
            "why do customers leave",
        ),
    ),
    inputs=ChurnInputs,
    asks=Asks(
        frames=(
            "leaves likely",
            "leaves likely customers",
            "leaves likely dormant",
            "leaves likely dormant customers",
            "~customers leaves -metric",
            "why leaves customers",
        ),
        numbers=(("days", "length"),),
    ),
)
def churn(inputs: ChurnInputs, context: ToolContext) -> ToolResult:
    """Return risk bands, drivers, new customers who did not come back by group, the check on held-out time, the list.

    Raises:
        QueryError: no `customers:` with a revenue. NotEnoughDataError: history shorter than four windows, too few
        customers who left or stayed, or forecasts no better than guessing.
    """
    binding = binding_of(context, "customer", inputs.customers)
    metric = revenue_of(binding, context, WHAT)
    model_name = model_of(binding)
    period = asked_period(context, model_name, inputs.period)
    ahead = inputs.days or next((one for one in WINDOWS if period.days >= SNAPSHOTS * one), WINDOWS[-1])
    long_enough(period, WHAT, SNAPSHOTS * ahead)
    active = 2 * ahead
    dimensions, outside = own_members(binding, context)
    question = Purchases(
        binding, period, inputs.where, inputs.segments, tuple(one.name for one in dimensions)
    )
    days = [period.end - timedelta(days=back * ahead) for back in (3, 2, 1)]
    context.step(Text(zh="读取客户的购买记录", en="Reading what customers bought"), 0.1)
    traits = traits_of(question, dimensions, days[1], ahead, active, context)
    taken = [snapshot(question, traits, day, ahead, active, context) for day in days]
    for one in taken:
        _enough(one, ahead)
    context.step(Text(zh="训练并检验模型", en="Training and checking the model"), 0.5)
    model = train(traits, *taken)
    _better_than_guessing(model)
    context.step(Text(zh="给每位客户打分", en="Scoring every customer"), 0.7)
    banded, band_sql = bands(question, model, period.end, ahead, active, context)
    table = band_table(banded, model, metric)
    rows, list_sql = listed(question, model, period.end, ahead, active, MOST_LISTED, context)
    known = int(sum(float(str(one)) for one in table.column("customers")))
    plain = Purchases(binding, period, inputs.where, inputs.segments)
    whole = data_period(context, model_name)
    data = Period.of(whole.start, max(period.end, whole.start))
    compared = (_asked(inputs.dimension, context),) if inputs.dimension else dimensions
    months, members, group_sql = groups_of(plain, compared, ahead, data, context)
    drivers = driver_table(model)
    advice = suggestion(table, model, metric, ahead, inputs.save_rate, inputs.contact_cost)
    left_out = tuple(context.layer.catalog.dimensions[name].label for name in outside
                     if name in context.layer.catalog.dimensions)  # fmt: skip
    return ToolResult(
        headline=headline(table, model, ahead),
        tables=(
            table, drivers, group_table(months, members, compared), decile_table(model.judgement),
            list_table(rows, model, metric, known),
        ),
        chart=ChartSpec(
            "forest", Text(zh="流失因素:几率之比(80% 区间)", en="Drivers of leaving: odds ratio (80 %)"),
            _clear(drivers).head(MOST_DRAWN),
            x="driver", y=("odds_ratio",), low="low", high="high", options={"reference": 1.0},
        ),
        findings=(*group_findings(months, members, ahead), *driver_findings(drivers, model)),
        suggestions=(advice,) if advice is not None else (),
        warnings=notes(dates_label(period, context.today), model, ahead, active, left_out, inputs.save_rate),
        sql=(taken[-1].sql, band_sql, list_sql, *group_sql),
    )  # fmt: skip


def _clear(drivers: Table) -> Table:
    """Return the drivers whose direction is sure, all of them where none is."""
    low, high = drivers.index("low"), drivers.index("high")
    rows = tuple(row for row in drivers.rows if float(str(row[low])) > 1 or float(str(row[high])) < 1)
    return Table(drivers.columns, rows, len(rows)) if rows else drivers


def _asked(name: str, context: ToolContext) -> Dimension:
    catalog = context.layer.catalog
    return catalog.dimensions[dimension_of(catalog, name)]


def _enough(one: Snapshot, ahead: int) -> None:
    left = int(one.left.sum())
    stayed = len(one.left) - left
    if len(one.left) < LEAST_CUSTOMERS or min(left, stayed) < LEAST_EACH:
        raise NotEnoughDataError(
            Text(
                zh=f"某个时点只有 {len(one.left):,} 位近期客户(其后 {ahead} 天流失 {left:,},留下 {stayed:,}),"
                "训练不出可信的模型。",
                en=f"At one of the dates there are only {len(one.left):,} recent customers ({left:,} left within "
                f"{ahead} "
                f"days, {stayed:,} stayed): too few for a model to trust.",
            ),
            Text(
                zh=f"每个时点至少要 {LEAST_CUSTOMERS} 位有编号的客户、流失与留下各 {LEAST_EACH} 位;放宽筛选或换天数。",
                en=f"At least {LEAST_CUSTOMERS} customers with a number and {LEAST_EACH} of each kind are needed "
                "at every "
                "date: use fewer filters or another number of days.",
            ),
        )


def _better_than_guessing(model: ChurnModel) -> None:
    judged = model.judgement
    if judged.area_low <= 0.5:
        raise NotEnoughDataError(
            Text(
                zh="拿过去的日子验证,谁会流失猜得不比随机好,所以不给名单。",
                en="Checked on past days, who leaves is guessed no better than by chance, so there is no list.",
            ),
            Text(
                zh="需要更长的历史,或能区分客户的属性。",
                en="A longer history is needed, or attributes that tell customers apart.",
            ),
        )
