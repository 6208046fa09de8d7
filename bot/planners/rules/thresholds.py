"""Comparisons with numbers: over 10k, 大于1万, 30岁以上; on metrics after adding up, on columns before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from bot.planners.rules.targets import Measure, Target, find_target, measures, unfit_measure, unfit_money
from bot.planners.rules.units import in_own_unit
from semantic_layer.catalog import Metric, SimpleMetric
from semantic_layer.query import Compare, Condition, Having
from semantic_layer.text import Text

_FLIP = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_NEGATED = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!="}


@dataclass(frozen=True, slots=True)
class Threshold:
    """An operator with its numbers, and the items it was read from."""

    operator: str
    values: tuple[float, ...]
    indexes: tuple[int, ...]
    unit: str | None = None


def read_thresholds(line: Line, draft: Draft, scene: Scene) -> None:
    """Turn every number under a comparison into a condition on a metric, a growth or a numeric dimension."""
    units = measures(line, draft, scene)
    numeric = frozenset(
        at for at in line.of_role("dimension") if scene.dimension(line.roles[at].name).kind == "number"
    )
    for said in _thresholds(line, units, numeric):
        first, last = min(said.indexes), max(said.indexes)
        measure = next((units[at] for at in said.indexes if at in units), None)
        target = find_target(line, draft, scene, (first, last), measure)
        if target is None:
            continue
        line.use(*said.indexes)
        kind, name, index = target
        words = scene.words(line, index, *sorted(said.indexes))
        threshold = replace(said, values=in_own_unit(said.values, said.unit, _names(scene, target)))
        number = _shown(threshold)
        if kind == "dimension":
            operator = threshold.operator
            values = tuple(int(v) if float(v).is_integer() else v for v in threshold.values)
            condition = Condition(dimension=name, operator=operator, values=values)  # type: ignore[arg-type]  # the tables hold operators
            draft.where.append(condition)
            label = scene.dimension(name).label
            draft.say("filter", f"{label.zh} {number}", f"{label.en} {number}", words)
            line.use(index)
            continue
        if name not in draft.metrics:
            draft.add_metric(name)
        column = name
        operator, values = threshold.operator, threshold.values
        growth = _growth_between(line, index, first, last)
        if growth is not None:
            column = f"{name}__growth" if threshold.unit == "%" else f"{name}__delta"
            line.use(growth)
            if not draft.compare:
                draft.compare.append(Compare(kind="previous_period"))
                draft.say("comparison", "较上一期(未说明时)", "against the previous period (none was named)")
            if _is_down(line, growth):
                operator, values = _FLIP.get(operator, operator), tuple(-value for value in values)
        else:
            unfit = _unfit(line, draft, scene, threshold, name)
            if unfit is not None:
                draft.refuse("not_supported", unfit.zh, unfit.en, *words)
                continue
            column = f"{name}__share" if _is_share(scene, threshold, name) else name
        having = Having(column=column, operator=operator, values=values)  # type: ignore[arg-type]  # the tables hold operators
        draft.having.append(having)
        label = scene.metric(name).label
        draft.say("filter", f"{label.zh} {number}", f"{label.en} {number}", words)


def _names(scene: Scene, target: Target) -> tuple[str, ...]:
    known = scene.dimension(target[1]) if target[0] == "dimension" else scene.metric(target[1])
    own = known.unit or "" if isinstance(known, Metric) else ""
    return known.name, known.label.zh, known.label.en, own


def _is_share(scene: Scene, threshold: Threshold, name: str) -> bool:
    """Return whether a percentage is asked of an amount: it is its share, never the amount itself."""
    metric = scene.metric(name)
    return threshold.unit == "%" and not metric.is_ratio and metric.unit != "%"


def read_signs(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "negative profit" and 利润为负 as a condition on the metric."""
    for index in line.tagged(Tag.SIGNED):
        near = [
            at
            for at in (line.before(index, Tag.OF, Tag.IS), line.after(index, Tag.OF))
            if line.is_role(at, "metric")
        ]
        if not near or near[0] is None:
            continue
        name = draft.metric_at.get(near[0], line.roles[near[0]].name)
        sign = line.payload(index, Tag.SIGNED)
        having = Having(column=name, operator=sign, values=(0.0,))  # type: ignore[arg-type]  # the tables hold operators
        draft.having.append(having)
        label = scene.metric(name).label
        draft.say("filter", f"{label.zh} {sign} 0", f"{label.en} {sign} 0", scene.words(line, index))
        line.use(index)


def _unfit(line: Line, draft: Draft, scene: Scene, threshold: Threshold, name: str) -> Text | None:
    """Return why a metric cannot be compared with the number, None where it can."""
    label, number = scene.metric(name).label, _shown(threshold)
    if _is_share(scene, threshold, name) and not line.tagged(Tag.SHARE):
        following = line.after(max(threshold.indexes))
        if following is None or line.items[following].text != "of":
            return Text(
                zh=f"「{label.zh}」不是比率,{number} 是占什么的百分之几?",
                en=f"{label.en} is no rate: {number} of what?",
            )
        draft.share_of = name
    numbers = [at for at in threshold.indexes if line.is_role(at, "number")]
    measure = unfit_measure(line, scene.metric(name), numbers[0], threshold.unit) if numbers else None
    return measure or unfit_money(scene.metric(name), number, threshold.unit)


def _thresholds(line: Line, units: Mapping[int, Measure], numeric: frozenset[int]) -> list[Threshold]:
    found: list[Threshold] = []
    for index in line.of_role("number"):
        if (
            index in line.used
            or line.items[index].number is None
            or any(index in known.indexes for known in found)
        ):
            continue
        threshold = _between(line, index, numeric) or _single(line, index, units.get(index))
        if threshold:
            found.append(threshold)
    return found


def _between(line: Line, index: int, numeric: frozenset[int]) -> Threshold | None:
    """Read "between 5 and 10", 5到10之间, 在5和10之间."""
    second = line.after(index, Tag.AND, Tag.OF, Tag.STOP)
    if second is None or not line.is_role(second, "number") or line.items[second].number is None:
        return None
    before = line.before(index, Tag.OF, Tag.IS)
    after = line.after(second, Tag.OF)
    marks = [at for at in (before, after) if line.has(at, Tag.BETWEEN)]
    aged = index > 0 and line.items[index - 1].text == "aged"
    named = before in numeric or aged  # 对局时长在20-30分钟, aged 30 to 40
    if aged and not marks:
        marks = [index - 1]
    joined = any(
        line.items[at].text in ("到", "至", "-", "~", "to", "and", "和", "与")
        for at in range(index + 1, second)
    )
    if not joined or not (marks or named):
        return None
    low, high = line.items[index].number, line.items[second].number
    assert low is not None
    assert high is not None
    indexes = tuple(at for at in (*marks, *range(index, second + 1)) if at is not None)
    return Threshold("between", (min(low, high), max(low, high)), indexes, line.items[second].unit)


def _single(line: Line, index: int, measure: Measure | None) -> Threshold | None:
    item = line.items[index]
    assert item.number is not None
    word = measure.word if measure is not None else None
    after = line.after(index if word is None else word)
    plain = measure is not None and measure.counted
    if line.has(after, Tag.CMP_AFTER) and not line.has(line.before(index, Tag.IS), Tag.CMP):
        assert after is not None
        return Threshold(line.payload(after, Tag.CMP_AFTER), (item.number,), (index, after), item.unit)
    before = line.before(index, Tag.IS, Tag.OF)
    joint = line.before(index)
    if line.is_role(before, "metric") and line.has(joint, Tag.IS) and joint is not None:
        return Threshold("=", (item.number,), (joint, index), item.unit)  # 利润为0
    if not line.has(before, Tag.CMP):
        if plain and not line.has(line.before(index), Tag.TOP, Tag.SUPER, Tag.BETWEEN):
            return Threshold("=", (item.number,), (index,), item.unit)  # 5-star hotels, 1星
        return None
    assert before is not None
    operator = line.payload(before, Tag.CMP)
    indexes = [before, index]
    negation = line.before(before, Tag.IS)
    if line.has(negation, Tag.NOT):
        assert negation is not None
        operator = _NEGATED.get(operator, operator)
        indexes.append(negation)
    if line.has(after, Tag.CMP_AFTER):
        assert after is not None
        indexes.append(after)
    return Threshold(operator, (item.number,), tuple(indexes), item.unit)


def _growth_between(line: Line, target: int | None, first: int, last: int) -> int | None:
    start = 0 if target is None else min(target, first)
    ahead = line.before(start, Tag.OF)
    if ahead is not None and line.has(ahead, Tag.GREW) and line.items[first - 1].text == "by":
        line.use(first - 1)
        start = ahead  # which grew sales by more than 10%
    for at in range(start, last):
        if line.has(at, Tag.GROWTH, Tag.GREW):
            return at
    return None


def _is_down(line: Line, at: int) -> bool:
    if line.has(at, Tag.GREW):
        return line.payload(at, Tag.GREW) == "down"
    return any(word in line.items[at].text for word in ("降", "跌", "decrease", "decline"))


def _shown(threshold: Threshold) -> str:
    numbers = [f"{value:,.10g}" for value in threshold.values]
    if threshold.unit == "%":
        numbers = [f"{value:.6g}" if abs(value) > 1 else f"{value * 100:.6g}%" for value in threshold.values]
    if threshold.operator == "between":
        return f"{numbers[0]}–{numbers[1]}"
    return f"{threshold.operator} {numbers[0]}"


def read_presence(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "stores that had sales" as a condition on the metric."""
    for index in line.tagged(Tag.HAD):
        metric = line.after(index, Tag.OF)
        if index in line.used or not line.is_role(metric, "metric") or metric is None:
            continue
        if not draft.counted and not line.of_role("dimension"):
            continue
        name = draft.metric_at.get(metric, line.roles[metric].name)
        label = scene.metric(name).label
        words = scene.words(line, index, metric)
        line.use(index)
        if any(having.column.partition("__")[0] == name for having in draft.having):
            continue  # "had sales below 5" says its own condition
        draft.having.append(Having(column=name, operator=">", values=(0.0,)))
        draft.say("filter", f"{label.zh} > 0", f"{label.en} > 0", words)


def check_conditions(line: Line, draft: Draft, scene: Scene) -> None:
    """Refuse a condition on one metric beside another where nothing is split: 观看人数超过5万的场次 is about rows.

    Of a count, a condition on the count itself says nothing: 购买超过20次的客户有几个 is about purchases.
    """
    if draft.group_by or not draft.having or draft.continues:
        return
    counts = (
        len(draft.metrics) == 1
        and _is_count(draft.metrics[0], scene)
        and line.tagged(Tag.HOW_MANY, Tag.COUNT)
    )
    if len(draft.metrics) < 2 and not counts:
        return
    label = scene.metric(draft.having[0].column.partition("__")[0]).label
    draft.refuse(
        "not_supported",
        f"「{label.zh}」的条件要按什么拆分?请说出一个维度。",
        f"The condition on {label.en} needs something to split it by: name a dimension.",
        label.zh,
    )


def _is_count(name: str, scene: Scene) -> bool:
    kind = scene.metric(name).type
    return isinstance(kind, SimpleMetric) and kind.agg in ("count", "count_distinct")
