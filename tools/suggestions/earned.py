"""Is a member of a dimension the result of buying, and not its cause? A tier is reached by buying more.

Advice to "bring to the lower tier what the higher one does" turns cause and effect round: who buys more is moved up.
The test needs no name: how often has a customer of the better member spent more in all than one of the lagging member
(the common-language effect size, McGraw & Wong 1992; half is chance)? A region, a sex, a first channel stay near half;
members that spending itself decides are nearly always in order.
"""

from __future__ import annotations

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import AskGrowthError
from semantic_layer.rows import Analysis, Measured, Named, RowQuery, Step
from tools.bindings import filters_of, model_of, name_of
from tools.registry import ToolContext
from tools.render import as_float

IN_ORDER = 0.7  # of the pairs of customers; Cohen's large effect is 0.71
LEAST_CUSTOMERS = 30


def is_earned(dimension: str, lowest: str, highest: str, context: ToolContext) -> bool:
    """Return whether a dimension's members follow from spending, as far as the declared customers can tell.

    `lowest` and `highest` are its members with the lowest and the highest rate: those between differ by less.
    """
    return any(
        (share := spent_more(binding, dimension, lowest, highest, context)) is not None and share >= IN_ORDER
        for binding in context.layer.catalog.analyses
        if binding.kind == "customer"
    )


def spent_more(
    binding: AnalysisBinding, dimension: str, lagging: str, better: str, context: ToolContext
) -> float | None:
    """Return the share of pairs in which the customer of `better` has spent more in all than the one of `lagging`.

    Each customer counts once, with the member of the last purchase. None where the two do not meet, where a member has
    fewer than 30 customers, or where customers have many members (a product): then it is no property of a customer.
    """
    revenue = name_of(binding, "revenue")
    if revenue is None:
        return None
    rows = RowQuery(
        model_of(binding),
        {
            "who": Named(str(name_of(binding, "entity"))),
            "at": Named("metric_time"),
            "money": Measured(revenue),
            "member": Named(dimension),
        },
        filters=filters_of(binding),
        time=name_of(binding, "time"),
        end=context.today,
    )
    steps = (
        Step(
            "people",
            "SELECT who, SUM(money) AS money, ARG_MAX(CAST(member AS VARCHAR), at) AS member, "
            "COUNT(DISTINCT CAST(member AS VARCHAR)) AS members FROM bought WHERE NOT who IS NULL GROUP BY who",
        ),
        Step(
            "ranked",
            "SELECT member, members, RANK() OVER (ORDER BY money) AS place FROM people "
            "WHERE member IN (:lagging, :better)",
            {"lagging": lagging, "better": better},
        ),
    )
    result = (
        "SELECT member, COUNT(*) AS people, SUM(place) AS places, AVG(members) AS members FROM ranked "
        "GROUP BY member"
    )
    try:
        found = context.analyse(Analysis({"bought": rows}, result, steps)).rows
    except AskGrowthError:
        return None
    sides = {str(member): tuple(as_float(cell) or 0.0 for cell in rest) for member, *rest in found}
    if lagging not in sides or better not in sides:
        return None
    (count, places, each), (others, _, theirs) = sides[better], sides[lagging]
    if min(count, others) < LEAST_CUSTOMERS or max(each, theirs) > 1.2:
        return None
    return (places - count * (count + 1) / 2) / (count * others)
