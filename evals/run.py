"""Running cases: each wording through the pipeline, its result beside the expected one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context, parent_process
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Lock, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from bot.plan import plan_hash
from bot.settings import DEMO, Settings
from bot.wiring import open_layer
from evals.case import Case, CaseError, Turn
from evals.compare import plain, wrong_slots
from evals.faithful import unfaithful
from evals.judge import Golds, Rows, judge
from evals.measures import chart_problem, usage
from evals.record import Record
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.pipeline import Pipeline
    from semantic_layer.workspace import SemanticLayer

ROOT = Path(__file__).resolve().parent.parent
KEPT_ROWS = 20
CHUNK = 6  # cases handed to a worker at once: few enough that both end together


@dataclass(slots=True)
class Runner:
    """Runs cases over any number of workspaces; each is opened once. Safe to use from several threads.

    `data_dirs` names the folder of data files of a workspace whose files lie elsewhere.
    """

    settings: Settings
    data_dirs: Mapping[str, Path] = field(default_factory=dict)
    _open: dict[str, Pipeline] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def run(self, cases: Sequence[Case], jobs: int = 1) -> Iterator[Record]:
        """Yield the records of every wording of every case, in the order of the cases whatever `jobs` is.

        With several jobs each is a process of its own, because planning keeps a processor busy.
        """
        if jobs == 1 or len(cases) <= CHUNK:
            for case in cases:
                yield from self.run_case(case)
            return
        for workspace in dict.fromkeys(case.workspace for case in cases):
            self.pipeline(workspace)  # data are generated and loaded once, before several processes want them
        self.close()
        with ProcessPoolExecutor(
            jobs,
            mp_context=get_context("spawn"),
            initializer=_start_worker,
            initargs=(self.settings, dict(self.data_dirs)),
        ) as pool:
            for records in pool.map(_work, cases, chunksize=CHUNK):
                yield from records

    def run_case(self, case: Case) -> Iterator[Record]:
        """Yield one record per wording of the case."""
        pipeline = self.pipeline(case.workspace)
        golds: Golds = {}  # the expected results are the same for every wording
        for number, turn in enumerate(case.wordings()):
            conversation = None
            for earlier in case.conversation:
                told = pipeline.ask(
                    earlier, locale=turn.locale, today=case.today, user=case.user, conversation=conversation
                )
                conversation = pipeline.continue_conversation(conversation, told)
            asked: dict[str, Any] = {
                "locale": turn.locale,
                "today": case.today,
                "user": case.user,
                "conversation": conversation,
            }
            started = perf_counter()
            if case.expect.is_routing:
                answer = pipeline.explain(turn.question, **asked)
            else:
                answer = pipeline.ask(turn.question, **asked, row_limit=None)
            seconds = perf_counter() - started
            yield _record(case, number, turn, answer, seconds, pipeline.layer, golds)

    def without_data(self, cases: Sequence[Case]) -> dict[str, int]:
        """Return the workspaces that cannot be opened because their data are not here, with their number of cases."""
        from semantic_layer.errors import DataError, SpecProblemsError

        left_out: dict[str, int] = {}
        for workspace in dict.fromkeys(case.workspace for case in cases):
            try:
                self.pipeline(workspace)
            except (DataError, SpecProblemsError):
                if workspace not in DATA_ELSEWHERE:
                    raise
                left_out[workspace] = sum(case.workspace == workspace for case in cases)
        return left_out

    def pipeline(self, workspace: str) -> Pipeline:
        """Return the pipeline of a workspace: `demo`, or a folder, relative to the project or absolute."""
        with self._lock:
            if workspace not in self._open:
                self._open[workspace] = self.over(self._layer(workspace))
            return self._open[workspace]

    def over(self, layer: SemanticLayer) -> Pipeline:
        """Return the pipeline that answers over an open workspace; benches put other planners into it."""
        from bot.pipeline import Pipeline

        return Pipeline(layer, self.settings)

    def close(self) -> None:
        """Close every workspace that is open."""
        with self._lock:
            for pipeline in self._open.values():
                pipeline.layer.close()
            self._open.clear()

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
            return open_layer(replace(self.settings, workspace=DEMO, is_demo=True))
        return semantic_layer.open(
            path,
            state_dir=self.settings.state_dir,
            data_dir=self.data_dirs.get(workspace),
            environ=self.settings.variables,
        )


DATA_ELSEWHERE = ("examples/online_retail",)  # their data are public, and not part of the repository
_worker: dict[str, Runner] = {}


def fingerprint(case: Case) -> str:
    """Return a short hash of all that a case says."""
    return hashlib.sha256(case.model_dump_json().encode()).hexdigest()[:12]


def _start_worker(settings: Settings, data_dirs: Mapping[str, Path]) -> None:
    _worker["runner"] = Runner(settings, data_dirs)
    # What is open at the end of a worker is told as a leak on the terminal, function by function.
    Finalize(None, _close_worker, exitpriority=1)
    Thread(target=_end_with_parent, name="askgrowth-eval-parent", daemon=True).start()


def _close_worker() -> None:
    _worker.pop("runner").close()


def _end_with_parent() -> None:
    """End this process once the one that started it is gone: a parent that is killed tells nobody."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(case: Case) -> list[Record]:
    return list(_worker["runner"].run_case(case))


def _record(
    case: Case,
    number: int,
    turn: Turn,
    answer: Answer,
    seconds: float,
    layer: SemanticLayer,
    golds: Golds,
) -> Record:
    verdict = judge(case, answer, layer, golds)
    gold, plan, locale = case.expect.plan, answer.plan, turn.locale
    tokens_in, tokens_out, cost = usage(answer)
    hashed = plan_hash(plan) if plan is not None and plan.kind in ("metric", "tool", "metadata") else None
    return Record(
        case=case.id,
        wording=number,
        locale=locale,
        question=turn.question,
        klass=case.klass,
        difficulty=case.difficulty,
        expected=case.expect.outcome,
        outcome=answer.outcome,
        right=not verdict.why,
        confidently_wrong=bool(verdict.why) and answer.outcome == "answer",
        workspace=case.workspace,
        today=case.today.isoformat() if case.today else None,
        user=case.user,
        conversation=case.conversation,
        fingerprint=fingerprint(case),
        why=verdict.why,
        said=_said(answer, turn),
        wrong_slots=wrong_slots(plan, gold) if gold is not None else None,
        plan_hash=hashed,
        plan=plan.model_dump(mode="json", exclude_defaults=True) if plan is not None else None,
        gold_plan=gold.model_dump(mode="json", exclude_defaults=True) if gold is not None else None,
        sql=tuple(sql for part in answer.parts for sql in part.sql),
        gold_sql=case.expect.sql,
        rows=_kept(verdict.got),
        gold_rows=_kept(verdict.gold),
        headline=answer.headline.at(locale) if answer.headline else None,
        unfaithful=unfaithful(answer, layer) if answer.headline else None,
        chart=answer.chart.kind if answer.chart is not None else None,
        chart_problem=chart_problem(answer) if answer.outcome == "answer" else None,
        planner=answer.planner,
        data_version=answer.provenance.data_version if answer.provenance else None,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost=cost,
        seconds=round(seconds, 6),
    )


def _said(answer: Answer, turn: Turn) -> str:
    """Return what a person was told where there is no answer."""
    if answer.refusal is not None:
        return answer.refusal.message.at(turn.locale)
    if answer.clarification is not None:
        return answer.clarification.question.at(turn.locale)
    return answer.error.message.at(turn.locale) if answer.error is not None else ""


def _kept(rows: Rows | None) -> JsonValue:
    if rows is None:
        return None
    return [list[JsonValue](plain(cell) for cell in row) for row in rows[:KEPT_ROWS]]
