"""Lets a pair of question and plan into the memory: only by a person, only if its words fit, only if nothing breaks.

A pair teaches: it is served as it stands and shown to a model as an example. One poisoned pair (the order count saved
for a question about revenue) would give wrong numbers for good, so a word of the catalog that the plan leaves out, or
a metric, filter or segment in the plan that no word stands for, keeps it out. Words that the catalog does not know
are what an approval is for: the person says what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.approvals import Approval, dated, folded
from bot.memory.recall import Kept, read_plan
from bot.plan import AnswerablePlan, MetadataPlan, MetricPlan, plan_hash
from bot.planners.base import PlanRequest
from bot.planners.llm.account import account
from bot.planners.llm.schema import Reading
from bot.planners.llm.used import used_by
from bot.planners.llm.validate import PlanProblem, Validator
from bot.planners.rules import RulesPlanner
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Locale, Text

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.pipeline import Pipeline
    from semantic_layer.workspace import SemanticLayer
    from tools.registry import Registry

MOST_RERUN = 200  # approved questions asked again before another one is let in
KINDS = {
    "metric": Text(zh="指标", en="metric"),
    "segment": Text(zh="人群", en="segment"),
    "filter": Text(zh="筛选", en="filter on"),
}


class NotApprovedError(AskGrowthError):
    """A pair of question and plan that may not be kept, with every reason."""

    code = "not_approved"

    def __init__(self, problems: Sequence[Text]) -> None:
        zh, en = (" ".join(problem.at(locale) for problem in problems) for locale in LOCALES)
        super().__init__(
            Text(zh=f"没有保存:{zh}", en=f"Not kept: {en}"),
            Text(zh="改问题或改计划,再保存。", en="Change the question or the plan, then approve it again."),
        )


LOCALES: tuple[Locale, Locale] = ("zh-CN", "en-US")


@dataclass(frozen=True, slots=True)
class Approver:
    """Checks pairs over one workspace on one day, with the rights of the person who approves."""

    layer: SemanticLayer
    registry: Registry
    today: date
    user: str | None = None

    def checked(self, question: str, plan: AnswerablePlan, kept: Sequence[Kept]) -> AnswerablePlan:
        """Return the plan as it may be kept for the question.

        Raises:
            NotApprovedError: its words do not fit the plan, it cannot be run, or an approved question breaks.
        """
        rules = RulesPlanner(self.layer, registry=self.registry)
        request = PlanRequest(question, _locale(question), self.today, self.layer, self.user)
        plan = dated(plan, rules.periods_said(request))
        validator = Validator(self.layer, self.registry, rules.matcher, self.today, self.user)
        try:
            plan = validator.checked(plan)
        except PlanProblem as problem:
            raise NotApprovedError(
                [Text(zh=f"计划不能运行:{problem}", en=f"The plan cannot be run: {problem}")]
            ) from problem
        problems = self._misfits(plan, rules, request)
        if not problems:
            problems = self._regression(question, plan, kept)
        if problems:
            raise NotApprovedError(problems)
        return plan

    def broken(self, kept: Sequence[Kept]) -> list[tuple[Kept, Text]]:
        """Return the approved pairs that no longer pass, each with why: a metric gone, a word with a new meaning."""
        found = []
        for one in kept:
            try:
                self.checked(one.question, read_plan(one.plan), ())
            except NotApprovedError as error:
                found.append((one, error.message))
        return found

    def _misfits(self, plan: AnswerablePlan, rules: RulesPlanner, request: PlanRequest) -> list[Text]:
        """Return where question and plan do not fit."""
        if isinstance(plan, MetadataPlan):
            return []
        read, scene = rules.understood(request)
        if not any(item.kind not in ("sign", "number") for item in read.items):
            return [Text(zh="问题里没有可读的词。", en="The question has no word that can be read.")]
        names = ", ".join(sorted(used_by([plan], scene.catalog).names))[:200]
        unknown = [read.question.text[item.start : item.end] for item in read.items if item.kind == "unknown"]
        said = [Reading(words=words, means=self._means(plan) or names) for words in unknown if words.strip()]
        counted = account([plan], said, read, scene, self.layer)
        problems = [
            Text(
                zh=f"计划里的{KINDS[kind].zh} {name} 在问题中没有对应的词。",
                en=f"The plan's {KINDS[kind].en} {name} has no word in the question.",
            )
            for kind, name in counted.unasked
        ]
        missing = [words for words in counted.missing if words not in unknown]
        if missing:
            problems.append(
                Text(
                    zh=f"问题里的「{'、'.join(missing)}」不在计划里。",
                    en=f"The plan leaves out these words of the question: {', '.join(missing)}.",
                )
            )
        problems += [
            Text(zh=f"日期与问题不符({one})。", en=f"The dates are not the question's ({one}).")
            for one in counted.dates
        ]
        return problems

    @staticmethod
    def _means(plan: AnswerablePlan) -> str:
        """Return what an unknown word of the question may stand for: any name of the plan."""
        if not isinstance(plan, MetricPlan):
            return ""
        names = [*plan.metrics, *plan.segments, *(group.dimension for group in plan.group_by)]
        names += [getattr(part, "dimension", "") for part in plan.where]
        return ", ".join(dict.fromkeys(name for name in names if name))[:200]

    def _regression(self, question: str, plan: AnswerablePlan, kept: Sequence[Kept]) -> list[Text]:
        """Return what another approved question would no longer answer as it does, were this pair let in."""
        before = self._pipeline(_lookup(kept))
        after = self._pipeline(_lookup([Kept(question, plan.model_dump(mode="json")), *kept]))
        mine = after.ask(question, today=self.today, user=self.user)
        direct = before.run(plan, question=question, today=self.today, user=self.user)
        if mine.outcome != "answer" or _rows(mine) != _rows(direct):
            return [Text(zh="按这个计划答不出来。", en="The plan gives no answer.")]
        problems = []
        for one in kept[:MOST_RERUN]:
            old, new = (
                pipeline.ask(one.question, today=self.today, user=self.user) for pipeline in (before, after)
            )
            if (old.outcome, _rows(old)) != (new.outcome, _rows(new)):
                problems.append(
                    Text(
                        zh=f"已核对的问题「{one.question}」的答案会变。",
                        en=f"The answer of the approved question “{one.question}” would change.",
                    )
                )
        return problems

    def _pipeline(self, approvals: Callable[[str], Approval | None]) -> Pipeline:
        from bot.pipeline import Pipeline

        return Pipeline(self.layer, registry=self.registry, approvals=approvals)


def _lookup(kept: Sequence[Kept]) -> Callable[[str], Approval | None]:
    """Return the memory of a list of pairs; the first of the same words counts."""
    plans: dict[str, AnswerablePlan] = {}
    for one in kept:
        plans.setdefault(folded(one.question), read_plan(one.plan))

    def found(question: str) -> Approval | None:
        plan = plans.get(folded(question))
        return Approval(plan) if plan is not None else None

    return found


def _rows(answer: Answer) -> list[object]:
    """Return the tables of an answer with the hash of what ran."""
    return [
        (plan_hash(part.plan), part.table.rows if part.table is not None else None) for part in answer.parts
    ]


def _locale(question: str) -> Locale:
    return "zh-CN" if any("\u4e00" <= character <= "\u9fff" for character in question) else "en-US"
