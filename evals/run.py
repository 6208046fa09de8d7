"""Running cases: each wording through the pipeline, its result beside the expected one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING

from bot.plan import MetricPlan, plan_hash
from bot.settings import DEMO, Settings
from bot.wiring import open_layer
from evals.case import Accepted, Case, CaseError, Expect, ExpectedFinding, Turn
from evals.compare import answer_rows, same_cell, same_rows, together, wrong_slots
from evals.record import Record
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.pipeline import Pipeline
    from semantic_layer.workspace import SemanticLayer

ROOT = Path(__file__).resolve().parent.parent
Rows = list[tuple[object, ...]]


@dataclass(slots=True)
class Runner:
    """Runs cases over any number of workspaces; each is opened once. Safe to use from several threads.

    `data_dirs` names the folder of data files of a workspace whose files lie elsewhere.
    """

    settings: Settings
    data_dirs: dict[str, Path] = field(default_factory=dict)
    _open: dict[str, Pipeline] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def run(self, cases: tuple[Case, ...], jobs: int = 1) -> Iterator[Record]:
        """Yield the records of every wording of every case, in the order of the cases whatever `jobs` is."""
        if jobs == 1:
            for case in cases:
                yield from self.run_case(case)
            return
        with ThreadPoolExecutor(jobs, thread_name_prefix="eval") as pool:
            for records in pool.map(lambda case: list(self.run_case(case)), cases):
                yield from records

    def run_case(self, case: Case) -> Iterator[Record]:
        """Yield one record per wording of the case."""
        pipeline = self.pipeline(case.workspace)
        for number, turn in enumerate(case.wordings()):
            conversation = None
            for earlier in case.conversation:
                told = pipeline.ask(
                    earlier, locale=turn.locale, today=case.today, user=case.user, conversation=conversation
                )
                conversation = pipeline.continue_conversation(conversation, told)
            started = perf_counter()
            answer = pipeline.ask(
                turn.question,
                locale=turn.locale,
                today=case.today,
                user=case.user,
                conversation=conversation,
                row_limit=None,
            )
            seconds = perf_counter() - started
            yield _record(case, number, turn, answer, seconds, _judge(case, answer, pipeline.layer))

    def pipeline(self, workspace: str) -> Pipeline:
        """Return the pipeline of a workspace: `demo`, or a folder relative to the project or the suite."""
        from bot.pipeline import Pipeline

        with self._lock:
            if workspace not in self._open:
                self._open[workspace] = Pipeline(self._layer(workspace), self.settings)
            return self._open[workspace]

    def _layer(self, workspace: str) -> SemanticLayer:
        import semantic_layer

        path = DEMO if workspace == "demo" else ROOT / workspace
        if not path.exists():
            raise CaseError(
                Text(zh=f"工作区 {workspace} 不存在。", en=f"The workspace {workspace} does not exist."),
                Text(
                    zh="写 demo 或相对项目根目录的路径。", en="Write demo or a path relative to the project."
                ),
            )
        if workspace == "demo":
            from dataclasses import replace

            return open_layer(replace(self.settings, workspace=DEMO, is_demo=True))
        return semantic_layer.open(
            path,
            state_dir=self.settings.state_dir,
            data_dir=self.data_dirs.get(workspace),
            environ=self.settings.variables,
        )


def gold_rows(expected: Accepted, case: Case, layer: SemanticLayer) -> Rows | None:
    """Return the expected result: given rows, hand-written SQL run on the same data, or the plan executed."""
    if expected.rows is not None:
        return [tuple(row) for row in expected.rows]
    if expected.sql is not None:
        return [tuple(row) for row in layer.engine.execute(expected.sql).rows]
    if isinstance(expected.plan, MetricPlan):
        return list(layer.query(expected.plan, today=case.today, user=case.user).table.rows)
    return None


def _judge(case: Case, answer: Answer, layer: SemanticLayer) -> str:
    """Return why the answer is not what is expected; an empty string where it is."""
    expect = case.expect
    if answer.outcome != expect.outcome:
        return "" if answer.outcome in expect.accept_outcomes else f"outcome {answer.outcome}"
    if answer.outcome == "refuse":
        reason = answer.refusal.reason if answer.refusal else None
        return "" if expect.reason in (None, reason) else f"reason {reason}"
    if answer.outcome == "clarify":
        return ""
    if expect.tool is not None:
        plan = answer.plan
        name = getattr(plan, "name", None)
        if name != expect.tool:
            return f"tool {name}"
    missing = [one for one in expect.findings if not _found(one, answer)]
    if missing:
        return f"finding {missing[0].kind} {missing[0].at or ''}".strip()
    if not expect.is_executable and not expect.accept:
        return ""
    problems = [_differs(one, case, answer, layer) for one in (expect, *expect.accept) if one.is_executable]
    return "" if "" in problems else problems[0]


def _differs(expected: Accepted, case: Case, answer: Answer, layer: SemanticLayer) -> str:
    if expected.plan is not None and expected.plan.kind == "metadata":
        return "" if answer.plan == expected.plan else "another catalog question"
    tables = [part.table for part in answer.parts if part.table is not None]
    if not tables:
        return "no table"
    gold = gold_rows(expected, case, layer)
    if gold is None:
        return "no expected rows"
    width = len(gold[0]) if gold else None
    shapes = [answer_rows(table, expected.columns, width) for table in together(tables, width)]
    got = [rows for rows in shapes if rows is not None]
    if not got:
        return "columns"
    if any(same_rows(rows, gold, ordered=expected.ordered) for rows in got):
        return ""
    return f"rows: {len(got[0])} against {len(gold)} expected"


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


def _record(case: Case, number: int, turn: Turn, answer: Answer, seconds: float, why: str) -> Record:
    gold = case.expect.plan
    plan = answer.plan
    hashed = plan_hash(plan) if plan is not None and plan.kind in ("metric", "tool", "metadata") else None
    return Record(
        case=case.id,
        wording=number,
        locale=turn.locale,
        question=turn.question,
        klass=case.klass,
        difficulty=case.difficulty,
        expected=case.expect.outcome,
        outcome=answer.outcome,
        right=not why,
        confidently_wrong=bool(why) and answer.outcome == "answer",
        why=why,
        wrong_slots=wrong_slots(plan, gold) if gold is not None else None,
        plan_hash=hashed,
        plan=plan.model_dump(mode="json", exclude_defaults=True) if plan is not None else None,
        headline=answer.headline.at(turn.locale) if answer.headline else None,
        planner=answer.planner,
        seconds=round(seconds, 6),
    )


def check_gold(case: Case, layer: SemanticLayer) -> str:
    """Return what is wrong with a case's own gold; an empty string where its routes agree.

    The second route: where a case has both a gold plan and hand-written SQL (or rows), the plan is compiled
    and run, and its result must equal the hand-written one.
    """
    expect: Expect = case.expect
    try:
        by_hand = gold_rows(expect.model_copy(update={"plan": None}), case, layer)
        if isinstance(expect.plan, MetricPlan) and by_hand is not None:
            table = layer.query(expect.plan, today=case.today, user=case.user).table
            got = answer_rows(table, expect.columns, len(by_hand[0]) if by_hand else None)
            if got is None or not same_rows(got, by_hand, ordered=expect.ordered):
                return "the gold plan does not give what the hand-written SQL gives"
    except AskGrowthError as error:
        return error.message.en
    return ""
