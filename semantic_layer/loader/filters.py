"""Filters as written (Jinja, local names) into filters in the catalog's names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from semantic_layer.catalog import Filter, Place
from semantic_layer.errors import QueryError
from semantic_layer.expression import column_names, metric_calls, parse_expression
from semantic_layer.jinja import JinjaError, plain_filter
from semantic_layer.loader.names import METRIC_TIME, Names
from semantic_layer.spec.base import marked_line
from semantic_layer.spec.problems import Problems, near
from semantic_layer.text import Text

_USER = re.compile(r"'\{\s*user\.(\w+)\s*\}'|\{\s*user\.(\w+)\s*\}")


@dataclass(slots=True)
class FilterReader:
    """Resolves filters against the names of a workspace; what does not fit is recorded in `problems`."""

    names: Names
    metrics: Sequence[str]
    broken: set[str]
    problems: Problems

    def all(
        self, filters: Iterable[str], raw: object, keys: tuple[str | int, ...], model: str | None
    ) -> tuple[Filter, ...]:
        """Return the filters that could be read."""
        found = (self.read(text, raw, keys, model) for text in filters)
        return tuple(item for item in found if item is not None)

    def read(self, text: str, raw: object, keys: tuple[str | int, ...], model: str | None) -> Filter | None:
        """Return one filter in canonical names, or None after recording why it cannot be used.

        `model` is the model whose own column names come first.
        """
        place = Place(getattr(raw, "file", "?"), marked_line(raw, *keys) or 0)
        try:
            plain = _USER.sub(
                lambda match: f"'{{user.{match.group(1) or match.group(2)}}}'", plain_filter(text)
            ).strip()
            tree = parse_expression(plain)
            renamed = {name: self._column(name, raw, keys, model) for name in column_names(tree)}
            for metric, entities in metric_calls(tree):
                self._metric(metric, entities, raw, keys)
        except JinjaError as error:
            self.problems.add(
                raw,
                keys,
                Text(
                    zh=f"不认识的 Jinja 表达式 {error.part!r}。",
                    en=f"The Jinja expression {error.part!r} is not known.",
                ),
                Text(
                    zh="可用 Dimension、TimeDimension、Entity、Metric;或直接写维度名。",
                    en="Use Dimension, TimeDimension, Entity or Metric, or plain dimension names.",
                ),
                code="invalid_expression",
            )
            return None
        except QueryError as error:
            self.problems.add(raw, keys, error.message, error.mend, code="invalid_expression")
            return None
        if None in renamed.values():
            return None
        if all(name == new for name, new in renamed.items()):
            return Filter(plain, place)
        return Filter(_rename(tree, {name: new for name, new in renamed.items() if new is not None}), place)

    def _column(self, name: str, raw: object, keys: tuple[str | int, ...], model: str | None) -> str | None:
        local = self.names.local.get(model or "", {})
        if name == METRIC_TIME or (name in local and local[name] == name):
            return name
        if name in local:
            return local[name]
        if self.names.resolve(name) is not None:
            # as written: an entity in front of the column says which way to join (listing__user__country)
            return self.names.spellings[name] if "." in name else name
        timed = self.names.resolve_time(name, model)
        if timed is not None:
            head = name.rpartition("__")[0]
            return f"{local.get(head, head)}__{timed[1]}"
        if name in self.broken or name.rpartition("__")[2] in self.broken:
            return None
        self.problems.add(
            raw,
            keys,
            Text(zh=f"条件里的 {name!r} 不是维度。", en=f"{name!r} in the condition is not a dimension."),
            self._mend(name, model),
            code="unknown_name",
        )
        return None

    def _mend(self, name: str, model: str | None) -> Text:
        same = sorted(s for s in self.names.spellings if s.rpartition("__")[2] == name and "." not in s)
        if same:
            return Text(zh=f"请写明是哪一个:{'、'.join(same)}。", en=f"Say which one: {', '.join(same)}.")
        if model is not None and name in self.names.models[model].columns:
            return Text(
                zh="这一列没有声明为维度;给它加上 dimension: categorical。",
                en="The column is not declared as a dimension; add dimension: categorical to it.",
            )
        return near(name, self.names.known(model))

    def _metric(self, name: str, entities: tuple[str, ...], raw: object, keys: tuple[str | int, ...]) -> None:
        if name not in self.metrics and name not in self.broken:
            self.problems.unknown(raw, keys, Text(zh="指标", en="metric"), name, self.metrics)
        known = sorted({entity.name for model in self.names.models.values() for entity in model.entities})
        for entity in entities:
            if entity.rpartition("__")[2] not in known and entity not in self.broken:
                self.problems.unknown(raw, keys, Text(zh="实体", en="entity"), entity, known)


def _rename(tree: object, renamed: dict[str, str]) -> str:
    from sqlglot import exp

    assert isinstance(tree, exp.Expression)
    for column in list(tree.find_all(exp.Column)):
        written = ".".join(part.name for part in column.parts)
        new = renamed.get(written, written)
        if new != written:
            column.replace(exp.column(new))
    if isinstance(tree, exp.Column):  # the whole filter is one column: replace() cannot swap the root
        return exp.column(renamed[".".join(part.name for part in tree.parts)]).sql(dialect="duckdb")
    return tree.sql(dialect="duckdb")
