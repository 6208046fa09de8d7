"""Alerts by chat: made, shown back, confirmed, listed, paused and deleted in plain sentences, offline."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.alerts.members import replayed
from bot.alerts.proposing import propose
from bot.alerts.saying import condition_said
from bot.alerts.store import Alert, all_alerts, delete_alert, pause_alert, read_rule, save_alert
from bot.alerts.wording import NO, YES, Asked, read
from bot.following.talk import FollowTalk
from bot.jobs.clock import Clock
from bot.language.locale import locale_of
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Locale, Text
from semantic_layer.watching import AlertRule
from tools.registry import ToolContext

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.pipeline import Pipeline

MOST_WAITING = 2000
WEEKS = {"threshold": 26, "change": 26, "anomaly": 8}


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back. `asks`: a yes or no is waited for. `done`: something was changed or shown."""

    text: str
    locale: Locale
    asks: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    definition: Mapping[str, Any]
    question: str
    locale: Locale


class AlertTalk:
    """Reads sentences about alerts; one per server, for all conversations."""

    def __init__(
        self,
        pipeline: Pipeline,
        engine: Engine,
        workspace: str,
        clock: Clock,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        """Take the pipeline that reads conditions, the app database that keeps alerts, and the delivery targets."""
        self._addresses = addresses or {}
        self._pipeline, self._engine = pipeline, engine
        self._workspace, self._clock = workspace, clock
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._lock = threading.Lock()
        self._following = FollowTalk(pipeline, engine, workspace, clock)

    def reply(
        self, text: str, conversation: str, *, user: str | None = None, locale: Locale | None = None
    ) -> Reply | None:
        """Return what is said to a sentence about alerts or following; None where it is a question."""
        with self._lock:
            waiting = self._waiting.pop(conversation, None)
        if waiting is not None and YES.match(text.strip()):
            return self._confirmed(waiting, user)
        if waiting is not None and NO.match(text.strip()):
            said = Text(zh="好,没有设置。", en="All right, nothing was set.")
            return Reply(said.at(waiting.locale), waiting.locale, done=True)
        asked = read(text)
        shown = locale or locale_of(text, self._pipeline.layer.settings.locale)
        try:
            if asked is None:
                heard = self._following.reply(text, user, shown, self._addresses)
                return Reply(heard.text, heard.locale, done=heard.done) if heard is not None else None
            self._pipeline.layer.rights(user)
            if asked.wish == "create":
                return self._proposed(asked, text, conversation, user, shown)
            if asked.wish == "list":
                return self._listed(user, shown)
            return self._changed(asked, user, shown)
        except AskGrowthError as error:
            return Reply(error.at(shown), shown)

    def _proposed(
        self, asked: Asked, text: str, conversation: str, user: str | None, locale: Locale
    ) -> Reply:
        found = propose(asked.words, lambda words: self._pipeline.explain(words, locale=locale, user=user))
        if found.definition is None:
            assert found.problem is not None
            return Reply(found.problem.at(locale), locale)
        definition = {**found.definition, "name": self._free_name(str(found.definition["name"]))}
        if user is not None:
            definition["user"] = user
        rule = read_rule(definition, self._pipeline.layer)
        if rule is None:
            said = Text(zh="这个条件设不成预警。", en="This condition cannot be made into an alert.")
            return Reply(said.at(locale), locale)
        with self._lock:
            self._waiting[conversation] = _Waiting(definition, text, locale)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
        return Reply(self._shown_back(rule, user).at(locale), locale, asks=True)

    def _shown_back(self, rule: AlertRule, user: str | None) -> Text:
        condition = condition_said(rule, self._pipeline.layer.catalog)
        past = self._past(rule, user)
        return Text(
            zh=f"我读成:{condition.zh},就通知您(每天 9:00 看一次,恢复时也说一声)。{past.zh if past else ''}要设置吗?",
            en=f"I read: I tell you when {condition.en} (looked at daily at 9:00; the end of it is told, too). "
            f"{past.en if past else ''}Shall I set it?",
        )

    def _past(self, rule: AlertRule, user: str | None) -> Text | None:
        """Return how often it would have fired, where that is quickly known."""
        weeks = WEEKS.get(rule.kind)
        if weeks is None:
            return None
        layer = self._pipeline.layer
        last = layer.today(None)
        days = [last - timedelta(back) for back in range(weeks * 7 - 1, -1, -1)]
        fired = sum(event == "fired" for event, *_ in replayed(rule, ToolContext(layer, last, user), days))
        return Text(
            zh=f"过去 {weeks} 周它会触发 {fired} 次。",
            en=f"In the last {weeks} weeks it would have fired {fired} time{'' if fired == 1 else 's'}. ",
        )

    def _confirmed(self, waiting: _Waiting, user: str | None) -> Reply:
        save_alert(
            self._engine, self._workspace, waiting.definition, user, waiting.question, self._clock.now()
        )
        name = waiting.definition["name"]
        rule = read_rule(waiting.definition, self._pipeline.layer)
        condition = condition_said(rule, self._pipeline.layer.catalog) if rule is not None else Text.same("")
        said = Text(
            zh=f"已设置预警 {name}:{condition.zh}。说「我有哪些提醒」就能查看,也能暂停或删除。",
            en=f'The alert {name} is set: {condition.en}. "Which alerts do I have" shows it; it can be paused or '
            "deleted there.",
        )
        return Reply(said.at(waiting.locale), waiting.locale, done=True)

    def _mine(self, user: str | None) -> list[Alert]:
        every = all_alerts(self._pipeline.layer, self._engine, self._workspace)
        return [one for one in every if one.in_yaml or one.owner == user]

    def _listed(self, user: str | None, locale: Locale) -> Reply:
        found = self._mine(user)
        if not found:
            said = Text(
                zh="还没有预警。可以说「ROI 低于 2 就叫我」。",
                en="There are no alerts yet. Say, for example, 'alert me when ROAS falls under 2'.",
            )
            return Reply(said.at(locale), locale, done=True)
        paused = Text(zh=" · 已暂停", en=" · paused").at(locale)
        catalog = self._pipeline.layer.catalog
        lines = [
            f"{at}. `{one.rule.name}` {condition_said(one.rule, catalog).at(locale)}{paused if one.paused else ''}"
            for at, one in enumerate(found, start=1)
        ]
        return Reply("\n".join(lines), locale, done=True)

    def _changed(self, asked: Asked, user: str | None, locale: Locale) -> Reply:
        found = self._mine(user)
        meant = self._meant(asked.words, found, user)
        if len(meant) != 1:
            listed = self._listed(user, locale)
            which = Text(zh="是哪一条?请说编号或名字:", en="Which one? Give its number or name:")
            return replace(listed, text=f"{which.at(locale)}\n{listed.text}", done=False)
        one = meant[0]
        name = one.rule.name
        if asked.wish == "delete":
            if one.in_yaml:
                said = Text(
                    zh=f"{name} 写在工作区的 YAML 里,只能在那里删除;可以先「暂停 {name} 预警」。",
                    en=f"{name} stands in the workspace's YAML and is deleted there; you can pause it here.",
                )
                return Reply(said.at(locale), locale)
            delete_alert(self._engine, self._workspace, name)
            said = Text(zh=f"已删除预警 {name}。", en=f"The alert {name} is deleted.")
            return Reply(said.at(locale), locale, done=True)
        is_pause = asked.wish == "pause"
        pause_alert(self._engine, self._workspace, name, paused=is_pause)
        said = (
            Text(zh=f"已暂停预警 {name}。", en=f"The alert {name} is paused.")
            if is_pause
            else Text(zh=f"预警 {name} 已恢复。", en=f"The alert {name} looks again.")
        )
        return Reply(said.at(locale), locale, done=True)

    def _meant(self, words: str, found: list[Alert], user: str | None) -> list[Alert]:
        """Return the alerts that the words may mean: by number, by name, by the metric they are about."""
        digits = "".join(letter for letter in words if letter.isdigit())
        if digits and not any(
            letter.isascii() and letter.isalpha() for letter in words.replace("number", "")
        ):
            at = int(digits)
            return found[at - 1 : at] if at >= 1 else []
        plain = words.strip().strip("`").lower()
        by_name = [one for one in found if one.rule.name.lower() == plain]
        if by_name or not plain:
            return by_name or (found if len(found) == 1 else [])
        plan = self._pipeline.explain(words, user=user).plan
        metrics = getattr(plan, "metrics", ())
        return [one for one in found if one.rule.metric in metrics]

    def _free_name(self, name: str) -> str:
        taken = {one.rule.name for one in all_alerts(self._pipeline.layer, self._engine, self._workspace)}
        at, free = 2, name
        while free in taken:
            free, at = f"{name}_{at}", at + 1
        return free
