"""What to ask next, computed from the plan: each is a question with a plan that compiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import JsonValue

from bot.compose.asking import as_plan, question_of
from bot.compose.measure import models
from bot.compose.phrases import is_event, label_of, name_of
from bot.compose.ranking import read_ranking
from bot.compose.side import Side, before, is_covered
from bot.compose.view import Scene, View, shape_of
from bot.plan import BilingualMessage, MetricPlan, Option, ToolPlan
from semantic_layer.period import Grain, Period
from semantic_layer.query import Compare, Condition, GroupBy, MetricQuery
from tools.registry import Registry

Compiles = Callable[[MetricQuery], bool]
MOST = 5
MOST_DRILL_DOWNS = 2
MOST_TRIED = 6  # compiling is milliseconds, a wide catalog has hundreds of dimensions
FORECAST = "forecast"
WHY_TOOLS = ("change_drivers", "why", "drivers")  # what such an analysis is called; the first that exists


def follow_ups(
    view: View, side: Side, scene: Scene, compiles: Compiles, registry: Registry
) -> tuple[Option, ...]:
    """Return up to five next questions: the top value alone, by week, against before, drilled down, why."""
    shape = shape_of(view)
    if view.main is not None and view.main.days == 0:
        return _ahead(view, scene, registry)
    if shape in ("values", "empty"):
        return ()
    found: list[Option] = []
    why = _why(view, scene, registry)
    if why is not None:
        found.append(why)
    for plan in (*_plans(view, side, scene), *_drill_downs(view, scene, compiles)):
        question = question_of(plan, scene)
        if question is not None and all(plan != other.plan for other in found) and compiles(plan):
            found.append(Option(question=question, plan=plan))
    return (*found[:MOST], *_of_a_segment(view, scene, compiles))


def _ahead(view: View, scene: Scene, registry: Registry) -> tuple[Option, ...]:
    """Return the forecast of a period that lies after the data, where an analysis gives one."""
    query, main = view.query, view.main
    if (
        FORECAST not in registry
        or query.period is None
        or main is None
        or len(query.metrics) != 1
        or query.where
    ):
        return ()
    label, at = (
        scene.catalog.metrics[query.metrics[0]].label,
        label_of(scene, Period.of(main.start, main.requested_end)),
    )
    inputs: dict[str, JsonValue] = {
        "metric": query.metrics[0],
        "period": query.period.model_dump(mode="json"),
    }
    said = BilingualMessage(zh=f"预测{at.zh}的{label.zh}", en=f"Forecast {label.en}, {at.en}")
    return (Option(question=said, plan=ToolPlan(kind="tool", name=FORECAST, inputs=inputs)),)


def _of_a_segment(view: View, scene: Scene, compiles: Compiles) -> Iterator[Option]:
    """Yield the same question for the first declared audience that it can be narrowed to: only new customers."""
    query = view.query
    if query.segments or view.time is not None:
        return
    for name in list(scene.catalog.segments)[:MOST_TRIED]:
        plan = as_plan(
            query, segments=(name,), having=(), transforms=(), limit=None, order_by=(), totals=False
        )
        question = question_of(plan, scene)
        if question is not None and compiles(plan):
            yield Option(question=question, plan=plan)
            return


def _plans(view: View, side: Side, scene: Scene) -> Iterator[MetricPlan]:
    query = view.query
    bare: dict[str, object] = {
        "order_by": (), "limit": None, "having": (), "transforms": (), "totals": False, "metrics": query.metrics[:1],
    }  # fmt: skip
    if len(view.dimensions) == 1 and view.time is None:
        top = read_ranking(view, side).rows
        code = view.key(top[0])[0] if top else None
        if isinstance(code, str | int | float | bool):
            only = Condition(dimension=view.dimensions[0].dimension, operator="=", values=(code,))
            grain = GroupBy(dimension="metric_time", grain=_grain(view, scene))
            yield as_plan(
                query, **{**bare, "group_by": (grain,), "where": (*query.where, only), "compare": ()}
            )
    if view.time is None:
        grain = GroupBy(dimension="metric_time", grain=_grain(view, scene))
        yield as_plan(query, **{**bare, "group_by": (grain,), "compare": ()})
    elif view.time.grain is Grain.DAY and _days(view, scene) > 14:
        others = tuple(group for group in query.group_by if group.grain is None)
        week = GroupBy(dimension=view.time.dimension, grain=Grain.WEEK)
        yield as_plan(query, **{**bare, "group_by": (week, *others), "compare": ()})
    natural = before(view, scene)
    if not query.compare and view.time is None and natural is not None:
        yield as_plan(query, **{**bare, "compare": (natural,)})
    elif _can_compare_years(view, scene):
        yield as_plan(query, **{**bare, "compare": (Compare(kind="previous_year"),)})


def _can_compare_years(view: View, scene: Scene) -> bool:
    """Return whether a year earlier is covered, not asked yet, and no event, whose last edition has other dates."""
    if (
        any(compare.kind in ("previous_year", "period") for compare in view.query.compare)
        or view.main is None
    ):
        return False
    return is_covered(view, scene, "previous_year") and not is_event(scene, view.main)


def _grain(view: View, scene: Scene) -> Grain:
    """Return a bucket that gives the period at least two points and at most a screenful."""
    days = _days(view, scene)
    return Grain.DAY if days <= 14 else Grain.WEEK if days <= 200 else Grain.MONTH


def _days(view: View, scene: Scene) -> int:
    """Return the length of what was read: the period, else the data."""
    if view.main is not None:
        return view.main.days
    if scene.data_start is None or scene.data_end is None:
        return 1000
    return (scene.data_end - scene.data_start).days


def _drill_downs(view: View, scene: Scene, compiles: Compiles) -> Iterator[MetricPlan]:
    """Yield the same question by another dimension: declared values first, then the catalog's order."""
    query = view.query
    used = {group.dimension for group in query.group_by}
    fixed = {condition.dimension for condition in query.where if isinstance(condition, Condition)}
    candidates = [
        dimension
        for dimension in scene.catalog.dimensions.values()
        if dimension.kind in ("categorical", "boolean")
        and dimension.index_values
        and not dimension.hidden
        and dimension.name not in used | fixed
    ]
    # What lives in the metric's own tables needs no join and is what people look at first.
    own = models(scene.catalog, query.metrics[0])
    if len(own) > 1:  # facts of several tables meet only on dimensions that all of them have
        candidates = [one for one in candidates if own <= {binding.model for binding in one.bindings}]
    candidates.sort(
        key=lambda dimension: (
            not own <= {binding.model for binding in dimension.bindings},
            not dimension.values,
            not dimension.conformed,
        )
    )
    given = 0
    for dimension in candidates[:MOST_TRIED]:
        plan = as_plan(
            query,
            metrics=query.metrics[:1],
            group_by=(GroupBy(dimension=dimension.name),),
            compare=(),
            order_by=(),
            limit=None,
            having=(),
            transforms=(),
            totals=False,
        )
        if given < MOST_DRILL_DOWNS and compiles(plan):
            given += 1
            yield plan


def _why(view: View, scene: Scene, registry: Registry) -> Option | None:
    """Return the question for the causes of a change, where an analysis answers it and there is a change."""
    name = next((name for name in WHY_TOOLS if name in registry), None)
    main = view.main
    if name is None or main is None or view.time is not None or view.query.period is None:
        return None
    metric = view.query.metrics[0]
    compare = view.query.compare[0] if view.query.compare else before(view, scene)
    if compare is None:
        return None
    asked: dict[str, object] = {
        "metric": metric,
        # without words for it, the period before is meant, by the question and by the analysis
        "compare": compare.model_dump(mode="json") if compare.kind != "previous_period" else None,
        "period": view.query.period.model_dump(mode="json"),
        "start": main.start.isoformat(),
        "end": main.end.isoformat(),
    }
    fields = registry.get(name).fields
    if "metric" not in fields or view.query.where:  # the causes of a part are another question
        return None
    inputs = {key: value for key, value in asked.items() if key in fields and value is not None}
    label, at = scene.catalog.metrics[metric].label, label_of(scene, main)
    named = name_of(scene, main) or at
    return Option(
        question=BilingualMessage(
            zh=f"{named.zh}{label.zh}为什么变化", en=f"Why did {label.en} change {named.en}"
        ),
        plan=ToolPlan.model_validate({"kind": "tool", "name": name, "inputs": inputs}),
    )
