"""What is wrong, collected and said to a person: pydantic's findings become errors with file, line, key and mend."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from semantic_layer.errors import SpecError, nearest
from semantic_layer.spec.base import Spec, marked_line
from semantic_layer.spec.document import Marked
from semantic_layer.text import Text

S = TypeVar("S", bound=Spec)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A dbt key that means nothing here."""

    file: str
    line: int
    key: str


@dataclass(slots=True)
class Problems:
    """Everything found so far, in the order of finding; `sorted_errors` puts it in reading order."""

    errors: list[SpecError] = field(default_factory=list)
    warnings: list[SpecError] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)

    def sorted_errors(self) -> tuple[SpecError, ...]:
        """Return the errors by file and line."""
        return tuple(sorted(self.errors, key=place_order))

    def add(
        self, raw: object, keys: Sequence[str | int], message: Text, mend: Text, *, code: str | None = None
    ) -> None:
        """Record an error at a key of a marked value."""
        self.errors.append(self.made(raw, keys, message, mend, code))

    def warn(
        self, raw: object, keys: Sequence[str | int], message: Text, mend: Text, *, code: str | None = None
    ) -> None:
        """Record something that works but may not be meant."""
        self.warnings.append(self.made(raw, keys, message, mend, code))

    @staticmethod
    def made(
        raw: object, keys: Sequence[str | int], message: Text, mend: Text, code: str | None = None
    ) -> SpecError:
        """Return an error at a key of a marked value."""
        named = [key for key in keys if isinstance(key, str)]
        return SpecError(
            message,
            mend,
            file=getattr(raw, "file", "?"),
            line=marked_line(raw, *keys),
            key=named[-1] if named else None,
            code=code,
        )

    def unknown(
        self, raw: object, keys: Sequence[str | int], kind: Text, name: str, known: Sequence[str]
    ) -> None:
        """Record a reference to something that does not exist, with the nearest names."""
        self.add(
            raw,
            keys,
            Text(zh=f"没有名为 {name!r} 的{kind.zh}。", en=f"There is no {kind.en} named {name!r}."),
            near(name, known),
            code="unknown_name",
        )

    def read(self, kind: type[S], raw: object) -> S | None:
        """Return a raw mapping as its type, or None after recording everything wrong with it."""
        found: list[tuple[Marked, str]] = []
        try:
            spec = kind.model_validate(raw, context={"ignored": found})
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self.errors.append(_translated(kind, raw, detail))
            return None
        self.ignored.extend(
            Ignored(at.file, at.line_of(key), key) for at, key in found if hasattr(at, "lines")
        )
        return spec


def place_order(error: SpecError) -> tuple[str, int, str]:
    """Return the reading order of an error: file, line, key."""
    return (error.file, error.line or 0, error.key or "")


def near(name: str, known: Sequence[str]) -> Text:
    """Return the mend for an unknown name: the nearest ones, else what exists."""
    close = nearest(name, known)
    if close:
        return Text(zh=f"最接近的有:{'、'.join(close)}。", en=f"Nearest: {', '.join(close)}.")
    if not known:
        return Text(zh="目前一个也没有声明。", en="None is declared.")
    every = sorted(set(known))
    some = every[:8]
    more = "…" if len(every) > len(some) else ""
    return Text(zh=f"现有:{'、'.join(some)}{more}。", en=f"There are: {', '.join(some)}{more}.")


def _translated(kind: type[Spec], raw: object, detail: ErrorDetails) -> SpecError:
    keys = tuple(part for part in detail["loc"] if part != "[key]")
    code = detail["type"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    if code == "askgrowth":
        message, mend = Text(context["zh"], context["en"]), Text(context["mend_zh"], context["mend_en"])
    elif code == "extra_forbidden":
        message, mend = _unknown_key(kind, keys)
        code = "unknown_key"
    elif code == "missing":
        key = keys[-1]
        message = Text(zh=f"缺少 {key}。", en=f"{key} is missing.")
        mend = Text(zh=f"加上 {key}: …。", en=f"Add {key}: ….")
        code = "missing_key"
        return Problems.made(raw, keys, message, mend, code)
    else:
        message, mend = _wrong_value(code, detail.get("input"), context)
        code = "wrong_value"
    return Problems.made(raw, keys, message, mend, "invalid_value" if code == "askgrowth" else code)


def _unknown_key(kind: type[Spec], keys: tuple[str | int, ...]) -> tuple[Text, Text]:
    key = str(keys[-1])
    owner = _type_at(kind, keys[:-1])
    known = sorted(owner.model_fields) if owner is not None else []
    message = Text(zh=f"不认识的键 {key!r}。", en=f"The key {key!r} is not known here.")
    if not nearest(key, known) and (above := _owner_above(kind, keys)):
        place = keys[-2] if isinstance(keys[-2], str) else keys[-3]
        return message, Text(
            zh=f"{key} 应写在上一层({above}),不在 {place} 里面。",
            en=f"{key} belongs one level up (to {above}), not inside {place}.",
        )
    return message, near(key, known)


def _owner_above(kind: type[Spec], keys: tuple[str | int, ...]) -> str | None:
    """Return what the misplaced key belongs to, where an enclosing mapping has a key of that name."""
    if len(keys) < 2:
        return None
    for cut in range(len(keys) - 2, -1, -1):
        owner = _type_at(kind, keys[:cut])
        if owner is not None and str(keys[-1]) in owner.model_fields:
            return owner.__name__.removesuffix("Spec").lower()
    return None


def _type_at(kind: type[BaseModel], keys: Sequence[str | int]) -> type[BaseModel] | None:
    """Return the type that holds the value at `keys` inside a `kind`."""
    at: Any = kind
    for key in keys:
        if isinstance(at, type) and issubclass(at, BaseModel):
            if key not in at.model_fields:
                return None
            at = at.model_fields[str(key)].annotation
        else:
            at = _element(at)
        at = _plain(at)
    return at if isinstance(at, type) and issubclass(at, BaseModel) else None


def _plain(annotation: Any) -> Any:
    """Return an annotation without Annotated and Optional."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _plain(typing.get_args(annotation)[0])
    if origin in (types.UnionType, typing.Union):
        kept = [part for part in typing.get_args(annotation) if part is not type(None)]
        return _plain(kept[0]) if len(kept) == 1 else annotation
    return annotation


def _element(annotation: Any) -> Any:
    """Return the type of the items of a tuple, list or mapping."""
    arguments = [part for part in typing.get_args(annotation) if part is not Ellipsis]
    return _plain(arguments[-1]) if arguments else None


_KINDS: dict[str, Text] = {
    "string": Text(zh="文字", en="a text"),
    "int": Text(zh="整数", en="a whole number"),
    "float": Text(zh="数字", en="a number"),
    "bool": Text(zh="true 或 false", en="true or false"),
    "tuple": Text(zh="列表(每项以 - 开头)", en="a list (each item starts with -)"),
    "list": Text(zh="列表(每项以 - 开头)", en="a list (each item starts with -)"),
    "dict": Text(zh="映射(键: 值)", en="a mapping (key: value)"),
    "mapping": Text(zh="映射(键: 值)", en="a mapping (key: value)"),
    "model": Text(zh="映射(键: 值)", en="a mapping (key: value)"),
    "date": Text(zh="日期(如 2025-11-11)", en="a date (2025-11-11)"),
}
_LIMITS = {
    "gt": ("大于", "more than"),
    "ge": ("不小于", "at least"),
    "lt": ("小于", "less than"),
    "le": ("不大于", "at most"),
}


def _wrong_value(code: str, value: object, context: Mapping[str, Any]) -> tuple[Text, Text]:
    shown = _shown(value)
    if code in {"literal_error", "enum"}:
        allowed = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
        options = [part.strip() for part in allowed.split(",") if part.strip()]
        close = nearest(str(value), options, limit=1)
        hint = Text(zh=f"是不是 {close[0]}?", en=f"Did you mean {close[0]}? ") if close else None
        return (
            Text(zh=f"{shown} 不能用在这里。", en=f"{shown} is not allowed here."),
            Text(
                zh=f"{hint.zh if hint else ''}可用:{'、'.join(options)}。",
                en=f"{hint.en if hint else ''}Choose one of: {', '.join(options)}.",
            ),
        )
    for limit, (zh, en) in _LIMITS.items():
        if limit in context:
            bound = context[limit]
            return (
                Text(zh=f"{shown} 超出范围。", en=f"{shown} is out of range."),
                Text(zh=f"应{zh} {bound}。", en=f"It must be {en} {bound}."),
            )
    if code == "string_pattern_mismatch":
        return (
            Text(zh=f"{shown} 的写法不对。", en=f"{shown} is not written as expected."),
            Text(zh="写法见 docs/yaml.md 中这个键的说明。", en="docs/yaml.md shows how this key is written."),
        )
    if code in {"too_short", "string_too_short"}:
        least = context.get("min_length", 1)
        return (
            Text(zh="内容太少。", en="There is too little here."),
            Text(zh=f"至少要有 {least} 项。", en=f"At least {least} is needed."),
        )
    expected = _KINDS.get(code.split("_", maxsplit=1)[0], Text(zh="别的类型", en="another type of value"))
    return (
        Text(
            zh=f"{shown} 的类型不对,这里应是{expected.zh}。",
            en=f"{shown} has the wrong type; {expected.en} is expected.",
        ),
        Text(zh=f"改成{expected.zh}。", en=f"Write {expected.en}."),
    )


def _shown(value: object) -> str:
    if value is None:
        return "(空) / (nothing)"
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, (list, tuple)):
        return "[…]"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
