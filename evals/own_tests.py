"""The questions that the authors of a workspace write into their own YAML under `tests:`, as cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.plan import Plan
from evals.case import Case, CaseError, Expect, Turn, locale_of
from semantic_layer.loader import load
from semantic_layer.spec.vocabulary import TestSpec
from semantic_layer.text import Text

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)
CLASS = "own"


def own_cases(workspace: Path, today: date | None = None) -> tuple[Case, ...]:
    """Return the questions under `tests:` of a workspace as cases; `today` where a test names no day.

    Raises:
        CaseError: no test has a question, or a plan cannot be read.
    """
    tests = [entry.spec for entry in load(workspace).sections.tests if entry.spec.question is not None]
    if not tests:
        raise CaseError(
            Text(
                zh=f"工作区 {workspace.name} 的 YAML 里没有带 question: 的 tests:。",
                en=f"No test in the YAML of {workspace.name} has a question.",
            ),
            Text(zh="写法见 docs/evals.md。", en="docs/evals.md shows how to write one."),
        )
    return tuple(_case(test, number, workspace, today) for number, test in enumerate(tests, 1))


def _case(test: TestSpec, number: int, workspace: Path, today: date | None) -> Case:
    question = test.question or ""
    return Case.model_validate(
        {
            "id": test.name or f"test-{number}",
            "workspace": str(workspace.resolve()),
            "locale": locale_of(question),
            "question": question,
            "paraphrases": tuple(Turn(locale=locale_of(one), question=one) for one in test.paraphrases),
            "today": test.today or today,
            "user": test.user,
            "expect": _expect(test),
            "class": CLASS,
            "origin": "workspace",
        }
    )


def _expect(test: TestSpec) -> Expect:
    rows = test.rows
    if test.value is not None:
        rows = ((test.value,),)
    try:
        plan = _PLAN.validate_python({"kind": "metric", **test.plan}) if test.plan is not None else None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CaseError(
            Text(
                zh=f"tests: 里「{test.question}」的 plan 读不懂:{where}:{first['msg']}。",
                en=f"The plan of the test “{test.question}” cannot be read: {where}: {first['msg']}.",
            ),
            Text(
                zh="plan 的写法与 ask --json 的 plan 相同。", en="A plan is written as `ask --json` shows it."
            ),
        ) from error
    if plan is not None and plan.kind == "tool":
        return Expect(outcome=test.outcome or "answer", tool=plan.name, inputs=dict(plan.inputs))
    return Expect(
        outcome=test.outcome or "answer", rows=rows, sql=test.sql, plan=plan, tolerance=test.tolerance
    )
