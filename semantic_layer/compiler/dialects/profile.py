"""A profile: a table from kinds of nodes to what stands there instead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from semantic_layer.compiler.nodes import MOMENT

# Words that no database in question takes as a bare name everywhere; a plain name in quotes is the same name.
RESERVED = frozenset(
    """
    all alter analyse analyze and anti any array as asc asymmetric at authorization between binary both by case cast
    check collate column constraint create cross current current_date current_role current_time current_timestamp
    current_user database default deferrable delete desc describe distinct div do drop else end escape except exclude
    exists explain false fetch filter final first following for foreign format freeze from full function global grant
    group having if ilike in index initially inner insert intersect interval into is isnull join key lateral leading
    left like limit local localtime localtimestamp materialized minus natural not notnull null nulls of offset on only
    or order outer over overlaps overlay partition placing preceding prewhere primary range references returning right
    row rows sample select semi session_user set settings show similar some symmetric table tablesample then time
    timestamp to top totals trailing true truncate unbounded union unique unknown update user using values variadic
    verbose when where window with within
    """.split()
)

Rule = Callable[[exp.Expr], exp.Expr]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a database means otherwise than DuckDB. `identifier_bytes`: longer names would be cut, two into one."""

    name: str
    rules: Mapping[type[exp.Expr], Rule]
    identifier_bytes: int | None = None
    moment: Rule | None = None  # for the times that the data hold, see `nodes.moment`

    def related(self, name: str) -> Profile:
        """Return the same rules for a dialect that nobody has run."""
        return replace(self, name=name)

    def rewritten(self, tree: exp.Expr) -> exp.Expr:
        """Return the tree with the rules applied, children before parents; changes it in place."""
        for node in reversed(list(tree.walk())):
            if isinstance(node, exp.Identifier):
                self._name(node)
                continue
            made = node
            rule = self.rules.get(type(node))
            if rule is not None:
                made = rule(node)
                tree = _replaced(tree, node, made)
            if self.moment is not None and node.meta.get(MOMENT):
                tree = _replaced(tree, made, self.moment(made))
        return tree

    def _name(self, node: exp.Identifier) -> None:
        """Quote a name that is a word of SQL, and shorten one that the database would cut."""
        name = str(node.this)
        if name.casefold() in RESERVED:
            node.set("quoted", True)
        raw = name.encode()
        if self.identifier_bytes is not None and len(raw) > self.identifier_bytes:
            mark = hashlib.sha256(raw).hexdigest()[:8]
            node.set("this", raw[: self.identifier_bytes - 9].decode(errors="ignore") + "_" + mark)


def _replaced(tree: exp.Expr, node: exp.Expr, made: exp.Expr) -> exp.Expr:
    """Put `made` where `node` stands (which may have become a part of it), and return the tree."""
    if made is node:
        return tree
    if node is tree:
        return made
    node.replace(made)
    return tree


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of one of the database's own functions."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def as_double(node: exp.Expr) -> exp.Expr:
    """Return CAST(node AS DOUBLE)."""
    return exp.Cast(this=node, to=exp.DataType(this=exp.DType.DOUBLE))


def as_type(node: exp.Expr, kind: exp.DType) -> exp.Expr:
    """Return CAST(node AS kind)."""
    return exp.Cast(this=node, to=exp.DataType(this=kind))


def number(value: int) -> exp.Expr:
    """Return an integer literal."""
    return exp.Literal.number(value)


def double_average(node: exp.Expr) -> exp.Expr:
    """AVG of decimals is a decimal with a few more digits elsewhere: take it of doubles, as DuckDB does."""
    if not isinstance(node.this, exp.Cast) or node.this.to.this is not exp.DType.DOUBLE:
        node.set("this", as_double(node.this))
    return node


def double_division(node: exp.Expr) -> exp.Expr:
    """`/` is a division of doubles: integers do not lose their fraction nor decimals their digits."""
    left = node.this
    if not (isinstance(left, exp.Cast) and left.to.this is exp.DType.DOUBLE):
        node.set("this", as_double(left.unnest() if isinstance(left, exp.Paren) else left))
    node.set("typed", False)
    node.set("safe", False)
    return node


def exact_percentile(node: exp.Expr) -> exp.Expr:
    """MEDIAN and QUANTILE_CONT as the percentile of the standard, of doubles: some are estimates elsewhere."""
    at = node.args.get("quantile") or exp.Literal.number("0.5")
    order = exp.Order(expressions=[exp.Ordered(this=as_double(node.this), desc=False, nulls_first=False)])
    return exp.WithinGroup(this=exp.PercentileCont(this=at), expression=order)


def unit_of(interval: exp.Expr) -> tuple[int, str]:
    """Return count and unit (upper case) of `INTERVAL '3' MONTH`, however it was written."""
    count = interval.this
    assert isinstance(count, exp.Expression)
    unit = interval.args.get("unit")
    return int(str(count.this)), str(unit.name if isinstance(unit, exp.Expression) else unit).upper()
