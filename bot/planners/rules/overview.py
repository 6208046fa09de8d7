"""Questions for the whole picture (本月怎么样, "how are we doing", 概览): the key metrics against the period before."""

from __future__ import annotations

from bot.compose.measure import maturity_days
from bot.language.rule import Rule
from bot.language.time import TimeContext
from bot.planners.rules.baseline import COMPARE_TEXT
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.outcome import leading_metrics
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import Metric
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.query import Compare, Condition

MOST_METRICS = 6
_FEW = 3
RECENT_DAYS = 30
_WORD = Rule(r"[A-Za-z_]\w*")
_RECENTLY = frozenset("最近 近期 近来 最近一段时间 近段时间 recently lately".split()) | {
    "these days",
    "of late",
}
_OTHERWISE = (
    Tag.TOP, Tag.SUPER, Tag.ORDINAL, Tag.ORDER, Tag.SHARE, Tag.HOW_MANY, Tag.COUNT, Tag.AGG, Tag.GREW, Tag.GROW_MOST,
    Tag.BY, Tag.WHICH, Tag.LIST, Tag.NEVER, Tag.RUNNING, Tag.MOVING, Tag.AVERAGE_PER, Tag.INTENT,
)  # fmt: skip


def read_overview(line: Line, draft: Draft, scene: Scene, context: TimeContext) -> None:
    """Fill in the workspace's strategic metrics where a question asks how things are without naming a metric.

    At most six that the question's filter reaches; where none of them does, the metrics that vague words mean. A
    workspace that declares no tier is asked back as before. A metric without a settled day in the period is left out.
    """
    judged = [at for at in line.tagged(Tag.MORE) if line.payload(at, Tag.MORE) in ("best", "worst")]
    better = judged if draft.compare and draft.period is not None else []  # 这周比上周好吗
    marks = line.tagged(Tag.OVERVIEW) + better
    strong = any(line.payload(at, Tag.OVERVIEW) == "strong" for at in marks)
    meant = [term.name for _, term, _ in draft.choices if term.kind == "metric"]
    vague = bool(draft.metrics) and draft.metrics == meant[:1]
    if scene.routed:
        line.use(*marks)  # how far are we from the target
        return
    if not marks or draft.group_by or draft.grain or draft.sides or draft.lists or draft.problems:
        return
    if (
        (draft.metrics and not (strong and vague))
        or line.tagged(*_OTHERWISE)
        or (line.tagged(Tag.MORE) != better)
    ):
        return
    recent = bool(draft.unclear_times) and all(word.lower() in _RECENTLY for word in draft.unclear_times)
    placed = draft.period is not None or recent or bool(draft.where or draft.segments)
    if not (placed or strong) or (draft.unclear_times and not recent) or draft.periods:
        return
    if not any(metric.tier for metric in scene.catalog.metrics.values()):
        return
    period = draft.period or _recent(context)
    last = context.data_end
    if last is not None and period.start >= last:  # today, before its data are in: the last day that has them
        if (period.requested_end - period.start) > ONE_DAY:
            return
        period = Period.of(last - ONE_DAY, last)
        draft.period = period
        draft.note(
            f"这一天还没有完整数据,看的是最近一天({period.start})。",
            f"That day has no complete data yet; this is the last one ({period.start}).",
        )
    names = _key_metrics(draft, scene, period, context)
    names = list(dict.fromkeys((*draft.metrics, *names)))[:MOST_METRICS]
    if not names:
        return
    if draft.period is None:
        draft.period = period
        draft.unclear_times = []
        draft.slots = [slot for slot in draft.slots if slot.slot != "period"]
        draft.say("period", f"最近{RECENT_DAYS}天", f"the last {RECENT_DAYS} days")
        draft.note(
            f"没有说明具体时间,按最近{RECENT_DAYS}天看。",
            f"No dates were named: the last {RECENT_DAYS} days.",
        )
    for name in names:
        draft.add_metric(name)
    draft.choices = [choice for choice in draft.choices if choice[1].kind != "metric"]
    if not draft.compare:
        draft.compare.append(Compare(kind="previous_period"))
        draft.say("comparison", *COMPARE_TEXT["previous_period"])
    shown = [scene.metric(name).label for name in names]
    draft.slots = [slot for slot in draft.slots if slot.slot != "metric"]
    draft.say(
        "metric",
        "关键指标:" + "、".join(label.zh for label in shown),
        "the key metrics: " + ", ".join(label.en for label in shown),
        scene.words(line, *marks),
    )
    line.use(*marks)


def _columns(sql: str, scene: Scene) -> list[str]:
    return [word for word in (found[0] for found in _WORD.finditer(sql)) if word in scene.catalog.dimensions]


def _recent(context: TimeContext) -> Period:
    end = min(context.today, context.data_end or context.today)
    return Period.of(end - RECENT_DAYS * ONE_DAY, end)


def _key_metrics(draft: Draft, scene: Scene, period: Period, context: TimeContext) -> list[str]:
    """Return the strategic metrics that the filter reaches, else those that vague words mean."""
    asked = [part.dimension for part in draft.where if isinstance(part, Condition)]
    asked = [name for name in asked if name in scene.catalog.dimensions]
    asked += [
        word for name in draft.segments for word in _columns(scene.catalog.segments[name].where.sql, scene)
    ]
    data_end = context.data_end or context.today
    settled_days = (data_end - period.start).days

    def fits(metric: Metric) -> bool:
        reached = all(scene.reach.reaches([metric.name], name) for name in asked)
        return reached and maturity_days(scene.catalog, metric.name) < max(settled_days, 1)

    able = [metric for metric in leading_metrics(scene) if fits(metric)]
    strategic = [metric.name for metric in able if metric.tier == "strategic"]
    if strategic and len(strategic) < _FEW:  # one number is no overview
        strategic += [metric.name for metric in able if metric.tier in ("tactical", None)][
            : _FEW - len(strategic)
        ]
    if strategic:
        return strategic
    known = {metric.name for metric in able}
    said = (name for concept in scene.catalog.concepts for name in (concept.metric, *concept.also) if name)
    return list(dict.fromkeys(name for name in said if name in known))
