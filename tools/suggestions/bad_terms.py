"""Deals that sold much and lost money: the same terms again would cost the same again. Booked facts, no inference."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.bindings import data_period, model_of
from tools.dealing.reading import Deal, Terms, read_deals, terms_of
from tools.dealing.telling import left_after_fees, profit
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.result import Check, Effect, Suggestion, TestPlan
from tools.suggestions import Lead, Scan

DAYS = 90
MIN_REACH = 0.01  # of all the deals' sales
LEAST_DEALS = 8
CUT = (1 / 3, 2 / 3)  # what renegotiating is assumed to save of the loss
HORIZON_DAYS = 28


def scan(context: ToolContext) -> Scan:
    """Return at most one lead per binding of deals: the largest loss among the best-selling tenth."""
    found = Scan()
    for binding in context.layer.catalog.analyses:
        if binding.kind == "deal":
            try:
                found.leads += _leads(binding, context)
            except AskGrowthError:
                continue  # not for this user's eyes, or nothing there
    return found


def _leads(binding: AnalysisBinding, context: ToolContext) -> list[Lead]:
    terms = terms_of(binding)
    if context.layer.catalog.dimensions[str(binding.options["item"])].values or not terms.fees:
        return []  # channels live on: moving money between them is another source's advice
    data = data_period(context, model_of(binding))
    period = Period.of(max(data.start, data.end - timedelta(days=DAYS)), data.end)
    deals, _ = read_deals(binding, period, (), (), context)
    # More given back than was ever paid: these books do not hold together, and nothing is said on them.
    whole = [one for one in deals if one.sum([terms.refunds]) <= one.sum([terms.revenue])]
    if len(whole) < LEAST_DEALS:
        return []
    sold = sorted(whole, key=lambda one: -one.sum([terms.gross or terms.revenue]))
    final = profit if terms.costs else left_after_fees
    top = sold[: max(1, len(sold) // 10)]
    worst = min(top, key=lambda one: final(one, terms))
    loss = -final(worst, terms)
    if loss < MIN_REACH * sum(one.sum([terms.revenue]) for one in deals):
        return []
    rank = sold.index(worst) + 1
    examine = partial(_suggestion, terms, worst, loss, rank, len(whole), context)
    return [Lead(("terms", binding.name, worst.key), loss / 2, terms.revenue, examine)]


def _suggestion(
    terms: Terms, deal: Deal, loss: float, rank: int, count: int, context: ToolContext,
    scanned: int, q: float,
) -> Suggestion:  # fmt: skip
    del scanned, q
    metrics = context.layer.catalog.metrics
    metric = metrics[terms.revenue]
    column = Column(
        metric.name, metric.label, "metric", unit=metric.unit, format=metric.format, metric=metric.name
    )
    low, high = CUT[0] * loss, CUT[1] * loss
    said, lost = (prose(low, column), prose(high, column)), prose(loss, column)
    revenue, fees = deal.sum([terms.revenue]), deal.sum(terms.fees)
    refunds = deal.sum([terms.refunds]) / revenue if revenue else 0.0
    spent = prose(fees, column)
    return Suggestion(
        problem=Text(
            zh=f"{deal.label.zh}成交排第 {rank}/{count},却亏 {lost.zh}:退款 {percent(refunds)},费用 {spent.zh}。",
            en=f"{deal.label.en} sold as number {rank} of {count} and lost {lost.en}: refunds {percent(refunds)}, fees "
            f"{spent.en}.",
        ),
        strategy=Text(
            zh=f"不要按同样的条件再做{deal.label.zh}:把固定费用换成按退后金额结算的佣金,谈不下来就不做。",
            en=f"Do not repeat {deal.label.en} on the same terms: turn the fixed fee into a commission on what is left "
            "after refunds, or leave it.",
        ),
        effect=Effect(
            terms.revenue,
            low,
            high,
            HORIZON_DAYS,
            Text(
                zh=f"每再做一次可能少亏 {said[0].zh}–{said[1].zh}。算法:这次的亏损 × 三分之一到三分之二"
                "(假设重谈能省下这么多);亏损是已入账的数,不是估计。",
                en=f"Each repetition may lose {said[0].en} to {said[1].en} less. Formula: the loss × a third to "
                "two thirds (assumed: what new terms save); the loss is booked, not estimated.",
            ),
        ),
        evidence="correlation",
        moves_metric=False,
        checks=(
            Check("volume", True, Text(
                zh=f"{count} 场里成交第 {rank}", en=f"one of {count} deals, rank {rank} by sales")),
            Check("interval", False, Text(zh="只发生过一次,没有区间", en="it happened once: no interval")),
            Check("mix", True, Text(
                zh="退款、费用、成本都逐笔归到这一场", en="refunds, fees and costs are its own, order by order")),
            Check("stability", False, Text(zh="只有一场", en="a single deal")),
            Check("quality", True, Text(zh="按已入账的金额", en="booked amounts")),
        ),
        test=TestPlan(
            None,
            None,
            Text(
                zh="怎么验证:下一场先谈好保底退款条款,按净额分佣,看一场。",
                en="How to test: agree a clause on refunds and a commission on the net amount, and look at one sale.",
            ),
        ),
    )  # fmt: skip
