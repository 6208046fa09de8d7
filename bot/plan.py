"""The plan: the one typed reading of a question that both planners return and everything later is made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from semantic_layer.comparison import comparison_period
from semantic_layer.period import Period
from semantic_layer.query import Condition, Frozen, MetricQuery
from semantic_layer.text import Text

RefusalReason = Literal[
    "out_of_scope", "not_in_catalog", "no_access", "not_supported", "unsafe", "empty", "not_enough_data"
]

DAYS_OF_A_WEEK = 7


class BilingualMessage(Frozen):
    """A message in both languages at a border."""

    zh: str
    en: str

    def text(self) -> Text:
        """Return the message as a plain value."""
        return Text(zh=self.zh, en=self.en)


class MetricPlan(MetricQuery):
    """Compute metrics: a metric query with its tag.

    `presentation` is the asked chart, `focus` the member whose share of all was asked (the rows of the others are its
    total): neither changes a number, so neither is part of the identity.
    """

    kind: Literal["metric"]
    presentation: Literal["line", "bar", "pie", "table", "area"] | None = None
    focus: Condition | None = None


class ToolPlan(Frozen):
    """Run one prebuilt analysis with typed inputs."""

    kind: Literal["tool"]
    name: str
    inputs: Mapping[str, JsonValue] = Field(default_factory=dict)


class MetadataPlan(Frozen):
    """Answer from the catalog itself: which metrics or dimensions exist, how one is defined, how fresh data are."""

    kind: Literal["metadata"]
    topic: Literal["metrics", "dimensions", "values", "definition", "owner", "freshness", "help"]
    names: tuple[str, ...] = ()


class Option(Frozen):
    """A question that can be answered, with its plan, offered in a clarification or a refusal."""

    question: BilingualMessage
    plan: Annotated[MetricPlan | ToolPlan | MetadataPlan, Field(discriminator="kind")]


class ClarifyPlan(Frozen):
    """Ask back: two to four options, each a plan."""

    kind: Literal["clarify"]
    question: BilingualMessage
    options: tuple[Option, ...]


class RefusePlan(Frozen):
    """An honest no: why, what is missing, and the nearest answerable questions."""

    kind: Literal["refuse"]
    reason: RefusalReason
    message: BilingualMessage
    missing: tuple[str, ...] = ()
    nearest: tuple[Option, ...] = ()


AnswerablePlan = MetricPlan | ToolPlan | MetadataPlan
Plan = Annotated[MetricPlan | ToolPlan | MetadataPlan | ClarifyPlan | RefusePlan, Field(discriminator="kind")]


def plan_hash(plan: AnswerablePlan) -> str:
    """Return the SHA-256 of the canonical plan, without anything that only concerns its presentation.

    What changes no number is made canonical: the order in which metrics, groups, conditions, segments and
    comparisons are named, a list of one value, the case of a text that is searched regardless of case; the order that
    the rows have anyway and the asked end of a period that nothing is compared with are left out.
    """
    content = plan.model_dump(mode="json", exclude={"presentation", "focus"}, exclude_defaults=True)
    if isinstance(plan, MetricPlan):
        _without_defaults(plan, content)
    for condition in content.get("where", []):
        for part in (condition, *condition.get("conditions", [])):
            _plain_condition(part)
        if "conditions" in condition:
            condition["conditions"] = sorted(condition["conditions"], key=_text_of)
    for unordered in _UNORDERED:
        if unordered in content:
            content[unordered] = sorted(content[unordered], key=_text_of)
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


# Parts of a plan whose order says nothing about the numbers: each column has its own name.
_UNORDERED = ("metrics", "group_by", "where", "segments", "having", "compare", "transforms")
_LISTS = {"in": "=", "not in": "!="}
_REGARDLESS_OF_CASE = ("contains", "starts with", "ends with")


def _text_of(part: object) -> str:
    return json.dumps(part, sort_keys=True, ensure_ascii=False)


def _plain_condition(condition: dict[str, Any]) -> None:
    """Write a condition in the one form that all with the same rows have."""
    if condition.get("operator") in _LISTS:
        condition["values"] = sorted(set(condition["values"]), key=str)
        if len(condition["values"]) == 1:
            condition["operator"] = _LISTS[condition["operator"]]
    elif str(condition.get("operator")).removeprefix("not ") in _REGARDLESS_OF_CASE:
        condition["values"] = [str(value).casefold() for value in condition["values"]]


def _without_defaults(plan: MetricPlan, content: dict[str, Any]) -> None:
    """Take out of a plan's content what says no more than its absence does, and say what only the order said."""
    timed = any(group.grain or group.part or group.custom_grain for group in plan.group_by)
    first = [(name, True) for name in plan.metrics[:1]]
    if not timed and [(order.column, order.descending) for order in plan.order_by] in ([], first):
        content.pop("order_by", None)
        if len(plan.metrics) > 1 and plan.group_by and (plan.order_by or plan.limit is not None):
            content["order_by"] = [{"column": plan.metrics[0]}]  # the other metrics rank nothing
    period = content.get("period")
    if isinstance(period, dict) and not plan.transforms and not _end_matters(plan):
        period.pop("requested_end", None)


def _end_matters(plan: MetricPlan) -> bool:
    """Return whether the asked end of a period that is not over decides what it is compared with."""
    if plan.period is None or plan.period.requested_end is None or not plan.compare:
        return False
    asked = plan.period.period()
    if (asked.requested_end - asked.start).days % DAYS_OF_A_WEEK == 0 or any(
        compare.kind != "previous_year" for compare in plan.compare
    ):
        return True  # a week is compared with the same week, the month so far with as many days of the month before
    known = Period.of(asked.start, asked.end)
    one, other = (comparison_period(period, "previous_year") for period in (asked, known))
    return (one.start, one.end) != (other.start, other.end)
