"""The logical plan: which facts are scanned, at which keys, for which aggregates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from semantic_layer.catalog import ConversionMetric, Metric, NonAdditive, SimpleMetric, Window
from semantic_layer.compiler import nodes
from semantic_layer.compiler.context import CompileContext
from semantic_layer.compiler.index import CatalogIndex
from semantic_layer.compiler.names import METRIC_TIME, Name
from semantic_layer.compiler.paths import locate
from semantic_layer.compiler.shifts import Moves
from semantic_layer.errors import QueryError
from semantic_layer.fiscal import CustomGrain
from semantic_layer.period import Grain


@dataclass(frozen=True, slots=True)
class Key:
    """One group column: its name in every CTE, and what it is."""

    column: str
    name: Name
    grain: CustomGrain | None = None  # a bucket of one of the workspace's own calendars
    asked: tuple[str, ...] = ()  # as the query spells it: it may be sorted by under these names, too

    @property
    def is_bucket(self) -> bool:
        """Return whether the key cuts a time dimension into buckets."""
        return self.name.grain is not None or self.name.custom is not None


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate column of a fact, over the rows that all its `filters` let through."""

    column: str
    metric: Metric
    spec: SimpleMetric
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A value that accumulates: over a window, since the start of a grain, or (neither) since ever."""

    window: Window | None
    since: Grain | None
    period_agg: Literal["first", "last", "average"]

    @property
    def label(self) -> str:
        """Return the words for a CTE name: `trailing_7_day`, `month_to_date`, `to_date`."""
        if self.window is not None:
            return f"trailing_{self.window.count}_{self.window.grain.value}"
        return f"{self.since.value}_to_date" if self.since is not None else "to_date"


@dataclass(frozen=True, slots=True)
class Latest:
    """Only the rows at the first or last moment of each group count; one metric per scan."""

    rule: NonAdditive
    metric: str
    filters: tuple[str, ...]

    label = "latest"


@dataclass(frozen=True, slots=True)
class Converted:
    """Events of the base model that another event of the same entity followed within a window."""

    spec: ConversionMetric
    metric: str
    filters: tuple[str, ...]

    label = "converted"


Variant = Running | Latest | Converted | None


@dataclass(frozen=True, slots=True)
class Use:
    """How a metric is asked for: at which earlier time, over which rows, accumulated or not."""

    moves: Moves = ()
    filters: tuple[str, ...] = ()
    running: Running | None = None


@dataclass(slots=True)
class Fact:
    """One scan: a model read by one of its time dimensions, at the rows of one period or bucket shift.

    `variant` is what makes the scan more than one aggregation. `on_spine`: every bucket of the period has a
    row, also one without data.
    """

    cte: str
    model: str
    time: str | None
    moves: Moves
    variant: Variant = None
    measures: dict[tuple[str, tuple[str, ...]], Measure] = field(default_factory=dict)
    on_spine: bool = False

    def common_filters(self) -> tuple[str, ...]:
        """Return the filters that every measure has: they become the scan's WHERE."""
        first, *others = (measure.filters for measure in self.measures.values())
        return tuple(sql for sql in first if all(sql in other for other in others))


@dataclass(slots=True)
class Plan:
    """The facts of a query, collected while its metrics are resolved; `keys` are the group columns of all."""

    index: CatalogIndex
    context: CompileContext
    keys: tuple[Key, ...]
    time_keys: tuple[Key, ...]  # the keys of the query that this one sums up: they choose the time dimension
    facts: dict[tuple[str, str | None, Moves, Variant], Fact] = field(default_factory=dict)
    used_names: set[str] = field(default_factory=set)
    rollups: list[str] = field(default_factory=list)  # those read in place of a fact

    def fresh(self, name: str) -> str:
        """Return `name`, or a numbered form that hides no table and no other CTE, and reserve it."""
        candidate, count = name, 2
        while candidate.casefold() in self.used_names or candidate.casefold() in self.index.taken:
            candidate, count = f"{name}_{count}", count + 1
        self.used_names.add(candidate.casefold())
        return candidate

    def measure(self, metric: Metric, spec: SimpleMetric, use: Use, variant: Variant = None) -> exp.Column:
        """Return the column that will hold a simple metric, adding fact and aggregate where they are new."""
        time = self.time_of(spec)
        at = (spec.model, time, use.moves, variant)
        fact = self.facts.get(at)
        if fact is None:
            name = self.fresh(self._cte_name(spec.model, time, use.moves, variant))
            fact = self.facts[at] = Fact(name, spec.model, time, use.moves, variant)
        fact.on_spine = fact.on_spine or spec.join_to_timespine
        key = (metric.name, use.filters)
        found = fact.measures.get(key)
        if found is None:
            taken = {measure.column for measure in fact.measures.values()} | {key.column for key in self.keys}
            column, count = metric.name, 2
            while column in taken:
                column, count = f"{metric.name}_{count}", count + 1
            found = fact.measures[key] = Measure(column, metric, spec, use.filters)
        return nodes.column(found.column, fact.cte)

    def time_of(self, spec: SimpleMetric) -> str | None:
        """Return the time dimension that dates the metric's rows.

        The metric's own, unless the query groups by exactly one other time dimension of the same model.
        """
        asked = [
            key.name.dimension.name
            for key in self.time_keys
            if key.name.dimension is not None
            and key.name.dimension.kind == "time"
            and not key.name.prefix
            and self._is_local(spec.model, key.name)
        ]
        others = dict.fromkeys(name for name in asked if name != spec.agg_time_dimension)
        if len(others) == 1 and spec.agg_time_dimension not in asked:
            return next(iter(others))
        return spec.agg_time_dimension

    def is_time_of(self, fact: Fact, key: Key) -> bool:
        """Return whether the group column is the fact's own time, cut in whatever way."""
        dimension = key.name.dimension
        return key.name.spelling == METRIC_TIME or (dimension is not None and dimension.name == fact.time)

    def bucket_key(self, fact: Fact) -> Key | None:
        """Return the group column that is the fact's own time in buckets; the finest where there are several."""
        own = [key for key in self.keys if key.name.grain is not None and self.is_time_of(fact, key)]
        return min(own, key=lambda key: key.name.grain.order if key.name.grain else 0, default=None)

    def calendar_key(self, fact: Fact) -> Key | None:
        """Return the group column that cuts the fact's own time by one of the workspace's own calendars."""
        own = (key for key in self.keys if key.name.custom is not None and self.is_time_of(fact, key))
        return next(own, None)

    def _is_local(self, model: str, name: Name) -> bool:
        try:
            return not locate(self.index, model, name).path
        except QueryError:
            return False

    def _cte_name(self, model: str, time: str | None, moves: Moves, variant: Variant) -> str:
        if moves or variant is not None:
            labels = [move.label for move in moves]
            return "_".join([model, *([variant.label] if variant is not None else []), *labels])
        named = [key.name.suffix or key.column if key.is_bucket else key.column for key in self.keys[:3]]
        same_model = any(fact.model == model and fact.time != time for fact in self.facts.values())
        by = f"{model}_by_{'_and_'.join(named)}" if named else f"{model}_total"
        return f"{by}_on_{time}" if same_model and time else by


def models_of(facts: Sequence[Fact]) -> tuple[str, ...]:
    """Return the models that are scanned, each once."""
    return tuple(dict.fromkeys(fact.model for fact in facts))
