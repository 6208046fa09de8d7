"""From errors to typed outcomes: what a person is told, and what they can ask instead."""

from __future__ import annotations

import logging
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from bot.answer import Clarification, Failure, Refusal
from bot.compose.asking import as_plan, question_of
from bot.compose.filters import dimension_label
from bot.compose.view import Scene
from bot.plan import AnswerablePlan, BilingualMessage, MetricPlan, Option, RefusalReason
from semantic_layer.errors import (
    AccessError,
    AmbiguousPathError,
    AskGrowthError,
    NotEnoughDataError,
    QueryError,
    UnknownNameError,
)
from semantic_layer.query import MetricQuery
from semantic_layer.text import Text

LONGEST_QUESTION = 2_000  # characters; what people type is under 100
LOG_NAME = "askgrowth.log"


def refusal_before_planning(question: str) -> Refusal | None:
    """Return why a text cannot be a question (nothing in it, far too long, not text), else None."""
    text = question.strip()
    if not any(character.isalnum() for character in text):
        return _refuse(
            "empty",
            Text(
                zh="我没有看到问题。请写一句话,例如问某个指标上个月是多少。",
                en="I see no question. Write a sentence, for example how a metric did last month.",
            ),
        )
    if len(text) > LONGEST_QUESTION:
        return _refuse(
            "not_supported",
            Text(
                zh=f"这段文字超过 {LONGEST_QUESTION:,} 字,太长了。请用一两句话提问。",
                en=f"This text is longer than {LONGEST_QUESTION:,} characters. Please ask in a sentence or two.",
            ),
        )
    odd = sum(1 for character in text if not character.isprintable() and not character.isspace())
    if odd * 10 > len(text) or "\x00" in text or "\ufffd" in text:
        return _refuse(
            "not_supported",
            Text(
                zh="这段内容不像文字,可能是文件或乱码。请直接输入问题。",
                en="This does not look like text; it may be a file. Please type your question.",
            ),
        )
    return None


def _refuse(reason: RefusalReason, message: Text, missing: tuple[str, ...] = ()) -> Refusal:
    return Refusal(reason, message, missing)


def refusal_of(error: AskGrowthError) -> Refusal | None:
    """Return the refusal that an error in a plan amounts to, None where it is a failure."""
    message = Text(zh=f"{error.message.zh}{error.mend.zh}", en=f"{error.message.en} {error.mend.en}")
    if isinstance(error, AccessError):
        return _refuse("no_access", message)
    if isinstance(error, UnknownNameError):
        return _refuse("not_in_catalog", message, (error.name,))
    if isinstance(error, NotEnoughDataError):
        return _refuse("not_enough_data", message)
    if isinstance(error, QueryError) and error.code != "invalid_inputs":
        return _refuse("not_supported", message)
    return None


def plainer(plan: MetricPlan, scene: Scene, compiles: Callable[[MetricQuery], bool]) -> tuple[Option, ...]:
    """Return what is left of a plan that cannot be run without its derived columns, and without its groups."""
    found: list[Option] = []
    bare: dict[str, object] = {"transforms": (), "order_by": (), "limit": None, "having": (), "totals": False}
    for changes in (bare, {**bare, "compare": ()}, {**bare, "compare": (), "group_by": ()}):
        tried = as_plan(plan, **changes)
        question = question_of(tried, scene)
        if (
            question is not None
            and all(tried != one.plan for one in found)
            and tried != plan
            and compiles(tried)
        ):
            found.append(Option(question=question, plan=tried))
    return tuple(found)


def clarification_of(
    error: AmbiguousPathError, plan: MetricPlan, scene: Scene, compiles: Callable[[MetricQuery], bool]
) -> Clarification | None:
    """Return the choice between the ways a dimension can be reached; None where fewer than two would run."""
    options: list[Option] = []
    for choice in error.choices:
        for replaced in _with_choice(plan, choice):
            if compiles(replaced):
                label = dimension_label(choice, scene)
                name = label if label.zh != choice else Text.same(choice)
                question = BilingualMessage(zh=f"按{name.zh}({choice})", en=f"By {name.en} ({choice})")
                options.append(Option(question=question, plan=replaced))
                break
    if len(options) < 2:
        return None
    return Clarification(
        Text(zh=f"{error.message.zh}您指的是哪一个?", en=f"{error.message.en} Which one do you mean?"),
        tuple(options[:4]),
    )


def _with_choice(plan: MetricPlan, choice: str) -> list[MetricPlan]:
    """Return the plan with each of its dimensions in turn replaced by the choice, the likeliest first."""
    names = [group.dimension for group in plan.group_by]
    names += [condition.dimension for condition in plan.where if condition.kind == "condition"]
    tail = choice.rpartition("__")[2]
    ordered = sorted(dict.fromkeys(names), key=lambda name: name.rpartition("__")[2] != tail)
    found = []
    for name in ordered:
        groups = tuple(
            group.model_copy(update={"dimension": choice}) if group.dimension == name else group
            for group in plan.group_by
        )
        where = tuple(
            condition.model_copy(update={"dimension": choice})
            if condition.kind == "condition" and condition.dimension == name
            else condition
            for condition in plan.where
        )
        found.append(plan.model_copy(update={"group_by": groups, "where": where}))
    return found


def failure_of(error: AskGrowthError) -> Failure:
    """Return an error as a person sees it."""
    return Failure(error.code, error.message, error.mend)


def internal_failure(answer_id: str, error: Exception, folder: Path | None) -> Failure:
    """Return the failure for a defect of ours: an id to find it by. The stack goes to the log file only."""
    where = _record(answer_id, error, folder)
    place_zh = f",记录在 {where}" if where else ""
    place_en = f" It is recorded in {where}." if where else ""
    return Failure(
        "internal",
        Text(
            zh=f"程序内部出错,这个问题没有答成(编号 {answer_id[:8]})。",
            en=f"Something failed inside the program, so this question has no answer (number {answer_id[:8]}).",
        ),
        Text(
            zh=f"可以换个问法再试;反馈时请附上编号{place_zh}。",
            en=f"Try asking it differently; quote the number when you report it.{place_en}",
        ),
    )


def _record(answer_id: str, error: Exception, folder: Path | None) -> Path | None:
    """Write the stack to the log file and return its path; without a writable folder nothing is kept."""
    if folder is None:
        return None
    path = folder / LOG_NAME
    logger = logging.Logger("askgrowth.crash")  # not in the root's tree: nothing may reach the terminal
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    try:
        logger.error("answer %s failed", answer_id, exc_info=error)
    finally:
        handler.close()
    return path


def plans_of(plan: AnswerablePlan | tuple[AnswerablePlan, ...]) -> tuple[AnswerablePlan, ...]:
    """Return one or several plans as a tuple."""
    return plan if isinstance(plan, tuple) else (plan,)
