"""What the deals brought, as table, chart, sentences and what to be careful about."""

from __future__ import annotations

from collections.abc import Sequence

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.period import Period
from semantic_layer.table import Column, Row, Table
from semantic_layer.text import Text
from tools.dealing.reading import Deal, Terms
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.render_dates import dates_label
from tools.result import ChartSpec, Finding, Method, ToolResult

MOST_DRAWN = 8


def left_after_fees(deal: Deal, terms: Terms) -> float:
    """Return revenue less refunds and fees."""
    return deal.sum([terms.revenue]) - deal.sum([terms.refunds]) - deal.sum(terms.fees)


def profit(deal: Deal, terms: Terms) -> float:
    """Return what is left after fees less the costs of the goods."""
    return left_after_fees(deal, terms) - deal.sum(terms.costs)


def break_even(deal: Deal, terms: Terms) -> float | None:
    """Return the revenue per unit of fees at which the profit is zero; None where no sale can make up for fees.

    With margin m = (revenue - refunds - costs) / revenue, profit is m * revenue - fees, so revenue / fees = 1 / m.
    """
    revenue = deal.sum([terms.revenue])
    margin = revenue - deal.sum([terms.refunds]) - deal.sum(terms.costs)
    return revenue / margin if revenue > 0 and margin > 0 else None


def report(
    binding: AnalysisBinding, terms: Terms, deals: Sequence[Deal], by: str | None, period: Period,
    sql: tuple[str, ...], context: ToolContext,
) -> ToolResult:  # fmt: skip
    """Return the answer: the best by what is finally left first, ranks by gross and by that beside it."""
    final = profit if terms.costs else left_after_fees
    ordered = sorted(deals, key=lambda one: (-final(one, terms), one.key))
    table = _table(binding, terms, ordered, by, context)
    dates = dates_label(period, context.today)
    return ToolResult(
        headline=_headline(terms, ordered, table, dates),
        tables=(table,),
        chart=_chart(terms, ordered, table),
        findings=_findings(terms, ordered, table),
        warnings=_notes(binding, terms, ordered, dates, context),
        sql=sql,
        periods=(period,),
    )


def _gross(terms: Terms) -> str:
    return terms.gross or terms.revenue


def _table(
    binding: AnalysisBinding, terms: Terms, deals: Sequence[Deal], by: str | None, context: ToolContext
) -> Table:
    catalog = context.layer.catalog

    def money(name: str, label: Text | None = None) -> Column:
        metric = catalog.metrics.get(name) or catalog.metrics[terms.revenue]
        return Column(name, label or metric.label, "derived", metric.unit, "#,##0", metric.name)

    labels = tuple((one.key, one.label) for one in deals)
    head = catalog.dimensions[by].label if by else binding.label
    columns = [Column("deal", head, "dimension", value_labels=labels)]
    columns += [Column("deals", Text(zh="场次", en="deals"), "derived", format="0")] if by else []
    columns += [money(name) for name in dict.fromkeys((_gross(terms), terms.revenue))]
    if terms.refunds:
        columns += [
            money(terms.refunds),
            Column("refund_rate", Text(zh="退款率", en="refund rate"), "derived"),
        ]
    columns += [money(name) for name in terms.fees]
    columns.append(money("after_fees", Text(zh="扣退款和费用后", en="after refunds and fees")))
    if terms.costs:
        columns += [
            money("cost", Text(zh="商品等成本", en="cost of goods")),
            money("profit", Text(zh="利润", en="profit")),
        ]
    if terms.fees:
        label = Text(zh="每1元费用的成交", en="sales per unit of fees")
        columns.append(Column("return_on_fees", label, "derived", format="0.00"))
    if terms.fees and terms.costs:
        columns.append(Column("break_even", Text(zh="保本线", en="break-even"), "derived", format="0.00"))
    columns += [
        Column("gross_rank", Text(zh="成交名次", en="rank by sales"), "derived", format="0"),
        Column("final_rank", Text(zh="净额名次", en="rank by what is left"), "derived", format="0"),
    ]
    gross = sorted((one.sum([_gross(terms)]) for one in deals), reverse=True)
    rows: list[Row] = []
    for rank, one in enumerate(deals, start=1):
        fees = one.sum(terms.fees)
        known: dict[str, str | float | int | None] = {
            "deal": one.key,
            "deals": len(one.members),
            **{name: one.values.get(name, 0.0) for name in (*terms.own, *terms.costs)},
            "refund_rate": one.sum([terms.refunds]) / one.sum([terms.revenue])
            if one.sum([terms.revenue])
            else None,
            "after_fees": left_after_fees(one, terms),
            "cost": one.sum(terms.costs),
            "profit": profit(one, terms),
            "return_on_fees": one.sum([terms.revenue]) / fees if fees > 0 else None,
            "break_even": break_even(one, terms) if fees > 0 else None,
            "gross_rank": gross.index(one.sum([_gross(terms)])) + 1,
            "final_rank": rank,
        }
        rows.append(tuple(known[column.name] for column in columns))
    return Table(tuple(columns), tuple(rows), len(rows))


def _chart(terms: Terms, deals: Sequence[Deal], table: Table) -> ChartSpec | None:
    """Return sales beside what is left for the largest deals: where the two disagree is what matters."""
    if len(deals) < 2:
        return None
    final = "profit" if terms.costs else "after_fees"
    at = table.index(_gross(terms))
    largest = sorted(table.rows, key=lambda row: -float(str(row[at] or 0)))[:MOST_DRAWN]
    shown = Table(table.columns, tuple(largest), len(largest))
    title = Text(zh="成交与最后剩下的", en="Sales and what is left")
    money = Text(zh="金额", en="money")
    return ChartSpec("grouped_bar", title, shown, x="deal", y=(_gross(terms), final), options={"axis": money})


def _headline(terms: Terms, deals: Sequence[Deal], table: Table, dates: Text) -> Text:
    final_at = table.index("profit" if terms.costs else "after_fees")
    name = (
        Text(zh="利润", en="profit")
        if terms.costs
        else Text(zh="扣退款和费用后", en="what is left after fees")
    )
    gross_column, column = table.columns[table.index(_gross(terms))], table.columns[final_at]
    top = max(deals, key=lambda one: one.sum([_gross(terms)]))
    best, rank = deals[0], deals.index(top) + 1
    rows = {str(row[0]): row for row in table.rows}
    sold = prose(top.sum([_gross(terms)]), gross_column)
    left, most = prose(rows[top.key][final_at], column), prose(rows[best.key][final_at], column)
    if len(deals) == 1:
        return Text(
            zh=f"{top.label.zh}{gross_column.label.zh} {sold.zh},{name.zh} {left.zh}。",
            en=f"{top.label.en}: {gross_column.label.en} {sold.en}, {name.en} {left.en}.",
        )
    losing = sum(float(str(row[final_at])) < 0 for row in table.rows)
    tail_zh = f"{len(deals)} 个里有 {losing} 个是负的。" if losing else ""
    tail_en = f" {losing} of {len(deals)} are below zero." if losing else ""
    if top is best:
        return Text(
            zh=f"{dates.zh}{top.label.zh}最好:{gross_column.label.zh} {sold.zh},{name.zh} {left.zh},"
            f"都是第一。{tail_zh}",
            en=f"{top.label.en} is best in {dates.en}: {gross_column.label.en} {sold.en}, {name.en} {left.en}, "
            f"first on both.{tail_en}",
        )
    return Text(
        zh=f"{dates.zh}{name.zh}最高的是{best.label.zh}({most.zh})。{gross_column.label.zh}第一的{top.label.zh}({sold.zh})"
        f"{name.zh}只有 {left.zh},排第 {rank}/{len(deals)}。{tail_zh}",
        en=f"In {dates.en}, {best.label.en} leaves the most ({name.en} {most.en}). {top.label.en}, first on "
        f"{gross_column.label.en} ({sold.en}), comes to {left.en}: rank {rank} of {len(deals)}.{tail_en}",
    )


def _findings(terms: Terms, deals: Sequence[Deal], table: Table) -> tuple[Finding, ...]:
    """Return the best, the worst, and the one that sold most."""
    final_at = table.index("profit" if terms.costs else "after_fees")
    column = table.columns[final_at]
    chosen = list(
        dict.fromkeys([0, len(deals) - 1, deals.index(max(deals, key=lambda d: d.sum([_gross(terms)])))])
    )
    found = []
    for at in chosen:
        one = deals[at]
        revenue, value = one.sum([terms.revenue]), table.rows[at][final_at]
        shares = [(terms.refunds, Text(zh="退款", en="refunds"))] if terms.refunds else []
        zh = "".join(f",{label.zh} {percent(one.sum([n]) / revenue)}" for n, label in shares if revenue)
        en = "".join(f", {label.en} {percent(one.sum([n]) / revenue)}" for n, label in shares if revenue)
        fees = prose(one.sum(terms.fees), column)
        paid, left, label = prose(revenue, column), prose(value, column), column.label
        found.append(
            Finding(
                "winner" if at == 0 else "driver",
                Text(
                    zh=f"{one.label.zh}:支付 {paid.zh}{zh},费用 {fees.zh},{label.zh} {left.zh}。",
                    en=f"{one.label.en}: paid {paid.en}{en}, fees {fees.en}, {label.en} {left.en}.",
                ),
                terms.revenue,
                float(str(value)),
                at=one.key,
            )
        )
    return tuple(found)


def _notes(
    binding: AnalysisBinding, terms: Terms, deals: Sequence[Deal], dates: Text, context: ToolContext
) -> tuple[Text, ...]:
    metrics = context.layer.catalog.metrics

    def listed(names: Sequence[str]) -> Text:
        return Text(
            zh="、".join(metrics[n].label.zh for n in names) or "无",
            en=", ".join(metrics[n].label.en for n in names) or "none",
        )

    fees, costs, revenue = listed(terms.fees), listed(terms.costs), metrics[terms.revenue].label
    notes: list[Text] = [
        Method(
            zh=f"口径:{dates.zh}的{binding.label.zh};到手={revenue.zh}−退款−费用({fees.zh});利润再减成本({costs.zh});"
            "保本线=每 1 元费用要带来多少成交才不亏。",
            en=f"Definition: {binding.label.en} of {dates.en}; left = {revenue.en} less refunds and fees ({fees.en}); "
            f"profit also less costs ({costs.en}); break-even: sales needed per unit of fees so that nothing is lost.",
        )
    ]
    if not terms.costs:
        notes.append(
            Text(
                zh="没有商品、运费、平台扣点等成本,所以不算利润和保本线;补上 costs: 就能算。",
                en="The costs of goods, shipping and platform are not declared, so there is no profit and no "
                "break-even; name costs: to get them.",
            )
        )
    if terms.refunds and (days := metrics[terms.refunds].maturity_days):
        young = sum(bool(one.days) and (context.today - max(one.days)).days <= days for one in deals)
        if young:
            notes.append(
                Text(
                    zh=f"其中 {young} 个在最近 {days} 天内,退款还没走完,结果会更低。",
                    en=f"{young} of them are within the last {days} days: refunds are still open, less will be left.",
                )
            )
    notes.append(
        Text(
            zh="可能出错的地方:没算带来的新客以后的复购,也没算没有直播时本来就会发生的成交。",
            en="What could be wrong: later purchases of new customers are not counted, nor the sales that would have "
            "happened without it.",
        )
    )
    return tuple(notes)
