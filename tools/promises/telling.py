"""The ledger in a table and sentences: promise, decision, what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from semantic_layer.catalog import Catalog
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.query import PeriodRange
from semantic_layer.table import Column, Row, Table
from semantic_layer.text import Text
from tools.interventions.asking import DEFAULT_DAYS, Logged
from tools.progress import CancelledError
from tools.promises import Promise, Realised
from tools.promises.measuring import amount, review, settled_on
from tools.registry import ToolContext
from tools.render import percent
from tools.result import Finding, ToolResult

STATUSES = (
    ("open", Text(zh="未决定", en="undecided")),
    ("accepted", Text(zh="已采纳", en="accepted")),
    ("rejected", Text(zh="已否决", en="rejected")),
    ("measured", Text(zh="已验收", en="measured")),
)
VERDICTS = (
    ("kept", Text(zh="兑现", en="kept")),
    ("partly", Text(zh="部分兑现", en="partly kept")),
    ("unclear", Text(zh="看不出效果", en="no effect that shows")),
    ("against", Text(zh="适得其反", en="it went the other way")),
    ("unmeasured", Text(zh="没法验收", en="cannot be measured")),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry with what was measured of it, recorded or just now."""

    promise: Promise
    realised: Realised | None


def report(found: Sequence[Promise], actions: Sequence[Logged], context: ToolContext) -> ToolResult:
    """Return the answer; entries that are due and unmeasured are measured now."""
    seen = [_seen(one, at, len(found), context) for at, one in enumerate(found)]
    measured = [_action(one, context) for one in actions] if not any(one.realised for one in seen) else []
    findings = [_told(one, context) for one in seen]
    findings += [one for _, one, _ in measured]
    sql = [statement for one in seen if one.realised is not None for statement in one.realised.sql]
    sql += [statement for _, _, statements in measured for statement in statements]
    headline = _headline(seen, context) if seen else measured[0][0]
    return ToolResult(
        headline=headline,
        tables=(_table(seen, context),) if seen else (_action_table(actions),),
        findings=tuple(findings),
        warnings=_notes(seen),
        sql=tuple(dict.fromkeys(sql)),
        periods=_periods(seen, actions),
    )


def _seen(one: Promise, at: int, count: int, context: ToolContext) -> Seen:
    if one.realised is None and settled_on(one, context):
        label = one.suggestion.strategy
        context.step(Text(zh=f"验收「{label.zh}」", en=f"Measuring “{label.en}”"), at / count)
        return Seen(one, review(one, context))
    return Seen(one, one.realised)


def _periods(seen: Sequence[Seen], actions: Sequence[Logged]) -> tuple[Period, ...]:
    for one in seen:
        if one.promise.starts is not None and one.promise.ends is not None:
            return (Period.of(one.promise.starts, one.promise.ends),)
    days = [one.day for one in actions] or [
        day for one in seen for day in (one.promise.first_shown, one.promise.last_shown)
    ]
    return (Period.of(min(days), max(days) + timedelta(days=1)),)


def promised(one: Promise, catalog: Catalog) -> Text:
    """Return what an entry promised: metric, interval and days."""
    effect = one.suggestion.effect
    low, high = (amount(one, bound, catalog) for bound in (effect.low, effect.high))
    label = _label(one, catalog)
    return Text(
        zh=f"{effect.horizon_days} 天{label.zh} {low.zh} 到 {high.zh}",
        en=f"{label.en} {low.en} to {high.en} in {effect.horizon_days} days",
    )


def _label(one: Promise, catalog: Catalog) -> Text:
    metric = catalog.metrics.get(one.suggestion.effect.metric)
    return metric.label if metric is not None else Text.same(one.suggestion.effect.metric)


def told(seen: Seen, context: ToolContext) -> Text:
    """Return one entry as a sentence: what, decided when, promised what, brought what."""
    one, realised = seen.promise, seen.realised
    what = Text(zh=one.suggestion.strategy.zh.rstrip("。"), en=one.suggestion.strategy.en.rstrip("."))
    catalog = context.layer.catalog
    said = promised(one, catalog)
    if one.status == "open":
        return Text(
            zh=f"「{what.zh}」还没有决定;承诺 {said.zh}。",
            en=f"“{what.en}” has not been decided; it promised {said.en}.",
        )
    if one.status == "rejected":
        why_zh, why_en = (f",理由:{one.reason}", f": {one.reason}") if one.reason else ("", "")
        return Text(
            zh=f"「{what.zh}」{one.decided_on} 被否决{why_zh}。",
            en=f"“{what.en}” was rejected on {one.decided_on}{why_en}.",
        )
    who_zh, who_en = (f",负责人 {one.assignee}", f", {one.assignee} in charge") if one.assignee else ("", "")
    assert one.starts is not None
    assert one.ends is not None
    last = one.ends - timedelta(days=1)
    begin = Text(
        zh=f"「{what.zh}」({one.starts} 至 {last}{who_zh}):承诺 {said.zh}",
        en=f"“{what.en}” ({one.starts} to {last}{who_en}) promised {said.en}",
    )
    if realised is None:
        if one.ends > context.today:
            return Text(
                zh=f"{begin.zh},还在执行,{one.ends} 后验收。",
                en=f"{begin.en}; it still runs and is measured after {last}.",
            )
        return Text(
            zh=f"{begin.zh},已到期,等数据不再变动后验收。",
            en=f"{begin.en}; it is over and is measured once the data no longer change.",
        )
    if realised.value is None or realised.low is None or realised.high is None:
        return Text(
            zh=f"{begin.zh},没法验收:{realised.note.zh}",
            en=f"{begin.en}; it cannot be measured: {realised.note.en}",
        )
    value, low, high = (
        amount(one, bound, catalog) for bound in (realised.value, realised.low, realised.high)
    )
    verdict = dict(VERDICTS)[realised.verdict]
    share = (
        f"({percent(realised.share, 0)})"
        if realised.share is not None and realised.verdict != "unclear"
        else ""
    )
    return Text(
        zh=f"{begin.zh},实际 {value.zh}{share},八成把握在 {low.zh} 到 {high.zh} 之间,结论:{verdict.zh}。"
        f"{realised.note.zh}。",
        en=f"{begin.en}; it brought {value.en}{share and ' ' + share} (80 % sure: {low.en} to {high.en}): "
        f"{verdict.en}. {realised.note.en[:1].upper()}{realised.note.en[1:]}.",
    )


def _told(seen: Seen, context: ToolContext) -> Finding:
    one = seen.realised
    metric = seen.promise.suggestion.effect.metric
    if one is None or one.value is None:
        return Finding(
            "test", told(seen, context), metric if metric in context.layer.catalog.metrics else None
        )
    return Finding(
        "test", told(seen, context), metric, one.value, one.low, one.high, at=str(seen.promise.starts)
    )


def _headline(seen: Sequence[Seen], context: ToolContext) -> Text:
    if len(seen) == 1:
        return told(seen[0], context)
    counts = {status: sum(one.promise.status == status for one in seen) for status, _ in STATUSES}
    verdicts = {
        name: sum(one.realised is not None and one.realised.verdict == name for one in seen)
        for name, _ in VERDICTS
    }
    listed = [(label, counts[status]) for status, label in STATUSES if counts[status]]
    zh = "、".join(f"{label.zh} {count} 条" for label, count in listed)
    en = ", ".join(f"{count} {label.en}" for label, count in listed)
    judged = [(label, verdicts[name]) for name, label in VERDICTS if verdicts[name]]
    if judged:
        zh += ";验收结果:" + "、".join(f"{label.zh} {count} 条" for label, count in judged)
        en += "; of those measured: " + ", ".join(f"{count} {label.en}" for label, count in judged)
    return Text(zh=f"台账里 {len(seen)} 条建议:{zh}。", en=f"{len(seen)} suggestions in the ledger: {en}.")


def _table(seen: Sequence[Seen], context: ToolContext) -> Table:
    metrics = tuple(
        {
            one.promise.suggestion.effect.metric: _label(one.promise, context.layer.catalog) for one in seen
        }.items()
    )
    strategies = tuple((one.promise.id, one.promise.suggestion.strategy) for one in seen)
    number = "#,##0"
    columns = (
        Column("suggestion", Text(zh="建议", en="suggestion"), "dimension", value_labels=strategies),
        Column("status", Text(zh="状态", en="status"), "dimension", value_labels=STATUSES),
        Column("metric", Text(zh="指标", en="metric"), "dimension", value_labels=metrics),
        Column("promised_low", Text(zh="承诺下限", en="promised, low"), "derived", format=number),
        Column("promised_high", Text(zh="承诺上限", en="promised, high"), "derived", format=number),
        Column("realised", Text(zh="实际", en="measured"), "derived", format=number),
        Column("realised_low", Text(zh="实际下限(80%)", en="measured, low (80 %)"), "derived", format=number),
        Column("realised_high", Text(zh="实际上限(80%)", en="measured, high (80 %)"), "derived", format=number),
        Column("realised_share", Text(zh="兑现率", en="share kept"), "derived", format="0%"),
        Column("verdict", Text(zh="结论", en="verdict"), "dimension", value_labels=VERDICTS),
        Column("starts", Text(zh="开始", en="from"), "time", grain="day"),
        Column("ends", Text(zh="结束", en="to"), "time", grain="day"),
        Column("assignee", Text(zh="负责人", en="in charge"), "dimension"),
        Column("reason", Text(zh="理由", en="reason"), "dimension"),
    )  # fmt: skip
    rows: list[Row] = []
    for one in seen:
        promise, realised, effect = one.promise, one.realised, one.promise.suggestion.effect
        rows.append(
            (
                promise.id, promise.status, effect.metric, effect.low, effect.high,
                realised.value if realised else None, realised.low if realised else None,
                realised.high if realised else None, realised.share if realised else None,
                realised.verdict if realised else None, promise.starts,
                promise.ends - timedelta(days=1) if promise.ends else None, promise.assignee, promise.reason,
            )
        )  # fmt: skip
    return Table(columns, tuple(rows), len(rows))


def _notes(seen: Sequence[Seen]) -> tuple[Text, ...]:
    notes = []
    if any(one.realised is not None for one in seen):
        notes.append(
            Text(
                zh="承诺在采纳时冻结;实际效果按前后对比(有对照用合成双重差分)折算到承诺的天数,同期的其他变化可能混在里面。",
                en="Promises are frozen when accepted; effects are before/after (synthetic difference in differences "
                "where there are controls) scaled to the promise's days; whatever else happened then may be in them.",
            )
        )
    return tuple(notes)


def _action(one: Logged, context: ToolContext) -> tuple[Text, Finding, tuple[str, ...]]:
    """Return what an entry of the action log did, as headline, finding and statements; or why that is not known."""
    from tools.before_after import before_after

    end = one.end or one.day + timedelta(days=DEFAULT_DAYS)
    name = one.note or str(one.day)
    period = PeriodRange(start=one.day, end=max(end, one.day + timedelta(days=1)))
    context.step(Text(zh=f"评估「{name}」", en=f"Measuring “{name}”"))
    try:
        result = before_after.run(
            {"action": name} if one.note else {"period": period.model_dump(mode="json")}, context
        )
    except CancelledError:
        raise
    except AskGrowthError as error:
        told_so = Text(
            zh=f"动作日志里有「{name}」({one.day}),但没法评估:{error.message.zh}",
            en=f"The action log has “{name}” ({one.day}), which cannot be measured: {error.message.en}",
        )
        return told_so, Finding("test", told_so, at=str(one.day)), ()
    return result.headline, Finding("test", result.headline, at=str(one.day)), result.sql


def _action_table(actions: Sequence[Logged]) -> Table:
    columns = (
        Column("day", Text(zh="日期", en="day"), "time", grain="day"),
        Column("note", Text(zh="动作", en="action"), "dimension"),
        Column("scope", Text(zh="范围", en="scope"), "dimension"),
    )
    rows: tuple[Row, ...] = tuple((one.day, one.note, one.scope) for one in actions)
    return Table(columns, rows, len(rows))
