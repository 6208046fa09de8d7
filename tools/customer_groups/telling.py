"""Groups in tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence

from semantic_layer.catalog import Dimension, Metric
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.customer_groups.assigning import Centres
from tools.numerics.clusters import STABLE, Choice
from tools.numerics.proportions import two_shares_p_value
from tools.numerics.rates import benjamini_hochberg
from tools.render import MINUS, group_label, percent, prose
from tools.result import Finding, Method

HIGHEST_Q = 0.05
LEAST_POINTS = 0.05  # difference of shares that is worth a sentence
Names = tuple[Text, ...]


def group_column(names: Names) -> Column:
    """Return the column of the groups, read by their names."""
    labels = tuple((str(at), name) for at, name in enumerate(names))
    return Column("segment", Text(zh="分群", en="segment"), "dimension", value_labels=labels)


def summary_table(
    records: Sequence[dict[str, Cell]],
    names: Names,
    metric: Metric,
    measures: Sequence[Metric],
) -> Table:
    """Return one row per group: customers, shares, money, and its typical customer; the most money first."""
    people = sum(_number(one["customers"]) for one in records)
    money = sum(_number(one["money"]) for one in records)
    columns = (
        group_column(names),
        Column("customers", Text(zh="客户数", en="customers"), "derived", unit="people", format="#,##0"),
        Column("customers_share", Text(zh="客户占比", en="share of customers"), "derived", format="0.0%"),
        Column("money", metric.label, "derived", metric.unit, metric.format or "#,##0", metric.name),
        Column("money_share", Text(zh="金额占比", en="share of money"), "derived", format="0.0%"),
        Column("recency", Text(zh="距上次购买(天,中位数)", en="median days since last"), "derived", format="0"),
        Column("orders", Text(zh="购买次数(平均)", en="mean purchases"), "derived", format="0.0"),
        Column("basket", Text(zh="次均金额(中位数)", en="median money per purchase"), "derived", metric.unit,
               "#,##0.00", metric.name),
        Column("tenure", Text(zh="首购至今(天,中位数)", en="median days since first"), "derived", format="0"),
        *(
            Column(f"f{at}", one.label, "derived", one.unit, one.format, one.name)
            for at, one in enumerate(measures)
        ),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            str(one["grp"]), one["customers"], _number(one["customers"]) / people, one["money"],
            _number(one["money"]) / money if money > 0 else None, one["recency"], one["orders"], one["basket"],
            one["tenure"], *(one[f"f{at}"] for at in range(len(measures))),
        )
        for one in sorted(records, key=lambda record: -_number(record["money"]))
    ]  # fmt: skip
    return Table(columns, tuple(rows), len(rows))


def score_table(centres: Centres, names: Names) -> Table:
    """Return one row per group and feature: the z-score of its centre (0: the average customer)."""
    labels = tuple((one.name, one.short) for one in centres.features)
    columns = (
        group_column(names),
        Column("feature", Text(zh="特征", en="feature"), "dimension", value_labels=labels),
        Column("z", Text(zh="与平均客户相差(标准差)", en="from average (std. deviations)"), "derived", format="0.0"),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(group), one.name, float(centres.z[group, at]))
        for group in range(len(centres.z))
        for at, one in enumerate(centres.features)
    )
    return Table(columns, rows, len(rows))


def choice_table(found: Sequence[Choice]) -> Table:
    """Return one row per number of groups tried: silhouette and stability."""
    columns = (
        Column("k", Text(zh="分成几群", en="number of segments"), "dimension"),
        Column("silhouette", Text(zh="轮廓系数", en="silhouette"), "derived", format="0.000"),
        Column("stability", Text(zh="重抽样一致度(ARI)", en="agreement of resamples (ARI)"), "derived", format="0.000"),
    )  # fmt: skip
    rows = tuple((one.k, one.silhouette, one.stability) for one in found)
    return Table(columns, rows, len(rows))


def list_table(rows: tuple[tuple[Cell, ...], ...], names: Names, metric: Metric, known: int) -> Table:
    """Return the customers with their group; it says so where the list is cut."""
    columns = (
        Column("customer", Text(zh="客户", en="customer"), "dimension"),
        Column("recency", Text(zh="距上次购买(天)", en="days since last"), "derived", format="0"),
        Column("orders", Text(zh="购买次数", en="purchases"), "derived", format="0"),
        Column("money", metric.label, "derived", metric.unit, metric.format or "#,##0", metric.name),
        group_column(names),
    )
    shown = tuple((*row[:4], str(row[4])) for row in rows)
    return Table(columns, shown, known, known > len(shown))


def headline(table: Table, names: Names, choice: Choice, dates: Text, metric: Metric) -> Text:
    """Return how many groups there are, which brings the most, and how firm the grouping is."""
    best = table.rows[0]
    name = names[int(str(best[0]))]
    people = sum(_number(one) for one in table.column("customers"))
    money = prose(best[3], table.columns[3])
    firm = choice.stability >= STABLE
    return Text(
        zh=f"{dates.zh}的 {people:,.0f} 位客户可分成 {len(table.rows)} 群:「{name.zh}」占客户的 "
        f"{percent(_number(best[2]))}、"
        f"{metric.label.zh}的 {percent(_number(best[4]))}({money.zh})。"
        + (
            f"换一批客户重分,一致度 {choice.stability:.2f},分法稳定。"
            if firm
            else f"换一批客户重分,一致度只有 {choice.stability:.2f},分法不稳,只作参考。"
        ),
        en=f"The {people:,.0f} customers of {dates.en} fall into {len(table.rows)} segments: “{name.en}” is "
        f"{percent(_number(best[2]))} of customers with {percent(_number(best[4]))} of {metric.label.en} ({money.en}). "
        + (
            f"Regrouped on resampled customers they agree at {choice.stability:.2f}: stable."
            if firm
            else f"Regrouped on resampled customers they agree only at {choice.stability:.2f}: a rough guide."
        ),
    )


def findings(table: Table, centres: Centres, names: Names) -> tuple[Finding, ...]:
    """Return what sets each group apart, the most money first."""
    told = []
    for row in table.rows:
        group = int(str(row[0]))
        order = sorted(range(len(centres.features)), key=lambda at: -abs(float(centres.z[group, at])))[:2]
        zh = "、".join(f"{centres.features[at].label.zh} {_signed(centres.z[group, at])}" for at in order)
        en = ", ".join(f"{centres.features[at].label.en} {_signed(centres.z[group, at])}" for at in order)
        days, orders = _number(row[5]), _number(row[6])
        told.append(
            Finding(
                "segment",
                Text(
                    zh=f"「{names[group].zh}」{row[1]:,} 人({percent(_number(row[2]))}):平均买 {orders:.1f} 次,"
                    f"{days:,.0f} 天没买(中位数);与平均客户相差(标准差):{zh}。",
                    en=f"{names[group].en}: {row[1]:,} customers ({percent(_number(row[2]))}), {orders:.1f} "
                    "purchases on "
                    f"average, {days:,.0f} days since the last (median); apart from the average customer (standard "
                    f"deviations): {en}.",
                ),
                value=_number(row[2]),
                at=str(group),
            )
        )
    return tuple(told)


def member_findings(
    counted: Sequence[tuple[Dimension, tuple[tuple[Cell, ...], ...]]], names: Names
) -> tuple[Finding, ...]:
    """Return members of dimensions that a group has more of than the other customers, corrected for all looked at."""
    candidates = []
    for dimension, rows in counted:
        totals: dict[str, float] = {}
        groups: dict[int, float] = {}
        for group, member, count in rows:
            totals[str(member)] = totals.get(str(member), 0) + _number(count)
            groups[int(str(group))] = groups.get(int(str(group)), 0) + _number(count)
        everybody = sum(groups.values())
        for group, member, count in rows:
            size, mine = groups[int(str(group))], _number(count)
            others, theirs = everybody - size, totals[str(member)] - mine
            if size < 50 or others < 50:
                continue
            gap = mine / size - theirs / others
            p_value = two_shares_p_value((mine, size), (theirs, others))
            candidates.append(
                (gap, p_value, dimension, int(str(group)), str(member), mine / size, theirs / others)
            )
    q_values = benjamini_hochberg([one[1] for one in candidates])
    kept = [
        one for one, q in zip(candidates, q_values, strict=True) if q <= HIGHEST_Q and one[0] >= LEAST_POINTS
    ]
    told = []
    for _, _, dimension, group, member, share, rest in sorted(kept, key=lambda one: -one[0])[:3]:
        column = Column(
            dimension.name, dimension.label, "dimension",
            value_labels=tuple((str(value.code), value.label) for value in dimension.values),
        )  # fmt: skip
        label = group_label(member, column)
        told.append(
            Finding(
                "segment",
                Text(
                    zh=f"「{names[group].zh}」里首购{dimension.label.zh}为{label.zh}的占 {percent(share)},其他客户里占 "
                    f"{percent(rest)}。",
                    en=f"{percent(share)} of “{names[group].en}” bought first with {dimension.label.en} {label.en},"
                    " against "
                    f"{percent(rest)} of the other customers.",
                ),
                value=share, at=str(group), filters={dimension.name: member},
            )
        )  # fmt: skip
    return tuple(told)


def notes(
    dates: Text, centres: Centres, customers: int, fitted: int, method: str, agreement: float | None
) -> tuple[Text, ...]:
    """Return the method, then what could be wrong."""
    zh = "、".join(one.label.zh for one in centres.features)
    en = ", ".join(one.label.en for one in centres.features)
    how = Text(zh="K-means(20 次随机起点)", en="K-means (20 random starts)")
    if method == "hierarchical":
        how = Text(zh="Ward 层次聚类", en="Ward's hierarchical clustering")
    sample_zh = f",用其中 {fitted:,} 位求群心,再把每位客户归到最近的群" if fitted < customers else ""
    sample_en = (
        f", centres from {fitted:,} of them, each customer to the nearest" if fitted < customers else ""
    )
    said: list[Text] = [
        Method(
            zh=f"方法:{dates.zh}的购买,每位客户算 {zh};金额、次数、天数取对数后标准化,{how.zh}{sample_zh};群数按轮"
            "廓系数选,"
            "且重抽样一致度(ARI)要够高。",
            en=f"Method: purchases of {dates.en}; per customer {en}; money, counts and days as logarithms, "
            "standardised; "
            f"{how.en}{sample_en}. The number of segments has the highest silhouette among those that resamples "
            "agree on.",
        ),
        Text(
            zh="可能出错的地方:客户是连续分布的,群的边界是人为的;分群描述过去,不预测也不证明原因;名单含客户编号,请"
            "按权限使用。",
            en="What could be wrong: customers are a continuum and borders are drawn by us; segments describe the "
            "past, they "
            "neither predict nor explain; the list holds customer numbers, so mind who may have it.",
        ),
    ]
    if agreement is not None:
        said.append(
            Method(
                zh=f"核对:层次聚类(Ward)分出的群与此一致度 {agreement:.2f}(1 为完全相同)。",
                en=f"Cross-check: Ward's hierarchical clustering agrees at {agreement:.2f} (1 is the same grouping).",
            )
        )
    return tuple(said)


def _number(value: object) -> float:
    return float(str(value)) if value is not None else 0.0


def _signed(z: float) -> str:
    return f"{'+' if z >= 0 else MINUS}{abs(z):.1f}"
