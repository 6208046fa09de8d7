"""How the model's part in a reading is said: slots, notes, reasons, in both languages. No word is the model's."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answer import Slot
from bot.outcomes import plans_of
from bot.plan import (
    AnswerablePlan,
    BilingualMessage,
    ClarifyPlan,
    MetricPlan,
    Option,
    RefusalReason,
    RefusePlan,
    plan_hash,
)
from bot.planners.base import Planned
from bot.planners.llm.session import Settled, options_of
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.planners.rules.draft import Scene

BY_MODEL = Text(zh="由语言模型解析,计划经代码校验", en="read by a language model, its plan checked by code")
BOTH_DIFFER = Text(zh="规则与语言模型的读法不同", en="the rules and the language model read it differently")
WHICH = BilingualMessage(
    zh="规则和语言模型对这个问题的理解不同,您指哪一个?",
    en="The rules and the language model read this differently. Which one do you mean?",
)
_REASONS: dict[str, tuple[str, str]] = {
    "calls": ("调用次数用完", "it used up its calls"),
    "tokens": ("令牌数用完", "it used up its tokens"),
    "seconds": (
        "超过了时限,可调 ASKGROWTH_LLM_SECONDS",
        "it took too long; ASKGROWTH_LLM_SECONDS sets how long it may",
    ),
    "money": ("本题的费用用完", "it used up the question's money"),
    "day": ("今天的额度用完", "today's allowance is used up"),
    "purse": ("查不到今天的用量", "today's usage cannot be looked up"),
    "rejected": ("它的计划三次没有通过校验", "its plans failed the checks three times"),
    "no_plan": ("它没有给出计划", "it gave no plan"),
    "unsure": ("它没有给出更好的读法", "it had no better reading"),
    "key": (
        "密钥被拒绝,请检查 ASKGROWTH_LLM_API_KEY",
        "the endpoint refused the key; check ASKGROWTH_LLM_API_KEY",
    ),
    "address": (
        "地址或模型名不对,请检查 ASKGROWTH_LLM_BASE_URL 和 ASKGROWTH_LLM_MODEL",
        "the address or the model's name is wrong; check ASKGROWTH_LLM_BASE_URL and ASKGROWTH_LLM_MODEL",
    ),
    "unpaid": ("接口账户余额不足,请充值", "the endpoint's account has no money left; top it up"),
    "too_many": ("接口限流,请稍后再问", "the endpoint takes no more requests for now; ask again later"),
    "server": ("接口出错,请稍后再问", "the endpoint failed; ask again later"),
    "refused_request": (
        "接口不接受请求,模型可能不支持工具调用,可用 ASKGROWTH_LLM_EXTRA_BODY 调整",
        "the endpoint did not take the request; its model may know no tools, or needs ASKGROWTH_LLM_EXTRA_BODY",
    ),
    "certificate": (
        "加密连接失败,请检查地址是 http 还是 https 以及证书",
        "the encrypted connection failed; check whether the address is http or https, and its certificate",
    ),
    "connection": (
        "连接中断或不通,请检查 ASKGROWTH_LLM_BASE_URL 和网络",
        "the connection broke or could not be made; check ASKGROWTH_LLM_BASE_URL and the network",
    ),
    "unreadable": ("回复无法读取", "its reply could not be read"),
    "busy": ("同时进行的请求太多", "too many requests are under way"),
}
_BY_STATUS = {401: "key", 403: "key", 402: "unpaid", 404: "address", 429: "too_many"}
_REFUSED: dict[RefusalReason, Text] = {
    "out_of_scope": Text(zh="这个问题不在数据范围内。", en="That is outside the data."),
    "not_supported": Text(zh="这类问题现在还不支持。", en="This kind of question is not supported yet."),
    "not_in_catalog": Text(
        zh="工作区里没有这个问题所需的指标或维度。",
        en="The workspace has no metric or dimension for this question.",
    ),
}


def fallback_why(reason: str) -> Text:
    """Return why the rules' reading stands although a model was asked."""
    zh, en = _REASONS.get(reason, _REASONS["no_plan"])
    return Text(zh=f"规则解析(已询问语言模型:{zh})", en=f"read by rules (the language model was asked: {en})")


def model_planned(settled: Settled, scene: Scene, ruled: Planned) -> Planned:
    """Return the model's accepted plans as a reading: what each unknown word was taken for is a slot."""
    plans = settled.plans
    slots: list[Slot] = []
    notes: list[Text] = []
    counted = settled.account
    if counted is not None:
        for words, means in counted.read_as:
            label = label_of(means, scene)
            slots.append(Slot("metric" if means in scene.catalog.metrics else "reading", label, (words,)))
            notes.append(
                Text(
                    zh=f"「{words}」按「{label.zh}」理解(语言模型的读法)。",
                    en=f"“{words}” was read as {label.en} (the language model's reading).",
                )
            )
        if counted.fillers:
            notes.append(
                Text(
                    zh=f"这些词没有用到:{'、'.join(counted.fillers)}。",
                    en=f"These words were taken to change nothing: {', '.join(counted.fillers)}.",
                )
            )
    others = ruled.plan.options if isinstance(ruled.plan, ClarifyPlan) else ()
    kept = tuple(option for option in others if option.plan not in plans)
    return Planned(
        plans if len(plans) > 1 else plans[0],
        slots=tuple(slots),
        confidence=SURE_OF_MODEL,
        why=BY_MODEL,
        alternatives=kept,
        notes=tuple(dict.fromkeys(notes)),
        planner="llm",
    )


SURE_OF_MODEL = 0.8


def label_of(name: str, scene: Scene) -> Text:
    """Return the label of a metric, dimension or segment; anything else as it is written."""
    for known in (scene.catalog.metrics, scene.catalog.dimensions, scene.catalog.segments):
        if name in known:
            return known[name].label
    return Text.same(name)


def differing(ruled: Planned, mine: Planned, scene: Scene) -> Planned:
    """Return the choice between the rules' and the model's plans; the rules' come first."""
    assert not isinstance(ruled.plan, ClarifyPlan | RefusePlan)
    assert not isinstance(mine.plan, ClarifyPlan | RefusePlan)
    options = options_of((plans_of(ruled.plan)[0], plans_of(mine.plan)[0]), scene)
    if (
        len(options) < 2
    ):  # they differ in what their short wording does not say: the reading by rules is known
        return replace(ruled, why=BOTH_DIFFER, planner="rules")
    chosen: tuple[Option, ...] = options
    return Planned(
        ClarifyPlan(kind="clarify", question=WHICH, options=chosen),
        slots=ruled.slots,
        confidence=0.4,
        why=BOTH_DIFFER,
        planner="llm",
    )


def refused_by_model(settled: Settled, ruled: Planned) -> Planned:
    """Return the model's refusal, with the nearest questions that the rules planner knows."""
    reason = settled.reason or "not_in_catalog"
    if isinstance(
        ruled.plan, RefusePlan
    ):  # the rules name the words they miss: that is the better explanation
        return replace(ruled, why=BY_MODEL, planner="llm")
    said = _REFUSED.get(reason, _REFUSED["not_in_catalog"])
    message = BilingualMessage(zh=said.zh, en=said.en)
    plan = RefusePlan(kind="refuse", reason=reason, message=message, missing=settled.missing)
    return Planned(plan, ruled.slots, settled.missing, confidence=0.3, why=BY_MODEL, planner="llm")


def reason_of(error: BaseException) -> str:
    """Return why a conversation with the endpoint broke, by the kind of error; its text may hold a secret."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _BY_STATUS.get(status, "server" if status >= 500 else "refused_request")
    name = type(error).__name__
    if "Timeout" in name:
        return "seconds"
    if _in_chain(error, ssl.SSLError):
        return "certificate"
    if "Connection" in name or "Protocol" in name or "ReadError" in name:
        return "connection"
    return "calls" if "Recursion" in name else "unreadable"


def _in_chain(error: BaseException, kind: type[BaseException]) -> bool:
    """Return whether an error, or one that it came from, is of a kind."""
    one: BaseException | None = error
    while one is not None:
        if isinstance(one, kind):
            return True
        one = one.__cause__ or one.__context__
    return False


def outcome_of(planned: Planned) -> str:
    """Return the outcome of a reading in a few words: the hash of its plans, or why there is none."""
    plan = planned.plan
    if isinstance(plan, RefusePlan):
        return f"refuse {plan.reason}"
    if isinstance(plan, ClarifyPlan):
        return "clarify"
    plans: tuple[AnswerablePlan, ...] = plan if isinstance(plan, tuple) else (plan,)
    return " ".join(plan_hash(one)[:8] if isinstance(one, MetricPlan) else one.kind for one in plans)
