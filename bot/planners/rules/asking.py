"""Questions back: which metric, the highest of what, which period."""

from __future__ import annotations

from datetime import timedelta

from bot.plan import MetricPlan
from bot.planners.base import Planned
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.lacking import called_like
from bot.planners.rules.line import Line
from bot.planners.rules.outcome import clarify, leading_dimension, metric_options, refuse
from bot.planners.rules.tags import Tag
from semantic_layer.period import Grain
from semantic_layer.query import Compare, GroupBy, Limit, OrderBy, PeriodRange
from semantic_layer.text import Text


def which_metric(line: Line, draft: Draft, scene: Scene) -> Planned:
    """Ask which of the leading metrics is meant, each as a plan with the slots that were read."""
    ranked = [line.payload(index, Tag.SUPER) for index in line.tagged(Tag.SUPER)]
    ranked += _sales_rank(line)
    top = next((line.items[i].number for i in line.tagged(Tag.TOP) if line.items[i].number), None)
    ordinals = line.tagged(Tag.ORDINAL)
    place = int(line.payload(ordinals[0], Tag.ORDINAL)) if ordinals else None
    growth = _grown(line)
    if growth is not None:
        plans = [grown_most(plan, growth, top) for plan in metric_options(draft, scene, None, None)]
    else:
        first = ranked[0] if ranked else "best" if top or place else None
        plans = metric_options(draft, scene, first, top, place)
    plans = _like_the_verb(line, plans, scene)
    question = Text(zh="您想看哪个指标?", en="Which metric would you like to see?")
    if len(plans) >= 2:
        return clarify(question, plans, scene, draft)
    return refuse(
        "not_in_catalog",
        Text(
            zh="没有说明指标,也没有能按此拆分的指标。",
            en="No metric was named, and none can be split like this.",
        ),
        scene,
        draft=draft,
    )


def _like_the_verb(line: Line, plans: list[MetricPlan], scene: Scene) -> list[MetricPlan]:
    """Return only the metrics that are called like what was done, where there are several: sold, 卖了多少."""
    verbs = [line.items[at].text for at in line.tagged(Tag.VERB)]
    called = [
        plan for plan in plans if any(called_like(verb, scene.metric(plan.metrics[0])) for verb in verbs)
    ]
    return called if len(called) > 1 else plans


def _grown(line: Line) -> bool | None:
    """Return whether a ranking by growth puts the largest first; None where none is asked."""
    most = line.tagged(Tag.GROW_MOST)
    if most:
        return line.payload(most[0], Tag.GROW_MOST) == "up"
    verbs, ranks = line.tagged(Tag.GREW), line.tagged(Tag.SUPER)
    if not verbs or not ranks:
        return None
    fell = line.payload(verbs[0], Tag.GREW) == "down"
    least = line.payload(ranks[0], Tag.SUPER) in ("asc", "worst")
    return fell == least


def grown_most(plan: MetricPlan, largest_first: bool, top: float | None) -> MetricPlan:
    """Return a plan ranked by growth, against the previous period where no comparison was named."""
    compare = plan.compare or (Compare(kind="previous_period"),)
    suffix = f"__{compare[0].kind}" if len(compare) > 1 else ""
    order = OrderBy(column=f"{plan.metrics[0]}__growth{suffix}", descending=largest_first)
    limit = Limit(n=int(top)) if top else None
    return plan.model_copy(update={"compare": compare, "order_by": (order,), "limit": limit})


def _sales_rank(line: Line) -> list[str]:
    """Return the direction inside verbs such as "best selling"."""
    words = [line.items[index].text for index in line.tagged(Tag.VERB)]
    return [
        "worst" if "worst" in word else "best"
        for word in words
        if any(w in word for w in ("best", "top", "worst", "most"))
    ]


def highest_of_what(line: Line, draft: Draft, scene: Scene) -> Planned:
    """Ask what is to be ranked: "the highest sales" of a day, a month, or the members of a dimension."""
    low = any(
        line.has(at, Tag.SUPER) and line.payload(at, Tag.SUPER) in ("asc", "worst") for at in draft.unranked
    )
    plan = draft.build(scene, draft.period)
    order = (OrderBy(column=draft.metrics[0], descending=not low),)
    groups = [GroupBy(dimension="metric_time", grain=grain) for grain in (Grain.MONTH, Grain.DAY)]
    leading = leading_dimension(scene, draft.metrics[0])
    if leading:
        groups.insert(0, GroupBy(dimension=leading))
    plans = [plan.model_copy(update={"group_by": (group,), "order_by": order}) for group in groups]
    words = scene.words(line, draft.unranked[0])[0]
    return clarify(Text(zh=f"「{words}」是指按什么比?", en=f"“{words}” of what?"), plans, scene, draft)


def unclear_time(draft: Draft, scene: Scene) -> Planned:
    """Ask which period a vague time word means."""
    words = draft.unclear_times[0]
    plans = [
        draft.build(scene, None).model_copy(
            update={"period": PeriodRange(start=scene.today - timedelta(days=days), end=scene.today)}
        )
        for days in (7, 30, 90)
    ]
    return clarify(
        Text(zh=f"「{words}」指哪段时间?", en=f"Which period do you mean by “{words}”?"), plans, scene, draft
    )
