"""Churn in tables and sentences, and what keeping some of them may be worth."""

from __future__ import annotations

from collections.abc import Sequence

from semantic_layer.catalog import Metric
from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Text
from tools.churning.model import ChurnModel, Judgement
from tools.numerics.rates import sample_size
from tools.render import percent, prose
from tools.result import Check, Effect, Finding, Method, Suggestion, TestPlan

Z80 = 1.2815515655446004
ASSUMED_CERTAINTY = 20.0  # the assumed share won back counts as if seen on twenty customers
LEAST_GAIN_SHARE = 0.0
BAND_LABELS = (
    ("0", Text(zh="风险最高的10%", en="riskiest 10 %")),
    ("1", Text(zh="其次的20%", en="next 20 %")),
    ("2", Text(zh="再次的30%", en="next 30 %")),
    ("3", Text(zh="其余40%", en="other 40 %")),
)
_RATE = "0.0%"


def _money(name: str, zh: str, en: str, metric: Metric) -> Column:
    return Column(name, Text(zh=zh, en=en), "derived", metric.unit, metric.format or "#,##0.00", metric.name)


def _reason(model: ChurnModel) -> Column:
    labels = tuple(
        (str(at), one.high if model.logistic.weights[at] >= 0 else one.low)
        for at, one in enumerate(model.traits)
    )
    return Column("reason", Text(zh="主要原因", en="main reason"), "dimension", value_labels=labels)


def band_table(rows: Sequence[Row], model: ChurnModel, metric: Metric) -> Table:
    """Return one row per risk band: customers, mean probability, money at stake, money expected lost, main reason."""
    columns = (
        Column("band", Text(zh="风险档", en="risk band"), "dimension", value_labels=BAND_LABELS),
        Column("customers", Text(zh="客户数", en="customers"), "derived", unit="people", format="#,##0"),
        Column(
            "churn_rate", Text(zh="流失概率(平均)", en="mean probability to leave"), "derived", format=_RATE
        ),
        _money("stake", "留住时的预计金额", "money if they stay", metric),
        _money("loss", "预计损失", "expected loss", metric),
        _reason(model),
    )
    shown = tuple((str(row[0]), *row[1:5], str(row[5])) for row in rows)
    return Table(columns, shown, len(shown))


def list_table(rows: Sequence[Row], model: ChurnModel, metric: Metric, known: int) -> Table:
    """Return the customers, the dearest expected loss first; it says so where the list is cut."""
    columns = (
        Column("customer", Text(zh="客户", en="customer"), "dimension"),
        Column("churn_rate", Text(zh="流失概率", en="probability to leave"), "derived", format=_RATE),
        Column("recency", Text(zh="距上次购买(天)", en="days since last"), "derived", format="0"),
        Column("orders", Text(zh="购买次数", en="purchases"), "derived", format="0"),
        _money("money", metric.label.zh, metric.label.en, metric),
        _money("stake", "留住时的预计金额", "money if the customer stays", metric),
        _money("loss", "预计损失", "expected loss", metric),
        _reason(model),
        Column("band", Text(zh="风险档", en="risk band"), "dimension", value_labels=BAND_LABELS),
    )
    shown = tuple((*row[:7], str(row[7]), str(row[8])) for row in rows)
    return Table(columns, shown, known, known > len(shown))


def driver_table(model: ChurnModel) -> Table:
    """Return one row per trait: odds ratio of leaving per standard deviation (attributes: against not), 80 % bounds.

    Ordered by strength. A trait whose interval holds 1 is not distinguishable from none.
    """
    import numpy as np

    labels = tuple((one.name, one.label) for one in model.traits)
    columns = (
        Column("driver", Text(zh="因素", en="driver"), "dimension", value_labels=labels),
        Column("odds_ratio", Text(zh="流失几率之比", en="odds ratio of leaving"), "derived", format="0.00"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.00"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.00"),
    )
    rows: list[tuple[Cell, ...]] = []
    for at, one in enumerate(model.traits):
        unit = 1 / float(model.spread[at]) if one.member is not None else 1.0
        middle = float(model.logistic.weights[at]) * unit * model.slope
        error = float(model.logistic.errors[at]) * unit * abs(model.slope)
        rows.append(
            (
                one.name,
                *(float(np.exp(value)) for value in (middle, middle - Z80 * error, middle + Z80 * error)),
            )
        )
    rows.sort(key=lambda row: -abs(np.log(float(str(row[1])))))
    return Table(columns, tuple(rows), len(rows))


def decile_table(judged: Judgement) -> Table:
    """Return one row per tenth of the customers held out, the riskiest first: forecast and real share that left."""
    columns = (
        Column("tenth", Text(zh="按预测风险排的第几个十分之一", en="tenth by forecast risk"), "dimension"),
        Column("customers", Text(zh="客户数", en="customers"), "derived", unit="people", format="#,##0"),
        Column("forecast_rate", Text(zh="预测流失", en="forecast"), "derived", format=_RATE),
        Column("actual_rate", Text(zh="实际流失", en="actual"), "derived", format=_RATE),
    )
    rows = tuple((at, *one) for at, one in enumerate(judged.deciles, start=1))
    return Table(columns, rows, len(rows))


def headline(bands: Table, model: ChurnModel, ahead: int) -> Text:
    """Return how many may leave, what is at stake, and how good the forecasts were."""
    people = sum(_number(one) for one in bands.column("customers"))
    leaving = sum(_number(row[1]) * _number(row[2]) for row in bands.rows)
    loss = prose(sum(_number(row[4]) for row in bands.rows), bands.columns[4])
    top = bands.rows[0]
    judged = model.judgement
    return Text(
        zh=f"{people:,.0f} 位近期买过的客户里,预计有 {leaving:,.0f} 位({percent(leaving / people)})在未来 {ahead} 天内"
        f"不再购买,预计损失 {loss.zh};风险最高的 10%({_number(top[1]):,.0f} 位)平均概率 {percent(_number(top[2]))}。"
        f"拿过去的 {ahead} 天验证,这样挑出的 10% 实际流失是平均的 {judged.lift:.2f} 倍。",
        en=f"Of {people:,.0f} customers who bought lately, about {leaving:,.0f} ({percent(leaving / people)}) are "
        "expected "
        f"not to buy within {ahead} days, a loss of {loss.en}; the riskiest 10 % ({_number(top[1]):,.0f}) average "
        f"{percent(_number(top[2]))}. Checked on a past {ahead} days, the riskiest tenth left {judged.lift:.2f} "
        "times as often as all.",
    )


def driver_findings(drivers: Table, model: ChurnModel) -> tuple[Finding, ...]:
    """Return the three strongest drivers whose interval does not hold 1."""
    labels = {one.name: one for one in model.traits}
    told = []
    for name, ratio, low, high in drivers.rows:
        bounds = _number(low), _number(high)
        if bounds[0] <= 1 <= bounds[1]:
            continue
        trait = labels[str(name)]
        more = _number(ratio) > 1
        each_zh = "" if trait.member is not None else "每高一个标准差,"
        each_en = "" if trait.member is not None else ", per standard deviation"
        told.append(
            Finding(
                "driver",
                Text(
                    zh=f"{trait.label.zh}:{each_zh}流失几率是原来的 {_number(ratio):.2f} 倍"
                    f"({bounds[0]:.2f}–{bounds[1]:.2f}),{'越高越容易流失' if more else '越高越不容易流失'}。",
                    en=f"{trait.label.en}{each_en}: the odds of leaving are {_number(ratio):.2f} times "
                    f"({bounds[0]:.2f}–{bounds[1]:.2f}); {'more' if more else 'less'} likely to leave.",
                ),
                value=_number(ratio), low=bounds[0], high=bounds[1], at=trait.name,
            )
        )  # fmt: skip
    return tuple(told[:3])


def suggestion(
    bands: Table, model: ChurnModel, metric: Metric, ahead: int, save_rate: float, cost: float
) -> Suggestion | None:
    """Return the offer to the riskiest tenth, None where it does not pay.

    Expected value saved = money expected to be lost x share won back - customers x cost. The share won back is an
    assumption, Beta with the weight of twenty customers; it is printed.
    """
    import numpy as np

    top = bands.rows[0]
    people, chance, loss = _number(top[1]), _number(top[2]), _number(top[4])
    rng = np.random.default_rng(7)
    share = rng.beta(save_rate * ASSUMED_CERTAINTY, (1 - save_rate) * ASSUMED_CERTAINTY, 5_000)
    saved = loss * share - people * cost
    low, high = (float(one) for one in np.quantile(saved, (0.1, 0.9)))
    if float(saved.mean()) <= LEAST_GAIN_SHARE or not 0 < chance < 1:
        return None
    judged = model.judgement
    bottom, most = prose(low, bands.columns[4]), prose(high, bands.columns[4])
    lost, each = prose(loss, bands.columns[4]), prose(cost, bands.columns[4])
    n = sample_size(1 - chance, save_rate * chance)
    enough = people >= 2 * n
    weeks = -(-ahead // 7)
    return Suggestion(
        problem=Text(
            zh=f"风险最高的 {people:,.0f} 位客户平均有 {percent(chance)} 的可能在 {ahead} 天内不再购买,预计损失 "
            f"{lost.zh}。",
            en=f"The riskiest {people:,.0f} customers have a {percent(chance)} chance on average not to buy within "
            f"{ahead} "
            f"days: {lost.en} expected to be lost.",
        ),
        strategy=Text(
            zh=f"对这 {people:,.0f} 位客户(名单可导出)做一次挽回联系:先随机留一半作对照,有效再联系其余;全部联系可能"
            "多留下 "
            f"{bottom.zh}–{most.zh}(八成把握)。",
            en=f"Contact these {people:,.0f} customers (the list can be exported): half of them first, at random, "
            "the rest "
            f"once it works; contacting all may save {bottom.en}–{most.en} (80 %).",
        ),
        effect=Effect(
            metric.name, low, high, ahead,
            Text(
                zh=f"预计损失 {lost.zh} × 挽回比例(假设平均 {percent(save_rate)},Beta 分布)− 客户数 × 单次成本 "
                f"{each.zh}",
                en=f"expected loss {lost.en} x share won back (assumed {percent(save_rate)} on average, Beta) - "
                "customers x "
                f"cost per contact {each.en}",
            ),
        ),
        evidence="correlation",
        checks=(
            Check("volume", judged.left >= 100, Text(
                zh=f"留出样本 {judged.customers:,} 人,其中流失 {judged.left:,} 人",
                en=f"{judged.customers:,} customers held out, {judged.left:,} of them left")),
            Check("interval", judged.area_low > 0.5, Text(
                zh=f"AUC {judged.area:.2f}(80% 区间 {judged.area_low:.2f}–{judged.area_high:.2f})",
                en=f"AUC {judged.area:.2f} (80 % interval {judged.area_low:.2f}–{judged.area_high:.2f})")),
            Check("quality", judged.brier < judged.base_brier, Text(
                zh=f"Brier 分 {judged.brier:.3f},只报平均流失率是 {judged.base_brier:.3f}",
                en=f"Brier score {judged.brier:.3f}, {judged.base_brier:.3f} for always saying the base rate")),
        ),
        test=TestPlan(
            n, weeks,
            Text(
                zh=f"每组 {n:,} 人,观察 {weeks} 周,比较两组再次购买的比例"
                + ("。" if enough else f";这一档只有 {people:,.0f} 人,要连做几期或扩大名单。"),
                en=f"{n:,} customers per arm for {weeks} weeks; compare the shares that buy again"
                + ("." if enough else f"; this band has only {people:,.0f}, so pool several rounds or take more."),
            ),
        ),
    )  # fmt: skip


def notes(
    dates: Text, model: ChurnModel, ahead: int, active: int, left_out: Sequence[Text], save_rate: float
) -> tuple[Text, ...]:
    """Return the definition, the method, then what could be wrong."""
    judged = model.judgement
    said: list[Text] = [
        Method(
            zh=f"口径:{dates.zh}的购买;最近 {active} 天买过的客户,未来 {ahead} 天一次都不买算流失。",
            en=f"Definition: purchases of {dates.en}; of customers who bought in the last {active} days, those who buy "
            f"nothing in the next {ahead} days have left.",
        ),
        Method(
            zh=f"方法:L2 逻辑回归,用更早的两个时点训练、最近一个时点校准;检验是按时间留出的 {ahead} 天:"
            f"{judged.customers:,} 人、"
            f"流失 {judged.left:,} 人,AUC {judged.area:.3f}({judged.area_low:.3f}–{judged.area_high:.3f}),"
            f"Brier {judged.brier:.3f}(只报平均值 {judged.base_brier:.3f}),最高十分之一的提升 {judged.lift:.2f} 倍。"
            "输入只用各时点之前的购买。",
            en="Method: L2 logistic regression, trained on two earlier dates, calibrated on the latest; checked "
            f"on {ahead} days "
            f"held out in time: {judged.customers:,} customers, {judged.left:,} left, AUC {judged.area:.3f} "
            f"({judged.area_low:.3f}–{judged.area_high:.3f}), Brier {judged.brier:.3f} (base rate alone "
            f"{judged.base_brier:.3f}), top-tenth lift {judged.lift:.2f}. Inputs are purchases before each date only.",
        ),
        Text(
            zh=f"可能出错的地方:因素是相关不是原因;大促会让人提前或推后购买;「留住」的金额按留下客户的平均算,挽回比例 "
            f"{percent(save_rate)} 是假设,要用对照实验换成真的。名单含客户编号,请按权限使用。",
            en="What could be wrong: drivers are correlations, not causes; sales events move purchases; the money "
            "of those who "
            f"stay is an average, and the share won back, {percent(save_rate)}, is an assumption that a controlled "
            "test must "
            "replace. The list holds customer numbers, so mind who may have it.",
        ),
    ]
    if left_out:
        zh, en = "、".join(one.zh for one in left_out), ", ".join(one.en for one in left_out)
        said.append(
            Text(
                zh=f"没有用:{zh}。它们是客户今天的属性,会泄露后来的结果。",
                en=f"Not used: {en}. They say what customers are today, which gives away what happened later.",
            )
        )
    return tuple(said)


def _number(value: object) -> float:
    return float(str(value)) if value is not None else 0.0
