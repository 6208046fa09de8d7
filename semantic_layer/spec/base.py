"""What every section shares: the base type, and the small value types (label, words, window, filter, name)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from semantic_layer.spec.document import Marked

_OURS = "askgrowth"


def refusal(zh: str, en: str, mend_zh: str, mend_en: str) -> PydanticCustomError:
    """Return the error that fails the field being read; `problems` adds file, line and key."""
    context = {"zh": zh, "en": en, "mend_zh": mend_zh, "mend_en": mend_en}
    return PydanticCustomError(_OURS, "refused", context)


class Spec(BaseModel):
    """Base of every YAML mapping: immutable, unknown keys refused.

    `ignored` lists dbt keys that mean nothing here: they are taken out, and listed in the validation
    context for `askgrowth check`. Our own keys inside a dbt project (`config.meta.askgrowth`, or
    `meta.askgrowth`) are merged in first; a key written directly wins.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)

    ignored: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _read(cls, raw: Any, info: ValidationInfo) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        ignored = cls.ignored
        if not ignored or (ignored.isdisjoint(raw) and "config" not in raw and "meta" not in raw):
            return raw
        kept = {key: value for key, value in raw.items() if key not in ignored}
        if info.context is not None:
            info.context["ignored"].extend(
                (raw, key) for key in raw if key in ignored and _is_foreign(raw, key)
            )
        for key, value in our_keys(raw).items():
            kept.setdefault(key, value)
        return kept


def our_keys(raw: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return what stands under `config.meta.askgrowth` or `meta.askgrowth`; empty where nothing does."""
    config = raw.get("config")
    for holder in (config if isinstance(config, Mapping) else {}, raw):
        meta = holder.get("meta")
        if isinstance(meta, Mapping) and isinstance(meta.get(_OURS), Mapping):
            found: Mapping[Any, Any] = meta[_OURS]
            return found
    return {}


def _is_foreign(raw: Mapping[Any, Any], key: str) -> bool:
    """Return whether an ignored key holds more than our own keys."""
    value = raw[key]
    if not isinstance(value, Mapping) or key not in {"config", "meta"}:
        return True
    inner = value.get("meta", {}) if key == "config" else value
    only_ours = isinstance(inner, Mapping) and set(inner) <= {_OURS}
    return not (only_ours and set(value) <= ({"meta", "enabled"} if key == "config" else {_OURS}))


def is_enabled(raw: Mapping[Any, Any]) -> bool:
    """Return False where dbt's `config: {enabled: false}` turns a thing off."""
    config = raw.get("config")
    return not (isinstance(config, Mapping) and config.get("enabled") is False)


def marked_line(raw: object, *keys: str | int) -> int | None:
    """Return the line of the deepest of `keys` that is written in `raw`, following our dbt place too."""
    line = getattr(raw, "line", None)
    at: Any = raw
    for key in keys:
        if isinstance(at, Marked):
            holder: Any = at if key in at else our_keys(at)
            if not isinstance(holder, Marked) or key not in holder:
                break
            line, at = holder.line_of(key), holder[key]
        elif isinstance(at, list) and isinstance(key, int) and key < len(at):
            line = at.lines[key] if hasattr(at, "lines") else line
            at = at[key]
        else:
            break
    return line
