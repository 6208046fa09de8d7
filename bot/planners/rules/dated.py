"""Periods of another date than the metric's own: 2024年开户的客户今年的交易额, 按还款日算, joined in 2024."""

from __future__ import annotations

from datetime import date

from bot.language.rule import Rule
from bot.language.time import TimeContext, resolve
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line, Role
from bot.planners.rules.tags import Tag
from semantic_layer.period import Period
from semantic_layer.query import Condition, Operator

_COUNTED_BY_ZH = ("算", "统计", "计算", "口径", "计", "为准")
_COUNTED_BY_EN = frozenset(("counted", "measured", "attributed", "dated", "based on", "using"))
_BEFORE = Rule(r"^(?:before|until|prior to|up to|earlier than)\b|(?:以前|之前)$")
_LEADS_ZH = ("按", "按照", "以", "依照", "根据")


def read_own_dates(line: Line, draft: Draft, scene: Scene, context: TimeContext) -> None:
    """Take a period that stands at what happened then, where the question has another period for its metric.

    Without another one `read_dated` decides. Runs before the times are read.
    """
    times = [at for at in line.of_role("time") if _is_period(line, scene, at)]
    if len(times) < 2:
        return
    for index in line.of_role("dimension"):
        if scene.dimension(line.roles[index].name).kind != "time" or index in line.used:
            continue
        before, after = (
            line.before(index, Tag.OF, Tag.BETWEEN),
            line.after(index, Tag.OF, Tag.BETWEEN, Tag.IS),
        )
        verb = line.roles[index].terms[0].source == "verb"
        ascii_verb = line.items[index].text.isascii()
        at = before if verb and not ascii_verb else after
        if at is None or at not in times or line.has(line.before(index), Tag.BY):
            continue
        number = line.items[at].time
        periods = resolve((scene.times[number],), context).periods if number is not None else ()
        if len(periods) != 1:
            continue
        _bound(line, draft, scene, (index, at), periods[0])
        line.roles[at] = Role("grammar")
        line.use(at)
        return


def _is_period(line: Line, scene: Scene, at: int) -> bool:
    number = line.items[at].time
    return number is not None and scene.times[number].kind == "period"


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
        _bound(line, draft, scene, (index,), draft.period)
        draft.period = None
        draft.slots = [slot for slot in draft.slots if slot.slot != "period"]


def _bound(line: Line, draft: Draft, scene: Scene, marks: tuple[int, ...], period: Period) -> None:
    """Keep the rows whose date lies in the period, whatever the metric's own time is."""
    line.use(*marks)
    name = line.roles[marks[0]].name
    end = period.requested_end  # where the metric's own data end says nothing about this date
    bounds: tuple[tuple[Operator, date], ...] = ((">=", period.start), ("<", end))
    if _is_open(line, marks[0]):
        bounds = bounds[1:]  # opened before 2023: however long before, whenever the metric's data begin
    for operator, day in bounds:
        draft.where.append(Condition(dimension=name, operator=operator, values=(day.isoformat(),)))
    label = scene.dimension(name).label
    draft.say(
        "filter",
        f"{label.zh}:{period.start} 至 {end}(不含)",
        f"{label.en}: {period.start} to {end} (exclusive)",
        scene.words(line, *marks),
    )


def _is_open(line: Line, index: int) -> bool:
    """Return whether the period beside a date column has no beginning: before 2023, 2023年以前."""
    near = [
        at for at in range(max(0, index - 3), min(len(line), index + 4)) if line.items[at].time is not None
    ]
    return any(_BEFORE.search(line.items[at].text) for at in near)


def _counted_at(line: Line, index: int, draft: Draft, scene: Scene) -> bool:
    """Read 按退款日算, "counted by order date": the metric's own time, or a condition on the date that was named."""
    before = line.items[index - 1].text if index else ""
    earlier = line.items[index - 2].text if index > 1 else ""
    behind = index + 1
    counted = behind < len(line) and line.items[behind].text.startswith(_COUNTED_BY_ZH)
    said = (counted and before in _LEADS_ZH) or before in _COUNTED_BY_EN or earlier in _COUNTED_BY_EN
    if not said:
        return False
    name = line.roles[index].name
    line.use(index - 1, index, behind if counted else None)
    if earlier in _COUNTED_BY_EN:
        line.use(index - 2)
    if draft.metrics and all(name in _own_times(scene, metric) for metric in draft.metrics):
        return True
    label = scene.dimension(name).label
    if draft.period is not None and scene.reach.reaches(draft.metrics, name) and not draft.compare:
        _bound(line, draft, scene, (index,), draft.period)
        draft.period = None
        draft.slots = [slot for slot in draft.slots if slot.slot != "period"]
        return True
    draft.refuse(
        "not_supported",
        f"这里的指标不能改按「{label.zh}」计入时间。",
        f"The metric cannot be counted by {label.en} instead of its own date.",
        *scene.words(line, index),
    )
    return True


def _own_times(scene: Scene, metric: str) -> set[str | None]:
    return {scene.catalog.models[model].agg_time_dimension for model in scene.reach.models(metric)}
