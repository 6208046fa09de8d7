"""What the model planner's judgement is worth, and what a question costs in tokens, by the size of the catalog."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.endpoint import Endpoint
from bot.plan import BilingualMessage, MetricPlan, RefusePlan, plan_hash
from bot.planners.base import Planned, Planner, PlanRequest
from bot.planners.llm.budget import estimate_tokens
from bot.planners.llm.planner import Ablation, ModelPlanner
from bot.planners.rules import RulesPlanner
from bot.settings import read_settings
from bot.wiring import open_layer
from evals.bench._imperfect import ImperfectModel, serving
from evals.case import Case, load_suite
from tools.registry import Registry

if TYPE_CHECKING:
    from semantic_layer import SemanticLayer

SUITES = Path(__file__).resolve().parent.parent / "suites"
MOST_TOKENS = 3_000
SIZES = (20, 200, 2_000)
ERROR_RATE, MEND_RATE = 0.5, 0.7
MOST_QUESTIONS = 150
ARMS: dict[str, tuple[Ablation, bool]] = {
    "validator only": (Ablation(coverage=True, retries=True), False),
    "validator, retries": (Ablation(coverage=True), False),
    "validator, coverage": (Ablation(retries=True), False),
    "validator, coverage, retries": (Ablation(), False),
    "all, weighed with the rules": (Ablation(), True),
}
QUESTIONS = {
    "en-US": "how did the lantern light and brightness at our best place develop month over month last month",
    "zh-CN": "上个月我们最好的地点灯笼的光亮和亮度环比上上个月到底变化了多少呢",
}


def run(argv: list[str]) -> int:
    """Measure and print; 0 where a question stays in its tokens and the judgement lets less through than without."""
    tokens_ok = _tokens()
    wrong = _ablation(int(argv[0]) if argv else MOST_QUESTIONS)
    judged = wrong["validator, coverage, retries"] <= wrong["validator only"]
    return 0 if tokens_ok and judged else 1


# -------------------------------------------------------------------------------------------------------------- tokens


def _tokens() -> bool:
    import semantic_layer

    sys.stdout.write("tokens of the first call (estimated: three ASCII characters or one other to a token)\n")
    fits = True
    for size in SIZES:
        with tempfile.TemporaryDirectory() as scratch:
            layer = semantic_layer.open(
                _wide(Path(scratch) / "wide", size), state_dir=Path(scratch) / "state"
            )
            for locale, question in QUESTIONS.items():
                sent = _first_call(layer, PlanRequest(question, locale, date(2025, 11, 20), layer))  # type: ignore[arg-type]  # a locale
                fits = fits and sent < MOST_TOKENS
                sys.stdout.write(f"  {size:>5} metrics  {locale}  {sent:,}\n")
            layer.close()
    return fits


def _first_call(layer: SemanticLayer, request: PlanRequest) -> int:
    seen: list[int] = []

    def reply(body: dict[str, Any]) -> dict[str, Any]:
        written = json.dumps([body["messages"], body["tools"]], ensure_ascii=False, separators=(",", ":"))
        seen.append(estimate_tokens(written))
        return ImperfectModel({}, [], 0, 0).reply(body)

    with serving(reply) as url:
        rules = RulesPlanner(layer, registry=Registry.of([]))
        ModelPlanner(layer, rules, Endpoint(url, "m", "k"), Registry.load, "llm").plan(request)
    return seen[0]


def _wide(folder: Path, size: int) -> Path:
    """Return a workspace of one table and many metrics with labels, synonyms and descriptions in both languages."""
    (folder / "models").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "data" / "facts.csv").write_text(
        "day,place,amount\n2025-11-10,p1,1\n2025-11-11,p2,2\n", "utf-8"
    )
    (folder / "askgrowth.yml").write_text("version: 1\nname: {zh: 宽, en: Wide}\n", "utf-8")
    metrics = "".join(
        f"      - {{name: lantern_brightness_{at}, agg: sum, expr: amount, "
        f"label: {{zh: 灯笼亮度第{at}号, en: lantern brightness {at}}}, "
        f"synonyms: {{zh: [灯笼光{at}], en: [lantern glow {at}]}}, "
        "description: {zh: 每一盏灯笼在当天所发出的光亮之和按编号统计, "
        "en: sum of the light of every lantern on a day}}\n"
        for at in range(size)
    )
    (folder / "models" / "facts.yml").write_text(
        "models:\n  - name: facts\n    agg_time_dimension: day\n    columns:\n"
        "      - {name: day, granularity: day, dimension: {type: time}}\n"
        "      - {name: place, dimension: {type: categorical}, label: {zh: 地点, en: place}}\n"
        f"    metrics:\n{metrics}",
        "utf-8",
    )
    return folder


# ------------------------------------------------------------------------------------------------------------ ablation


class _NoRules:
    """The rules planner that never knows: what is left is the model and its judgement."""

    def plan(self, request: PlanRequest) -> Planned:  # noqa: ARG002 - the signature is the protocol's
        """Return a refusal."""
        said = BilingualMessage(zh="不知道", en="unknown")
        return Planned(RefusePlan(kind="refuse", reason="not_in_catalog", message=said), confidence=0.0)


def _ablation(most: int) -> dict[str, int]:
    """Print how often the imperfect model's plan is right, wrong or held back, by what judges it."""
    settings = read_settings("", "rules")
    layer = open_layer(settings)
    asked = list(_asked())[:most]
    gold = {
        question: plan.model_dump(mode="json", exclude_defaults=True) | {"kind": "metric"}
        for _, question, plan in asked
    }
    model = ImperfectModel(gold, list(layer.catalog.metrics), ERROR_RATE, MEND_RATE)
    rules = RulesPlanner(layer, settings.state_dir / "values")
    sys.stdout.write(
        f"\n{len(asked)} questions, a scripted model that errs in {ERROR_RATE:.0%} of first plans "
        f"and mends {MEND_RATE:.0%} when told\n"
    )
    wrong: dict[str, int] = {}
    with serving(model.reply) as url:
        for arm, (ablation, weighed) in ARMS.items():
            outcomes: Counter[str] = Counter()
            base: Planner = rules if weighed else _NoRules()
            planner = ModelPlanner(
                layer, base, Endpoint(url, "m", "k"), Registry.load, "llm", ablation=ablation
            )
            for case, question, plan in asked:
                request = PlanRequest(question, case.locale, layer.today(case.today), layer, case.user)
                outcomes[_verdict(planner.plan(request), plan)] += 1
            wrong[arm] = outcomes["wrong"]
            told = "  ".join(
                f"{name} {outcomes[name] / len(asked):6.1%}" for name in ("right", "wrong", "held back")
            )
            sys.stdout.write(f"  {arm:<30} {told}\n")
            sys.stdout.flush()
    return wrong


def _asked() -> Iterator[tuple[Case, str, MetricPlan]]:
    """Yield the demo's questions that have one gold plan and no conversation before them."""
    for case in load_suite(SUITES):
        plan = case.expect.plan
        if (
            case.workspace == "demo"
            and isinstance(plan, MetricPlan)
            and plan.metrics
            and not case.conversation
        ):
            yield case, case.question, plan


def _verdict(planned: Planned, gold: MetricPlan) -> str:
    if not isinstance(planned.plan, MetricPlan):
        return "held back"
    return "right" if plan_hash(planned.plan) == plan_hash(gold) else "wrong"
