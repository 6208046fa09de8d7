"""The FROM side of one fact scan: the model, the joins its columns need, and names turned into SQL."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlglot import exp

from semantic_layer.catalog import Binding, DimensionKind, Model
from semantic_layer.compiler import nodes
from semantic_layer.compiler.buckets import Calendar, date_part, truncated
from semantic_layer.compiler.calendars import calendar_bucket, calendar_join
from semantic_layer.compiler.context import CompileContext
from semantic_layer.compiler.index import CatalogIndex
from semantic_layer.compiler.names import METRIC_TIME, Name, resolve_name
from semantic_layer.compiler.paths import Located, Path, locate
from semantic_layer.errors import AccessError, QueryError
from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Value:
    """A named dimension as SQL inside a scan."""

    sql: exp.Expr
    kind: DimensionKind


@dataclass(slots=True)
class Scope:
    """Collects the joins of one scan while its columns are asked for. `time` is the scan's time dimension.

    `shown_time`: the time that conditions mean, where rows are shown under another one than their own.
    """

    index: CatalogIndex
    context: CompileContext
    model: str
    time: str | None
    aliases: dict[Path, str] = field(default_factory=dict)
    joins: list[exp.Join] = field(default_factory=list)
    metric_joins: set[str] = field(default_factory=set)
    calendars: dict[tuple[Located, str], str] = field(default_factory=dict)
    shown_time: exp.Expr | None = None

    def __post_init__(self) -> None:
        self.aliases[()] = self.model

    @property
    def calendar(self) -> Calendar:
        """Return the workspace's calendar."""
        catalog = self.index.catalog
        return Calendar(catalog.week_start, catalog.fiscal_year_start)

    def named(self, spelling: str) -> Value:
        """Return a dimension that the YAML names, by any spelling: hiding and masking are for users only."""
        return self._value(resolve_name(self.index, spelling))

    def tested(self, spelling: str) -> Value:
        """Return a dimension that a filter of the YAML tests: the scan's time as it is shown."""
        return self._shown(resolve_name(self.index, spelling))

    def own_time(self) -> exp.Expr:
        """Return the time of the scan's rows."""
        return self._value(Name(METRIC_TIME)).sql

    def is_own_time(self, name: Name) -> bool:
        """Return whether the name is the scan's time, whole or cut to a grain or a part."""
        if name.dimension is None:
            return name.spelling == METRIC_TIME
        return name.dimension.name == self.time and not name.prefix

    def asked(self, name: Name) -> Value:
        """Return a dimension to show to the user: masked ones as null."""
        if self._is_masked(name):
            return Value(exp.Null(), self.located(name).kind)
        return self._value(name)

    def filtered(self, spelling: str) -> Value:
        """Return a dimension that the user filters by.

        Raises:
            AccessError: it is masked: a filter would tell its values.
        """
        name = resolve_name(self.index, spelling, self.context.hidden)
        if self._is_masked(name):
            raise AccessError(
                Text(zh=f"没有权限按 {spelling} 筛选。", en=f"You may not filter by {spelling}."),
                Text(zh="去掉这个条件。", en="Leave this condition out."),
            )
        return self._shown(name)

    def _is_masked(self, name: Name) -> bool:
        return name.dimension is not None and name.dimension.name in self.context.masked

    def _shown(self, name: Name) -> Value:
        if self.shown_time is None or not self.is_own_time(name):
            return self._value(name)
        return self._cut(name, self.located(name), self.shown_time.copy())

    def _value(self, name: Name) -> Value:
        """Return the dimension's SQL, cut to the name's grain or part; joins are added as needed."""
        located = self.located(name)
        return self._cut(name, located, self.raw(located))

    def _cut(self, name: Name, located: Located, sql: exp.Expr) -> Value:
        if name.part is not None:
            return Value(date_part(sql, name.part), "number")
        if name.custom is not None:
            return self._in_calendar(name, located, sql)
        if name.grain is not None:
            self.require_grain(name, located)
            return Value(truncated(sql, name.grain, self.calendar), "time")
        return Value(sql, located.kind)

    def _in_calendar(self, name: Name, located: Located, sql: exp.Expr) -> Value:
        """Return the bucket of one of the workspace's own calendars, which is joined once per time column."""
        grain = self.index.catalog.custom_grains[name.custom or ""]
        if located.grain is not None and located.grain.order > grain.base.order:
            self.require_grain(replace(name, grain=grain.base), located)
        source = grain.model or grain.name
        at = (located, source if self.shown_time is None else f"{source} shown")
        if at not in self.calendars:
            taken = set(self.calendars.values()) | set(self.aliases.values())
            alias = source if source not in taken else f"{source}_{len(taken)}"
            self.joins.append(calendar_join(self.index, self.context, grain, alias, sql))
            self.calendars[at] = alias
        kind: DimensionKind = "time" if grain.rule is not None else "categorical"
        return Value(calendar_bucket(grain, self.calendars[at], self.context.today), kind)

    def located(self, name: Name) -> Located:
        """Return where the name lives as seen from this scan's model."""
        if name.spelling != METRIC_TIME:
            return locate(self.index, self.model, name)
        if self.time is None:
            raise without_time(self.index.catalog.models[self.model])
        return locate(self.index, self.model, Name(self.time, self.index.dimension(self.time)))

    def require_grain(self, name: Name, located: Located) -> None:
        """Raise where a grain finer than the column's own is asked."""
        if located.grain is not None and name.grain is not None and name.grain.order < located.grain.order:
            raise QueryError(
                Text(
                    zh=f"{name.spelling} 的最细粒度是 {located.grain.value},不能按 {name.grain.value} 查看。",
                    en=f"{name.spelling} is kept by {located.grain.value}, not by {name.grain.value}.",
                ),
                Text(
                    zh=f"请用 {located.grain.value} 或更粗的粒度。",
                    en=f"Use {located.grain.value} or a coarser grain.",
                ),
                code="grain_too_fine",
            )

    def raw(self, located: Located) -> exp.Expr:
        """Return a located column as SQL over the alias of its model."""
        made = nodes.model_expression(located.expr, self._alias(located.path), self.context.today)
        return nodes.moment(made) if located.kind == "time" else made

    def own(self, sql: str) -> exp.Expr:
        """Return an expression over the scanned model's own columns."""
        return nodes.model_expression(sql, self.model, self.context.today)

    def source(self) -> exp.From:
        """Return FROM with the scanned model; its row filters are conditions, see `row_filter`."""
        return exp.From(this=relation(self.index.catalog.models[self.model], self.model))

    def metric_column(self, metric: str, entities: tuple[str, ...]) -> exp.Expr:
        """Return a metric of the row's entities, from all data through today, joined once.

        An entity without any row of the metric has null there.
        """
        from semantic_layer.compiler.filters import metric_per_entity

        alias = "_".join([metric, "per", *entities])
        if alias not in self.metric_joins:
            keys, query = metric_per_entity(self.index, self.context, metric, entities)
            tests: list[exp.Expr] = [
                exp.EQ(this=self.named(entity).sql, expression=nodes.column(key, alias))
                for entity, key in zip(entities, keys, strict=True)
            ]
            source = exp.Subquery(this=query, alias=exp.TableAlias(this=nodes.ident(alias)))
            self.joins.append(exp.Join(this=source, side="LEFT", on=nodes.conjunction(tests)))
            self.metric_joins.add(alias)
        return nodes.column(metric, alias)

    def _alias(self, path: Path) -> str:
        """Return the alias of the model at the end of `path`, joining it first where that is not done yet."""
        if path in self.aliases:
            return self.aliases[path]
        parent = self._alias(path[:-1])
        hop = path[-1]
        model = self.index.catalog.models[hop.model]
        alias = self._fresh(hop.model, "_".join([*(hop.entity for hop in path), hop.model]))
        before = path[-2].model if len(path) > 1 else self.model
        left = self.index.entities[before][hop.entity]
        right = self.index.entities[hop.model][hop.entity]
        same: exp.Expr = exp.EQ(
            this=nodes.model_expression(left.expr, parent, self.context.today),
            expression=nodes.model_expression(right.expr, alias, self.context.today),
        )
        valid = self._valid(model, alias) if right.type == "natural" else []
        condition = nodes.conjunction([same, *self._same_partition(path, alias), *valid])
        self.joins.append(exp.Join(this=self._joined(model, alias), side="LEFT", on=condition))
        self.aliases[path] = alias
        return alias

    def _same_partition(self, path: Path, alias: str) -> list[exp.Expr]:
        """Return the tests that a joined row lies in the same partition as the rows it is joined to.

        Partition columns pair up by name with the nearest model on the way that has one, as in MetricFlow; those of
        times at the coarser of their grains.
        """
        tests: list[exp.Expr] = []
        for name, binding in self.index.partitions.get(path[-1].model, {}).items():
            for steps in range(len(path) - 1, -1, -1):
                model = path[steps - 1].model if steps else self.model
                other = self.index.partitions.get(model, {}).get(name)
                if other is not None:
                    tests.append(self._equal_partitions(other, self.aliases[path[:steps]], binding, alias))
                    break
        return tests

    def _equal_partitions(self, left: Binding, parent: str, right: Binding, alias: str) -> exp.Expr:
        pair = ((left, parent), (right, alias))
        sides = [nodes.model_expression(binding.expr, at, self.context.today) for binding, at in pair]
        if left.grain is not None and right.grain is not None:
            grain = max(left.grain, right.grain, key=lambda each: each.order)
            sides = [truncated(side, grain, self.calendar) for side in sides]
        return exp.EQ(this=sides[0], expression=sides[1])

    def _valid(self, model: Model, alias: str) -> list[exp.Expr]:
        """Return the tests that a row of a history table was valid at the scanned row's own time.

        The start counts, the end does not; a row without an end is still valid.
        """
        start, end = (self.index.validity.get((model.name, edge)) for edge in ("start", "end"))
        if start is None or end is None:
            raise no_validity(model)
        if self.time is None:
            raise without_time(self.index.catalog.models[self.model])
        time = self.own_time()
        since, until = (
            nodes.moment(nodes.model_expression(edge, alias, self.context.today)) for edge in (start, end)
        )
        ended = exp.LT(this=time.copy(), expression=until)
        is_open = exp.Is(this=until.copy(), expression=exp.Null())
        return [exp.GTE(this=time, expression=since), nodes.disjunction([ended, is_open])]

    def _joined(self, model: Model, alias: str) -> exp.Expr:
        """Return a joined model; rows the user may not see are left out before the join, so they show as null."""
        filters = self.context.row_filters.get(model.name, ())
        if not filters:
            return relation(model, alias)
        inner = Scope(self.index, self.context, model.name, model.agg_time_dimension)
        return exp.Subquery(this=inner.visible_rows(), alias=exp.TableAlias(this=nodes.ident(alias)))

    def visible_rows(self) -> exp.Select:
        """Return the model's rows that its row filters let through."""
        from semantic_layer.compiler.predicates import filter_sql

        conditions = [filter_sql(self, sql) for sql in self.context.row_filters.get(self.model, ())]
        star = exp.Column(this=exp.Star(), table=nodes.ident(self.model))
        select = exp.Select(expressions=[star], from_=self.source(), joins=self.joins)
        where = nodes.conjunction(conditions)
        if where is not None:
            select.set("where", exp.Where(this=where))
        return select

    def _fresh(self, *candidates: str) -> str:
        used = set(self.aliases.values())
        for candidate in candidates:
            if candidate not in used:
                return candidate
        return f"{candidates[-1]}_{len(used)}"


def relation(model: Model, alias: str) -> exp.Expr:
    """Return a model as something to read from: its table, or its SELECT in brackets."""
    if model.source_kind == "sql":
        return exp.Subquery(
            this=source_query(model.source).copy(), alias=exp.TableAlias(this=nodes.ident(alias))
        )
    name = model.name if model.source_kind == "file" else model.source
    return nodes.table(name, alias if name != alias else None)


def source_query(sql: str) -> exp.Expr:
    """Return a model's SELECT as a tree, parsed once."""
    from semantic_layer.compiler.sources import parse_source

    return parse_source(sql)


def without_time(model: Model) -> QueryError:
    """Return the error of asking for time where a model has none."""
    return QueryError(
        Text(
            zh=f"{model.label.zh}没有时间维度,不能按时间筛选或分组。",
            en=f"{model.label.en} has no time dimension: it cannot be limited or grouped by time.",
        ),
        Text(
            zh="去掉时间条件,或在 YAML 中给它加上 agg_time_dimension。",
            en="Leave the time out, or give it an agg_time_dimension in the YAML.",
        ),
        code="no_time_dimension",
    )


def no_validity(model: Model) -> QueryError:
    """Return the error of joining a history table that does not say when its rows are valid."""
    return QueryError(
        Text(
            zh=f"历史表 {model.name} 没有写明每行的有效期,无法关联。",
            en=f"The history table {model.name} does not say when its rows are valid: it cannot be joined.",
        ),
        Text(
            zh="给起止两个时间列加上 validity_params(is_start: true 和 is_end: true)。",
            en="Give its two time columns validity_params: is_start: true and is_end: true.",
        ),
        code="no_validity",
    )


def not_yet(what: Text) -> QueryError:
    """Return the error of something the compiler does not compute yet: never a wrong number instead."""
    return QueryError(
        Text(zh=f"暂不支持:{what.zh}。", en=f"Not supported yet: {what.en}."),
        Text(zh="请换一种问法,或去掉这一部分。", en="Ask in another way, or leave this part out."),
        code="not_supported",
    )
