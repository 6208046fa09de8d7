"""Words around what is counted: how many products were sold, add-to-cart users, the sales of returned items."""

from __future__ import annotations

from bot.language.rule import Rule
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.lacking import called_like, metrics_of
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import Metric, SimpleMetric

_PEOPLE = Rule(
    r" ?(?:(?:用户|客户|顾客|访客|会员|买家)数?|人数|的人"
    r"|users?|people|customers?|visitors?|shoppers?|buyers?|members?|persons?)(?![a-z\u4e00-\u9fff])"
)
_DONE = Rule(r"[过了]")  # 下过单, 下了单 of 下单
_THINGS = frozenset(
    "item items good goods thing things ones record records row rows entry entries line lines case cases unit units "
    "东西 记录 数据行 条目".split()
)


def read_deeds(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "how many different products were sold" as the members with any of the only metric the verb may mean."""
    counted = draft.counted
    verbs = [at for at in line.tagged(Tag.VERB) if at not in line.used]
    if counted is None or draft.metrics or len(verbs) != 1 or line.of_role("concept", "metric"):
        return
    if line.tagged(Tag.NEVER, Tag.NOT, Tag.TOP, Tag.SUPER, Tag.CMP, Tag.CMP_AFTER):
        return
    verb = _DONE.sub("", line.items[verbs[0]].text)
    names = metrics_of(verb, counted, scene)
    if not any(called_like(verb, scene.metric(name)) for name in names):
        names = _called(verb, counted, scene) or names
    if len(names) != 1:
        return
    label = scene.metric(names[0]).label
    draft.add_metric(names[0], verbs[0])
    line.use(verbs[0])
    words = scene.words(line, verbs[0])
    draft.say("metric", label.zh, label.en, words)
    draft.note(f"「{words[0]}」按有「{label.zh}」理解。", f"“{words[0]}” was read as having any {label.en}.")


def _called(verb: str, counted: str, scene: Scene) -> list[str]:
    """Return the metrics that are called like the deed and count only some rows: orders not cancelled."""
    return [
        metric.name for metric in scene.catalog.metrics.values()
        if metric.filters and not metric.hidden and isinstance(metric.type, SimpleMetric)
        and called_like(verb, metric) and scene.reach.reaches([metric.name], counted)
    ]  # fmt: skip


def _of_people(metric: Metric) -> bool:
    """Return whether a metric counts persons: by its definition, its unit or its name (加购人数)."""
    kind = metric.type
    distinct = isinstance(kind, SimpleMetric) and kind.agg == "count_distinct"
    return distinct or metric.unit in ("people", "人") or metric.label.zh.endswith(("人数", "户数", "客数"))


def read_restated(line: Line, _draft: Draft, scene: Scene) -> None:
    """Use up words that only repeat what is counted: users behind a count of people, sales of returned items."""
    text = scene.question.text
    for index in line.of_role("metric"):
        if not _of_people(scene.metric(line.roles[index].name)):
            continue
        said = _PEOPLE.match(text, line.items[index].end)
        if said is None:
            continue
        within = [
            at for at, item in enumerate(line.items) if said.start() <= item.start and item.end <= said.end()
        ]
        if within and all(line.is_role(at, "unknown", "grammar") for at in within):
            line.use(*within)
    for index in line.of_role("unknown"):
        if line.items[index].text not in _THINGS or index == 0:
            continue
        truth = line.is_role(index - 1, "dimension") and (
            scene.dimension(line.roles[index - 1].name).kind == "boolean"
        )
        if (truth or line.is_role(index - 1, "value")) and line.of_role("metric"):
            line.use(index)
