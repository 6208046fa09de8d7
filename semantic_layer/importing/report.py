"""What an import carried over, and what it did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from semantic_layer.text import Locale, Text

LossKind = Literal["dropped", "changed", "disabled"]
_KINDS = {
    "dropped": Text(zh="未导入", en="left out"),
    "changed": Text(zh="有改动", en="changed"),
    "disabled": Text(zh="已停用", en="disabled"),
}


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is not as it was: `owner` is the metric or model, `key` the YAML key.

    dropped: it says nothing about a number here, or is a column, entity or model that cannot be read.
    changed: the same number, written or computed otherwise.
    disabled: the metric would lose a filter, window, join or additivity; it is written down but switched off.
    """

    kind: LossKind
    owner: str
    key: str
    why: Text
    file: str = ""
    line: int = 0

    def shown(self, locale: Locale) -> str:
        """Return one line for a person."""
        place = f" ({self.file}:{self.line})" if self.file else ""
        return f"{_KINDS[self.kind].at(locale)}: {self.owner} [{self.key}] {self.why.at(locale)}{place}"

    def to_json(self) -> dict[str, Any]:
        """Return the loss as plain values."""
        return {
            "kind": self.kind, "owner": self.owner, "key": self.key, "file": self.file, "line": self.line,
            "why": {"zh": self.why.zh, "en": self.why.en},
        }  # fmt: skip


@dataclass(slots=True)
class Imported:
    """The YAML of an import by file name (as plain values), its metrics, and its losses."""

    format: str
    files: dict[str, dict[str, Any]]
    metrics: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    losses: list[Loss] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "format": self.format,
            "files": sorted(self.files),
            "metrics": list(self.metrics),
            "disabled": list(self.disabled),
            "losses": [loss.to_json() for loss in self.losses],
        }

    def markdown(self) -> str:
        """Return the report as a page in both languages."""
        lines = [f"# Import: {self.format}", ""]
        lines += [f"{len(self.metrics)} metrics, {len(self.disabled)} of them disabled / 个指标,其中停用", ""]
        for loss in self.losses:
            lines += [f"- {loss.shown('en-US')}", f"  {loss.shown('zh-CN')}"]
        return "\n".join(lines) + "\n"


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping as plain dictionaries and lists (marks of file and line dropped)."""
    return {str(key): _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
