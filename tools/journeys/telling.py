"""Attribution in tables and sentences."""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.catalog import Metric
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.journeys.reading import HALF_LIFE_DAYS, Journeys
from tools.numerics.attribution import MODELS, Model, Role
from tools.numerics.rates import benjamini_hochberg
from tools.render import group_label, percent, prose
from tools.result import Finding, Method

LABELS: dict[Model, Text] = {
    "first": Text(zh="首次触点", en="first touch"),
    "last": Text(zh="末次触点", en="last touch"),
    "linear": Text(zh="线性", en="linear"),
    "position": Text(zh="首尾各40%", en="position 40/20/40"),
    "time_decay": Text(zh="时间衰减", en="time decay"),
    "markov": Text(zh="马尔可夫移除", en="Markov removal"),
    "shapley": Text(zh="简化夏普利", en="simplified Shapley"),
}
UNATTRIBUTED = "unattributed"
LEAST_PRESENT = 100
HIGHEST_Q = 0.05


@dataclass(slots=True)
class Credit:
    """One channel: its credit per model with 80 % bounds, its role, spend and what its platform claims."""

    code: str
    label: Text
    by_model: dict[Model, tuple[float, float, float]]
    role: Role
    spend: float | None = None
    claimed: float | None = None
    revenue: float | None = None


def channel_column(labels: tuple[tuple[str, Text], ...]) -> Column:
    """Return the column of channels, the row without touches included."""
    none = Text(zh="回溯期内没有触点", en="no touch in the lookback")
    return Column(
        "channel", Text(zh="触点", en="touchpoint"), "dimension", value_labels=(*labels, (UNATTRIBUTED, none))
    )


def credit_table(shares: list[Credit], journeys: Journeys, conversion: Metric) -> Table:
    """Return one row per channel and one for the unattributed: credit per model; every column adds up to all."""
    columns = [channel_column(tuple((one.code, one.label) for one in shares))]
    columns += [Column(model, LABELS[model], "derived", conversion.unit, "#,##0.0") for model in MODELS]
    columns.append(
        Column(
            "assists",
            Text(zh="出现在两步以上路径", en="in paths of several touches"),
            "derived",
            format="#,##0",
        )
    )
    columns.append(Column("closes", Text(zh="其中收尾", en="of these it closes"), "derived", format="#,##0"))
    rows: list[tuple[str | float | None, ...]] = [
        (one.code, *(one.by_model[model][0] for model in MODELS), one.role.present, one.role.closes)
        for one in shares
    ]
    rows.append((UNATTRIBUTED, *(journeys.unattributed for _ in MODELS), None, None))
    totals = (None, *(journeys.conversions for _ in MODELS), None, None)
    return Table(tuple(columns), tuple(rows), len(rows), totals=totals)


def interval_table(shares: list[Credit], conversion: Metric) -> Table:
    """Return one row per channel and model: credit with 80 % bounds."""
    labels = tuple((one.code, one.label) for one in shares)
    columns = (
        Column("channel", Text(zh="触点", en="touchpoint"), "dimension", value_labels=labels),
        Column("model", Text(zh="归因模型", en="model"), "dimension", value_labels=tuple(LABELS.items())),
        Column("credit", conversion.label, "derived", conversion.unit, "#,##0"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", conversion.unit, "#,##0"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", conversion.unit, "#,##0"),
    )
    rows = tuple((one.code, model, *one.by_model[model]) for one in shares for model in MODELS)
    return Table(columns, rows, len(rows))


def money_table(
    shares: list[Credit], revenue: Metric | None, claimed: Metric | None, spend: Metric | None
) -> Table | None:
    """Return revenue by Markov removal, platform-claimed revenue and spend per channel; None without such metrics."""
    if revenue is None or (claimed is None and spend is None):
        return None
    columns = [channel_column(tuple((one.code, one.label) for one in shares))]
    columns.append(
        Column(
            "credited",
            Text(zh=f"{revenue.label.zh}(马尔可夫)", en=f"{revenue.label.en} (Markov)"),
            "derived",
            revenue.unit,
            "#,##0",
        )
    )
    if claimed is not None:
        columns.append(Column("claimed", claimed.label, "derived", claimed.unit, "#,##0"))
    if spend is not None:
        columns.append(Column("spend", spend.label, "derived", spend.unit, "#,##0"))
    rows = []
    for one in shares:
        row: list[str | float | None] = [one.code, one.revenue]
        row += [one.claimed] if claimed is not None else []
        row += [one.spend] if spend is not None else []
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows), len(rows))  # fmt: skip


def role_findings(shares: list[Credit], conversion: Metric) -> tuple[Finding, ...]:
    """Return the channels that assist or close far more often than the order of touches by chance would give.

    Tested against random order within each path (z, two-sided, Benjamini-Hochberg over the channels); only
    channels in at least 100 paths of several touches, and off by a fifth or more. Nothing stands on shuffled paths.
    """
    from scipy.stats import norm

    tested = [one for one in shares if one.role.present >= LEAST_PRESENT and one.role.expected > 0]
    values = benjamini_hochberg([2 * float(norm.sf(abs(one.role.z))) for one in tested])
    found = []
    for one, q in zip(tested, values, strict=True):
        ratio = one.role.closes / one.role.expected
        if q > HIGHEST_Q or abs(ratio - 1) < 0.2:
            continue
        found.append((abs(one.role.z), _role(one, ratio, conversion)))
    return tuple(finding for _, finding in sorted(found, key=lambda pair: -pair[0]))


def _role(one: Credit, ratio: float, conversion: Metric) -> Finding:
    role, linear, low, high = one.role, *one.by_model["linear"]
    column = Column("credit", conversion.label, "derived", conversion.unit)
    closes = f"{role.closes:,.0f}"
    expected = f"{role.expected:,.0f}"
    if ratio < 1:
        said_zh = "只助攻、从不收尾" if role.closes == 0 else "助攻多、收尾少"
        said_en = "only assists, never closes" if role.closes == 0 else "assists more than it closes"
    else:
        said_zh, said_en = "收尾多、助攻少", "closes more than it assists"
    statement = Text(
        zh=f"{one.label.zh}{said_zh}:出现在 {role.present:,.0f} 条多触点成交路径里,收尾 {closes} 次(若先后随机应"
        f"约 {expected} 次);"
        f"末次触点记 {prose(one.by_model['last'][0], column).zh},线性记 {prose(linear, column).zh}"
        f"(八成把握 {prose(low, column).zh}–{prose(high, column).zh})。",
        en=f"{one.label.en}: {said_en}. In {role.present:,.0f} converting paths of several touches, closing "
        f"{closes} (about {expected} if the order were random). Last touch shares "
        f"{prose(one.by_model['last'][0], column).en}, linear {prose(linear, column).en} (80 % sure: "
        f"{prose(low, column).en} to {prose(high, column).en}).",
    )
    return Finding("driver", statement, conversion.name, linear, low, high, filters={"channel": one.code})


def claim_finding(claimed: float, actual: float, claimed_metric: Metric, revenue: Metric) -> Finding | None:
    """Return that the platforms together claim more than there was, None where they do not."""
    if actual <= 0 or claimed <= actual:
        return None
    column = Column(revenue.name, revenue.label, "metric", revenue.unit, revenue.format)
    share = claimed / actual
    statement = Text(
        zh=f"各平台合计认领 {prose(claimed, column).zh},是实际{revenue.label.zh} {prose(actual, column).zh} 的 "
        f"{percent(share, 0)}:同一单被几家重复认领,平台数不能相加。",
        en=f"Together the platforms claim {prose(claimed, column).en}, {percent(share, 0)} of the "
        f"{revenue.label.en} of "
        f"{prose(actual, column).en}: orders are claimed more than once, so their figures must not be added.",
    )
    return Finding("quality", statement, claimed_metric.name, share, share, share)


def headline(
    shares: list[Credit], journeys: Journeys, conversion: Metric, dates: Text, found: tuple[Finding, ...]
) -> Text:
    """Return who gets the most credit, how far the models agree, and the first finding."""
    column = Column("credit", conversion.label, "derived", conversion.unit)
    first = max(shares, key=lambda one: one.by_model["markov"][0])
    least, most = min(v[0] for v in first.by_model.values()), max(v[0] for v in first.by_model.values())
    share = journeys.unattributed / journeys.conversions if journeys.conversions else 0.0
    said_zh, said_en = (found[0].statement.zh, found[0].statement.en + " ") if found else ("", "")
    total = prose(journeys.conversions, column)
    none_zh, none_en = ("", "")
    if share >= 0.0005:
        none_zh, none_en = f";{percent(share)} 没有触点", f"; {percent(share)} had no touch"
    return Text(
        zh=f"{said_zh}{dates.zh}的{conversion.label.zh} {total.zh}里,{first.label.zh}功劳最大:各模型在 "
        f"{prose(least, column).zh}–{prose(most, column).zh} 之间{none_zh}。",
        en=f"{said_en}Of {conversion.label.en} ({total.en}, {dates.en}) {first.label.en} gets the most credit: "
        f"{prose(least, column).en} to {prose(most, column).en} depending on the model{none_en}.",
    )  # fmt: skip


def notes(journeys: Journeys, conversion: Metric, lookback: Text, queried: float | None) -> tuple[Text, ...]:
    """Return the definition, the reconciliation, and what attribution does not prove."""
    paths = journeys.paths
    lost = float(paths.lost.sum())
    result: list[Text] = [
        Method(
            zh=f"口径:{conversion.label.zh}之前 {lookback.zh}内的触点,每个触点只归它之后的第一单;"
            f"{journeys.conversions - journeys.unattributed:,.0f} 条成交路径、{lost:,.0f} 条未成交路径(只进马尔可夫);"
            f"时间衰减半衰期 {HALF_LIFE_DAYS:g} 天;区间为路径自助法。",
            en=f"Definition: touches within {lookback.en} before ({conversion.label.en}), each for the first "
            f"one after it; "
            f"{journeys.conversions - journeys.unattributed:,.0f} converting paths, {lost:,.0f} without (Markov only); "
            f"time decay halves in {HALF_LIFE_DAYS:g} days; intervals by bootstrap over paths.",
        )
    ]
    if queried is not None:
        same = abs(queried - journeys.conversions) < 0.5
        zh = "一致" if same else f"差 {journeys.conversions - queried:+,.0f}"
        en = "they agree" if same else f"difference {journeys.conversions - queried:+,.0f}"
        result.append(
            Method(
                zh=f"对账:各触点之和+没有触点={journeys.conversions:,.0f},指标 "
                f"{conversion.label.zh}={queried:,.0f}:{zh}。",
                en=f"Reconciled: shares plus unattributed = {journeys.conversions:,.0f}, the metric says "
                f"{queried:,.0f}: {en}.",
            )
        )
    result.append(
        Text(
            zh="不能证明什么:归因是分功劳,不是增量。没有投放也会发生的成交照样算进来;看不见的触点(线下、跨设备)不在内。要知道增量,"
            "请做留白或分地区实验。",
            en="What this does not prove: attribution shares out credit, it is not what was brought extra. "
            "Sales that would "
            "have come anyway are credited, too, and touches nobody recorded are missing. Only a hold-out or a "
            "regional test tells the increment.",
        )
    )
    return tuple(result)


def label_of(code: str, column: Column) -> Text:
    """Return what a reader sees for a channel's code."""
    return group_label(code, column)
