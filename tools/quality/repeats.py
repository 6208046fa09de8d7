"""Rows that occur twice, values written in two ways, and values far from all others."""

from __future__ import annotations

from collections.abc import Sequence

from semantic_layer.catalog import Model
from semantic_layer.rows import Analysis, RowQuery, Step
from semantic_layer.text import Text
from tools.numerics.spelling import variants
from tools.quality.fields import Field, Issue, Severity, rows_of
from tools.quality.profile import whole
from tools.registry import ToolContext

COARSE = 0.2  # where more rows than this repeat, the declared columns do not tell rows apart
MOST_VALUES = 5_000
LONGEST_VALUE = 80
FAR = 6.0  # robust z-score on the log scale
RARE = 0.001
FEW = 3


def duplicates(model: Model, fields: Sequence[Field], context: ToolContext) -> list[Issue]:
    """Return rows that equal another one in every declared column and value; not for models with a key."""
    if any(one.kind == "key" for one in fields) or len(fields) < 3:
        return []
    names = ", ".join(one.alias for one in fields)
    result = context.analyse(
        Analysis(
            {"seen": rows_of(model, fields)},
            "SELECT SUM(copies) AS n, SUM(copies - 1) AS surplus FROM alike",
            (Step("alike", f"SELECT COUNT(*) AS copies FROM seen GROUP BY {names}"),),
        )
    )
    found = result.records()[0]
    rows, surplus = whole(found["n"]), whole(found["surplus"])
    if not surplus:
        return []
    why = Text(
        zh="与另一行完全相同的多余行(比较全部已声明的列)",
        en="surplus rows equal to another one in every declared column",
    )
    if surplus / rows > COARSE:
        why = Text(
            zh="已声明的列相同;列太少,分不清是不是真重复",
            en="equal in every declared column; too few columns to tell whether they are real duplicates",
        )
    severity: Severity = "note" if surplus / rows > COARSE else "problem"
    label = Text(zh="整行", en="whole row")
    return [Issue("duplicates", severity, model, label, surplus, rows, why, result.sql)]


def spellings(model: Model, fields: Sequence[Field], context: ToolContext) -> list[Issue]:
    """Return per text column the rows whose value is probably another spelling of a commoner one."""
    issues: list[Issue] = []
    for one in fields:
        if one.kind != "text":
            continue
        rows = RowQuery(model.name, {"value": one.column}, undated=True)
        result = context.analyse(
            Analysis(
                {"seen": rows},
                "SELECT CAST(value AS VARCHAR) AS value, COUNT(*) AS n FROM seen WHERE NOT value IS NULL "
                "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :most",
                values={"most": MOST_VALUES + 1},
            )
        )
        if len(result.rows) > MOST_VALUES:
            continue  # free text: two spellings of a sentence are not a matter of quality
        counts = {str(value): whole(n) for value, n in result.rows if len(str(value)) <= LONGEST_VALUE}
        pairs = variants(counts)
        if pairs:
            shown = [f"{rare!r}→{common!r}" for rare, common in pairs[:3]]
            more = len(pairs) - len(shown)
            why = Text(
                zh=f"{len(pairs)} 个取值像是另一取值的不同写法:{'、'.join(shown)}{' 等' if more else ''}",
                en=f"{len(pairs)} values look like another spelling of one: {', '.join(shown)}"
                f"{f' and {more} more' if more else ''}",
            )
            affected = sum(counts[rare] for rare, _ in pairs)
            label, total = one.label, sum(counts.values())
            issues.append(Issue("spelling", "suspect", model, label, affected, total, why, result.sql))
    return issues


def outliers(model: Model, fields: Sequence[Field], context: ToolContext) -> list[Issue]:
    """Return positive values far from the median of their logarithms (robust z over 6 by MAD; Iglewicz-Hoaglin)."""
    measures = [one for one in fields if one.kind == "measure"]
    if not measures:
        return []
    rows = RowQuery(model.name, {one.alias: one.column for one in measures}, undated=True)
    logs = ", ".join(f"CASE WHEN {m.alias} > 0 THEN LN({m.alias}) END AS {m.alias}" for m in measures)
    mids = ", ".join(f"MEDIAN({m.alias}) AS {m.alias}" for m in measures)
    spreads = ", ".join(f"MEDIAN(ABS(l.{m.alias} - c.{m.alias})) AS {m.alias}" for m in measures)
    parts = ", ".join(
        f"COUNT(l.{m.alias}) AS {m.alias}_n, "
        f"SUM(CASE WHEN 0.6745 * ABS(l.{m.alias} - c.{m.alias}) > :far * s.{m.alias} AND s.{m.alias} > 0 "
        f"THEN 1 ELSE 0 END) AS {m.alias}_far, EXP(MAX(l.{m.alias})) AS {m.alias}_top, "
        f"EXP(MAX(c.{m.alias})) AS {m.alias}_mid"
        for m in measures
    )
    result = context.analyse(
        Analysis(
            {"seen": rows},
            f"SELECT {parts} FROM logs AS l CROSS JOIN middle AS c CROSS JOIN spread AS s",
            (
                Step("logs", f"SELECT {logs} FROM seen"),
                Step("middle", f"SELECT {mids} FROM logs"),
                Step("spread", f"SELECT {spreads} FROM logs AS l CROSS JOIN middle AS c"),
            ),
            {"far": FAR},
        )
    )
    found, issues = result.records()[0], []
    for one in measures:
        total, far = whole(found[f"{one.alias}_n"]), whole(found[f"{one.alias}_far"])
        if not far or far > max(FEW, RARE * total):  # a heavy tail is a shape, not a mistake
            continue
        top, mid = float(str(found[f"{one.alias}_top"])), float(str(found[f"{one.alias}_mid"]))
        why = Text(
            zh=f"离群:最大 {_figure(top)},中位数 {_figure(mid)}",
            en=f"outliers: largest {_figure(top)}, median {_figure(mid)}",
        )
        issues.append(Issue("outliers", "suspect", model, one.label, far, total, why, result.sql))
    return issues


def _figure(value: float) -> str:
    """Return a number as a person writes it: whole from a thousand on, else six figures."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.6g}"
