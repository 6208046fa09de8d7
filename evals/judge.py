"""Judging one answer: its outcome, analysis, findings and result beside what the case expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.plan import MetricPlan, ToolPlan
from bot.undated import without_empty_undated
from evals.case import Accepted, Case, Expect, ExpectedFinding
from evals.compare import answer_rows, same_cell, same_rows, together
from semantic_layer.errors import AskGrowthError

if TYPE_CHECKING:
    from bot.answer import Answer
    from semantic_layer.table import Table
    from semantic_layer.workspace import SemanticLayer

Rows = list[tuple[object, ...]]
Golds = dict[int, Rows | None]  # expected results of one case that were read before, by their place in it


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an answer is not what is expected (empty where it is), and the two results that were compared."""

    why: str = ""
    got: Rows | None = None
    gold: Rows | None = None


def judge(case: Case, answer: Answer, layer: SemanticLayer, golds: Golds | None = None) -> Verdict:
    """Return the verdict on one answer; `golds` keeps the expected results for the case's other wordings."""
    expect = case.expect
    if answer.outcome != expect.outcome:
        return Verdict("" if answer.outcome in expect.accept_outcomes else f"outcome {answer.outcome}")
    if answer.outcome == "refuse":
        reason = answer.refusal.reason if answer.refusal else None
        return Verdict("" if expect.reason in (None, reason) else f"reason {reason}")
    if answer.outcome == "clarify":
        return Verdict()
    wrong = _wrong_tool(expect, answer) or _missing_finding(expect, answer)
    if wrong or (not expect.is_executable and not expect.accept):
        return Verdict(wrong)
    known: Golds = golds if golds is not None else {}
    verdicts = []
    for at, one in enumerate((expect, *expect.accept)):
        if not one.is_executable:
            continue
        if at not in known:
            known[at] = gold_rows(one, case, layer)
        verdicts.append(_against(one, answer, known[at]))
        if not verdicts[-1].why:
            return verdicts[-1]
    return verdicts[0]


def gold_rows(expected: Accepted, case: Case, layer: SemanticLayer) -> Rows | None:
    """Return the expected result: given rows, hand-written SQL run on the same data, or the plan executed."""
    if expected.rows is not None:
        return [tuple(row) for row in expected.rows]
    if expected.sql is not None:
        return [tuple(row) for row in layer.engine.execute(expected.sql).rows]
    if isinstance(expected.plan, MetricPlan):
        return list(_shown(expected.plan, case, layer).rows)
    return None


def _shown(plan: MetricPlan, case: Case, layer: SemanticLayer) -> Table:
    """Return what a plan gives, as an answer shows it."""
    return without_empty_undated(layer.query(plan, today=case.today, user=case.user).table)


def check_gold(case: Case, layer: SemanticLayer) -> str:
    """Return what is wrong with a case's own gold; an empty string where its routes agree.

    The second route: where a case has both a gold plan and hand-written SQL (or rows), the plan is compiled
    and run, and its result must equal the hand-written one.
    """
    expect: Expect = case.expect
    try:
        by_hand = gold_rows(expect.model_copy(update={"plan": None}), case, layer)
        if isinstance(expect.plan, MetricPlan) and by_hand is not None:
            table = _shown(expect.plan, case, layer)
            got = answer_rows(table, expect.columns, len(by_hand[0]) if by_hand else None)
            if got is None or not same_rows(got, by_hand, ordered=expect.ordered):
                return "the gold plan does not give what the hand-written SQL gives"
    except AskGrowthError as error:
        return error.message.en
    return ""


def holds(got: object, expected: object) -> bool:
    """Return whether `got` says all that `expected` says: mappings may hold more, lists may not."""
    if isinstance(expected, Mapping):
        return isinstance(got, Mapping) and all(
            key in got and holds(got[key], value) for key, value in expected.items()
        )
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        return (
            isinstance(got, Sequence)
            and not isinstance(got, str)
            and len(got) == len(expected)
            and all(holds(one, other) for one, other in zip(got, expected, strict=True))
        )
    return _text(got) == _text(expected)


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _wrong_tool(expect: Expect, answer: Answer) -> str:
    """Return what is wrong with the analysis that was run: another one, other inputs, conditions nobody asked."""
    if expect.tool is None:
        return ""
    plan = answer.plan
    if not isinstance(plan, ToolPlan) or plan.name != expect.tool:
        return f"tool {getattr(plan, 'name', None)}"
    inputs: Any = plan.model_dump(mode="json")["inputs"]
    lost = [name for name, value in expect.inputs.items() if not holds(inputs.get(name), value)]
    if lost:
        return f"input {lost[0]}"
    invented = [name for name in ("where", "segments") if inputs.get(name) and name not in expect.inputs]
    return f"input {invented[0]} that nobody asked for" if invented else ""


def _missing_finding(expect: Expect, answer: Answer) -> str:
    missing = [one for one in expect.findings if not _found(one, answer)]
    return f"finding {missing[0].kind} {missing[0].at or ''}".strip() if missing else ""


def _against(expected: Accepted, answer: Answer, gold: Rows | None) -> Verdict:
    if expected.plan is not None and expected.plan.kind == "metadata":
        return Verdict("" if answer.plan == expected.plan else "another catalog question")
    tables = [part.table for part in answer.parts if part.table is not None]
    if not tables:
        return Verdict("no table")
    if gold is None:
        return Verdict("no expected rows")
    width = len(gold[0]) if gold else None
    shapes = [answer_rows(table, expected.columns, width) for table in together(tables, width)]
    got = [rows for rows in shapes if rows is not None]
    if not got:
        return Verdict("columns", [tuple(row) for row in tables[0].rows], gold)
    right = next(
        (rows for rows in got if same_rows(rows, gold, ordered=expected.ordered, within=expected.tolerance)),
        None,
    )
    if right is not None:
        return Verdict("", right, gold)
    return Verdict(f"rows: {len(got[0])} against {len(gold)} expected", got[0], gold)


def _found(expected: ExpectedFinding, answer: Answer) -> bool:
    for finding in answer.findings:
        if finding.kind != expected.kind or expected.metric not in (None, finding.metric):
            continue
        if expected.at is not None and expected.at != finding.at:
            continue
        if expected.value is None:
            return True
        if finding.value is not None and same_cell(finding.value, expected.value, expected.tolerance):
            return True
    return False
