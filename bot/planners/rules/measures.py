"""The metrics asked for: by name, by a vague word, by an aggregation word, by counting things."""

from __future__ import annotations

from dataclasses import replace

from bot.language.normalise import normalise
from bot.language.terms.lexicon import MEMBERS, Term
from bot.language.terms.tokens import key_of
from bot.planners.rules.draft import Ambiguity, Draft, Scene
from bot.planners.rules.line import Line, Role
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import (
    Concept,
    CumulativeMetric,
    DerivedMetric,
    Dimension,
    SimpleMetric,
)
from semantic_layer.text import Text

_AGG_WORDS = {"sum": ("合计", "total"), "avg": ("平均", "average"), "max": ("最大值", "maximum"),
              "min": ("最小值", "minimum"), "median": ("中位数", "median")}  # fmt: skip
_BEST = ("最", "best", "most", "top", "strongest", "highest")
_WORST = ("最差", "最不", "最弱", "最低", "最少", "最糟", "worst", "least", "weakest", "lowest", "poorest")


def read_concepts(line: Line, draft: Draft, scene: Scene) -> None:
    """Turn vague words into the metric or dimension that the workspace means by them, and keep the others."""
    concepts = {concept.name: concept for concept in scene.catalog.concepts}
    asked = [role.name for role in line.roles if role.kind == "metric" and len(role.terms) == 1]
    for index in line.of_role("concept"):
        concept = concepts[line.roles[index].name]
        if concept.dimension:
            _concept_dimension(line, index, concept, asked, draft, scene)
        elif concept.metric:
            _concept_metric(line, index, _reaching(line, concept, draft, scene), draft, scene)


def _reaching(line: Line, concept: Concept, draft: Draft, scene: Scene) -> Concept:
    """Return the concept led by the first of its metrics that can be split by all that the question names."""
    asked = {
        role.name
        for role in line.roles
        if role.kind in ("dimension", "value") and len({term.name for term in role.terms}) == 1
    }
    asked |= {
        concept.dimension for at in line.of_role("concept") for concept in scene.catalog.concepts
        if concept.name == line.roles[at].name and concept.dimension and not concept.also
    }  # fmt: skip
    names = [name for name in (concept.metric, *concept.also) if name in scene.catalog.metrics]
    able = [name for name in names if name and all(scene.reach.reaches([name], part) for part in asked)]
    if not able or able[0] == concept.metric or concept.metric is None:
        return concept
    unfit, taken = scene.metric(concept.metric).label, scene.metric(able[0]).label
    draft.note(
        f"「{unfit.zh}」不能这样拆分,改用「{taken.zh}」。",
        f"{unfit.en} cannot be split like this, so {taken.en} was taken.",
    )
    return replace(concept, metric=able[0], also=tuple(able[1:]))


def _concept_metric(line: Line, index: int, concept: Concept, draft: Draft, scene: Scene) -> None:
    assert concept.metric is not None
    term = Term("metric", concept.metric, "label")
    others = tuple(Term("metric", name, "label") for name in concept.also if name in scene.catalog.metrics)
    line.roles[index] = Role("metric", (term,))
    draft.choices.append((index, term, others))
    words = line.items[index].text
    if not _names_part_of(concept.metric, words, scene):
        draft.evaluative.add(concept.metric)
    if any(word in words for word in _WORST):
        draft.superlative = ("worst", scene.words(line, index))
    elif any(word in words for word in _BEST):
        draft.superlative = ("best", scene.words(line, index))


def _names_part_of(metric: str, words: str, scene: Scene) -> bool:
    """Return whether a vague word is a piece of the metric's name (退款): its value is ranked, not its merit."""
    known = scene.metric(metric)
    names = (known.label.zh, known.label.en, *known.synonyms.all())
    folded = words.casefold()
    return any(
        folded in name.casefold() if not folded.isascii() else folded in name.casefold().split()
        for name in names
    )


def _concept_dimension(
    line: Line, index: int, concept: Concept, asked: list[str], draft: Draft, scene: Scene
) -> None:
    assert concept.dimension is not None
    names = [name for name in (concept.dimension, *concept.also) if name in scene.catalog.dimensions]
    beside = [term.name for term in line.roles[index].terms if term.kind == "dimension"]
    for neighbour in (line.before(index, Tag.OF, Tag.IS), line.after(index, Tag.OF, Tag.IS)):
        if line.is_role(neighbour, "value"):
            assert neighbour is not None
            beside += [term.name for term in line.roles[neighbour].terms]
    reachable = [name for name in names if not asked or scene.reach.reaches(asked, name)] or names
    near = [name for name in reachable if name in beside] or reachable
    term = Term("dimension", near[0], "label")
    others = tuple(Term("dimension", name, "label") for name in reachable if name != near[0])
    line.roles[index] = Role("dimension", (term,))
    if len(near) > 1:
        draft.choices.append((index, term, others))


def read_metrics(line: Line, draft: Draft, scene: Scene) -> None:
    """Take every named metric; an undecided name is recorded as an ambiguity and read as its first meaning."""
    for index in line.of_role("metric"):
        terms = line.roles[index].terms
        if len(terms) > 1:
            draft.ambiguities.append(Ambiguity(index, terms))
        name = _aggregated(line, index, terms[0].name, draft, scene)
        draft.add_metric(name, index)
        line.use(index)
        metric = scene.metric(name)
        draft.say("metric", metric.label.zh, metric.label.en, scene.words(line, index))
        for at in (line.before(index, Tag.OF), line.after(index, Tag.OF)):
            if line.has(at, Tag.HOW_MANY, Tag.COUNT, Tag.TOTAL):
                line.use(at)


def _aggregated(line: Line, index: int, name: str, draft: Draft, scene: Scene) -> str:
    """Return the metric that an aggregation word beside `name` asks for: itself, or a sibling."""
    at = next(
        (
            found
            for found in (line.before(index, Tag.OF, Tag.TOTAL), line.after(index, Tag.OF))
            if line.has(found, Tag.AGG) and found not in line.used
        ),
        None,
    )
    if at is None:
        at = _stray_aggregate(line)
    if at is None:
        return name
    asked = line.payload(at, Tag.AGG)
    bucket = any(line.items[mark].unit for mark in line.tagged(Tag.WHICH))
    if asked in ("max", "min") and bucket and sibling_metric(name, asked, scene) is None:
        return name  # 单日峰值: the best bucket, the ordering's
    line.use(at)
    sibling = sibling_metric(name, asked, scene)
    buckets = [number for number, token in enumerate(scene.times) if token.kind == "grain"]
    if asked == "avg" and buckets and name != sibling:
        by = any(" by " in scene.times[number].words.lower() for number in buckets)
        if sibling is None or (scene.times[buckets[0]].average and not by):
            return name  # the average is per bucket: the times stage takes it
    if sibling:
        draft.plain_grains.update(buckets)
        return sibling
    words_zh, words_en = _AGG_WORDS[asked]
    label = scene.metric(name).label
    draft.wishes.append(
        Text(
            zh=f"「{label.zh}」没有{words_zh}的口径。要看下面哪一个?",
            en=f"There is no {words_en} of {label.en} here. Which of these would help?",
        )
    )
    return name


def _stray_aggregate(line: Line) -> int | None:
    """Return the only aggregation word of a question with only one metric: "zarn by hub on average"."""
    words = [index for index in line.tagged(Tag.AGG) if index not in line.used]
    if len(words) != 1 or len(line.of_role("metric")) != 1:
        return None
    near = (line.before(words[0], Tag.OF), line.after(words[0], Tag.OF))
    return None if any(line.is_role(at, "dimension", "unknown") for at in near[1:]) else words[0]


def read_column_aggregates(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "average price" over a numeric column: the metric that is defined so, if there is one."""
    for index in line.of_role("dimension"):
        dimension = scene.dimension(line.roles[index].name)
        at = next(
            (x for x in (line.before(index, Tag.OF), line.after(index, Tag.OF)) if line.has(x, Tag.AGG)), None
        )
        if dimension.kind != "number" or at is None or at in line.used:
            continue
        asked = line.payload(at, Tag.AGG)
        line.use(at, index)
        name = _metric_over(dimension, asked, scene)
        words_zh, words_en = _AGG_WORDS[asked]
        label = dimension.label
        if name is None:
            draft.refuse(
                "not_in_catalog",
                f"没有「{label.zh}」的{words_zh}这个指标。",
                f"There is no metric for the {words_en} of {label.en}.",
                *scene.words(line, at, index),
            )
            continue
        draft.add_metric(name, index)
        metric = scene.metric(name).label
        draft.say("metric", metric.zh, metric.en, scene.words(line, at, index))


def _metric_over(dimension: Dimension, agg: str, scene: Scene) -> str | None:
    places = {(binding.model, binding.expr) for binding in dimension.bindings}
    for metric in scene.catalog.metrics.values():
        kind = metric.type
        plain = not metric.hidden and not metric.filters
        if plain and isinstance(kind, SimpleMetric) and kind.agg == agg and (kind.model, kind.expr) in places:
            return metric.name
    return None


def sibling_metric(name: str, agg: str, scene: Scene) -> str | None:
    """Return the metric that aggregates the same thing by `agg`: the metric itself where it already does."""
    metric = scene.metric(name)
    kind = metric.type
    if not isinstance(kind, SimpleMetric):
        plain = isinstance(kind, CumulativeMetric | DerivedMetric)
        return name if agg == "avg" and not plain else name if agg == "sum" and plain else None
    own = {"count": "sum", "count_distinct": "sum", "sum_boolean": "sum", "percentile": "median"}.get(
        kind.agg, kind.agg
    )
    if own == agg:
        return name
    for other in scene.catalog.metrics.values():
        if (
            isinstance(other.type, SimpleMetric)
            and other.type.agg == agg
            and other.type.model == kind.model
            and other.type.expr == kind.expr
            and {part.sql for part in other.filters} == {part.sql for part in metric.filters}
            and not other.hidden
        ):
            return other.name
    return None


def read_counts(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "how many stores": a metric that counts the thing where there is one, else the list of them."""
    for index in line.of_role("dimension", "model"):
        marker = _count_marker(line, index)
        role = line.roles[index]
        if (
            marker is None
            or index in line.used
            or (role.kind == "dimension" and role.terms[0].source == "verb")
        ):
            continue
        if role.kind == "dimension" and scene.dimension(role.name).kind == "boolean":
            _counted_truth(line, index, marker, draft, scene)  # how many new buyers
            continue
        limited = bool(
            draft.metrics and line.of_role("number") and line.tagged(Tag.CMP, Tag.CMP_AFTER, Tag.BETWEEN)
        )
        counted = (
            counting_metric(role, draft.metrics, scene) if not limited else None
        )  # 充值超过500元的玩家有多少
        if counted:
            done = index + 1
            if marker < index and line.is_role(done, "metric") if done < len(line) else False:
                draft.metrics = [
                    name for name in draft.metrics if name != draft.metric_at.get(done)
                ]  # 有多少玩家充值
            draft.add_metric(counted, index)
            label = scene.metric(counted).label
            draft.say("metric", label.zh, label.en, scene.words(line, marker, index))
            line.use(index, marker)
        elif role.kind == "dimension" and draft.counted is None:
            draft.counted = role.name
            label = scene.dimension(role.name).label
            draft.say(
                "dimension", f"{label.zh}(个数)", f"{label.en} (how many)", scene.words(line, marker, index)
            )
            line.use(index, marker)


def _counted_truth(line: Line, index: int, marker: int, draft: Draft, scene: Scene) -> None:
    """Take the metric that the words of a truth value end with, the condition being read later: new buyers."""
    said = key_of(line.items[index].text)
    for metric in scene.catalog.metrics.values() if not draft.metrics else ():
        names = {
            key_of(normalise(name).text)
            for name in (metric.label.en, *metric.synonyms.all(), metric.label.zh)
        }
        if metric.hidden or not any(name and said.endswith(f" {name}") for name in names):
            continue
        draft.add_metric(metric.name, marker)
        draft.say("metric", metric.label.zh, metric.label.en, scene.words(line, marker))
        line.use(marker)
        return


def read_counted(line: Line, draft: Draft, scene: Scene) -> None:
    """Read 多少票, 几单 as the only count that is called so (票数, 单量), where no metric is named."""
    for index in line.tagged(Tag.HOW_MANY) if not draft.metrics else ():
        measure = line.items[index].text[-1:]
        if measure.isascii() or measure in "少几个位家名人种条":
            continue
        visible = [metric for metric in scene.catalog.metrics.values() if not metric.hidden]
        called = [(metric, (metric.label.zh, *metric.synonyms.zh)) for metric in visible]
        ends = (measure + "数", measure + "量")
        named = [metric for metric, names in called if set(ends) & set(names)]
        named = named or [metric for metric, names in called if any(name.endswith(ends) for name in names)]
        if len(named) > 1:  # of several counts the plain one, and the one that can be split as asked
            asked = {r.name for r in line.roles if r.kind in ("dimension", "value") and len(r.terms) == 1}
            named = [
                metric for metric in named
                if not metric.filters and all(scene.reach.reaches([metric.name], one) for one in asked)
            ]  # fmt: skip
        if len(named) == 1 and draft.counted is None:
            draft.add_metric(named[0].name, index)
            draft.say("metric", named[0].label.zh, named[0].label.en, scene.words(line, index))
            line.use(index)
            own = (named[0].label.zh, *named[0].synonyms.zh)
            line.use(
                *(at for at in line.of_role("unknown") if any(line.items[at].text in name for name in own))
            )


def read_short_names(line: Line, draft: Draft, scene: Scene) -> None:
    """Read 急诊人次 as the only metric whose name ends so (就诊人次), where no metric is named at all."""
    if draft.metrics or line.of_role("concept") or line.tagged(Tag.INTENT):
        return
    visible = [
        metric for metric in scene.catalog.metrics.values() if not metric.hidden and not metric.filters
    ]
    for index, item in enumerate(line.items):
        text, marks = item.text, [index]
        after = index + 1
        if len(text) == 1 and after < len(line) and line.items[after].start == item.end:
            text, marks = text + line.items[after].text, [index, after]  # 人 and 次 of 就诊人次
        if not text.endswith(_COUNTS_ZH):
            continue
        plain = all(
            line.is_role(at, "unknown")
            or line.has(at, Tag.COUNT)
            or (line.roles[at].kind == "grammar" and line.is_filler(at))
            for at in marks
        )
        if not plain or text.isascii() or len(text) < _SHORT_NAME:
            continue
        named = [
            metric for metric in visible
            if any(name.endswith(text) for name in (metric.label.zh, *metric.synonyms.zh))
        ]  # fmt: skip
        if len(named) == 1:
            label = named[0].label
            draft.add_metric(named[0].name, index)
            line.use(*marks)
            draft.say("metric", label.zh, label.en, scene.words(line, *marks))
            draft.note(f"「{text}」按「{label.zh}」理解。", f"“{text}” was read as {label.en}.")
            return


_SHORT_NAME = 2
_COUNTS_ZH = tuple("人次 笔数 次数 件数 单数 场次 场数 人数 户数 票数 单量 笔量 台数 课次".split())


def _count_marker(line: Line, index: int) -> int | None:
    before = line.before(index, Tag.OF)
    if line.has(before, Tag.HOW_MANY):
        return before
    after = line.after(index)
    if line.has(after, Tag.COUNT) or (line.has(after, Tag.HOW_MANY) and not line.has(before, Tag.BY)):
        following = line.after(after) if after is not None else None
        return None if line.is_role(following, "metric", "dimension") else after
    return None


def counting_metric(role: Role, asked: list[str], scene: Scene) -> str | None:
    """Return the metric that counts the members of a dimension, or the rows of a model, if one is declared."""
    models = {model for metric in asked for model in scene.reach.models(metric)}
    homes = [
        model.name for model in scene.catalog.models.values() for entity in model.entities
        if role.kind == "dimension" and entity.type == "primary"
        and (entity.name == role.name or (role.terms[0].code == MEMBERS and _lives(role.name, model.name, scene)))
    ]  # fmt: skip
    for metric in scene.catalog.metrics.values() if homes and not asked else ():
        kind = metric.type
        plain = isinstance(kind, SimpleMetric) and not metric.hidden and not metric.filters
        if plain and isinstance(kind, SimpleMetric) and kind.agg == "count" and kind.model == homes[0]:
            return metric.name  # the table that lists them, not those who did something
    for metric in scene.catalog.metrics.values():
        kind = metric.type
        if not isinstance(kind, SimpleMetric) or metric.hidden or metric.filters:
            continue
        if models and kind.model not in models:
            continue
        if role.kind == "model":
            if kind.model == role.name and kind.agg == "count":
                return metric.name
        elif kind.agg == "count_distinct" and any(
            binding.model == kind.model and binding.expr == kind.expr
            for name in (role.name, *_entities_of(role.name, scene))
            for binding in scene.dimension(name).bindings
        ):
            return metric.name
    return None


def _lives(dimension: str, model: str, scene: Scene) -> bool:
    return any(binding.model == model for binding in scene.dimension(dimension).bindings)


def _entities_of(dimension: str, scene: Scene) -> list[str]:
    """Return the entity that a dimension only gives a name to: client of client_name."""
    homes = [scene.catalog.models[binding.model] for binding in scene.dimension(dimension).bindings]
    return [
        entity.name
        for model in homes
        for entity in model.entities
        if entity.type in ("primary", "unique")
        and entity.name in scene.catalog.dimensions
        and dimension.removeprefix(f"{entity.name}_") in ("name", "title", "label")
    ]
