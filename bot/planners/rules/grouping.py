"""What to group by: dimensions, time buckets, days of the week, trends."""

from __future__ import annotations

import re

from bot.language.rule import Rule
from bot.language.terms.lexicon import MEMBERS, Term
from bot.planners.rules.draft import Ambiguity, Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.period import Grain, Period
from semantic_layer.query import Condition, GroupBy

_EACH = ("每", "各", "each", "every", "per", "分别按")
_GRAIN_TEXT = {
    Grain.HOUR: ("小时", "hour"), Grain.DAY: ("天", "day"), Grain.WEEK: ("周", "week"), Grain.MONTH: ("月", "month"),
    Grain.QUARTER: ("季度", "quarter"), Grain.YEAR: ("年", "year"),
}  # fmt: skip


def read_dimensions(line: Line, draft: Draft, scene: Scene) -> None:
    """Group by every named dimension that no filter has used."""
    for index in line.of_role("dimension"):
        if index in line.used:
            continue
        role = line.roles[index]
        if len(role.terms) > 1:
            draft.ambiguities.append(Ambiguity(index, role.terms))
        dimension = scene.dimension(role.name)
        if _restates_count(draft, role.terms):
            line.use(index)
            continue
        group = GroupBy(dimension=dimension.name)
        if dimension.kind == "time":
            bucket = _bucket_behind(line, index)  # 还款日的月份
            named = role.terms[0].code or bucket  # 首单月份 names its own bucket
            grain = Grain(str(named)) if named else draft.grain or _coarsest(dimension.grain)
            group = GroupBy(dimension=dimension.name, grain=grain)
            draft.grain = draft.grain if named else None
        line.use(index)
        marker = line.before(index, Tag.OF)
        if line.has(marker, Tag.BY):
            line.use(marker)
            if marker is not None and _is_each(line.items[marker].text):
                draft.each.append(group.column)
        after = line.after(index)
        if (
            line.has(after, Tag.BY)
            and after is not None
            and not line.is_role(line.after(after), "dimension", "time")
        ):
            line.use(after)
        draft.add_group(group)
        if role.terms[0].source == "part":
            said, label = scene.words(line, index)[0], dimension.label
            draft.note(f"「{said}」按「{label.zh}」理解。", f"“{said}” was read as “{label.en}”.")
        draft.say(
            "dimension", f"按{dimension.label.zh}", f"by {dimension.label.en}", scene.words(line, index)
        )


_BUCKET_ZH = {
    "月份": "month", "月": "month", "年份": "year", "年": "year", "季度": "quarter", "周": "week", "周次": "week",
    "year": "year", "quarter": "quarter", "month": "month", "week": "week",
}  # fmt: skip


def _bucket_behind(line: Line, index: int) -> str | None:
    """Return the bucket said behind a date column (按还款日的月份), and take its words."""
    at = index + 1
    if at < len(line) and line.items[at].text == "的":
        at += 1
    if at >= len(line) or not line.is_role(at, "unknown", "grammar") or line.items[at].text not in _BUCKET_ZH:
        return None
    line.use(at)
    return _BUCKET_ZH[line.items[at].text]


def read_head(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "products whose name contains x, by sales": ranked by a metric, the filtered things are listed."""
    if not draft.metrics and draft.where:
        _named_members(line, draft, scene)
    if draft.group_by or not draft.where or not draft.metrics:
        return
    by_metric = [at for at in line.of_role("metric") if line.has(line.before(at, Tag.OF), Tag.BY)]
    heads = [at for at in line.of_role("dimension") if at in line.used and by_metric and at < by_metric[0]]
    if heads:
        name = line.roles[heads[0]].name
        draft.add_group(GroupBy(dimension=name))
        label = scene.dimension(name).label
        draft.say("dimension", f"按{label.zh}", f"by {label.en}", scene.words(line, heads[0]))


def _named_members(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "clients whose name starts with A", with nothing else asked, as the list of them."""
    named = [at for at in line.of_role("dimension") if at in line.used]
    searched = {part.dimension for part in draft.where if isinstance(part, Condition)}
    nouns = [at for at in line.of_role("dimension") if line.roles[at].terms[0].code == MEMBERS]
    if (
        nouns and len(searched) == 1 and line.tagged(Tag.TEXT_OP)
    ):  # 昵称里带x的玩家: their names, not their keys
        draft.group_by = [group for group in draft.group_by if group.dimension != line.roles[nouns[0]].name]
        named = [at for at in named if at not in nouns]
        line.use(*nouns)
    if not named or not line.tagged(Tag.TEXT_OP) or line.before(named[0], Tag.LIST, Tag.WHICH) is not None:
        return
    name = line.roles[named[0]].name
    if (
        searched == {name}
        and draft.period is None
        and {group.dimension for group in draft.group_by} <= {name}
    ):
        draft.lists = True
        draft.add_group(GroupBy(dimension=name))
        draft.say("dimension", f"按{scene.dimension(name).label.zh}", f"by {scene.dimension(name).label.en}")


def _is_each(text: str) -> bool:
    return text.startswith(_EACH) or any(word in _EACH for word in text.split())


def _coarsest(grain: Grain | None) -> Grain:
    return Grain.DAY if grain is None or grain.order < Grain.DAY.order else grain


def _restates_count(draft: Draft, terms: tuple[Term, ...]) -> bool:
    return draft.counted is not None and draft.counted in {term.name for term in terms}


def read_grain(line: Line, draft: Draft, scene: Scene) -> None:
    """Group by the time grain that was asked, or by the one that suits the period when a trend was asked."""
    trend = [index for index in line.tagged(Tag.TREND) if index not in line.used]
    if not (draft.group_by or draft.compare or draft.continues or draft.sides or draft.periods):
        lines = (at for at in line.tagged(Tag.CHART) if line.payload(at, Tag.CHART) in ("line", "area"))
        trend += [at for at in lines if draft.metrics]  # a line of one number runs along time
    if draft.grain is not None:
        group = GroupBy(dimension="metric_time", grain=draft.grain)
        zh, en = _GRAIN_TEXT.get(draft.grain, (draft.grain.value, draft.grain.value))
        draft.add_group(group)
        draft.say("grain", f"按{zh}", f"by {en}", ())
        line.use(*trend)
    elif trend and not any(group.grain for group in draft.group_by):
        grain = trend_grain(draft.period)
        zh, en = _GRAIN_TEXT[grain]
        draft.add_group(GroupBy(dimension="metric_time", grain=grain))
        draft.say(
            "grain",
            f"按{zh}(按期间长短选定)",
            f"by {en} (chosen from the period's length)",
            scene.words(line, *trend),
        )
        line.use(*trend)


def trend_grain(period: Period | None) -> Grain:
    """Return the bucket for a trend: up to 31 days a day, up to 26 weeks a week, else a month."""
    if period is None:
        return Grain.MONTH
    days = (period.requested_end - period.start).days
    if days <= 31:
        return Grain.DAY
    return Grain.WEEK if days <= 26 * 7 else Grain.MONTH


def check_reach(line: Line, draft: Draft, scene: Scene) -> None:
    """Refuse dimensions and values that the asked metrics cannot be split or filtered by."""
    if not draft.metrics:
        return
    _check_own_filters(draft, scene)
    reached = scene.reach.dimensions(draft.metrics)
    asked = [group.dimension for group in draft.group_by]
    asked += [name for part in draft.where for name in _dimensions_of(part)]
    for name in dict.fromkeys(asked):
        if name.startswith("metric_time") or name in reached:
            continue
        label = scene.dimension(name).label
        blocked = [
            metric for metric in draft.metrics if not scene.reach.reaches([metric], name)
        ] or draft.metrics
        metric = scene.metric(blocked[0]).label
        words = tuple(
            scene.words(line, index)[0]
            for index in line.of_role("dimension", "value")
            if line.roles[index].name == name
        )
        draft.refuse(
            "not_in_catalog",
            f"「{metric.zh}」不能按「{label.zh}」拆分或筛选:两者之间没有不重复计数的关联。",
            f"{metric.en} cannot be split or filtered by {label.en}: no join leads there without double counting.",
            *(words or (label.zh,)),
        )


_FIXED = Rule(r"^\(?\s*(\w+)\s*=\s*'([^']*)'\s*\)?$")


def _check_own_filters(draft: Draft, scene: Scene) -> None:
    """Refuse a condition that the metric's own definition excludes: it would always give nothing."""
    for name in draft.metrics:
        metric = scene.metric(name)
        for text in (part for own in metric.filters for part in re.split(r"(?i)\s+and\s+", own.sql.strip())):
            fixed = _FIXED.match(text)
            for part in draft.where if fixed else ():
                if not isinstance(part, Condition) or part.operator not in ("=", "in") or fixed is None:
                    continue
                known = scene.catalog.dimensions.get(part.dimension)
                columns = {part.dimension, *(binding.expr for binding in known.bindings)} if known else set()
                if fixed[1] in columns and fixed[2] not in part.values:
                    values = ", ".join(map(str, part.values))
                    draft.refuse(
                        "not_supported",
                        f"「{metric.label.zh}」的口径只算 {fixed[2]},不含 {values}。",
                        f"{metric.label.en} counts only {fixed[2]} by definition, never {values}.",
                        values,
                    )


def _dimensions_of(part: object) -> list[str]:
    name = getattr(part, "dimension", None)
    if isinstance(name, str):
        return [name]
    return [condition.dimension for condition in getattr(part, "conditions", ())]
