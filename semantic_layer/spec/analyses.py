"""Analyses bound to data: `funnels:`, `journeys:`, `experiments:`, `reviews:`, `customers:`, `actions:`, `targets:`,
`ideas:`, `deals:`, `reconciliations:`.

A tool reads its columns and metrics from here, so that it works on any schema.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from semantic_layer.spec.base import Spec
from semantic_layer.spec.fields import Name, OptionalText, Sql, Synonyms, WindowText, listed
from semantic_layer.text import Words

Share = Annotated[float, Field(gt=0, lt=1)]
NameList = Annotated[tuple[Name, ...], BeforeValidator(listed)]


class AnalysisSpec(Spec):
    """What every binding has: a name, words for it, and the model it reads."""

    name: Name
    label: OptionalText = None
    description: OptionalText = None
    synonyms: Synonyms = Words()
    model: Name
    time: Name | None = Field(
        default=None, description="A time dimension; the model's agg_time_dimension by default."
    )
    where: Sql | None = Field(default=None, description="Which rows count.")
    dimensions: NameList = Field(default=(), description="Breakdowns worth looking at.")


class StepSpec(Spec):
    """One step of a funnel."""

    name: Name
    label: OptionalText = None
    synonyms: Synonyms = Words()
    where: Sql


class FunnelSpec(AnalysisSpec):
    """`funnels:` — ordered steps that an entity goes through within a window."""

    entity: Name
    steps: tuple[StepSpec, ...] = Field(min_length=2)
    window: WindowText | None = None
    sequence: Literal["ordered", "strict", "any"] = "ordered"


class JourneySpec(AnalysisSpec):
    """`journeys:` — touchpoints of an entity before a conversion."""

    entity: Name
    touchpoint: Name = Field(description="The dimension that names the touchpoint.")
    conversion: Name = Field(description="The metric that counts or values conversions.")
    revenue: Name | None = Field(
        default=None, description="A metric over the conversions' own rows with what they are worth."
    )
    cost: Name | None = Field(default=None, description="The metric with the cost by touchpoint.")
    claimed: Name | None = Field(
        default=None, description="The metric with the revenue that platforms claim by touchpoint."
    )
    lookback: WindowText | None = None


class ExperimentSpec(AnalysisSpec):
    """`experiments:` — random assignments of units to variants, and the outcomes to compare."""

    unit: Name = Field(description="The entity that was assigned.")
    variant: Name = Field(description="The dimension with the variant.")
    control: str | int
    experiment: Name | None = Field(
        default=None, description="The dimension with the experiment's id, where one table holds several."
    )
    id: str | int | None = Field(default=None, description="This experiment's value of `experiment`.")
    allocation: dict[str | int, Share] = Field(default_factory=dict)
    outcomes: tuple[Name, ...] = Field(min_length=1, description="Metrics, the decisive one first.")
    guardrails: tuple[Name, ...] = ()
    covariates: tuple[Name, ...] = Field(
        default=(), description="Metrics of the time before, for variance reduction."
    )
    window: WindowText | None = None
    start: date | None = None
    end: date | None = Field(default=None, description="The day after the last one.")


class AspectSpec(Spec):
    """One thing that comments are about, and the words that say so."""

    name: Name
    label: OptionalText = None
    words: Synonyms = Field(description="Words in a comment that are about it.")


class ReviewSpec(AnalysisSpec):
    """`reviews:` — customer comments with stars."""

    text: Name
    stars: Name | None = None
    product: Name | None = None
    entity: Name | None = None
    language: Name | None = None
    aspects: tuple[AspectSpec, ...] = Field(
        default=(),
        description="What comments are about; common aspects with words in both languages by default.",
    )


class CustomerSpec(AnalysisSpec):
    """`customers:` — who buys, when first, and what: for cohorts, RFM and lifetime value."""

    entity: Name
    orders: Name | None = Field(default=None, description="The metric that counts orders.")
    revenue: Name | None = Field(default=None, description="The metric with the revenue.")
    margin: Name | None = Field(default=None, description="The metric with the gross profit.")
    first_time: Name | None = Field(default=None, description="The time dimension of the first order.")
    order: Name | None = Field(default=None, description="The entity of an order.")
    renewal: Literal["week", "month", "quarter", "year"] | None = Field(
        default=None,
        description="Customers are under contract and pay once per such period; who skips one has left.",
    )


class ActionSpec(AnalysisSpec):
    """`actions:` — the log of what was changed, when and by whom."""

    kind: Name | None = None
    text: Name | None = None
    by: Name | None = None
    scope: Name | None = Field(
        default=None,
        description="The dimension that lists whom a change touched: codes or labels, by commas.",
    )
    end_time: Name | None = None


class TargetBindingSpec(AnalysisSpec):
    """`targets:` — planned values in a table: which metric they are for and which metric holds them."""

    metric: Name
    planned: Name = Field(description="The metric (over the plan's model) with the planned value.")


class IdeaSpec(AnalysisSpec):
    """`ideas:` — the list of experiment ideas and what became of each: one row per idea."""

    stage: Name = Field(description="The dimension with how far an idea has come.")
    result: Name = Field(description="The dimension with what its test found.")
    tested: tuple[str, ...] = Field(min_length=1, description="Stages of ideas whose test is over.")
    running: tuple[str, ...] = Field(default=(), description="Stages of ideas whose test still runs.")
    shipped: tuple[str, ...] = Field(default=(), description="Stages of ideas that are in use.")
    won: tuple[str, ...] = Field(min_length=1, description="Results that mean an improvement.")
    lost: tuple[str, ...] = Field(default=(), description="Results that mean a deterioration.")
    invalid: tuple[str, ...] = Field(default=(), description="Results of tests that cannot be used.")
    text: Name | None = Field(default=None, description="The dimension that names the idea.")


class DealSpec(AnalysisSpec):
    """`deals:` — live sessions, creator deals and the like: what each brought and what it cost."""

    item: Name = Field(description="The dimension or entity that is ranked, such as the host or the session.")
    gross: Name | None = Field(
        default=None, description="The metric that people usually rank by, such as GMV."
    )
    revenue: Name = Field(description="The metric with what was paid.")
    refunds: Name | None = Field(default=None, description="The metric with what was refunded.")
    fees: tuple[Name, ...] = Field(
        default=(), description="Metrics paid to others: commission, fixed fees, ads."
    )
    costs: tuple[Name, ...] = Field(
        default=(), description="Metrics of the goods: product, shipping, platform."
    )


class ReconciliationSpec(AnalysisSpec):
    """`reconciliations:` — two totals that belong together, compared month by month."""

    metric: Name
    against: Name = Field(description="The metric that it is held against.")
    rule: Literal["equal", "at_most"] = Field(
        default="equal", description="equal; at_most: not above the other."
    )
    tolerance: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.01, description="The relative difference that is fine."
    )


class BudgetSpec(AnalysisSpec):
    """`budgets:` — spend by channel and what it is meant to bring, for response curves and reallocation."""

    channel: Name = Field(description="The dimension that names the channel.")
    spend: Name = Field(description="The metric with the spend by channel.")
    outcome: Name = Field(
        description="The metric to be raised; by channel where it can be grouped so, else for all channels together."
    )
    adjust: NameList = Field(
        default=(), description="Metrics of other causes (prices, promotions) that the model holds constant."
    )


class PromotionSpec(AnalysisSpec):
    """`promotions:` — orders of customers and the coupon or promotion used, to find what it brought extra."""

    entity: Name = Field(description="The entity of a customer.")
    promotion: Name = Field(description="The dimension that names the coupon; null where none was used.")
    revenue: Name = Field(description="The metric with the revenue of an order.")
    discount: Name | None = Field(default=None, description="The metric with what the promotion cost.")
    holdouts: dict[str | int, Name] = Field(
        default_factory=dict,
        description="Coupon: the experiment that held it back from some; its result is used.",
    )


ANALYSES: dict[str, type[AnalysisSpec]] = {
    "funnels": FunnelSpec,
    "journeys": JourneySpec,
    "experiments": ExperimentSpec,
    "reviews": ReviewSpec,
    "customers": CustomerSpec,
    "actions": ActionSpec,
    "targets": TargetBindingSpec,
    "ideas": IdeaSpec,
    "deals": DealSpec,
    "reconciliations": ReconciliationSpec,
    "budgets": BudgetSpec,
    "promotions": PromotionSpec,
}

# Which keys of a binding name what, for the reference check.
METRIC_KEYS = (
    "conversion",
    "cost",
    "outcomes",
    "guardrails",
    "covariates",
    "orders",
    "revenue",
    "margin",
    "metric",
    "planned",
    "gross",
    "refunds",
    "fees",
    "costs",
    "against",
    "claimed",
    "spend",
    "outcome",
    "adjust",
    "discount",
)
DIMENSION_KEYS = ("time", "dimensions", "touchpoint", "variant", "experiment", "text", "stars", "product", "language",
                  "first_time", "kind", "by", "end_time", "stage", "result", "item", "scope",
                  "channel", "promotion")  # fmt: skip
ENTITY_KEYS = ("entity", "unit", "order")
