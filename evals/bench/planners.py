"""Rules, model and both over the eval suite: `python -m evals.bench planners [EVERY] [--write] [--serve PORT]`.

The model is scripted (`_imperfect.py`): it knows the gold plan, errs at a stated rate, mends at a stated rate when
told, and at a stated rate replies with what servers and small models get wrong. That says nothing about any real model;
it says what the judgement around a model is worth, in results and not in plans. `--serve` only serves it, so that
`askgrowth eval --planner auto` and the SQL agent of `--compare` can be tried over the wire.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.endpoint import Endpoint
from bot.plan import BilingualMessage, MetricPlan, RefusePlan, ToolPlan
from bot.planners.base import Planned, Planner, PlanRequest
from bot.planners.llm import ModelPlanner
from bot.planners.llm.planner import NOTHING_LEFT_OUT, Ablation
from bot.settings import Settings, read_settings
from evals.bench._imperfect import FAULTS, ImperfectModel, serving
from evals.case import Case, load_suite
from evals.run import Runner
from evals.score import Rate

if TYPE_CHECKING:
    from bot.pipeline import Pipeline
    from semantic_layer.workspace import SemanticLayer

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "model-planner.md"
BEGIN, END = "<!-- planners: python -m evals.bench planners --write -->", "<!-- end of planners -->"
WORKSPACES = ("demo", "evals/workspaces/odd", "evals/workspaces/hotel")
ERROR_RATE, MEND_RATE, FAULT_RATE = 0.3, 0.7, 0.1
EVERY = 12


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to plan: the planner's mode, what is left out of its judgement, and whether rules weigh in."""

    name: str
    mode: str
    ablation: Ablation = NOTHING_LEFT_OUT
    weighed: bool = True


ARMS = (
    Arm("rules alone", "rules"),
    Arm("model alone, validator only", "llm", Ablation(coverage=True, retries=True), weighed=False),
    Arm("model alone, validator, retries", "llm", Ablation(coverage=True), weighed=False),
    Arm("model alone, validator, coverage check", "llm", Ablation(retries=True), weighed=False),
    Arm("model alone, validator, coverage check, retries", "llm", weighed=False),
    Arm("`--planner llm`: all of it, weighed with the rules", "llm"),
    Arm("`--planner auto`: the model only where the rules are not sure", "auto"),
)


def run(argv: list[str]) -> int:
    """Measure and print; `--write` puts the table into the docs. 0 where the judgement lets no more through."""
    numbers = [int(one) for one in argv if one.isdigit()]
    settings = read_settings("", "rules")
    if "--serve" in argv:
        return _serve(asked(1), numbers[0] if numbers else 8092, settings)
    cases = asked(numbers[0] if numbers else EVERY)
    rows = []
    with serving(_model(cases, settings).reply) as url:
        for arm in ARMS:
            rows.append(_measured(arm, cases, settings, url))
            sys.stdout.write(f"{' | '.join(rows[-1])}\n")
            sys.stdout.flush()
    table = written(rows, sum(1 for case in cases for _ in case.wordings()))
    if "--write" in argv:
        text = PAGE.read_text("utf-8")
        block = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
        PAGE.write_text(block.sub(lambda _: f"{BEGIN}\n{table}\n{END}", text), encoding="utf-8")
    wrong = {row[0]: float(row[2].rstrip("%")) for row in rows}
    return 0 if wrong[ARMS[4].name] <= wrong[ARMS[1].name] else 1


def asked(every: int) -> tuple[Case, ...]:
    """Return every so-many-th case that needs no conversation and whose plan or refusal is written down."""
    found = [
        case
        for case in load_suite(ROOT / "evals" / "suites")
        if case.workspace in WORKSPACES
        and not case.conversation
        and case.user is None
        and (_gold(case) is not None or case.expect.outcome == "refuse")
    ]
    return tuple(found[::every])


def written(rows: Sequence[Sequence[str]], n: int) -> str:
    """Return the table as Markdown."""
    head = (
        f"{n} wordings of the suite (two languages, three workspaces), judged by their results. The model is scripted: "
        f"it errs in {ERROR_RATE:.0%} of its first plans, mends {MEND_RATE:.0%} when told, and {FAULT_RATE:.0%} of its "
        f"first replies are faulty ({', '.join(FAULTS)})."
    )
    lines = [
        "| planned by | right | confidently wrong | asked back or refused although answerable | calls a question |"
    ]
    return "\n".join([head, "", *lines, "|---|---|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])


def _measured(arm: Arm, cases: Sequence[Case], settings: Settings, url: str) -> tuple[str, ...]:
    runner = _Runner(replace(settings, planner=arm.mode if arm.mode != "rules" else "rules"))  # type: ignore[arg-type]  # a mode
    runner.arm, runner.url = arm, url
    records = [record for case in cases for record in runner.run_case(case)]
    calls = sum(planner.calls for planner in runner.counted)
    runner.close()
    right = Rate(sum(one.right for one in records), len(records))
    wrong = Rate(sum(one.confidently_wrong for one in records), len(records))
    held = len(records) - right.hits - wrong.hits
    return (
        arm.name,
        f"{right.value or 0:.1%}",
        f"{wrong.value or 0:.1%}",
        f"{held / len(records):.1%}",
        f"{calls / len(records):.2f}",
    )


class _NoRules:
    """The rules planner that never knows: what is left is the model and its judgement."""

    def plan(self, request: PlanRequest) -> Planned:  # noqa: ARG002 - the signature is the protocol's
        """Return a refusal."""
        said = BilingualMessage(zh="不知道", en="unknown")
        return Planned(RefusePlan(kind="refuse", reason="not_in_catalog", message=said), confidence=0.0)


class _Counted:
    """A planner that counts its calls of the model."""

    def __init__(self, inner: Planner) -> None:
        self._inner = inner
        self.calls = 0

    def plan(self, request: PlanRequest) -> Planned:
        """Return the inner planner's reading."""
        planned = self._inner.plan(request)
        calls = planned.extra.get("calls")
        self.calls += calls if isinstance(calls, int) else 0
        return planned


class _Runner(Runner):
    """The suite's runner with the planner of one arm."""

    arm: Arm = ARMS[0]
    url: str = ""

    @property
    def counted(self) -> list[_Counted]:
        """Return the planners that were used."""
        found: list[_Counted] = self.__dict__.setdefault("_counted", [])
        return found

    def over(self, layer: SemanticLayer) -> Pipeline:
        """Return a pipeline whose planner is that of the arm."""
        from bot.pipeline import Pipeline
        from bot.planners.rules.planner import RulesPlanner
        from tools.registry import Registry

        rules: Planner = RulesPlanner(layer, self.settings.state_dir / "values", Registry.load())
        if self.arm.mode == "rules":
            return Pipeline(layer, self.settings, planners={"rules": rules})
        model = ModelPlanner(
            layer,
            rules if self.arm.weighed else _NoRules(),
            Endpoint(self.url, "scripted", "none"),
            Registry.load,
            self.arm.mode,  # type: ignore[arg-type]  # llm or auto
            ablation=self.arm.ablation,
        )
        planner = _Counted(model)
        self.counted.append(planner)
        return Pipeline(layer, self.settings, planners={"rules": rules, self.arm.mode: planner})  # type: ignore[dict-item]  # a mode


def _gold(case: Case) -> dict[str, Any] | None:
    plan = case.expect.plan
    if isinstance(plan, MetricPlan | ToolPlan):
        return {**plan.model_dump(mode="json", exclude_defaults=True), "kind": plan.kind}
    if case.expect.tool is not None:
        return {"kind": "tool", "name": case.expect.tool, "inputs": dict(case.expect.inputs)}
    return None


def _model(cases: Sequence[Case], settings: Settings) -> ImperfectModel:
    sql = {
        turn.question: " ".join(case.expect.sql.split())
        for case in cases
        if case.expect.sql
        for turn in case.wordings()
    }
    gold = {turn.question: plan for case in cases if (plan := _gold(case)) for turn in case.wordings()}
    runner = Runner(settings)
    names = [
        name
        for workspace in dict.fromkeys(case.workspace for case in cases)
        for name in runner.pipeline(workspace).layer.catalog.metrics
    ]
    runner.close()
    return ImperfectModel(gold, names, ERROR_RATE, MEND_RATE, fault_rate=FAULT_RATE, sql=sql)


def _serve(cases: Sequence[Case], port: int, settings: Settings) -> int:
    with serving(_model(cases, settings).reply, port) as url:
        sys.stdout.write(f"ASKGROWTH_LLM_BASE_URL={url} ASKGROWTH_LLM_MODEL=scripted\n")
        sys.stdout.flush()
        while True:
            time.sleep(3_600)
