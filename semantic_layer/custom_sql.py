"""A person's own SQL over the workspace's tables: one SELECT, known tables, and only what that person may see.

Nothing is trusted to the text. Every table in the syntax tree is either a name that the statement itself
defines (WITH …) or one that a model reads, and for a user with rules the latter is replaced by a subquery that
holds their rows, without hidden columns and with masked ones empty. The engine is read-only besides.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.optimizer.scope import Scope as SqlScope
from sqlglot.optimizer.scope import traverse_scope

from semantic_layer.access import Rights
from semantic_layer.catalog import Catalog, Model, SimpleMetric
from semantic_layer.compiler import nodes
from semantic_layer.compiler.index import index_of
from semantic_layer.compiler.predicates import filter_sql
from semantic_layer.compiler.scope import Scope
from semantic_layer.errors import AccessError, QueryError, UnknownNameError
from semantic_layer.expression import DENIED_FUNCTIONS, column_names, parse_expression
from semantic_layer.lineage import leaves
from semantic_layer.rollup import ROLLUPS_SCHEMA
from semantic_layer.sources import tables_of
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer

MAX_LENGTH = 100_000
_NEVER: tuple[type[exp.Expr], ...] = (
    exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Set, exp.Pragma, exp.Use, exp.Attach, exp.Detach,
    exp.Copy, exp.Drop, exp.Alter, exp.Transaction, exp.Describe, exp.Placeholder, exp.Parameter,
    exp.SessionParameter, exp.TableSample, exp.Pivot,
)  # fmt: skip


def checked_sql(
    layer: SemanticLayer, text: str, *, user: str | None = None, today: date | None = None
) -> str:
    """Return the statement to run for a person's SQL, under that person's rights.

    The dialect is the engine's. A person without rules gets the statement as it is.

    Raises:
        QueryError: code `not_a_select`, `not_allowed`; not one SELECT, or something in it is not allowed.
        UnknownNameError: it reads a table that no model reads.
        AccessError: the user is unknown, or may not see a table at all.
    """
    rights = layer.rights(user)
    tree = _parsed(text, layer.engine.dialect)
    physical = _physical(tree)
    known = _known(layer)
    for table in physical:
        if _name(table) not in known:
            raise UnknownNameError(Text(zh="表", en="table"), _name(table), sorted(known))
    if not (rights.row_filters or rights.hidden or rights.masked):
        return text.strip().rstrip(";")
    guard = _Guard(layer, rights, layer.today(today))
    for table in physical:
        guard.replace(table)
    return tree.sql(dialect=layer.engine.dialect, pretty=True)


def _parsed(text: str, dialect: str) -> exp.Query:
    try:
        trees = sqlglot.parse(text, dialect=dialect) if len(text) <= MAX_LENGTH else []
    except (SqlglotError, RecursionError, ValueError) as error:
        raise _unreadable(error) from error
    found = [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]
    tree = found[0] if len(found) == 1 else None
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.DML):
        raise _not_a_select()
    for node in tree.walk():
        if isinstance(node, _NEVER) and not isinstance(node, exp.Query):
            raise _not_allowed(type(node).__name__.upper())
        if isinstance(node, exp.Anonymous) and str(node.this).casefold().startswith(DENIED_FUNCTIONS):
            raise _not_allowed(f"{node.this}()")
        if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier | exp.GenerateSeries):
            raise _not_allowed(node.this.sql(dialect=dialect)[:60] if node.this else "FROM")
    return tree


def _physical(tree: exp.Query) -> list[exp.Table]:
    """Return the tables of the database that the statement reads: all but references to its own WITH names."""
    own: set[int] = set()
    for scope in traverse_scope(tree):
        for node, source in scope.selected_sources.values():
            if isinstance(source, SqlScope) and isinstance(node, exp.Table):
                own.add(id(node))
    tables = tree.find_all(exp.Table)
    return [one for one in tables if id(one) not in own and not isinstance(one.this, exp.GenerateSeries)]


def _name(table: exp.Table) -> str:
    return ".".join(part.name for part in table.parts).casefold()


def _known(layer: SemanticLayer) -> set[str]:
    """Return the tables that models read; pre-aggregated ones only where nobody's rows are filtered."""
    catalog = layer.catalog
    found = {name for model in catalog.models.values() for name in _tables(model)}
    found |= {table.casefold() for table, _, _ in catalog.time_spines.values()}
    if catalog.access is None:
        found |= {f"{ROLLUPS_SCHEMA}.{name}".casefold() for name in layer.rollups()}
    return found


def _tables(model: Model) -> set[str]:
    """Return the tables that a model reads, as the database calls them, in lower case."""
    names = (model.name,) if model.source_kind == "file" else tables_of(model)
    return {name.casefold() for name in names}


class _Guard:
    """Puts one user's rights into a tree."""

    def __init__(self, layer: SemanticLayer, rights: Rights, today: date) -> None:
        self._layer, self._rights = layer, rights
        self._index = index_of(layer.catalog)
        self._context = layer.compile_context(today, rights)

    def replace(self, table: exp.Table) -> None:
        """Put the user's rows of a table in its place, under the name that the statement knows it by."""
        model, conditions, source, hidden, masked = self._rows(_name(table))
        if not conditions and not hidden and not masked:
            return
        if self._layer.engine.dialect != "duckdb" and (hidden or masked):
            raise _may_not(table.name)
        alias = table.alias_or_name
        columns = exp.Column(
            this=exp.Star(
                except_=[nodes.ident(name) for name in sorted(hidden)] or None,
                # NULLIF of a column with itself is null and keeps the column's type.
                replace=[
                    nodes.aliased(
                        exp.Nullif(this=nodes.column(name, model), expression=nodes.column(name, model)), name
                    )
                    for name in sorted(masked - hidden)
                ]
                or None,
            ),
            table=nodes.ident(model),
        )
        source.set("expressions", [columns])
        where = nodes.conjunction(conditions)
        if where is not None:
            source.set("where", exp.Where(this=where))
        table.replace(exp.Subquery(this=source, alias=exp.TableAlias(this=nodes.ident(alias))))

    def _rows(self, name: str) -> tuple[str, list[exp.Expr], exp.Select, set[str], set[str]]:
        """Return model, row conditions, SELECT to complete, hidden and masked columns of a table.

        Raises:
            AccessError: the table is read by a model with rules through SQL of its own, so that the rules
                cannot be put on the bare table.
        """
        catalog = self._layer.catalog
        models = [model for model in catalog.models.values() if name in _tables(model)]
        direct = [model for model in models if model.source_kind != "sql"]
        for model in models:
            indirect = model.source_kind == "sql"
            if indirect and (self._rights.row_filters.get(model.name) or self._columns(model.name)[0]):
                raise _may_not(name)
        if not direct:
            return name, [], exp.Select(), set(), set()
        filtered = [model for model in direct if self._rights.row_filters.get(model.name)]
        if len(filtered) > 1:
            raise _may_not(name)
        main = (filtered or direct)[0]
        scope = Scope(self._index, self._context, main.name, main.agg_time_dimension)
        conditions = [filter_sql(scope, sql) for sql in self._rights.row_filters.get(main.name, ())]
        hidden: set[str] = set()
        masked: set[str] = set()
        for model in direct:
            secret, empty = self._columns(model.name)
            hidden |= secret
            masked |= empty
        # The columns that the user's own rule reads hold nothing else for them than what the rule says.
        ruled = {node.name for one in conditions for node in one.find_all(exp.Column)}
        select = exp.Select(from_=scope.source(), joins=scope.joins)
        return main.name, conditions, select, hidden - ruled, masked

    def _columns(self, model: str) -> tuple[set[str], set[str]]:
        """Return the columns of a model that do not exist for the user, and those that are empty for them."""
        catalog, rights = self._layer.catalog, self._rights
        seen: set[str] = set()
        hidden: set[str] = set()
        masked: set[str] = set()
        for dimension in catalog.dimensions.values():
            for binding in dimension.bindings:
                if binding.model == model:
                    into = seen
                    into = hidden if dimension.name in rights.hidden else into
                    into = masked if dimension.name in rights.masked else into
                    into.update(_columns_of(binding.expr))
        for metric in catalog.metrics.values():
            if isinstance(metric.type, SimpleMetric) and metric.type.model == model:
                (hidden if metric.name in _hidden_leaves(catalog, rights) else seen).update(
                    _columns_of(metric.type.expr)
                )
        return hidden - (seen - masked), masked


def _hidden_leaves(catalog: Catalog, rights: Rights) -> set[str]:
    """Return the simple metrics that only hidden metrics are made of."""
    visible = {
        leaf
        for name in catalog.metrics
        if name not in rights.hidden
        for leaf in leaves(name, catalog.metrics)
    }
    secret = {leaf for name in rights.hidden & set(catalog.metrics) for leaf in leaves(name, catalog.metrics)}
    return secret - visible


def _columns_of(sql: str) -> Iterable[str]:
    if sql.replace("_", "a").isalnum() and not sql[0].isdigit():
        return (sql,)
    return column_names(parse_expression(sql))


def _not_a_select(why: str = "") -> QueryError:
    return QueryError(
        Text(
            zh=f"这里只能运行一条 SELECT 语句。{why}".rstrip(),
            en=f"Only one SELECT statement can be run here. {why}".rstrip(),
        ),
        Text(zh="去掉其他语句,检查语法。", en="Leave out everything else and check the syntax."),
        code="not_a_select",
    )


def _unreadable(error: Exception) -> QueryError:
    """Return what cannot be parsed, with the place and the word where reading stopped."""
    first = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    line, word = first.get("line"), first.get("highlight")
    zh = f"第 {line} 行的“{word}”附近有语法错误。" if line and word else "SQL 有语法错误,读不懂。"
    en = f"Syntax error near “{word}” in line {line}." if line and word else "This SQL cannot be parsed."
    return QueryError(
        Text(zh=zh, en=en),
        Text(zh="改好后再运行;只能写一条 SELECT。", en="Mend it and run again; one SELECT statement only."),
        code="not_a_select",
    )


def _not_allowed(what: str) -> QueryError:
    return QueryError(
        Text(zh=f"语句里有不允许的内容:{what}。", en=f"The statement holds what is not allowed: {what}."),
        Text(
            zh="只读取工作区的表,不用读文件、改设置之类的函数。",
            en="Read tables of the workspace only; no functions that read files or settings.",
        ),
        code="not_allowed",
    )


def _may_not(table: str) -> AccessError:
    return AccessError(
        Text(zh=f"没有权限直接读取表 {table}。", en=f"You may not read the table {table} directly."),
        Text(zh="改用指标查询,或请管理员放开。", en="Ask through metrics, or ask the administrator."),
    )
