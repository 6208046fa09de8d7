"""A profile: a table from kinds of nodes to what stands there instead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

Rule = Callable[[exp.Expr], exp.Expr]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a database means otherwise than DuckDB. `identifier_bytes`: longer names would be cut, two into one."""

    name: str
    rules: Mapping[type[exp.Expr], Rule]
    identifier_bytes: int | None = None

    def related(self, name: str) -> Profile:
        """Return the same rules for a dialect that nobody has run."""
        return replace(self, name=name)

    def rewritten(self, tree: exp.Expr) -> exp.Expr:
        """Return the tree with the rules applied, children before parents; changes it in place."""
        for node in reversed(list(tree.walk())):
            if self.identifier_bytes is not None and isinstance(node, exp.Identifier):
                self._shorten(node, self.identifier_bytes)
            rule = self.rules.get(type(node))
            if rule is None:
                continue
            made = rule(node)
            if made is not node:
                if node is tree:
                    tree = made
                else:
                    node.replace(made)
        return tree

    @staticmethod
    def _shorten(node: exp.Identifier, limit: int) -> None:
        name = str(node.this)
        raw = name.encode()
        if len(raw) > limit:
            mark = hashlib.sha256(raw).hexdigest()[:8]
            node.set("this", raw[: limit - 9].decode(errors="ignore") + "_" + mark)


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


def unit_of(interval: exp.Expr) -> tuple[int, str]:
    """Return count and unit (upper case) of `INTERVAL '3' MONTH`, however it was written."""
    count = interval.this
    assert isinstance(count, exp.Expression)
    unit = interval.args.get("unit")
    return int(str(count.this)), str(unit.name if isinstance(unit, exp.Expression) else unit).upper()
