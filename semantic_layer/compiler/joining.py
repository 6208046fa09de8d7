"""Facts meet: FULL OUTER JOIN on null-safe keys, so that no group of any fact is lost."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from semantic_layer.compiler import nodes


def met(ctes: Sequence[str], keys: Sequence[str]) -> tuple[exp.From, list[exp.Join], list[exp.Expr]]:
    """Return FROM, JOINs and the aliased key columns of the facts in `ctes`.

    A group that only one fact has keeps its row, the group without a value (null) too. Without keys every
    fact is a single row, and they stand side by side.
    """
    joins: list[exp.Join] = []
    for position, cte in enumerate(ctes[1:], start=1):
        if not keys:
            joins.append(exp.Join(this=nodes.table(cte), kind="CROSS"))
            continue
        tests: list[exp.Expr] = [
            exp.NullSafeEQ(this=_key(ctes[:position], key), expression=nodes.column(key, cte)) for key in keys
        ]
        condition = nodes.conjunction(tests)
        joins.append(exp.Join(this=nodes.table(cte), side="FULL", kind="OUTER", on=condition))
    columns = [nodes.aliased(_key(ctes, key), key) for key in keys]
    return exp.From(this=nodes.table(ctes[0])), joins, columns


def _key(ctes: Sequence[str], key: str) -> exp.Expr:
    return nodes.coalesce([nodes.column(key, cte) for cte in ctes])
