"""What servers and small models get wrong in a reply, mended where the meaning is beyond doubt.

A text that was cut off is never completed: a plan without its last filter would be a wrong number.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.planners.llm.schema import FINAL_TOOLS, TOOLS

THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```(?:[a-zA-Z]+)?\s*(.*?)```", re.DOTALL)
_CALL_TAG = re.compile(r"</?(?:tool_call|function_call|tools?)>", re.IGNORECASE)
_TAGGED = re.compile(
    r"<(?:tool_call|function_call)>(.*?)(?:</(?:tool_call|function_call)>|\Z)", re.DOTALL | re.IGNORECASE
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_LONGEST = 40_000


@dataclass(frozen=True, slots=True)
class Call:
    """One readable tool call; `arguments` are not checked yet."""

    name: str
    arguments: Mapping[str, Any]


def read_json(text: str) -> Any:
    """Return the value that a sloppy JSON text means; None where it is cut off or not readable.

    Mended: code fences, text around it, trailing commas, Python literals, a JSON text inside a JSON text.
    """
    if len(text) > _LONGEST:
        return None
    fenced = _FENCE.search(text)
    body = (fenced[1] if fenced else text).strip()
    for candidate in (body, _outermost(body)):
        if candidate is None:
            continue
        for attempt in (candidate, _TRAILING_COMMA.sub(r"\1", candidate)):
            value = _parsed(attempt)
            if isinstance(value, str) and value.strip()[:1] in ("{", "["):
                value = read_json(value)
            if value is not None:
                return value
    return None


def read_arguments(raw: Any) -> dict[str, Any] | None:
    """Return a call's arguments as an object; None where they cannot be read."""
    value = read_json(raw) if isinstance(raw, str) else raw
    return value if isinstance(value, dict) else None


def tool_name(name: str | None) -> str | None:
    """Return the tool that a slightly wrong name means (`proposePlan`, `functions.refuse`), None where none is near."""
    if not name:
        return None
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.rpartition(".")[2]).lower().replace("-", "_").strip()
    close = difflib.get_close_matches(plain, TOOLS, n=1, cutoff=0.75)
    return close[0] if close else None


def calls_in_text(text: str) -> list[Call]:
    """Return the tool calls that a server without tools, or a model that forgot them, wrote as text.

    Several stand in tags of their own (Hermes, Qwen); one that is cut off makes all of them unreadable.
    """
    said = THINKING.sub(" ", text)
    tagged = [part[1] for part in _TAGGED.finditer(said)]
    found = [_call_of(read_json(part)) for part in tagged]
    if len(tagged) > 1:
        return [call for call in found if call is not None] if all(found) else []
    body = _CALL_TAG.sub(" ", said).strip()
    call = _call_of(read_json(body)) if "{" in body or "[" in body else None
    return [call] if call is not None else []


def merged(calls: list[Call]) -> list[Call] | None:
    """Return calls with all proposals as one; None where the endings contradict each other."""
    finals = [call for call in calls if call.name in FINAL_TOOLS]
    if len(finals) < 2:
        return calls
    if any(call.name != "propose_plan" for call in finals):
        return None
    plans: list[Any] = []
    readings: list[Any] = []
    for call in finals:
        plans += [plan for plan in _listed(call.arguments.get("plans")) if plan not in plans]
        readings += _listed(call.arguments.get("readings"))
    return [Call("propose_plan", {"plans": plans, "readings": readings})]


def normalised_arguments(call: Call) -> Call:
    """Return the call with its plans where they belong: `plan`, a bare plan and plans as text are understood."""
    if call.name not in ("propose_plan", "ask_back"):
        return call
    arguments = dict(call.arguments)
    if "plans" not in arguments and "plan" in arguments:
        arguments["plans"] = arguments.pop("plan")
    if "plans" not in arguments and "kind" in arguments:
        readings = arguments.pop("readings", [])
        arguments = {"plans": [arguments], "readings": readings}
    for key in ("plans", "readings"):
        if isinstance(arguments.get(key), str):
            arguments[key] = read_json(arguments[key])
        if key in arguments:
            arguments[key] = _listed(arguments[key])
    return Call(call.name, arguments)


def _call_of(value: Any) -> Call | None:
    if isinstance(value, list):
        if value and all(isinstance(part, dict) and "kind" in part for part in value):
            return _plans_call({"plans": value})
        return _call_of(value[0]) if len(value) == 1 else None
    if not isinstance(value, dict):
        return None
    function = value.get("function")
    inner = function if isinstance(function, dict) else value
    name = tool_name(inner.get("name")) if isinstance(inner.get("name"), str) else None
    if name is not None and "kind" not in inner:
        arguments = read_arguments(inner.get("arguments", inner.get("parameters", {})))
        return Call(name, arguments) if arguments is not None else None
    if "plans" in value or "plan" in value or value.get("kind") in ("metric", "tool", "metadata"):
        return _plans_call(value)
    if value.get("kind") == "refuse" or (set(value) <= {"reason", "missing"} and "reason" in value):
        return Call("refuse", {key: value[key] for key in ("reason", "missing") if key in value})
    return None


def _plans_call(value: dict[str, Any]) -> Call:
    return normalised_arguments(Call("propose_plan", value))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if text[:1] not in ("{", "["):
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _outermost(text: str) -> str | None:
    """Return the text from the first opening bracket to its partner; None where it never closes."""
    start = next((at for at, character in enumerate(text) if character in "{["), None)
    if start is None:
        return None
    depth, quoted, escaped = 0, False, False
    for at in range(start, len(text)):
        character = text[at]
        if quoted:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
        elif character == '"':
            quoted = True
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
            if depth == 0:
                return text[start : at + 1]
    return None
