"""One question to the model: its tools, what has been tried, and what ends it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bot.plan import (
    AnswerablePlan,
    BilingualMessage,
    ClarifyPlan,
    MetadataPlan,
    MetricPlan,
    Option,
    RefusalReason,
)
from bot.planners.llm.account import Account, account
from bot.planners.llm.budget import Usage
from bot.planners.llm.prompts import as_data, prompt
from bot.planners.llm.schema import (
    MOST_PLANS,
    PLANS,
    READINGS,
    REASONS,
    TOOLS,
    TRYING_TOOLS,
    Reading,
    inputs_said,
    validation_problems,
)
from bot.planners.llm.validate import PlanProblem, Validator
from bot.planners.rules.describe import describe
from semantic_layer.errors import AskGrowthError, nearest
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.planners.base import PlanRequest
    from bot.planners.llm.index import CatalogIndex
    from bot.planners.rules.draft import Scene
    from bot.planners.rules.segment import Segmented

_STEPS = re.compile(
    r"(?i)\b(?:then|after that|first|finally|for (?:it|them|those|that one))\b|然后|接着|再看|再按|先|最后"
)
LONGEST_ABOUT = 1_500  # characters about one analysis
WHICH = Text(
    zh="这个问题有几种读法,您指哪一个?", en="This can be read in several ways. Which one do you mean?"
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What the model ended with, judged: plans, a question back, or a refusal."""

    plans: tuple[AnswerablePlan, ...] = ()
    account: Account | None = None
    clarify: ClarifyPlan | None = None
    reason: RefusalReason | None = None
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class Session:
    """The state of one question; its tools may be called from several threads at once."""

    request: PlanRequest
    found: Segmented
    scene: Scene
    index: CatalogIndex
    validator: Validator
    usage: Usage
    settled: Settled | None = None
    stopped: str | None = None
    rejections: int = 0
    tried: list[dict[str, Any]] = field(default_factory=list)
    run: Callable[[AnswerablePlan], str] | None = None
    sees_rows: bool = False
    covers: bool = True  # False only in an ablation: the coverage check is left out
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def offered(self) -> tuple[str, ...]:
        """Return the tools that the model is told of; trying a plan is for questions in several steps."""
        if self.sees_rows or _STEPS.search(self.request.question):
            return TOOLS
        return tuple(name for name in TOOLS if name not in TRYING_TOOLS)

    @property
    def tools(self) -> Mapping[str, Callable[..., str]]:
        """Return the tools by name; every one returns text, also for its errors."""
        found: dict[str, Callable[..., str]] = {
            "search_catalog": self.search_catalog,
            "look_up_values": self.look_up_values,
            "get_metric_definition": self.get_metric_definition,
            "run_plan": self.run_plan,
            "run_analysis": self.run_analysis,
            "propose_plan": self.propose_plan,
            "ask_back": self.ask_back,
            "refuse": self.refuse,
        }
        assert tuple(found) == TOOLS
        return found

    def must_end(self) -> bool:
        """Return whether the model is not to be called again; the reason is kept."""
        if self.settled is None and self.stopped is None:
            self.stopped = self.usage.spent()
        return self.settled is not None or self.stopped is not None

    def reject(self, verdict: str, problems: str) -> str:
        """Return what the model is told of a plan or reply that cannot be used; the third ends its turn."""
        with self._lock:
            self.rejections += 1
            left = self.usage.limits.rejections - self.rejections
            self.tried.append({"verdict": verdict})
            if left < 0:
                self.stopped = self.stopped or "rejected"
        return prompt("rejected", self.request.locale, left=max(left + 1, 0), problems=as_data(problems))

    # ------------------------------------------------------------------------------------------------------- looking

    def search_catalog(self, words: object = "", **_: object) -> str:
        """Return metrics, dimensions and analyses whose words are in `words`."""
        text, rights = str(words)[:300], self.request.layer.rights(self.request.user)
        lines = [
            f"{kind}: {self.index.line(kind, name, self.request.locale)}"
            for kind in ("metric", "dimension", "analysis")
            for name in self.index.search(text, kind, 6, rights)
        ]
        return as_data("\n".join(lines)) or "nothing"

    def look_up_values(self, dimension: object = "", text: object = "", **_: object) -> str:
        """Return stored values of a dimension that look like `text`."""
        request = self.request
        catalog, rights = request.layer.catalog, request.layer.rights(request.user)
        name = catalog.spellings.get(str(dimension), str(dimension))
        closed = name in rights.hidden or name in rights.masked
        if name not in catalog.dimensions or closed:
            visible = [one for one in catalog.dimensions if one not in rights.hidden]
            return (
                f"no dimension {str(dimension)[:60]!r}. Nearest: {', '.join(nearest(name, visible)) or '-'}"
            )
        if rights.row_filters:  # what other people's rows hold is not for this user
            return "values are not listed for this user; write the value as the question has it"
        return as_data(", ".join(self.validator.near_values(name, str(text)[:100]))) or "nothing"

    def get_metric_definition(self, name: object = "", **_: object) -> str:
        """Return what a metric means and what it can be split by; of an analysis, what it does and takes."""
        analysis = self.index.tools.get(str(name))
        if analysis is not None:
            about = analysis.description.partition("\n\n")[0]
            return as_data("\n".join([about, "inputs:", *inputs_said(analysis.inputs)])[:LONGEST_ABOUT])
        catalog, rights = self.request.layer.catalog, self.request.layer.rights(self.request.user)
        metric = catalog.metrics.get(str(name))
        if metric is None or metric.name in rights.hidden:
            known = [one for one in catalog.metrics if one not in rights.hidden]
            return f"no metric {str(name)[:60]!r}. Nearest: {', '.join(nearest(str(name), known)) or '-'}"
        closed = rights.hidden | rights.masked
        reached = [one for one in catalog.dimensions if one in self.scene.reach.dimensions([metric.name])]
        split = ", ".join([one for one in reached if one not in closed][:20])
        line = self.index.line("metric", metric.name, self.request.locale)
        about = metric.description.at(self.request.locale)[:300] if metric.description else ""
        return as_data(f"{line}\n{about}\nunit: {metric.unit or '-'}\ndimensions: {split}")

    # -------------------------------------------------------------------------------------------------------- trying

    def run_plan(self, plan: object = None, **_: object) -> str:
        """Run a plan with the asking user's rights and tell its shape, so that the next step can build on it."""
        if self.run is None or self.must_end():
            return "plans cannot be run now"
        try:
            checked = self._checked([plan])[0]
            told = as_data(self.run(checked))
        except PlanProblem as problem:
            return as_data(str(problem))
        except AskGrowthError as error:
            return as_data(f"{error.message.en} {error.mend.en}")
        self.tried.append({"verdict": "run", "plans": _printable((checked,))})
        return told

    def run_analysis(self, name: object = "", inputs: object = None, **_: object) -> str:
        """Run an analysis by its name."""
        return self.run_plan(
            {"kind": "tool", "name": str(name), "inputs": inputs if isinstance(inputs, dict) else {}}
        )

    # -------------------------------------------------------------------------------------------------------- ending

    def propose_plan(self, plans: object = None, readings: object = None, **_: object) -> str:
        """Take the plans if they are valid and cover the question, else say what is wrong with them."""
        with self._lock:
            if self.settled is not None:
                return "accepted before"
            try:
                checked = self._checked(plans)
                said = self._readings(readings)
            except PlanProblem as problem:
                return self._not_accepted(plans, "invalid", str(problem))
            conversation = self.request.conversation
            earlier = [plan for turn in conversation.turns for plan in turn.plans] if conversation else []
            counted = account(checked, said, self.found, self.scene, self.request.layer, earlier=earlier)
            if counted.problems and self.covers:
                return self._not_accepted(plans, "uncovered", "\n".join(counted.problems))
            self.tried.append({"verdict": "accepted", "plans": _printable(checked)})
            self.settled = Settled(checked, counted)
        return "accepted"

    def ask_back(self, plans: object = None, **_: object) -> str:
        """Take the question back if at least two of its options can be run."""
        with self._lock:
            if self.settled is not None:
                return "accepted before"
            try:
                checked = self._checked(plans)
            except PlanProblem as problem:
                return self._not_accepted(plans, "invalid", str(problem))
            options = options_of(checked, self.scene)
            if len(options) < 2:
                return self._not_accepted(plans, "invalid", "ask_back needs two different plans")
            self.tried.append({"verdict": "asked_back", "plans": _printable(checked)})
            asked = BilingualMessage(zh=WHICH.zh, en=WHICH.en)
            self.settled = Settled(clarify=ClarifyPlan(kind="clarify", question=asked, options=options))
        return "accepted"

    def refuse(self, reason: object = "", missing: object = (), **_: object) -> str:
        """Take an honest no; only words that were really asked count as missing."""
        with self._lock:
            if self.settled is not None:
                return "accepted before"
            known: RefusalReason = next((one for one in REASONS if one == reason), "not_in_catalog")
            words = [missing] if isinstance(missing, str) else missing if isinstance(missing, list) else []
            asked = self.request.question.casefold()
            kept = tuple(str(word) for word in words if str(word).strip() and str(word).casefold() in asked)
            self.tried.append({"verdict": "refused", "reason": known})
            self.settled = Settled(reason=known, missing=kept[:5])
        return "accepted"

    def _checked(self, written: object) -> tuple[AnswerablePlan, ...]:
        try:
            plans = PLANS.validate_python(written)
        except ValidationError as error:
            raise PlanProblem("\n".join(validation_problems(error))) from error
        if not 1 <= len(plans) <= MOST_PLANS:
            raise PlanProblem(f"plans: one to {MOST_PLANS} plans")
        try:
            return tuple(self.validator.checked(plan) for plan in plans)
        except AskGrowthError as error:
            raise PlanProblem(f"{error.message.en} {error.mend.en}") from error

    @staticmethod
    def _readings(written: object) -> tuple[Reading, ...]:
        try:
            return READINGS.validate_python(written or ())
        except ValidationError as error:
            raise PlanProblem("readings: " + "; ".join(validation_problems(error))) from error

    def _not_accepted(self, plans: object, verdict: str, problems: str) -> str:
        told = self.reject(verdict, problems)
        self.tried[-1] |= {"problems": problems[:500], "plans": str(plans)[:1_000]}
        return told


def options_of(plans: tuple[AnswerablePlan, ...], scene: Scene) -> tuple[Option, ...]:
    """Return plans as options, worded by us from the plan; two of the same wording are one."""
    options: dict[str, Option] = {}
    for plan in plans:
        said = _said(plan, scene)
        options.setdefault(said.en, Option(question=BilingualMessage(zh=said.zh, en=said.en), plan=plan))
    return tuple(options.values())[:MOST_PLANS]


def _said(plan: AnswerablePlan, scene: Scene) -> Text:
    if isinstance(plan, MetricPlan | MetadataPlan):
        return describe(plan, scene)
    return Text.same(plan.name)


def _printable(plans: tuple[AnswerablePlan, ...]) -> list[dict[str, Any]]:
    return [plan.model_dump(mode="json", exclude_defaults=True) for plan in plans]
