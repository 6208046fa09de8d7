"""Two metrics that are no list: a quotient that is declared, or a question that must not be guessed."""

from __future__ import annotations

from itertools import pairwise

from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import RatioMetric, SimpleMetric

_PER = ("per", "for each", "for every", "each", "every", "divided by", "除以")
_PER_ZH = ("每", "每个", "每次", "每一", "每一个", "每位", "每名", "每条", "每家")
_LOOSE = (",", ";", "/", "&", "+", "、", "。", "?")


def read_pairs(line: Line, draft: Draft, scene: Scene) -> None:
    """Read two metrics that are no list: "spend per click" is the ratio declared so, "A of B" is refused.

    In A的B and "B of A" the A says whose numbers are asked: a condition that no filter here expresses.
    """
    named = [index for index in line.of_role("metric") if index in draft.metric_at]
    for left, right in pairwise(named):
        if draft.metric_at[left] == draft.metric_at[right]:
            continue
        inner = [at for at in range(left + 1, right) if not line.is_filler(at)]
        marks = [at for at in inner if line.has(at, Tag.BY)]
        words = [line.items[at].text for at in marks]
        if len(inner) == 1 and words and words[0] in _PER:
            _quotient(line, draft, scene, (left, right), marks)
        elif _timed_pair(line, left, right):
            _unread_pair(line, draft, scene, left, right)
        elif all(line.has(at, Tag.OF) and not line.has(at, Tag.AND, Tag.SHARE) for at in inner):
            ahead = line.before(left)
            if not inner and line.has(ahead, Tag.BY) and line.items[ahead or 0].text in _PER_ZH:
                _quotient(line, draft, scene, (right, left), [ahead or 0])
                continue
            joint = any(line.items[at].text in _LOOSE for at in range(left + 1, right))
            joint = joint or (not inner and _spaced(line, named))
            if joint or line.tagged(Tag.SHARE, Tag.CMP, Tag.CMP_AFTER, Tag.BETWEEN):
                continue
            _unread_pair(line, draft, scene, left, right)


def _timed_pair(line: Line, left: int, right: int) -> bool:
    """Return whether "of" joins two metrics with a time between: plays in 2025 of episodes published before June."""
    inner = [at for at in range(left + 1, right) if not line.is_filler(at)]
    times = [at for at in inner if line.is_role(at, "time")]
    last = line.items[right - 1].text
    return bool(times) and last == "of" and all(line.has(at, Tag.OF) or at in times for at in inner)


def read_per_thing(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "profit per order" over a bare key as the ratio that is declared so, never as a table of all orders."""
    keys = {entity.name for model in scene.catalog.models.values() for entity in model.entities}
    for index in line.of_role("dimension"):
        mark, name = line.before(index, Tag.OF), line.roles[index].name
        label = scene.dimension(name).label
        own = {
            entity.name for one in draft.metrics for model in scene.reach.models(one)
            for entity in scene.catalog.models[model].entities if entity.type == "primary"
        }  # fmt: skip
        bare = (
            name in keys & own and label.zh == label.en and index not in line.used
        )  # parcels per driver are a split
        if not bare or len(draft.metrics) != 1 or not line.has(mark, Tag.BY) or mark is None:
            continue
        if line.items[mark].text not in ("per", "for each", *_PER_ZH):
            continue
        line.use(mark, index)
        ratio = _ratio_over(draft.metrics[0], name, scene)
        if ratio is not None:
            draft.metrics = [ratio]
            draft.say(
                "metric", scene.metric(ratio).label.zh, scene.metric(ratio).label.en, scene.words(line, index)
            )
            continue
        top = scene.metric(draft.metrics[0]).label
        words = scene.words(line, index)
        draft.refuse(
            "not_in_catalog",
            f"没有「每{words[0]}的{top.zh}」这个比率指标。",
            f"No metric gives {top.en} per {words[0]}.",
            *words,
        )


def _ratio_over(metric: str, key: str, scene: Scene) -> str | None:
    """Return the ratio of a metric over the plain count of the things that a key names."""
    bound = {(binding.model, binding.expr) for binding in scene.dimension(key).bindings}
    for one in scene.catalog.metrics.values():
        kind = one.type
        if not isinstance(kind, RatioMetric) or one.hidden or kind.numerator.metric != metric:
            continue
        below = scene.catalog.metrics[kind.denominator.metric].type
        counts = isinstance(below, SimpleMetric) and below.agg in ("count", "count_distinct")
        if counts and isinstance(below, SimpleMetric) and (below.model, below.expr) in bound:
            return one.name
    return None


def _spaced(line: Line, named: list[int]) -> bool:
    """Return whether metrics stand in a list by spaces: 花费 点击 CTR. Beside Latin letters a space says nothing."""
    gaps = [(line.items[one], line.items[two]) for one, two in pairwise(named) if two == one + 1]
    return len(gaps) == len(named) - 1 and any(
        one.end < two.start and not one.text[-1].isascii() and not two.text[0].isascii() for one, two in gaps
    )


def _quotient(line: Line, draft: Draft, scene: Scene, pair: tuple[int, int], marks: list[int]) -> None:
    top, bottom = draft.metric_at[pair[0]], draft.metric_at[pair[1]]
    line.use(*marks)
    for metric in scene.catalog.metrics.values():
        kind = metric.type
        if not isinstance(kind, RatioMetric) or metric.hidden or kind.numerator.filters:
            continue
        if (kind.numerator.metric, kind.denominator.metric) == (top, bottom):
            kept = [name for name in draft.metrics if name != bottom]
            draft.metrics = [metric.name if name == top else name for name in kept]
            draft.metric_at.update(dict.fromkeys(pair, metric.name))
            if all(line.payload(at, Tag.AGG) == "avg" for at in line.tagged(Tag.AGG)):
                draft.wishes.clear()  # the average sales per order are the quotient itself
            draft.say("metric", metric.label.zh, metric.label.en, scene.words(line, *sorted(pair)))
            return
    over, under = scene.metric(top).label, scene.metric(bottom).label
    draft.refuse(
        "not_in_catalog",
        f"没有「{over.zh}÷{under.zh}」这个比率指标。",
        f"No metric divides {over.en} by {under.en}.",
        *scene.words(line, *sorted(pair)),
    )


def _unread_pair(line: Line, draft: Draft, scene: Scene, left: int, right: int) -> None:
    words = scene.words(line, left, right)
    draft.refuse(
        "not_supported",
        f"「{words[0]}」和「{words[1]}」连在一起:是要两个指标,还是其中一个是条件?请分开写。",
        f"“{words[0]}” and “{words[1]}” stand together: two metrics, or is one a condition? Please say which.",
        *words,
    )
