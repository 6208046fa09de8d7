"""The validator: every name of a model's plan exists for this user, every value is stored, and the plan compiles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bot.execution import as_query
from bot.language.normalise import normalise
from bot.language.terms.tokens import key_of
from bot.language.terms.values import value_key
from bot.plan import AnswerablePlan, MetadataPlan, MetricPlan, ToolPlan
from bot.planners.llm.schema import validation_problems
from semantic_layer.errors import AskGrowthError, UnknownNameError, nearest
from semantic_layer.query import AnyOf, Condition, Expression, Scalar, Where
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.language.terms.matcher import Matcher
    from semantic_layer.workspace import SemanticLayer
    from tools.registry import Registry

_EXACT = ("=", "!=", "in", "not in")
NO_SQL = "where: only conditions; an SQL expression is never accepted"


class PlanProblem(Exception):  # noqa: N818 - not shown as an error: it goes back to the model
    """Why a plan cannot be run, in a line that tells the model what exists instead."""


class Validator:
    """Checks plans for one user on one day; `checked` gives the plan as it will be run."""

    def __init__(
        self, layer: SemanticLayer, registry: Registry, matcher: Matcher, today: date, user: str | None
    ) -> None:
        self._layer = layer
        self._registry = registry
        self._matcher = matcher
        self._today = today
        self._user = user
        self._rights = layer.rights(user)

    def checked(self, plan: AnswerablePlan) -> AnswerablePlan:
        """Return the plan with labels replaced by stored codes.

        Raises:
            PlanProblem: it names something that does not exist, or cannot be computed.
        """
        try:
            if isinstance(plan, MetricPlan):
                return self._metric(plan)
            if isinstance(plan, ToolPlan):
                return self._tool(plan)
            return self._metadata(plan)
        except AskGrowthError as error:
            raise PlanProblem(f"{error.message.en} {error.mend.en}") from error

    def _metric(self, plan: MetricPlan) -> MetricPlan:
        catalog = self._layer.catalog
        for name in plan.segments:
            if name not in catalog.segments:
                raise UnknownNameError(Text(zh="人群", en="segment"), name, catalog.segments)
        if not plan.metrics and not plan.group_by:
            raise PlanProblem("plans: a metric plan needs a metric, or a dimension whose values are listed")
        where = tuple(self._part(part) for part in plan.where)
        checked = plan.model_copy(update={"where": where})
        self._layer.compile(as_query(checked), today=self._today, user=self._user)
        return checked

    def _part(self, part: Where) -> Where:
        if isinstance(part, Expression):
            raise PlanProblem(NO_SQL)
        if isinstance(part, AnyOf):
            return part.model_copy(
                update={"conditions": tuple(self._condition(one) for one in part.conditions)}
            )
        return self._condition(part)

    def _condition(self, part: Condition) -> Condition:
        name = self._layer.catalog.spellings.get(part.dimension, part.dimension)
        dimension = self._layer.catalog.dimensions.get(name)
        if dimension is None or dimension.kind != "categorical" or part.operator not in _EXACT:
            return part  # the compiler checks the rest
        values = tuple(self._value(name, value) for value in part.values)
        return part.model_copy(update={"values": values})

    def _value(self, name: str, value: Scalar) -> Scalar:
        """Return the stored code that a value means; an unknown one would silently filter everything away."""
        dimension = self._layer.catalog.dimensions[name]
        codes = {declared.code for declared in dimension.values}
        if value in codes or not isinstance(value, str):
            return value
        hits = [hit for hit in self._matcher.values.exact(value_key(value)) if hit.dimension == name]
        if hits:
            return next((hit.code for hit in hits if hit.code == value), hits[0].code)
        for term in self._matcher.at(key_of(normalise(value).text)):
            if term.kind == "value" and term.name == name and term.code is not None:
                return term.code
        if not dimension.index_values:
            return value
        close = () if self._rights.row_filters else self.near_values(name, value)
        known = f" Nearest: {', '.join(close)}." if close else " look_up_values finds stored ones."
        raise PlanProblem(f"where: {name} has no value {value!r}.{known}")

    def near_values(self, name: str, text: str, limit: int = 8) -> tuple[str, ...]:
        """Return stored values of a dimension that look like a text; labels of declared ones count, too."""
        key = value_key(text)
        declared = self._layer.catalog.dimensions[name].values
        surfaces: dict[str, str] = {}
        for value in declared:
            for surface in (str(value.code), value.label.zh, value.label.en, *value.synonyms.all()):
                surfaces.setdefault(surface, str(value.code))
        found = [surfaces[surface] for surface in surfaces if key and key in value_key(surface)]
        found += [surfaces[surface] for surface in nearest(text, surfaces)]
        hits = self._matcher.values.starting_with(key[:40], 200) if key else ()
        found += [str(hit.code) for hit in hits if hit.dimension == name]
        if not found and len(key) > 1:
            hits = self._matcher.values.starting_with(key[:1], 500)
            stored = [str(hit.code) for hit in hits if hit.dimension == name]
            found += nearest(text, stored)
        return tuple(dict.fromkeys(found))[:limit]

    def _tool(self, plan: ToolPlan) -> ToolPlan:
        tool = self._registry.get(plan.name)
        if any(
            key == "sql" or (key == "kind" and value == "expression") for key, value in _pairs(plan.inputs)
        ):
            raise PlanProblem(NO_SQL)
        try:
            tool.inputs.model_validate(dict(plan.inputs))
        except ValidationError as error:
            known = ", ".join(tool.fields) or NO_INPUTS
            problems = "; ".join(validation_problems(error))
            raise PlanProblem(f"inputs of {plan.name}: {problems}. It takes: {known}.") from error
        catalog = self._layer.catalog
        for field, kind, known_names in (
            ("metric", Text(zh="指标", en="metric"), catalog.metrics),
            ("dimension", Text(zh="维度", en="dimension"), {**catalog.dimensions, **catalog.spellings}),
        ):
            name = plan.inputs.get(field)
            if isinstance(name, str) and (name not in known_names or name in self._rights.hidden):
                raise UnknownNameError(
                    kind, name, [one for one in known_names if one not in self._rights.hidden]
                )
        return plan

    def _metadata(self, plan: MetadataPlan) -> MetadataPlan:
        catalog = self._layer.catalog
        known = {**catalog.metrics, **catalog.dimensions}
        for name in plan.names:
            if name not in known or name in self._rights.hidden:
                visible = [one for one in known if one not in self._rights.hidden]
                raise UnknownNameError(Text(zh="名字", en="metric or dimension"), name, visible)
        if plan.topic == "values" and not all(name in catalog.dimensions for name in plan.names):
            raise PlanProblem("names: the topic values takes dimensions")
        if plan.topic in ("definition", "values") and not plan.names:
            raise PlanProblem(f"names: the topic {plan.topic} needs a name")
        return plan


NO_INPUTS = "no inputs"


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key with its value, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key), inner
            yield from _pairs(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _pairs(inner)
