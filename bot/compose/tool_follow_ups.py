"""What to ask after an analysis, computed from its plan and what it found: each is a question with a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from bot.answer import PeriodUsed
from bot.compose.asking import as_plan, question_of
from bot.compose.follow_ups import WHY_TOOLS
from bot.compose.phrases import label_of, name_of
from bot.compose.view import Scene
from bot.plan import BilingualMessage, MetricPlan, Option, ToolPlan
from semantic_layer.period import Grain, Period, truncate
from semantic_layer.query import Compare, GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Table
from tools.registry import Registry
from tools.result import Finding

Compiles = Callable[[MetricQuery], bool]
MOST = 4
MOST_METRICS = 4
WEEKS = 12
LONGEST = 100  # days of a period worth a breakdown against the one before
ADVICE = "growth"


def tool_follow_ups(
    plan: ToolPlan,
    periods: Sequence[PeriodUsed],
    tables: Sequence[Table],
    about: Sequence[str],
    scene: Scene,
    compiles: Compiles,
    registry: Registry,
) -> tuple[Option, ...]:
    """Return up to four next questions: why, by the dimension it found, by week, against last year, what to do.

    `about` are the metrics of the analysis (`metrics_of`), `tables` what it lists.
    """
    metric = about[0] if about else None
    found: list[Option] = []
    if metric is not None:
        period = _period(periods)
        why = _why(plan, metric, period, scene, registry)
        found += [why] if why is not None else []
        for query in plans_of(metric, period, tables[0] if tables else None, scene):
            question = question_of(query, scene)
            if question is not None and compiles(query):
                found.append(Option(question=question, plan=query))
    advice = _advice(plan, registry)
    return (*found[: MOST - (advice is not None)], *([advice] if advice is not None else []))


def metrics_of(
    plan: ToolPlan, findings: Sequence[Finding], tables: Sequence[Table], scene: Scene
) -> tuple[str, ...]:
    """Return the metrics that an analysis is about, the main one first: as asked, as drawn and listed, as found.

    `tables` begin with the chart's, where there is one: what is drawn is what it is about.
    """
    named = [
        plan.inputs.get("metric"),
        *(column.metric for table in tables for column in table.columns),
        *(finding.metric for finding in findings),
    ]
    metrics = scene.catalog.metrics
    visible = [
        one
        for one in named
        if isinstance(one, str) and one in metrics and one not in scene.hidden and not metrics[one].hidden
    ]
    return tuple(dict.fromkeys(visible))[:MOST_METRICS]


def _period(periods: Sequence[PeriodUsed]) -> Period | None:
    main = next((one for one in periods if one.role == "main"), None)
    return Period(main.start, main.end, main.requested_end) if main is not None else None


def plans_of(metric: str, period: Period | None, table: Table | None, scene: Scene) -> Iterator[MetricPlan]:
    """Yield what to see of a metric next: by the dimension found and against last year in `period`, then by week."""
    base = MetricQuery(metrics=(metric,))
    if period is not None and period.days <= LONGEST and period.end <= scene.today:
        asked = base.model_copy(update={"period": PeriodRange.of(period)})
        dimension = table.columns[0].name if table is not None and table.columns else ""
        if dimension in scene.catalog.dimensions and dimension not in scene.hidden:
            yield as_plan(
                asked, group_by=(GroupBy(dimension=dimension),), compare=(Compare(kind="previous_period"),)
            )
        yield as_plan(asked, compare=(Compare(kind="previous_year"),))
    end = truncate(min(scene.data_end or scene.today, scene.today), Grain.WEEK, scene.week_start)
    weeks = PeriodRange(start=end - timedelta(weeks=WEEKS), end=end)
    yield as_plan(base, period=weeks, group_by=(GroupBy(dimension="metric_time", grain=Grain.WEEK),))


def _why(
    plan: ToolPlan, metric: str, period: Period | None, scene: Scene, registry: Registry
) -> Option | None:
    name = next((name for name in WHY_TOOLS if name in registry), None)
    if name is None or plan.name == name or period is None:
        return None
    if period.days > LONGEST or period.end > scene.today or "metric" not in registry.get(name).fields:
        return None
    label = scene.catalog.metrics[metric].label
    named = name_of(scene, period) or label_of(scene, period)
    inputs = {"metric": metric, "period": PeriodRange.of(period).model_dump(mode="json")}
    return Option(
        question=BilingualMessage(
            zh=f"{named.zh}{label.zh}为什么变化", en=f"Why did {label.en} change {named.en}"
        ),
        plan=ToolPlan.model_validate({"kind": "tool", "name": name, "inputs": inputs}),
    )


def _advice(plan: ToolPlan, registry: Registry) -> Option | None:
    if ADVICE not in registry or plan.name == ADVICE:
        return None
    examples = registry.get(ADVICE).examples
    if not examples.zh or not examples.en:
        return None
    return Option(
        question=BilingualMessage(zh=examples.zh[0], en=examples.en[0][:1].upper() + examples.en[0][1:]),
        plan=ToolPlan(kind="tool", name=ADVICE, inputs={}),
    )
