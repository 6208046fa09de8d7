"""What the model may call: eight plain tools whose arguments are our plan, as small as a JSON schema can say it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bot.plan import AnswerablePlan, RefusalReason
from semantic_layer.query import Frozen

FINAL_TOOLS = ("propose_plan", "ask_back", "refuse")
LOOKING_TOOLS = ("search_catalog", "look_up_values", "get_metric_definition")
TRYING_TOOLS = ("run_plan", "run_analysis")
TOOLS = (*LOOKING_TOOLS, *TRYING_TOOLS, *FINAL_TOOLS)
MOST_PLANS = 4
REASONS: tuple[RefusalReason, ...] = ("not_in_catalog", "out_of_scope", "not_supported")
FILLER = "filler"

Json = dict[str, Any]
_DROPPED_KEYS = (
    "title",
    "description",
    "default",
    "discriminator",
    "additionalProperties",
    "format",
    "minimum",
)
# What a model never needs: how a plan is shown, the workspace's own calendars, what only our grammar knows.
_DROPPED_FIELDS = {
    "PeriodRange": ("requested_end",),
    "MetricPlan": ("totals", "focus"),
    "GroupBy": ("custom_grain",),
}
_RARE = ("not starts with", "not ends with")
_GRAINS = ["day", "week", "month", "quarter", "year"]
_TRANSFORMS = ("Share", "Rank", "RunningTotal", "Rolling", "AveragePer")
_TEXT: Json = {"type": "string"}


class Reading(Frozen):
    """What the model took some words of the question for: a name in its plan, or filler."""

    words: str = Field(max_length=200)
    means: str = Field(max_length=200)


PLANS: TypeAdapter[tuple[AnswerablePlan, ...]] = TypeAdapter(tuple[AnswerablePlan, ...])
READINGS: TypeAdapter[tuple[Reading, ...]] = TypeAdapter(tuple[Reading, ...])


@lru_cache(maxsize=1)
def plans_schema() -> Json:
    """Return the JSON schema of a list of plans, without what a model must not or need not write.

    SQL expressions are left out: a model writes conditions only. Every union has its tag, required.
    """
    whole = PLANS.json_schema()
    definitions = whole.pop("$defs")
    del definitions["Expression"]
    definitions["Grain"] = {"type": "string", "enum": _GRAINS}
    definitions["Transform"] = _one_of([definitions.pop(name) for name in _TRANSFORMS])
    definitions["MetricPlan"]["properties"]["transforms"]["items"] = {"$ref": "#/$defs/Transform"}
    definitions["GroupBy"]["properties"]["part"] = {"type": "string", "enum": ["day_of_week"]}
    # What stands written out once need not stand again: the operators, the grains, a period.
    definitions["Compare"]["properties"]["period"] = {"type": "object"}
    definitions["MetricPlan"]["properties"]["having"]["items"] = _object(
        {"column": _TEXT, "operator": _TEXT, "values": {"type": "array"}}, ["column", "operator"]
    )
    definitions["Transform"]["properties"]["grain"] = _TEXT
    condition = definitions["Condition"]["properties"]["operator"]
    condition["enum"] = [operator for operator in condition["enum"] if operator not in _RARE]
    definitions["Where"] = _conditions(definitions.pop("Condition"), definitions.pop("AnyOf"))
    definitions["MetricPlan"]["properties"]["where"]["items"] = {"$ref": "#/$defs/Where"}
    definitions["JsonValue"] = {}
    for name, fields in _DROPPED_FIELDS.items():
        for field in fields:
            definitions[name]["properties"].pop(field)
    small = {name: _small(body, name) for name, body in definitions.items() if name != "JsonValue"}
    return {"$defs": small, "plans": {"type": "array", "items": _small(whole["items"], "")}}


def parameters(tool: str) -> Json:
    """Return the JSON schema of a tool's arguments.

    Raises:
        KeyError: there is no such tool.
    """
    found = plans_schema()
    readings = {"type": "array", "items": _object({"words": _TEXT, "means": _TEXT}, ["words", "means"])}
    by_name: dict[str, Json] = {
        "search_catalog": _object({"words": _TEXT}, ["words"]),
        "look_up_values": _object({"dimension": _TEXT, "text": _TEXT}, ["dimension", "text"]),
        "get_metric_definition": _object({"name": _TEXT}, ["name"]),
        # The full schema stands once, below: a plan that is tried is one of the same plans.
        "run_plan": _object({"plan": {"type": "object"}}, ["plan"]),
        "run_analysis": _object({"name": _TEXT, "inputs": {"type": "object"}}, ["name"]),
        "propose_plan": _object({"plans": found["plans"], "readings": readings}, ["plans"]),
        "ask_back": _object({"plans": {"type": "array", "items": {"type": "object"}}}, ["plans"]),
        "refuse": _object({"reason": {"enum": list(REASONS)}, "missing": _list_of_texts()}, ["reason"]),
    }
    schema = by_name[tool]
    return {**schema, "$defs": found["$defs"]} if tool == "propose_plan" else schema


def inputs_said(model: type[BaseModel]) -> list[str]:
    """Return an analysis' inputs as a model must know them, one line each: name, kind, whether it must be given."""
    whole = model.model_json_schema()
    required = set(whole.get("required", ()))
    lines = []
    for name, body in whole.get("properties", {}).items():
        kinds = [_kind_of(part) for part in body.get("anyOf", [body]) if part.get("type") != "null"]
        about = f": {body['description']}" if body.get("description") else ""
        must = ", required" if name in required else ""
        lines.append(f"{name} ({' or '.join(dict.fromkeys(kinds))}{must}){about}")
    return lines


def _kind_of(part: Json) -> str:
    """Return what a value must be, in a few words."""
    if "$ref" in part:
        name = str(part["$ref"]).rpartition("/")[2]
        return {"PeriodRange": "{start, end}", "Compare": "{kind}"}.get(name, name)
    if "enum" in part:
        return " | ".join(str(one) for one in part["enum"])
    if part.get("type") == "array":
        return f"list of {_kind_of(part.get('items', {}))}"
    return str(part.get("type", "condition as in a plan" if "oneOf" in part else "any"))


def tool_schemas(descriptions: Mapping[str, str]) -> list[Json]:
    """Return the described tools as they go over the wire: every reference written out, as the client does it."""
    return [
        {
            "type": "function",
            "function": {"name": name, "description": text, "parameters": _written_out(parameters(name))},
        }
        for name, text in descriptions.items()
    ]


def _written_out(schema: Json) -> Json:
    """Return a schema in which each reference is replaced by what it refers to."""
    definitions = schema.get("$defs", {})

    def whole(node: Any) -> Any:
        if isinstance(node, list):
            return [whole(part) for part in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return whole(definitions[str(node["$ref"]).rpartition("/")[2]])
        return {key: whole(part) for key, part in node.items() if key != "$defs"}

    found: Json = whole(schema)
    return found


def validation_problems(error: ValidationError) -> list[str]:
    """Return what is wrong with a plan, one line each, without the value."""
    lines = []
    for one in error.errors(include_url=False, include_context=False, include_input=False)[:5]:
        place = ".".join(str(part) for part in one["loc"]) or "plans"
        lines.append(f"{place}: {one['msg']}")
    return lines


def _conditions(condition: Json, any_of: Json) -> Json:
    """Return one object for a condition and for several of which one holds: the client writes every reference out."""
    properties: Json = {"kind": {"type": "string", "enum": ["condition", "any"]}}
    properties |= {name: body for name, body in condition["properties"].items() if name != "kind"}
    assert "conditions" in any_of["properties"]
    properties["conditions"] = {"type": "array", "items": {"type": "object"}}
    return {"type": "object", "properties": properties, "required": ["kind"]}


def _one_of(members: list[Json]) -> Json:
    """Return one object for a tagged union: a third of the tokens; the validator still knows each member apart."""
    properties: Json = {
        "kind": {"type": "string", "enum": [one["properties"]["kind"]["const"] for one in members]}
    }
    for member in members:
        properties |= {name: body for name, body in member["properties"].items() if name != "kind"}
    return {"type": "object", "properties": properties, "required": ["kind", "metric"]}


def _object(properties: Json, required: list[str]) -> Json:
    return {"type": "object", "properties": properties, "required": required}


def _list_of_texts() -> Json:
    return {"type": "array", "items": _TEXT}


def _small(node: Any, name: str) -> Any:
    """Return a schema node without titles, defaults and null branches; a tag (`kind`) is always required."""
    if isinstance(node, list):
        return [_small(part, "") for part in node if part != {"$ref": "#/$defs/Expression"}]
    if not isinstance(node, dict):
        return node
    branches = node.get("anyOf")
    if branches is not None:
        real = [part for part in branches if part != {"type": "null"}]
        if len(real) == 1:
            return _small(real[0], "")
        if {"type": "string"} in real and all(set(part) == {"type"} for part in real):
            return {}  # any scalar
    found = {}
    for key, value in node.items():
        if key in _DROPPED_KEYS and not (key == "additionalProperties" and value is True):
            continue
        found[key] = (
            {inner: _small(part, inner) for inner, part in value.items()}
            if key == "properties"
            else _small(value, "")
        )
    if isinstance(found.get("const"), str):
        found.pop("type", None)
    properties = found.get("properties", {})
    if "const" in properties.get("kind", {}) and "kind" not in found.get("required", []):
        found["required"] = ["kind", *found.get("required", [])]
    if name == "ToolPlan":
        properties["inputs"] = {"type": "object"}
    return found
