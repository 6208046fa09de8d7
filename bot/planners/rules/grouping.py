"""What to group by: dimensions, time buckets, days of the week, trends."""

from __future__ import annotations

import re
from datetime import date

from bot.language.rule import Rule
from bot.language.terms.lexicon import Term
from bot.planners.rules.draft import Ambiguity, Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.period import Grain, Period
from semantic_layer.query import Condition, GroupBy, Operator

_COUNTED_BY_ZH = ("算", "统计", "计算", "口径")
_COUNTED_BY_EN = frozenset("counted measured attributed dated".split())
_EACH = ("每", "各", "each", "every", "per", "分别按")
_GRAIN_TEXT = {
    Grain.HOUR: ("小时", "hour"), Grain.DAY: ("天", "day"), Grain.WEEK: ("周", "week"), Grain.MONTH: ("月", "month"),
    Grain.QUARTER: ("季度", "quarter"), Grain.YEAR: ("年", "year"),
}  # fmt: skip


def read_dated(line: Line, draft: Draft, scene: Scene) -> None:
    """Read a date column with its period (订单日期为5月, joined in 2024): the metric's own time, or a condition."""
    for index in line.of_role("dimension"):
        dimension = scene.dimension(line.roles[index].name)
        if dimension.kind != "time" or index in line.used or draft.period is None:
            continue
        if _counted_at(line, index, draft, scene):
            continue
        after = line.after(index, Tag.OF, Tag.IS, Tag.BETWEEN, Tag.VERB)
        before = line.before(index)
        happened = line.roles[index].terms[0].source == "verb" and line.is_role(
            line.before(index, Tag.OF, Tag.BETWEEN), "time"
        )  # 8月送达的
        if not happened and (not line.is_role(after, "time") or line.has(before, Tag.BY, Tag.WHICH)):
            continue
        line.use(index)
        if draft.metrics and all(dimension.name in _own_times(scene, metric) for metric in draft.metrics):
            continue
        period = draft.period
        end = period.requested_end  # where the metric's own data end says nothing about this date
        bounds: tuple[tuple[Operator, date], ...] = ((">=", period.start), ("<", end))
        for operator, day in bounds:
            condition = Condition(dimension=dimension.name, operator=operator, values=(day.isoformat(),))
            draft.where.append(condition)
        label = dimension.label
        draft.say(
            "filter",
            f"{label.zh}:{period.start} 至 {end}(不含)",
            f"{label.en}: {period.start} to {end} (exclusive)",
            scene.words(line, index),
        )
        draft.period = None
        draft.slots = [slot for slot in draft.slots if slot.slot != "period"]


def _counted_at(line: Line, index: int, draft: Draft, scene: Scene) -> bool:
    """Read 按退款日算, "counted by order date": the metric's own time, or a question that no slot answers."""
    before, after = line.before(index), line.after(index)
    said = after is not None and line.items[after].text.startswith(_COUNTED_BY_ZH)
    said = said or (before is not None and line.items[before - 1 if before else 0].text in _COUNTED_BY_EN)
    if not line.has(before, Tag.BY) or not said:
        return False
    name = line.roles[index].name
    if draft.metrics and all(name in _own_times(scene, metric) for metric in draft.metrics):
        line.use(
            before, index, after if after is not None and line.items[after].text.startswith("算") else None
        )
        return True
    label = scene.dimension(name).label
    draft.refuse(
        "not_supported",
        f"这里的指标不能改按「{label.zh}」计入时间。",
        f"The metric cannot be counted by {label.en} instead of its own date.",
        *scene.words(line, index),
    )
    return True


def _own_times(scene: Scene, metric: str) -> set[str | None]:
    return {scene.catalog.models[model].agg_time_dimension for model in scene.reach.models(metric)}


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
            named = role.terms[0].code  # 首单月份 names its own bucket
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
        draft.say(
            "dimension", f"按{dimension.label.zh}", f"by {dimension.label.en}", scene.words(line, index)
        )


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
