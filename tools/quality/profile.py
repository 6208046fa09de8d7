"""One pass over a model's rows: missing and blank cells, keys that repeat, values outside their list or sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from semantic_layer.catalog import Model
from semantic_layer.rows import Analysis, Place
from semantic_layer.table import Cell
from semantic_layer.text import Text
from tools.bindings import model_of, name_of
from tools.quality.fields import Field, Issue, Severity, rows_of
from tools.registry import ToolContext

EMPTY_WORDS = ("", "null", "nan", "n/a", "#n/a", "none", "undefined")
MOST_TIMES = 6
OPTIONAL = 0.5  # a field that is empty in more than half of the rows is taken as optional
FEW_VALUES = 20
MOST_TELLING = 6
UNCLEAR = 0.002
RARELY = 0.05  # what a few rows do against all others looks like a mistake


def profile(model: Model, fields: Sequence[Field], context: ToolContext) -> tuple[int, list[Issue]]:
    """Return the number of rows and what is wrong with single cells and keys."""
    times = [one for one in fields if one.kind == "time"][:MOST_TIMES]
    parts = ["COUNT(*) AS n"]
    values: dict[str, Place] = {}
    for one in fields:
        parts += _parts(one, values)
    for a, b in combinations(times, 2):
        parts += _order_parts(a, b)
    result = context.analyse(
        Analysis({"seen": rows_of(model, fields)}, f"SELECT {', '.join(parts)} FROM seen", values=values)
    )  # fmt: skip
    found = result.records()[0]
    rows = whole(found["n"])
    issues: list[Issue] = []
    entities = {
        name_of(one, "entity") for one in context.layer.catalog.analyses if model_of(one) == model.name
    }
    bound = {one.label for one in fields if one.name in entities}
    if rows:
        for one in fields:
            issues += _cell_issues(one, model, rows, found, result.sql)
        issues = [_grave(one, bound) if one.check == "completeness" else one for one in issues]
        for a, b in combinations(times, 2):
            issues += _order_issue(a, b, model, found, result.sql)
        issues = _with_structure(issues, fields, model, context)
    return rows, issues


def _grave(one: Issue, bound: set[Text]) -> Issue:
    """Return the issue; a problem where an analysis rests on the field and many rows lack it."""
    if one.label not in bound or not RARELY < one.share <= OPTIONAL:
        return one
    why = Text(
        zh=f"{one.note.zh};按它分析的功能看不到这些行",
        en=f"{one.note.en}; the analyses that go by it do not see these rows",
    )
    return replace(one, severity="problem", note=why)


def _with_structure(
    issues: list[Issue], fields: Sequence[Field], model: Model, context: ToolContext
) -> list[Issue]:
    """Return the issues, those of cells that are empty by design as notes.

    A field is empty by design where another column with few values says exactly when: always empty within some
    of its values, never within the others.
    """
    empty = {one.label: one for one in issues if one.check == "completeness" and one.severity == "suspect"}
    hollow = [one for one in fields if one.label in empty and one.kind != "measure"]
    telling = [one for one in fields if (one.codes and len(one.codes) <= FEW_VALUES) or one.kind == "boolean"]
    telling = telling[:MOST_TELLING]
    if not hollow or not telling:
        return issues
    names = ", ".join(one.alias for one in telling)
    parts = ", ".join(f"COUNT({one.alias}) AS {one.alias}_filled" for one in hollow)
    wanted = [*telling, *(one for one in hollow if one not in telling)]
    found = context.analyse(
        Analysis(
            {"seen": rows_of(model, wanted)},
            f"SELECT {names}, COUNT(*) AS n, {parts} FROM seen GROUP BY {names}",
        )
    ).records()
    noted: dict[Text, Text] = {}
    for one in hollow:
        for other in telling:
            if other is not one and _explains(found, one.alias, other.alias):
                zh, en = f"为空,由「{other.label.zh}」决定", f"empty by design: “{other.label.en}” says when"
                noted[one.label] = Text(zh=zh, en=en)
                break
    return [
        replace(one, severity="note", note=noted[one.label])
        if one.check == "completeness" and one.label in noted
        else one
        for one in issues
    ]


def _explains(found: Sequence[dict[str, Cell]], hollow: str, other: str) -> bool:
    groups: dict[Cell, tuple[int, int]] = {}
    for one in found:
        rows, filled = groups.get(one[other], (0, 0))
        groups[one[other]] = rows + whole(one["n"]), filled + whole(one[f"{hollow}_filled"])
    shares = [filled / rows for rows, filled in groups.values()]
    clear = all(share <= UNCLEAR or share >= 1 - UNCLEAR for share in shares)
    return clear and min(shares) <= UNCLEAR and max(shares) >= 1 - UNCLEAR


def _parts(one: Field, values: dict[str, Place]) -> list[str]:
    name = one.alias
    parts = [f"COUNT({name}) AS {name}_filled"]
    if one.kind == "text":
        words = [word for word in EMPTY_WORDS if word not in {code.casefold() for code in one.codes}]
        values |= {f"{name}_e{at}": word for at, word in enumerate(words)}
        places = ", ".join(f":{name}_e{at}" for at in range(len(words)))
        parts.append(
            f"SUM(CASE WHEN LOWER(TRIM(CAST({name} AS VARCHAR))) IN ({places}) THEN 1 ELSE 0 END) AS {name}_blank"
        )
    if one.codes:
        values |= {f"{name}_v{at}": code for at, code in enumerate(one.codes)}
        places = ", ".join(f":{name}_v{at}" for at in range(len(one.codes)))
        parts.append(
            f"SUM(CASE WHEN NOT {name} IS NULL AND NOT CAST({name} AS VARCHAR) IN ({places}) THEN 1 ELSE 0 END) "
            f"AS {name}_other"
        )
    if one.kind == "key":
        parts.append(f"COUNT(DISTINCT {name}) AS {name}_distinct")
    if one.kind == "measure":
        parts += [
            f"SUM(CASE WHEN {name} < 0 THEN 1 ELSE 0 END) AS {name}_negative",
            f"SUM(CASE WHEN {name} = 0 THEN 1 ELSE 0 END) AS {name}_zero",
        ]
    return parts


def _order_parts(a: Field, b: Field) -> list[str]:
    first, second = f"CAST({a.alias} AS DATE)", f"CAST({b.alias} AS DATE)"
    name = f"{a.alias}_{b.alias}"
    return [
        f"SUM(CASE WHEN {first} < {second} THEN 1 ELSE 0 END) AS {name}_before",
        f"SUM(CASE WHEN {first} > {second} THEN 1 ELSE 0 END) AS {name}_after",
        f"SUM(CASE WHEN {first} = {second} THEN 1 ELSE 0 END) AS {name}_same",
    ]


def _cell_issues(one: Field, model: Model, rows: int, found: dict[str, Cell], sql: str) -> list[Issue]:
    name, issues = one.alias, []
    filled = whole(found[f"{name}_filled"])
    blank = whole(found.get(f"{name}_blank"))
    missing = rows - filled + blank
    if missing and one.kind != "measure":  # a measure is null wherever its filter does not hold
        share = missing / rows
        severity: Severity = "note" if share > OPTIONAL or one.kind in ("time", "boolean") else "suspect"
        severity = "problem" if one.kind == "key" else severity
        why = Text(
            zh="为空或占位文字" if blank else "为空", en="empty or a placeholder word" if blank else "empty"
        )
        issues.append(Issue("completeness", severity, model, one.label, missing, rows, why, sql))
    if one.kind == "key" and (repeated := filled - whole(found[f"{name}_distinct"])) > 0:
        why = Text(zh="主键重复的多余行", en="surplus rows of a key that should be unique")
        issues.append(Issue("uniqueness", "problem", model, one.label, repeated, filled, why, sql))
    if one.codes and (other := whole(found[f"{name}_other"])):
        severity = "suspect" if other / filled <= RARELY / 5 else "note"
        why = Text(zh="YAML 里没有声明的取值", en="values that the YAML does not declare")
        issues.append(Issue("domain", severity, model, one.label, other, filled, why, sql))
    if one.kind == "measure" and filled:
        issues += _sign_issues(one, model, filled, found, sql)
    return issues


def _sign_issues(one: Field, model: Model, filled: int, found: dict[str, Cell], sql: str) -> list[Issue]:
    """Negative and zero values where the other rows are positive: returns, corrections, gifts or mistakes."""
    negative, zero = whole(found[f"{one.alias}_negative"]), whole(found[f"{one.alias}_zero"])
    issues: list[Issue] = []
    if one.signed:
        return []
    if 0 < negative / filled <= RARELY:
        why = Text(zh="负数(退货、冲正或录错)", en="negative (returns, corrections or mistakes)")
        issues.append(Issue("range", "suspect", model, one.label, negative, filled, why, sql))
    if 0 < zero / filled <= RARELY / 5:
        why = Text(zh="为零,其余行几乎都不为零", en="zero, where nearly all other rows are not")
        issues.append(Issue("range", "suspect", model, one.label, zero, filled, why, sql))
    return issues


def _order_issue(a: Field, b: Field, model: Model, found: dict[str, Cell], sql: str) -> list[Issue]:
    """Rows whose two times are the other way round than in (nearly) all other rows."""
    before, after, same = (whole(found[f"{a.alias}_{b.alias}_{one}"]) for one in ("before", "after", "same"))
    both = before + after + same
    first, second, wrong, right = (a, b, after, before) if before >= after else (b, a, before, after)
    if not wrong or wrong / both > RARELY / 5 or right < 20 * wrong:
        return []
    label = Text(zh=f"{first.label.zh} → {second.label.zh}", en=f"{first.label.en} → {second.label.en}")
    why = Text(zh="先后颠倒(其余行都相反)", en="the wrong way round (all other rows say the opposite)")
    return [Issue("order", "suspect", model, label, wrong, both, why, sql)]


def whole(value: Cell) -> int:
    """Return a count, 0 for null."""
    return int(value) if isinstance(value, (int, float)) else int(str(value)) if value is not None else 0
