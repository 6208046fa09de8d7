"""dbt's Jinja calls in filters, rewritten to the plain names of `catalog.Filter`."""

from __future__ import annotations

import ast
import re

_CALL = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class JinjaError(ValueError):
    """A Jinja expression that is none of Dimension, TimeDimension, Entity or Metric; `part` is its text."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def plain_filter(text: str) -> str:
    """Return a filter with every `{{ … }}` replaced by a plain name.

    `{{ Dimension('customer__country') }}` is `customer__country`, `{{ TimeDimension('metric_time', 'week') }}`
    is `metric_time__week`, `{{ Entity('listing') }}` is `listing`, and `{{ Metric('bookings', group_by=['guest'])
    }}` is `metric('bookings', 'guest')`.

    Raises:
        JinjaError: anything else between the braces, or `{% … %}`.
    """
    if "{%" in text:
        raise JinjaError("{%")
    if "{{" not in text:
        return text
    return _CALL.sub(lambda match: _plain(match.group(1).strip()), text)


def _plain(part: str) -> str:
    try:
        tree = ast.parse(part, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise JinjaError(part) from error
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and tree.func.attr == "grain":
        inner, grain = tree.func.value, _strings(tree.args, part)
        if isinstance(inner, ast.Call) and len(grain) == 1:
            return f"{_reference(inner, part)}__{_grain(grain[0], part)}"
    if isinstance(tree, ast.Call):
        return _reference(tree, part)
    raise JinjaError(part)


def _reference(call: ast.Call, part: str) -> str:
    if not isinstance(call.func, ast.Name):
        raise JinjaError(part)
    kind = call.func.id
    arguments = _strings([value for value in call.args if not isinstance(value, ast.List)], part)
    lists = [_strings(value.elts, part) for value in call.args if isinstance(value, ast.List)]
    options = {
        word.arg: _strings(word.value.elts if isinstance(word.value, ast.List) else [word.value], part)
        for word in call.keywords
    }
    if not arguments and kind == "TimeDimension":
        arguments = [*options.get("time_dimension_name", ()), *options.get("time_granularity_name", ())]
    if not arguments:
        raise JinjaError(part)
    path = options.get("entity_path") or (lists[0] if lists and kind != "Metric" else [])
    name = "__".join([*path, arguments[0]])
    if kind in {"Dimension", "Entity"} and len(arguments) == 1:
        return name
    if kind == "TimeDimension":
        grains = arguments[1:2] or options.get("time_granularity_name", [])
        return f"{name}__{_grain(grains[0], part)}" if grains else name
    if kind == "Metric" and len(arguments) == 1:
        entities = options.get("group_by") or (lists[0] if lists else [])
        quoted = ", ".join("'" + word.replace("'", "''") + "'" for word in [arguments[0], *entities])
        return f"metric({quoted})"
    raise JinjaError(part)


def _grain(text: str, part: str) -> str:
    """Return a grain's name; whether a calendar has it is checked with the other names."""
    if not text.isidentifier() or "__" in text:
        raise JinjaError(part)
    return text.lower()


def _strings(nodes: list[ast.expr], part: str) -> list[str]:
    values: list[str] = []
    for node in nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            raise JinjaError(part)
        values.append(node.value)
    return values
