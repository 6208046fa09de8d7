"""From a line of items to a draft: the stages in their order, each taking what it understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from bot.language.terms.lexicon import Term
from bot.plan import MetricPlan
from bot.planners.rules.absence import read_absence
from bot.planners.rules.baseline import default_period, plainly
from bot.planners.rules.beyond import read_beyond
from bot.planners.rules.clauses import read_attributes, read_clauses
from bot.planners.rules.counts import (
    count_members,
    read_counted,
    read_counted_by_condition,
    read_counts,
    read_money,
    read_short_names,
)
from bot.planners.rules.dated import read_dated, read_own_dates
from bot.planners.rules.deeds import read_deeds, read_restated
from bot.planners.rules.derive import read_averages, read_shares, read_windows
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.edits import Edits, read_edits
from bot.planners.rules.everyday import read_origin, read_profit
from bot.planners.rules.filters import read_values
from bot.planners.rules.followup import is_follow_up, merge
from bot.planners.rules.grouping import (
    check_reach,
    read_dimensions,
    read_grain,
    read_head,
)
from bot.planners.rules.growth import read_grew
from bot.planners.rules.implied import read_implied
from bot.planners.rules.items import Item
from bot.planners.rules.lacking import read_lacking
from bot.planners.rules.line import Line
from bot.planners.rules.meant import read_columns
from bot.planners.rules.measures import read_column_aggregates, read_concepts, read_metrics
from bot.planners.rules.ordering import read_ordering
from bot.planners.rules.overview import read_overview
from bot.planners.rules.own_calendars import read_own_calendars
from bot.planners.rules.pairs import read_pairs, read_per_thing
from bot.planners.rules.populations import read_populations, set_populations
from bot.planners.rules.presence import read_empty, read_truth
from bot.planners.rules.roles import assign_roles
from bot.planners.rules.segments import read_segments
from bot.planners.rules.tags import Tag
from bot.planners.rules.texts import read_equalities, read_text_filters
from bot.planners.rules.thresholds import (
    check_conditions,
    read_presence,
    read_signs,
    read_thresholds,
)
from bot.planners.rules.times import read_times, time_context

_WHOLE_NAME = 3  # the weakest rank of a full name: a value as stored
Coverage = Callable[[Sequence[str]], tuple[date | None, date | None]]

# What is asked for, and which rows of it; each list in the order in which its stages take words.
_SUBJECTS = (
    read_clauses, read_columns, read_concepts, read_metrics, read_pairs, read_column_aggregates, read_counts,
    read_per_thing, read_counted, read_money, read_short_names, read_profit, read_implied, read_deeds, read_restated,
)  # fmt: skip
_CONDITIONS = (
    read_text_filters, read_truth, read_values, read_segments, read_empty, read_absence, read_thresholds, read_signs,
    read_presence, read_lacking, read_equalities, read_beyond,
)  # fmt: skip


def assemble(
    items: Sequence[Item],
    scene: Scene,
    coverage: Coverage,
    chosen: Mapping[int, Term],
    base: MetricPlan | None = None,
) -> tuple[Line, Draft]:
    """Return the line and the draft of one reading. `coverage` gives the data's dates for metrics."""
    line = assign_roles(items, scene.reach, chosen)
    set_populations(line, scene)
    draft = Draft()
    edits = read_edits(line, scene, base) if base is not None else Edits()
    draft.trend = bool(line.tagged(Tag.TREND))
    for subject in _SUBJECTS:
        subject(line, draft, scene)
    continues = base is not None and is_follow_up(line, base, edits)
    draft.continues = continues
    if continues and base is not None and not draft.metrics:
        draft.metrics = list(base.metrics)
    start, end = coverage(draft.metrics)
    context = time_context(scene, start, end, base.period if base is not None and continues else None)
    read_own_dates(line, draft, scene, context)
    read_times(line, draft, scene, context)
    read_own_calendars(line, draft, scene, context)
    read_dated(line, draft, scene)
    for condition in _CONDITIONS:
        condition(line, draft, scene)
    read_populations(line, draft, scene)
    read_dimensions(line, draft, scene)
    read_origin(line, draft, scene)
    read_head(line, draft, scene)
    read_attributes(line, draft, scene)
    read_windows(line, draft, scene)
    read_grain(line, draft, scene)
    read_counted_by_condition(line, draft, scene)
    count_members(draft, scene)
    read_averages(line, draft, scene)
    ranked = (Tag.TOP, Tag.SUPER, Tag.ORDINAL, Tag.SHARE, Tag.ORDER, Tag.GROW_MOST)
    if continues and base is not None and not draft.group_by and not draft.where and line.tagged(*ranked):
        draft.group_by = list(base.group_by)  # 只看前三名: of the rows that are shown
    read_shares(line, draft, scene)
    read_ordering(line, draft, scene)
    read_grew(line, draft, scene)
    read_overview(line, draft, scene, context)
    default_period(draft, context)  # a growth may have brought a comparison
    read_chart(line, draft, scene)
    if continues and base is not None:
        merge(base, line, draft, edits)
    plainly(draft)
    check_reach(line, draft, scene)
    check_conditions(line, draft, scene)
    _use_markers(line, draft)
    return line, draft


def read_chart(line: Line, draft: Draft, scene: Scene) -> None:
    """Take the asked chart; it changes no number."""
    for index in line.tagged(Tag.CHART):
        if index not in line.used:
            asked = line.payload(index, Tag.CHART)
            if asked == "map":
                draft.note("没有地图图表,用条形图表示。", "There are no maps here; bars show the same.")
            draft.presentation = "bar" if asked == "map" else asked  # type: ignore[assignment]  # the word tables hold only charts
            draft.say("chart", line.items[index].text, line.items[index].text, scene.words(line, index))
            line.use(index)


def _use_markers(line: Line, draft: Draft) -> None:
    """Use up the words that only mark a slot which has been filled."""
    grouped = bool(draft.group_by)
    if grouped:
        line.use(*line.tagged(Tag.BY, Tag.WHICH, Tag.LIST, Tag.EACH, Tag.ORDER))
    for index in line.tagged(Tag.BY):
        after = line.after(index, Tag.OF)
        whole = line.is_role(after, "value") and line.roles[after or 0].terms[0].rank <= _WHOLE_NAME
        alone = line.items[index].text == "各" and not line.is_role(after, "metric", "dimension")  # 各是多少
        if (
            whole
            or alone
            or (line.is_role(after, "time", "segment", "unknown") or line.has(after, Tag.CHART))
        ):
            line.use(
                index
            )  # "sales by Ann Lee"; "by channel" for a value that only begins so asks for a split
    if draft.metrics:
        line.use(*line.tagged(Tag.HOW_MANY, Tag.COUNT, Tag.TOTAL, Tag.WHICH))
    if draft.where or draft.segments or draft.sides:
        line.use(*line.tagged(Tag.ONLY))
    if any(line.has(index, Tag.NOT, Tag.NOT_END) for index in line.used):
        line.use(*line.tagged(Tag.OTHER, Tag.NOT_END))
    if draft.compare or grouped or len(draft.metrics) > 1 or draft.sides:
        line.use(*line.tagged(Tag.COMPARE))
    if (
        draft.compare and line.tagged(Tag.COMPARE, Tag.WHICH, Tag.HOW_MANY) and not grouped
    ) or draft.sides:  # how much more than in May
        line.use(*(at for at in line.tagged(Tag.MORE) if line.payload(at, Tag.MORE) != "middle"))
    if draft.period is not None or draft.periods or line.tagged(Tag.COMPARE):
        line.use(*line.tagged(Tag.BETWEEN))
