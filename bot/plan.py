"""The plan: the one typed reading of a question that both planners return and everything later is made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from semantic_layer.query import Condition, Frozen, MetricQuery
from semantic_layer.text import Text

RefusalReason = Literal[
    "out_of_scope", "not_in_catalog", "no_access", "not_supported", "unsafe", "empty", "not_enough_data"
]


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

    What changes no number is made canonical: conditions, `in` values and segments are sorted; the order that the
    rows have anyway and the asked end of a period that nothing is compared with are left out.
    """
    content = plan.model_dump(mode="json", exclude={"presentation", "focus"}, exclude_defaults=True)
    if isinstance(plan, MetricPlan):
        _without_defaults(plan, content)
    for condition in content.get("where", []):
        if condition.get("operator") in ("in", "not in"):
            condition["values"] = sorted(condition["values"], key=str)
    for unordered in ("where", "segments"):
        if unordered in content:
            content[unordered] = sorted(content[unordered], key=lambda part: json.dumps(part, sort_keys=True))
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _without_defaults(plan: MetricPlan, content: dict[str, object]) -> None:
    """Take out of a plan's content what says no more than its absence does."""
    timed = any(group.grain or group.part or group.custom_grain for group in plan.group_by)
    plain = [(order.column, order.descending) for order in plan.order_by] == [
        (name, True) for name in plan.metrics[:1]
    ]
    if plain and plan.limit is None and not timed:
        content.pop("order_by", None)
    period = content.get("period")
    if isinstance(period, dict) and not plan.compare and not plan.transforms:
        period.pop("requested_end", None)
