"""Physical column names as SQL."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

# Words that DuckDB does not take as a bare column name (duckdb_keywords(), category reserved), and those that
# are read as a function, a literal or the beginning of a statement when bare: `comment`, `map`, `load`.
_RESERVED = frozenset({
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast",
    "check", "collate", "column", "constraint", "create", "default", "deferrable", "desc", "describe",
    "distinct", "do", "else", "end", "except", "false", "fetch", "for", "foreign", "from", "group",
    "having", "in", "initially", "intersect", "into", "lambda", "lateral", "leading", "limit", "not",
    "null", "offset", "on", "only", "or", "order", "pivot", "pivot_longer", "pivot_wider", "placing",
    "primary", "qualify", "references", "returning", "select", "show", "some", "summarize", "symmetric",
    "table", "then", "to", "trailing", "true", "union", "unique", "unpivot", "using", "variadic", "when",
    "where", "window", "with", "current_date", "current_time", "current_timestamp", "current_user",
    "session_user", "user", "date", "time", "timestamp", "interval",
    *(
        "alter attach begin between cache call comment commit connect copy cross current_catalog current_role "
        "delete detach disconnect drop execute explain force glob grant if ilike inner insert install join "
        "kill like load localtime localtimestamp map merge notnull optimize outer partitioned_by positional "
        "pragma prepare regexp rename reset revoke rlike rollback set tablesample truncate uncache update use "
        "vacuum xor "
    ).split(),
})  # fmt: skip


def is_plain(name: str) -> bool:
    """Return whether a name can stand in SQL without quotes."""
    return _PLAIN.match(name) is not None and name.lower() not in _RESERVED


def quote_name(name: str) -> str:
    """Return a physical column's name as an SQL expression: quoted where it must be."""
    return name if is_plain(name) else '"' + name.replace('"', '""') + '"'
