"""What is computed from the result: shares, averages per bucket, running totals, moving averages."""

from __future__ import annotations

from typing import Literal

from bot.language.rule import Rule
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.grouping import trend_grain
from bot.planners.rules.line import Line
from bot.planners.rules.patterns import GRAINS
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import RatioMetric, SimpleMetric
from semantic_layer.period import Grain
from semantic_layer.query import AveragePer, Condition, GroupBy, Rolling, RunningTotal, Share

_PER = {
    Grain.HOUR: ("时均", "hourly average"),
    Grain.DAY: ("日均", "daily average"),
    Grain.WEEK: ("周均", "weekly average"),
    Grain.MONTH: ("月均", "monthly average"),
    Grain.QUARTER: ("季均", "quarterly average"),
    Grain.YEAR: ("年均", "yearly average"),
}


def read_shares(line: Line, draft: Draft, scene: Scene) -> None:
    """Read 占比, share of total, share within each group."""
    marks = [index for index in line.tagged(Tag.SHARE) if index not in line.used]
    if draft.share_of is not None and draft.group_by and not marks:
        draft.transforms.append(Share(metric=draft.share_of))
    if not marks or not draft.metrics:
        return
    if len(draft.metrics) == 2 and _is_over(line, draft, marks):
        line.use(*marks)
        if not _one_over_other(draft, scene):
            top, bottom = (scene.metric(name).label for name in draft.metrics)
            draft.refuse(
                "not_in_catalog",
                f"没有「{top.zh}占{bottom.zh}」这样的指标;YAML 里加一个 type: ratio 的指标就能问。",
                f"No metric divides {top.en} by {bottom.en}; a metric of type: ratio in the YAML would.",
                top.zh, bottom.zh,
            )  # fmt: skip
        return
    if not draft.group_by:
        _open_filter(draft, scene)
    name = draft.metrics[0]
    line.use(*marks)
    if not draft.group_by:
        label = scene.metric(name).label
        draft.refuse(
            "not_supported",
            f"「{label.zh}」的占比要按什么拆分?请说出一个维度。",
            f"A share of {label.en} needs something to split it by: name a dimension.",
            *scene.words(line, marks[0]),
        )
        return
    kind = scene.metric(name)
    if kind.is_ratio or kind.not_additive:
        draft.refuse(
            "not_supported",
            f"「{kind.label.zh}」不能相加,占比没有意义。",
            f"{kind.label.en} does not add up, so a share of it means nothing.",
            *scene.words(line, marks[0]),
        )
        return
    columns = [group.column for group in draft.group_by]
    within = tuple(column for column in columns if column in draft.each or column.startswith("metric_time"))
    within = within if 0 < len(within) < len(columns) else _own_group(line, marks, columns)
    within = _inside(line, scene, columns) or within
    for metric in draft.metrics:
        if not scene.metric(metric).is_ratio and not scene.metric(metric).not_additive:
            draft.transforms.append(Share(metric=metric, within=within))
    draft.say(
        "share",
        "占比",
        "share of the total" if not within else "share within each group",
        scene.words(line, *marks),
    )
    line.use(*marks)


_INSIDE = Rule(
    r"(?:所属|所在|所处|同一个?|"
    r"within (?:each |every |the |its |their )?|inside (?:each |the |its )?|of (?:its|their) )$"
)
_INTERIOR = Rule(r"\s*(?:内部?|里面?|之内|当中)(?!容)")


def _inside(line: Line, scene: Scene, columns: list[str]) -> tuple[str, ...]:
    """Return the group that words say the whole lies in: 各省份内各城市, 在所属大区内, within each region."""
    text = scene.question.text
    for index in line.of_role("dimension"):
        item, name = line.items[index], line.roles[index].name
        said = _INSIDE.search(text, 0, item.start) or _INTERIOR.match(text, item.end)
        if said and name in columns and len(columns) > 1:
            return (name,)
    return ()


def _own_group(line: Line, marks: list[int], columns: list[str]) -> tuple[str, ...]:
    """Return the group that the whole is said to be: 占该店铺的比例."""
    for mark in marks:
        whole = line.after(mark, Tag.OF)
        said = (
            any(line.items[at].text in ("该", "该项", "其") for at in range(mark, whole)) if whole else False
        )
        if (
            said
            and whole is not None
            and line.is_role(whole, "dimension")
            and line.roles[whole].name in columns
        ):
            return (line.roles[whole].name,)
    return ()


def _is_over(line: Line, draft: Draft, marks: list[int]) -> bool:
    """Return whether one metric is asked as a share of the other (A占B, A as a share of B), not a share of each."""
    places = [next(at for at, name in draft.metric_at.items() if name == metric)
              for metric in draft.metrics if metric in draft.metric_at.values()]  # fmt: skip
    if len(places) != 2:
        return False
    first, last = min(places), max(places)
    if any(line.has(at, Tag.AND) for at in range(first, last)):
        return False
    return any(first < mark < last for mark in marks) or any(
        mark < first and line.has(mark - 1 if mark else None, Tag.WHICH) for mark in marks
    )


def _one_over_other(draft: Draft, scene: Scene) -> bool:
    """Read "A占B的比例" and "A as a share of B" as the ratio that is declared so, if there is one."""
    top, bottom = draft.metrics
    for metric in scene.catalog.metrics.values():
        kind = metric.type
        if not isinstance(kind, RatioMetric) or metric.hidden or kind.numerator.filters:
            continue
        if (kind.numerator.metric, kind.denominator.metric) == (top, bottom):
            draft.metrics = [metric.name]
            draft.say("metric", metric.label.zh, metric.label.en)
            return True
    return False


def _open_filter(draft: Draft, scene: Scene) -> None:
    """Turn the filter of "抖音的销售额占比" into the split it is a share of: all members are needed for the total."""
    members = [part for part in draft.where if isinstance(part, Condition) and part.operator in ("=", "in")]
    if len(members) == 1:
        draft.where.remove(members[0])
        draft.add_group(GroupBy(dimension=members[0].dimension))
        draft.focus = members[0]
        label = scene.dimension(members[0].dimension).label
        draft.note(
            f"占比按全部「{label.zh}」计算,表中列出每一个。",
            f"The share is of the total over every {label.en}; the table lists each of them.",
        )


def read_averages(line: Line, draft: Draft, scene: Scene) -> None:
    """Read 日均, average per week: the mean over the buckets of the period. An average of a ratio is the ratio."""
    for index in line.tagged(Tag.AVERAGE_PER):
        if index not in line.used and draft.metrics:
            average_of(draft, GRAINS[line.payload(index, Tag.AVERAGE_PER)], scene.words(line, index))
            line.use(index)
    loose = [index for index in line.tagged(Tag.AGG) if index not in line.used]
    if loose and draft.metrics and all(scene.metric(name).is_ratio for name in draft.metrics):
        line.use(*(index for index in loose if line.payload(index, Tag.AGG) == "avg"))


def _is_average(name: str, scene: Scene) -> bool:
    kind = scene.metric(name).type
    return isinstance(kind, SimpleMetric) and kind.agg in ("avg", "median", "percentile")


def average_of(draft: Draft, grain: Grain, words: tuple[str, ...], scene: Scene | None = None) -> None:
    """Add the average per bucket of every asked metric; what is an average already is taken by bucket."""
    known = {(part.metric, part.grain) for part in draft.transforms if isinstance(part, AveragePer)}
    averages = [name for name in draft.metrics if _is_average(name, scene)] if scene is not None else []
    if averages and len(averages) == len(draft.metrics):
        draft.grain = draft.grain or grain  # "monthly average price": the average price by month
        draft.grain_words = words
        return
    for name in draft.metrics:
        if (name, grain) not in known:
            draft.transforms.append(AveragePer(metric=name, grain=grain))
    zh, en = _PER[grain]
    draft.say("average", zh, en, words)


def read_windows(line: Line, draft: Draft, scene: Scene) -> None:
    """Read running totals and moving averages; both run along time, so a bucket is taken where none was asked."""
    if not draft.metrics:
        return
    for index in line.tagged(Tag.MOVING):
        _moving(line, draft, scene, index)
    for index in line.tagged(Tag.RUNNING):
        if index not in line.used:
            _running(line, draft, scene, index)


def _moving(line: Line, draft: Draft, scene: Scene, index: int) -> None:
    item = line.items[index]
    line.use(index)
    if item.number is None:
        draft.refuse(
            "not_supported",
            "移动平均要多长的窗口?例如「7 天移动平均」。",
            "How long a window should the moving average have? For example “7-day moving average”.",
            *scene.words(line, index),
        )
        return
    timed = [group.grain for group in draft.group_by if group.grain]
    grain = GRAINS.get(item.unit or "") or draft.grain or (timed[0] if timed else None) or Grain.DAY
    draft.grain = None
    draft.add_group(GroupBy(dimension="metric_time", grain=grain))
    size = int(item.number)
    function: Literal["sum", "mean"] = "sum" if line.payload(index, Tag.MOVING) == "sum" else "mean"
    for name in draft.metrics:
        draft.transforms.append(Rolling(metric=name, window=size, function=function))
    zh, en = ("移动合计", "moving sum") if function == "sum" else ("移动平均", "moving average")
    draft.say("window", f"{size} 期{zh}", f"{size}-bucket {en}", scene.words(line, index))


def _running(line: Line, draft: Draft, scene: Scene, index: int) -> None:
    """累计 of one number is its total; along time, or said as a running total, it is the running sum."""
    line.use(index)
    text = line.items[index].text
    timed = draft.grain is not None or any(group.grain for group in draft.group_by)
    if not (timed or line.tagged(Tag.TREND) or text.isascii() or len(text) > 2):
        return
    if not timed:
        draft.grain = trend_grain(draft.period)
    for name in draft.metrics:
        draft.transforms.append(RunningTotal(metric=name))
    draft.say("window", "累计", "running total", scene.words(line, index))
