"""Following by chat, offline: "follow ROAS", 「关注客单价」, 「每周一把各渠道投产比发给我」; listed, and ended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.following.subscriptions import Subscription, follow, followed, unfollow
from bot.jobs.clock import Clock
from bot.plan import MetricPlan, ToolPlan
from semantic_layer.text import Locale, Text
from semantic_layer.watching import DAILY

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.answer import Answer
    from bot.pipeline import Pipeline

LOCAL = "local"
MONDAYS = "0 9 * * mon"
Wish = Literal["follow", "list", "end"]

_WHEN_ZH = (
    r"(?:每(?:天|日|早|个?工作日|周[一二三四五六日天]?|星期[一二三四五六日天]?|月)(?:早上|上午|9点|九点)*)"
)
_WHEN_EN = (
    r"(?:every\s+(?:day|morning|week(?:day)?|month|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|"
    r"daily|weekly|monthly)"
)
_FOLLOW = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?:请|帮我|我要|我想)*(?P<when>{_WHEN_ZH})?(?:关注|订阅|持续关注)(?:一下)?(?P<what>.+?)[。!]*$",
        rf"^(?:请|帮我)*(?P<when>{_WHEN_ZH})(?:都)?(?:把|给我发|发我|推送|推给我)(?P<what>.+?)(?:发给我|推给我|推送给我|发我|发一下)?[。!]*$",
        rf"^(?:please\s+)?(?:i\s+want\s+to\s+)?(?:follow(?![\s-]*(?:up|through))|subscribe(?:\s+me)?\s+to)\s+(?P<what>.+?)(?:\s+(?P<when>{_WHEN_EN}))?[.!]*$",
        rf"^(?:please\s+)?send\s+me\s+(?P<what>.+?)\s+(?P<when>{_WHEN_EN})[.!]*$",
    )
)
_END = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:请|帮我)*(?:取消关注|取消订阅|不再关注|别再关注|退订)(?P<what>.+?)(?:了)?[。!]*$",
        r"^(?:please\s+)?(?:unfollow|unsubscribe(?:\s+me)?\s+from|stop\s+following)\s+(?P<what>.+?)[.!]*$",
    )
)
_LIST = re.compile(
    r"^(?:我)?(?:现在)?(?:关注|订阅)(?:了)?(?:哪些|什么|的有哪些|列表)(?:指标|问题|东西)?[??。]*$|"
    r"^(?:what|which\s+\w+)\s+(?:do|am)\s+i\s+follow(?:ing)?[?.]*$|^(?:list|show)\s+(?:me\s+)?what\s+i\s+follow[.]*$",
    re.IGNORECASE,
)
_DAYS_ZH = dict(
    zip("一二三四五六日天", ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "sun"), strict=True)
)
_DAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said back to a sentence about following. `done`: something was changed or shown."""

    text: str
    locale: Locale
    done: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sentence wants, of what, and when (five cron fields)."""

    wish: Wish
    what: str = ""
    cron: str | None = None
    is_sure: bool = False  # nothing else can be meant: 「每天把……发给我」


def read(text: str) -> Asked | None:
    """Return what a sentence wants of following, None where it is about something else."""
    said = text.strip()
    if _LIST.match(said):
        return Asked("list")
    for pattern in _END:
        if found := pattern.match(said):
            return Asked("end", found["what"].strip())
    for pattern in _FOLLOW:
        if found := pattern.match(said):
            what = re.sub(r"^[\s,,::]+|[\s,,::]+$", "", found["what"])
            return Asked(
                "follow", what, _cron(found["when"]), is_sure="发" in said or "send me" in said.lower()
            )
    return None


def _cron(when: str | None) -> str | None:
    said = (when or "").lower()
    if not said:
        return None
    if "月" in said or "month" in said:
        return "0 9 1 * *"
    if "工作日" in said or "weekday" in said:
        return "0 9 * * mon-fri"
    day = next((_DAYS_ZH[one] for one in said if one in _DAYS_ZH and ("周" in said or "星期" in said)), None)
    day = day or next((one for one in _DAYS_EN if re.search(rf"\b{one}\w*day\b", said)), None)
    if day is None and ("周" in said or "星期" in said or "week" in said):
        day = "mon"
    return f"0 9 * * {day}" if day else DAILY


def times_said(cron: str) -> Text:
    """Return in words when something is sent; the fields themselves for times that the chat never sets."""
    if cron == DAILY:
        return Text(zh="每天 9:00", en="every day at 9:00")
    if cron == "0 9 1 * *":
        return Text(zh="每月 1 日 9:00", en="on the 1st of every month at 9:00")
    if cron == "0 9 * * mon-fri":
        return Text(zh="工作日 9:00", en="on weekdays at 9:00")
    named = {en: zh for zh, en in _DAYS_ZH.items() if zh != "天"}
    minute, hour, month_day, month, day = cron.split()
    if (minute, hour, month_day, month) == ("0", "9", "*", "*") and day in named:
        return Text(zh=f"每周{named[day]} 9:00", en=f"every {_long(day)} at 9:00")
    return Text.same(cron)


def _long(day: str) -> str:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return days[_DAYS_EN.index(day)]


class FollowTalk:
    """Reads sentences about following; one per server."""

    def __init__(self, pipeline: Pipeline, engine: Engine, workspace: str, clock: Clock) -> None:
        """Take the pipeline that reads metrics and questions, and the app database that keeps what is followed."""
        self._pipeline, self._engine = pipeline, engine
        self._workspace, self._clock = workspace, clock

    def reply(self, text: str, user: str | None, locale: Locale, addresses: Mapping[str, str]) -> Said | None:
        """Return what is said to a sentence about following; None where it is a question for the pipeline.

        A sentence that the workspace can answer as it stands (「关注人数」 may be a metric) is a question.

        Raises:
            AccessError: the user is unknown.
        """
        asked = read(text)
        if asked is None:
            return None
        if not asked.is_sure and self._pipeline.explain(text, locale=locale, user=user).outcome == "answer":
            return None
        self._pipeline.layer.rights(user)
        if asked.wish == "list":
            return self._listed(user, locale)
        found = self._pipeline.explain(asked.what, locale=locale, user=user)
        if found.outcome != "answer":
            return Said(_why_not(found).at(locale), locale)
        metric = _metric_of(found)
        name = metric or asked.what
        if asked.wish == "end":
            return self._ended(name, asked.what, user, locale)
        is_digest = isinstance(found.plan, ToolPlan) and found.plan.name == "digest"
        cron = asked.cron or (MONDAYS if is_digest else DAILY)
        kind = "metric" if metric else "question"
        one = Subscription(kind, name, user or LOCAL, user, cron, (), locale)
        follow(self._engine, self._workspace, one, self._clock.now())
        said, times = self._called(name), times_said(cron)
        zh = f"已关注「{said.zh}」:{times.zh} 发送。不要了就说「取消关注{said.zh}」。"
        en = f"Following {said.en}: it is sent {times.en}. To end it, say 'unfollow {said.en}'."
        if "default" not in addresses:
            zh += "现在还没有接收地址,请管理员设置 ASKGROWTH_DELIVERY_DEFAULT。"
            en += " There is no address to send it to yet: ask for ASKGROWTH_DELIVERY_DEFAULT to be set."
        return Said(Text(zh=zh, en=en).at(locale), locale, done=True)

    def _ended(self, name: str, words: str, user: str | None, locale: Locale) -> Said:
        owner = user or LOCAL
        done = unfollow(self._engine, self._workspace, name, owner)
        done = done or unfollow(self._engine, self._workspace, words, owner)
        said = self._called(name)
        if done:
            text = Text(zh=f"已取消关注「{said.zh}」。", en=f"{said.en} is no longer followed.")
        else:
            text = Text(zh=f"您没有关注「{said.zh}」。", en=f"You do not follow {said.en}.")
        return Said(text.at(locale), locale, done=done)

    def _listed(self, user: str | None, locale: Locale) -> Said:
        mine = [one for one in followed(self._engine, self._workspace) if one.owner == (user or LOCAL)]
        if not mine:
            none = Text(
                zh="还没有关注。可以说「关注」加上指标或问题。",
                en="You follow nothing yet. Say 'follow' and a metric.",
            )
            return Said(none.at(locale), locale, done=True)
        lines = [
            f"{at}. {self._called(one.name).at(locale)} · {times_said(one.cron).at(locale)}"
            for at, one in enumerate(mine, start=1)
        ]
        return Said("\n".join(lines), locale, done=True)

    def _called(self, name: str) -> Text:
        metric = self._pipeline.layer.catalog.metrics.get(name)
        return metric.label if metric is not None else Text.same(name)


def _metric_of(answer: Answer) -> str | None:
    """Return the metric where nothing else was asked for; None for a question with rows, groups or a period."""
    plan = answer.plan
    if not isinstance(plan, MetricPlan) or len(plan.metrics) != 1 or len(answer.parts) > 1:
        return None
    bare = MetricPlan(kind="metric", metrics=plan.metrics, period=plan.period)
    is_bare = plan.where == bare.where and plan.group_by == bare.group_by and plan.having == bare.having
    is_bare = is_bare and plan.segments == bare.segments and plan.compare == bare.compare
    timed = any(one.slot == "period" and one.words for one in answer.interpretation)
    return plan.metrics[0] if is_bare and not timed else None


def _why_not(answer: Answer) -> Text:
    if answer.refusal is not None:
        return answer.refusal.message
    if answer.clarification is not None:
        options = answer.clarification.options[:4]
        zh = "、".join(f"「{one.question.zh}」" for one in options)
        en = ", ".join(f"'{one.question.en}'" for one in options)
        asked = answer.clarification.question
        return Text(zh=f"{asked.zh} {zh}", en=f"{asked.en} {en}")
    if answer.error is not None:
        return answer.error.message
    return Text(zh="没看懂要关注什么。", en="I did not see what is to be followed.")
