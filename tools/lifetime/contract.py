"""Customers under contract: survivors by age, the shifted-beta-geometric curve, and the payments still to come.

A customer pays once per renewal period and has left for good at the first period without a payment. The period that
is not over is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from semantic_layer.catalog import Metric
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Grain, bucket, shift
from semantic_layer.rows import Analysis, Measured, Named, RowColumn, RowQuery, Step
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.bindings import filters_of, model_of, name_of
from tools.lifetime.telling import money_column
from tools.numerics.contracts import Sbg, expected_renewals, fit_sbg, survival
from tools.purchases.history import Purchases
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.render_dates import dates_label
from tools.result import ChartSpec, Method, ToolResult

if TYPE_CHECKING:
    import numpy as np

LEAST_CUSTOMERS = 100
LEAST_RENEWALS = 4  # ages seen by the oldest cohort
DRAWS = 50
MOST_AHEAD = 60
_AGE = {
    Grain.WEEK: "CAST(DATE_DIFF('day', f.cohort, p.bucket) / 7 AS INTEGER)",
    Grain.MONTH: "DATE_DIFF('month', f.cohort, p.bucket)",
    Grain.QUARTER: "CAST(DATE_DIFF('month', f.cohort, p.bucket) / 3 AS INTEGER)",
    Grain.YEAR: "DATE_DIFF('year', f.cohort, p.bucket)",
}
_DAYS = {Grain.WEEK: 7.0, Grain.MONTH: 30.4375, Grain.QUARTER: 91.3125, Grain.YEAR: 365.25}
_UNITS = {
    Grain.WEEK: Text(zh="周", en="week"), Grain.MONTH: Text(zh="个月", en="month"),
    Grain.QUARTER: Text(zh="个季度", en="quarter"), Grain.YEAR: Text(zh="年", en="year"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payers:
    """Survivors of each cohort at renewal 0, 1, … as far as periods are over; the mean payment; the SQL."""

    cohorts: tuple[tuple[float, ...], ...]
    payment: float
    sql: str


def contract_value(
    question: Purchases, metric: Metric, days: int, discount: float, context: ToolContext
) -> ToolResult:
    """Return the retention curve with its projection, and the money still expected by renewals so far.

    Raises:
        NotEnoughDataError: under 100 customers, four renewals, or nobody left.
    """
    import numpy as np

    grain = Grain(str(name_of(question.binding, "renewal")))
    payers = _payers(question, grain, context)
    seen = max((len(one) - 1 for one in payers.cohorts), default=0)
    people = sum(one[0] for one in payers.cohorts)
    lost = sum(one[0] - one[-1] for one in payers.cohorts)
    if people < LEAST_CUSTOMERS or seen < LEAST_RENEWALS or not 0 < lost < people:
        raise _thin(round(people), seen, grain)
    ahead = max(1, min(MOST_AHEAD, round(days / _DAYS[grain])))
    rate = (1 + discount) ** (_DAYS[grain] / 365.25) - 1
    model = fit_sbg(payers.cohorts)
    rng = np.random.default_rng(7)
    draws = [fit_sbg(_again(payers.cohorts, rng)) for _ in range(DRAWS)]
    held = max(1, seen // 4)
    tested = _back_test(payers.cohorts, held)
    curve = _curve(payers.cohorts, model, draws, min(seen + ahead, MOST_AHEAD))
    worth = _worth(payers, model, draws, ahead, rate, metric)
    unit = _UNITS[grain]
    fresh = payers.payment * (1 + expected_renewals(model, 0, ahead, rate))
    low, high = np.quantile(
        [payers.payment * (1 + expected_renewals(one, 0, ahead, rate)) for one in draws], (0.1, 0.9)
    )
    column = money_column("value", "价值", "value", metric)
    value, bottom, top = (prose(float(one), column) for one in (fresh, low, high))
    return ToolResult(
        headline=Text(
            zh=f"一位新签客户(含首期)未来{ahead}{unit.zh}预计贡献 {value.zh}(八成把握在 {bottom.zh}–{top.zh} 之间);"
            "首次续费"
            f"流失 {percent(model.first_churn_rate)},之后逐期降低。回测:最后 {held} 期预测留存 {tested[0]:,.0f} 人次,"
            f"实际 {tested[1]:,.0f}。",
            en=f"A new contract is expected to bring {value.en} over {ahead} {unit.en}s, its first payment "
            "included (we are "
            f"80 % sure it is between {bottom.en} and {top.en}); {percent(model.first_churn_rate)} leave at the first "
            f"renewal, fewer later. Back-test: for the last {held} renewals the model foresaw {tested[0]:,.0f} "
            "payments, "
            f"{tested[1]:,.0f} came.",
        ),
        tables=(worth, curve),
        chart=ChartSpec(
            "line", Text(zh="留存曲线与推算", en="Retention curve and projection"), curve, x="age",
            y=("survivor_rate", "model_rate"), options={"dashed": ("model_rate",)},
        ),
        warnings=_notes(question, context.today, model),
        sql=(payers.sql,),
    )  # fmt: skip


def _payers(question: Purchases, grain: Grain, context: ToolContext) -> Payers:
    binding, catalog = question.binding, context.layer.catalog
    columns: dict[str, RowColumn] = {
        "who": Named(str(name_of(binding, "entity"))),
        "bucket": Named(f"metric_time__{grain.value}"),
        "money": Measured(str(name_of(binding, "revenue"))),
    }
    rows = RowQuery(
        model_of(binding), columns, where=question.where, segments=question.segments,
        filters=filters_of(binding), time=name_of(binding, "time"),
        start=question.period.start, end=question.period.end,
    )  # fmt: skip
    steps = (
        Step(
            "receipts",
            "SELECT who, CAST(bucket AS DATE) AS bucket, SUM(money) AS money FROM dues "
            "WHERE NOT who IS NULL AND NOT money IS NULL GROUP BY 1, 2 HAVING SUM(money) > 0",
        ),
        Step("firsts", "SELECT who, MIN(bucket) AS cohort FROM receipts GROUP BY who"),
        Step(
            "aged",
            f"SELECT p.who, f.cohort, p.money, {_AGE[grain]} AS age, "
            "ROW_NUMBER() OVER (PARTITION BY p.who ORDER BY p.bucket) - 1 AS nth "
            "FROM receipts AS p JOIN firsts AS f ON p.who = f.who",
        ),
    )
    result = context.analyse(
        Analysis(
            {"dues": rows},
            "SELECT cohort, age, COUNT(*) AS customers, AVG(money) AS payment FROM aged WHERE age = nth "
            "GROUP BY 1, 2 ORDER BY 1, 2",
            steps,
        )
    )
    counts: dict[date, dict[int, float]] = {}
    money = paid = 0.0
    for start, age, customers, payment in result.rows:
        assert isinstance(start, date)
        day = start.date() if isinstance(start, datetime) else start
        counts.setdefault(day, {})[int(str(age))] = float(str(customers))
        money += float(str(customers)) * float(str(payment))
        paid += float(str(customers))
    cohorts = []
    for start, by_age in sorted(counts.items()):
        own = bucket(start, grain, catalog.week_start, catalog.fiscal_year_start)
        over = 0
        while shift(own.start, over + 1, grain) <= question.period.end:
            over += 1
        if over:
            cohorts.append(tuple(by_age.get(age, 0.0) for age in range(over)))
    return Payers(tuple(cohorts), money / paid if paid else 0.0, result.sql)


def _again(cohorts: tuple[tuple[float, ...], ...], rng: np.random.Generator) -> list[list[float]]:
    """Return the cohorts with their customers drawn again: multinomial over when each left."""
    import numpy as np

    drawn = []
    for one in cohorts:
        counts = np.asarray(one)
        left = np.append(-np.diff(counts), counts[-1])
        size = round(float(counts[0]))
        again = rng.multinomial(size, left / left.sum()) if size else left
        drawn.append([float(size - again[:age].sum()) for age in range(len(one))])
    if 0 < sum(one[0] - one[-1] for one in drawn) < sum(one[0] for one in drawn):
        return drawn
    return [list(one) for one in cohorts]  # a draw in which nobody left, or everybody, fits nothing


def _back_test(cohorts: tuple[tuple[float, ...], ...], held: int) -> tuple[float, float]:
    """Return foreseen and real payments of the last `held` periods, fitted on what came before."""
    known = [one[:-held] for one in cohorts if len(one) > held]
    lost = sum(one[0] - one[-1] for one in known)
    if not 0 < lost < sum(one[0] for one in known):
        return 0.0, 0.0
    model = fit_sbg(known)
    foreseen = sum(one[-1] * expected_renewals(model, len(one) - 1, held) for one in known)
    return foreseen, sum(sum(one[-held:]) for one in cohorts if len(one) > held)


def _curve(cohorts: tuple[tuple[float, ...], ...], model: Sbg, draws: list[Sbg], last: int) -> Table:
    """Return one row per age: share still paying among cohorts that old, and the model with its 80 % bounds."""
    import numpy as np

    fitted = survival(model, last)
    low, high = np.quantile([survival(one, last) for one in draws], (0.1, 0.9), axis=0)
    columns = (
        Column("age", Text(zh="续费次数", en="renewals"), "dimension"),
        Column("customers", Text(zh="满期客户", en="customers that old"), "derived", unit="people", format="#,##0"),
        Column("survivor_rate", Text(zh="实际留存", en="still paying"), "derived", format="0.0%"),
        Column("model_rate", Text(zh="模型留存", en="model"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for age in range(last + 1):
        old = [one for one in cohorts if len(one) > age]
        began = sum(one[0] for one in old)
        rate = sum(one[age] for one in old) / began if began else None
        rows.append((age, round(began), rate, float(fitted[age]), float(low[age]), float(high[age])))
    return Table(columns, tuple(rows), len(rows))


def _worth(payers: Payers, model: Sbg, draws: list[Sbg], ahead: int, rate: float, metric: Metric) -> Table:
    """Return one row per renewals so far: customers paying now, and the money expected from each."""
    import numpy as np

    active: dict[int, float] = {}
    for one in payers.cohorts:
        if one[-1] > 0:
            active[len(one) - 1] = active.get(len(one) - 1, 0.0) + one[-1]
    columns = (
        Column("renewals", Text(zh="已续费次数", en="renewals so far"), "dimension"),
        Column(
            "customers", Text(zh="在约客户", en="customers paying"), "derived", unit="people", format="#,##0"
        ),
        Column("to_come", Text(zh="预计再付期数", en="payments to come"), "derived", format="0.00"),
        money_column("value", "人均预计价值", "expected value per customer", metric),
        money_column("low", "下限(80%)", "low (80 %)", metric),
        money_column("high", "上限(80%)", "high (80 %)", metric),
    )
    rows: list[tuple[Cell, ...]] = []
    for age in sorted(active):
        expected = expected_renewals(model, age, ahead, rate)
        low, high = np.quantile([expected_renewals(one, age, ahead, rate) for one in draws], (0.1, 0.9))
        money = payers.payment
        rows.append(
            (age, round(active[age]), expected, money * expected, money * float(low), money * float(high))
        )
    return Table(columns, tuple(rows), len(rows))


def _notes(question: Purchases, today: date, model: Sbg) -> tuple[Text, ...]:
    dates = dates_label(question.period, today)
    return (
        Method(
            zh=f"方法:{dates.zh}的付款;每期付款一次,中断即视为流失;移位 Beta-几何模型(sBG)极大似然,"
            f"α={model.alpha:.3f},β={model.beta:.3f};区间由重抽客户 50 次得到。未走完的一期不算。",
            en=f"Method: payments of {dates.en}; one per period, and a gap means that the customer has left; "
            "shifted-beta-"
            f"geometric model (sBG) by maximum likelihood, alpha = {model.alpha:.3f}, beta = {model.beta:.3f}; "
            "interval from "
            "50 resamples of the customers. A period that is not over is left out.",
        ),
        Text(
            zh="可能出错的地方:回头再签的客户按已流失算;价值是收入不是利润;改价或改合同会让过去的留存不再适用。",
            en="What could be wrong: customers who come back count as gone; value is revenue, not profit; a new "
            "price or "
            "contract makes past retention a poor guide.",
        ),
    )


def _thin(people: int, renewals: int, grain: Grain) -> NotEnoughDataError:
    unit = _UNITS[grain]
    return NotEnoughDataError(
        Text(
            zh=f"只有 {people:,} 位合约客户、最多 {renewals} 次续费可看,推不出留存曲线。",
            en=f"There are {people:,} customers under contract and at most {renewals} renewals to see: no curve.",
        ),
        Text(
            zh=f"至少要 {LEAST_CUSTOMERS} 位客户和 {LEAST_RENEWALS} {unit.zh}的续费记录,且有人流失、有人留下。",
            en=f"At least {LEAST_CUSTOMERS} customers and {LEAST_RENEWALS} {unit.en}s of renewals are needed, with "
            "some "
            "who left and some who stayed.",
        ),
    )
