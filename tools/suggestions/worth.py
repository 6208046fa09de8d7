"""What a gain is worth beside others: money as it is, orders at what an order brings, other counts after those."""

from __future__ import annotations

from datetime import timedelta

from semantic_layer.errors import AskGrowthError
from semantic_layer.query import MetricQuery, PeriodRange
from tools.bindings import name_of
from tools.registry import ToolContext
from tools.render import CURRENCIES, as_float
from tools.suggestions import Lead

TIERS = ("strategic", "tactical", "operational", None)


class Worth:
    """The order of leads in one workspace."""

    def __init__(self, context: ToolContext) -> None:
        self.metrics = context.layer.catalog.metrics
        self.per_order = _value_of_order(context)

    def rank(self, lead: Lead, weight: float) -> tuple[bool, int, float]:
        """Return a key, smaller for what is worth more: money first, then by tier; `weight` is that of the evidence."""
        metric = self.metrics[lead.metric]
        money = (metric.unit or "").upper() in CURRENCIES
        value = lead.gain
        if not money and lead.metric in self.per_order:
            money, value = True, lead.gain * self.per_order[lead.metric]
        return not money, TIERS.index(metric.tier) if not money else 0, -value * weight


def _value_of_order(context: ToolContext) -> dict[str, float]:
    """Return what one more order of customers, or conversion of journeys, brings, from the last 28 days with data."""
    found: dict[str, float] = {}
    for binding in context.layer.catalog.analyses:
        key = {"customer": "orders", "journey": "conversion"}.get(binding.kind)
        orders = name_of(binding, key) if key is not None else None
        revenue = name_of(binding, "revenue")
        if orders is None or revenue is None or orders in found:
            continue
        end = context.layer.coverage((orders, revenue)).end
        if end is None:
            continue
        end = min(end, context.today)
        period = PeriodRange(start=end - timedelta(days=28), end=end)
        try:
            row = context.query(MetricQuery(metrics=(orders, revenue), period=period)).table.rows[0]
        except AskGrowthError:
            continue
        count, money = as_float(row[0]) or 0.0, as_float(row[1]) or 0.0
        if count > 0:
            found[orders] = money / count
    return found
