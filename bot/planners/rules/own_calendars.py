"""Calendars of the workspace's own in questions: 上个零售月, last retail month, by retail quarter."""

from __future__ import annotations

from bot.language.rule import Rule
from bot.language.time import TimeContext
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.patterns import small_number
from bot.planners.rules.tags import Tag
from semantic_layer.errors import QueryError
from semantic_layer.query import GroupBy
from semantic_layer.shorthand import parse_period

_BEFORE = Rule(
    r"(?:(?P<last>上一?个?|前一个?|(?:the )?(?:last|previous|past) )(?P<n>[0-9]{1,2}|[一二两三四五六七八九十]|"
    r"(?:two|three|four|five|six) )?\s*个?|(?P<this>本|这一?个?|当前|(?:the )?(?:this|current) ))\s*$"
)


def read_own_calendars(line: Line, draft: Draft, scene: Scene, context: TimeContext) -> None:
    """Take "last retail month" as the period and "by retail month" as the bucket; the calendar knows its dates."""
    for index in line.of_role("calendar"):
        name, item = line.roles[index].name, line.items[index]
        grain = scene.catalog.custom_grains[name]
        said = _BEFORE.search(scene.question.text, max(0, item.start - 24), item.start)
        line.use(index)
        if said is None:
            draft.add_group(GroupBy(dimension="metric_time", custom_grain=name))
            line.use(line.before(index, Tag.OF) if line.has(line.before(index, Tag.OF), Tag.BY) else None)
            draft.say("grain", f"按{grain.label.zh}", f"by {grain.label.en}", scene.words(line, index))
            continue
        marks = tuple(at for at in range(index) if line.items[at].start >= said.start())
        line.use(*marks)
        count = small_number((said["n"] or "1").strip()) or 1
        form = f"this_{name}" if said["this"] else f"last_{count}_{name}"
        catalog = scene.catalog
        try:
            draft.period = parse_period(
                form, scene.today, context.data_end, catalog.week_start, catalog.fiscal_year_start,
                {name: grain.rule},
            )  # fmt: skip
        except QueryError as error:
            draft.refuse("not_supported", error.message.zh, error.message.en, *scene.words(line, index))
            continue
        words = scene.words(line, *marks, index)
        start, end = draft.period.start, draft.period.end
        draft.slots = [slot for slot in draft.slots if slot.slot != "period"]
        draft.say("period", f"{start} 至 {end}(不含)", f"{start} to {end} (exclusive)", words)
