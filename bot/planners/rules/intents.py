"""Questions for an analysis (why, forecast, funnel …): to the tool where it exists, else an honest no."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import JsonValue

from bot.answer import Slot
from bot.language.normalise import normalise
from bot.language.rule import Rule
from bot.language.terms.tokens import key_of, tokenise
from bot.plan import BilingualMessage, ClarifyPlan, MetricPlan, Option, ToolPlan
from bot.planners.base import CONTINUES, Planned
from bot.planners.rules.accounting import unused_words
from bot.planners.rules.asked import Asked
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.grammar import grammar_matches
from bot.planners.rules.items import Item
from bot.planners.rules.line import Line
from bot.planners.rules.meant import settle_namesakes
from bot.planners.rules.outcome import refuse
from bot.planners.rules.tags import Tag
from bot.planners.rules.untaken import not_taken
from semantic_layer.query import Compare, PeriodRange
from semantic_layer.text import Text

if TYPE_CHECKING:
    from tools.registry import Registry, Tool

_LABELS = {
    "why": Text(zh="原因分析(波动归因)", en="an analysis of why a metric changed"),
    "forecast": Text(zh="预测", en="forecasting"),
    "anomaly": Text(zh="异常检测", en="anomaly detection"),
    "funnel": Text(zh="漏斗分析", en="funnel analysis"),
    "attribution": Text(zh="渠道归因", en="channel attribution"),
    "retention": Text(zh="留存分析", en="retention analysis"),
    "rfm": Text(zh="RFM 分层", en="RFM segmentation"),
    "ltv": Text(zh="生命周期价值分析", en="lifetime-value analysis"),
    "experiment": Text(zh="实验评估", en="experiment evaluation"),
    "basket": Text(zh="购物篮分析", en="basket analysis"),
    "sentiment": Text(zh="评论情感分析", en="review sentiment analysis"),
    "budget": Text(zh="预算分配", en="budget allocation"),
    "spend_response": Text(zh="投放响应分析", en="spend response"),
    "promotion": Text(zh="促销增量分析", en="promotion incrementality"),
    "before_after": Text(zh="前后对比", en="before-and-after analysis"),
    "target": Text(zh="目标进度", en="target progress"),
    "churn_rate": Text(
        zh="流失率(没有这个指标;留存、复购可以看)",
        en="a churn rate (no metric is called so; retention can be shown)",
    ),
}


# Nouns that only say about whom or when an analysis is made, where the workspace has no such word.
_SOFT = Rule(
    r"(?:用?户|客户?|新客|老客?|顾客|会员|买家|消费者|人|人群|大家|时间|情况|按|里|中|后|前|各|每|个|看|月|年|"
    r"customers?|users?|visitors?|buyers?|shoppers?|clients?|people|members?|"
    r"time|between|after|before|by|each|months?|weeks?|days?|compared?|biggest|valuable|rank|last|one|leave)$"
)


_AMOUNT = Rule(r"\d")


def example_keys(registry: Registry) -> tuple[tuple[str, Tool], ...]:
    """Return the folded examples of every tool, to be compared with questions."""
    keys = (
        (key_of(normalise(one).text), tool) for tool in registry.tools.values() for one in tool.examples.all()
    )
    return tuple((key, tool) for key, tool in keys if key)


def example_tool(text: str, examples: Sequence[tuple[str, Tool]]) -> Tool | None:
    """Return the tool one of whose examples is (nearly) the whole question."""
    asked = key_of(text)
    for key, tool in examples:
        if asked == key or (key in asked and len(key) >= 0.6 * len(asked) and _is_filler(asked, key)):
            return tool
    return None


def _is_filler(asked: str, key: str) -> bool:
    """Return whether what surrounds an example says nothing more: no filter may be lost."""
    for rest in asked.split(key, 1):
        tokens = tokenise(rest)
        matches = grammar_matches(tokens, rest)
        filler = {
            at for first, last, tags in matches if any(tag is Tag.STOP for tag, _ in tags)
            for at in range(first, last)
        }  # fmt: skip
        if any(token.kind != "sign" and at not in filler for at, token in enumerate(tokens)):
            return False
    return True


def intent_of(line: Line) -> tuple[str, int] | None:
    """Return the analysis a question asks for, and the item that says so."""
    for index in line.tagged(Tag.INTENT):
        return line.payload(index, Tag.INTENT), index
    return None


def tools_by_intent(registry: Registry) -> dict[str, Tool]:
    """Return the tool for each analysis word: the one whose name says so, else whose examples use it most."""
    counts: dict[str, dict[str, int]] = {}
    for tool in registry.tools.values():
        for example in tool.examples.all():
            text = normalise(example).text
            for _, _, tags in grammar_matches(tokenise(text), text):
                for tag, payload in tags:
                    if tag is Tag.INTENT:
                        known = counts.setdefault(payload, {})
                        known[tool.name] = known.get(tool.name, 0) + 1
    found = {
        intent: registry.get(max(known, key=lambda name: known[name])) for intent, known in counts.items()
    }
    return found | {intent: registry.get(intent) for intent in _LABELS if intent in registry}


def route(
    intent: str, index: int, line: Line, draft: Draft, scene: Scene, tools: Mapping[str, Tool]
) -> Planned:
    """Return the tool's plan with its inputs filled from the draft, or a refusal that names what is missing."""
    line.use(index)
    unused = unused_words(line, scene, named=False)
    nearest = [draft.build(scene, draft.period)] if draft.metrics and not draft.problems else []
    if unused:
        return _not_understood(unused, draft, scene)
    if draft.problems:
        first = draft.problems[0]
        return refuse(first.reason, first.message, scene, missing=first.missing, draft=draft)
    if draft.sides:
        text = Text(
            zh="一次只能分析一组数据,请分开问。",
            en="One analysis looks at one set of rows. Please ask them one by one.",
        )
        return refuse("not_supported", text, scene, nearest=nearest, draft=draft)
    if intent in tools:
        return tool_plan(tools[intent], draft, scene.words(line, index), scene=scene)
    label = _LABELS[intent]
    return refuse(
        "not_supported",
        Text(
            zh=f"还不能做{label.zh};不会用一个普通查询冒充它。",
            en=f"I cannot do {label.en} yet, and will not pass a plain lookup off as it.",
        ),
        scene,
        missing=scene.words(line, index) or (label.en,),  # the words asked, in the language asked
        nearest=nearest,
        draft=draft,
    )


def which_attribution(draft: Draft, tools: Registry) -> Planned:
    """Ask back whether 归因 means the channels' share in the sales or the causes of a change: never guessed."""
    offered = (
        ("attribution", Text(zh="渠道归因:各渠道的功劳", en="Channel attribution: each channel's credit")),
        ("change_drivers", Text(zh="波动归因:变化的原因", en="Change attribution: what drove the change")),
    )
    options = []
    for name, label in offered:
        plan = tool_plan(tools.get(name), draft, ()).plan
        assert isinstance(plan, ToolPlan)
        options.append(Option(question=BilingualMessage(zh=label.zh, en=label.en), plan=plan))
    question = BilingualMessage(
        zh="「归因」有两种:渠道归因还是波动归因?", en="Attribution of channels, or of a change?"
    )
    return Planned(
        ClarifyPlan(kind="clarify", question=question, options=tuple(options)), slots=tuple(draft.slots)
    )


def items_for(items: Sequence[Item], tool: Tool, asked: Asked) -> tuple[Item, ...]:
    """Return the items as this analysis may take them.

    Where it takes no metric, "new customers" is none, nor is a word of its own (the money of a budget). Whom it is
    about anyway is no dimension to split by.
    """
    blind = not {"metric", "metrics"} & set(tool.fields)
    own = {at for start, end in asked.quiet for at in range(start, end)}
    people = {at for start, end in asked.people for at in range(start, end)}
    return tuple(_item_for(item, own, people, blind) for item in items)


def _item_for(item: Item, own: Collection[int], people: Collection[int], blind: bool) -> Item:
    places = range(item.start, item.end)
    drop = set()
    if blind and (item.of_kind("segment") or all(at in own for at in places)):
        drop.add("metric")
    if all(at in people for at in places):
        drop |= {"metric", "dimension"}
    terms = tuple(term for term in item.terms if term.kind not in drop)
    if terms or not item.terms or item.kind != "term":
        return replace(item, terms=terms)
    return replace(item, kind="grammar" if item.tags else "unknown", terms=())


def route_asked(
    asked: Asked, line: Line, draft: Draft, scene: Scene, tool: Tool, base: MetricPlan | None
) -> Planned:
    """Return the plan of the analysis that a question's wording asked for, or what of it was not understood.

    A question without a metric goes on about the last one ("why?"): its metric, filters and period are taken over.
    """
    line.use(
        *line.tagged(Tag.INTENT, Tag.SUPER, Tag.ORDER, Tag.BY, Tag.COMPARE, Tag.GREW, Tag.GROWTH, Tag.AGG)
    )
    left = unused_words(line, scene, named=True, quiet=asked.quiet)
    unused = tuple(word for word in left if not _SOFT.match(word.lower()))
    if not unused and draft.problems and draft.metrics:
        first = draft.problems[0]
        if first.reason == "not_in_catalog":
            return refuse(first.reason, first.message, scene, missing=first.missing, draft=draft)
    if unused:
        return _not_understood(unused, draft, scene)
    settle_namesakes(line, draft, scene, tool)
    if base is not None and not draft.metrics and not draft.where and not draft.segments:
        _continued(base, draft)
    if _AMOUNT.search("".join(asked.words)) and not asked.inputs:
        draft.note(
            f"「{asked.words[0]}」里的数没有代入计算:{tool.label.zh}按历史数据算。",
            f"The number in “{asked.words[0]}” was not put in: {tool.label.en} is computed from past data.",
        )
    return tool_plan(tool, draft, asked.words, asked.inputs, scene)


def _continued(base: MetricPlan, draft: Draft) -> None:
    draft.metrics = list(base.metrics)
    draft.where = list(base.where)
    draft.segments = list(base.segments)
    draft.compare = draft.compare or list(base.compare)
    if draft.period is None and base.period is not None:
        draft.period = base.period.period()
    draft.notes.insert(0, CONTINUES)


def _not_understood(unused: tuple[str, ...], draft: Draft, scene: Scene) -> Planned:
    nearest = [draft.build(scene, draft.period)] if draft.metrics and not draft.problems else []
    named_zh, named_en = "、".join(unused), ", ".join(unused)
    return refuse(
        "not_in_catalog",
        Text(
            zh=f"没看懂「{named_zh}」:它不是这里的指标、维度或取值。",
            en=f"I did not understand “{named_en}”: no metric, dimension or value here is called so.",
        ),
        scene,
        missing=unused,
        nearest=nearest,
        draft=draft,
    )


def tool_plan(
    tool: Tool,
    draft: Draft,
    words: tuple[str, ...],
    own: Mapping[str, JsonValue] | None = None,
    scene: Scene | None = None,
) -> Planned:
    """Return the plan that runs a tool, with those of its inputs filled that the question named.

    Tools call the same thing by the same name: metric(s), dimension(s), where, segments, period, compare. What the
    tool has no input for is never dropped in silence: rows that it cannot leave out refuse it, the rest is said.
    """
    groups = [group.dimension for group in draft.group_by if group.grain is None and group.part is None]
    against = Compare(kind=tool.asks.against) if tool.asks.against else None
    by_default = draft.compare[:1] == [against]  # what it compares with anyway: said or not, it is one plan
    known: dict[str, object] = {
        "metric": draft.metrics[0] if draft.metrics else None,
        "metrics": draft.metrics,
        "dimension": groups[0] if groups else None,
        "dimensions": groups,
        "where": [part.model_dump(mode="json") for part in draft.where],
        "segments": draft.segments,
        "period": PeriodRange.of(draft.period).model_dump(mode="json") if draft.period else None,
        "compare": draft.compare[0].model_dump(mode="json") if draft.compare and not by_default else None,
    }
    known |= own or {}
    inputs = {name: value for name, value in known.items() if name in tool.fields and value}
    if scene is not None:
        lost = not_taken(tool, draft, scene, set(own or {}))
        if lost is not None:
            return lost
    return Planned(
        ToolPlan(kind="tool", name=tool.name, inputs=inputs),  # type: ignore[arg-type]  # JSON values all
        slots=(Slot("analysis", tool.label, words), *draft.slots),
        notes=tuple(draft.notes),
    )
