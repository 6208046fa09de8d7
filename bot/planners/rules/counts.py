"""Counts in questions: how many stores, 几单, 急诊人次: the metric that counts the things, else the list of them."""

from __future__ import annotations

from bot.language.normalise import normalise
from bot.language.rule import Rule
from bot.language.terms.lexicon import MEMBERS
from bot.language.terms.tokens import key_of
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line, Role
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import SimpleMetric
from semantic_layer.query import GroupBy, Having


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
            _note_others(role, counted, draft, scene)
        elif role.kind == "dimension" and draft.counted is None:
            draft.counted = role.name
            label = scene.dimension(role.name).label
            draft.say(
                "dimension", f"{label.zh}(个数)", f"{label.en} (how many)", scene.words(line, marker, index)
            )
            line.use(index, marker)


def _note_others(role: Role, counted: str, draft: Draft, scene: Scene) -> None:
    """Say that a table lists more than are counted: the customers that bought are not all customers there are."""
    kind = scene.metric(counted).type
    homes = _homes(role, scene)
    if not isinstance(kind, SimpleMetric) or not homes or kind.model in homes:
        return
    label, home = scene.metric(counted).label, scene.catalog.models[homes[0]].label
    draft.note(
        f"数的是「{label.zh}」,「{home.zh}」里没有记录的不在内。",
        f"Counted as {label.en}: those of {home.en} without any record are not in it.",
    )


_MONEY = Rule(r"(?P<deed>[\u4e00-\u9fff])[了过]?(?:多少钱|多少元|几块钱)")


def read_money(line: Line, draft: Draft, scene: Scene) -> None:
    """Read 退了多少钱, 充了多少钱 as the only amount of money whose name begins with what was done."""
    said = _MONEY.search(scene.question.text)
    if draft.metrics or said is None or line.of_role("concept"):
        return
    marks = [at for at, item in enumerate(line.items) if item.start < said.end() and said.start() < item.end]
    if not line.is_role(marks[0], "unknown", "grammar") or line.items[marks[0]].start != said.start():
        return
    named = [
        metric for metric in scene.catalog.metrics.values()
        if not metric.hidden and not metric.is_ratio and (metric.unit or "").isupper()
        and any(name.startswith(said["deed"]) for name in (metric.label.zh, *metric.synonyms.zh))
    ]  # fmt: skip
    if len(named) == 1:
        label = named[0].label
        draft.add_metric(named[0].name, marks[0])
        line.use(*marks)
        words = scene.words(line, *marks)
        draft.say("metric", label.zh, label.en, words)
        draft.note(f"「{words[0]}」按「{label.zh}」理解。", f"“{words[0]}” was read as {label.en}.")


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
    homes = _homes(role, scene)
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
            for name in (role.name, *keys_named_by(role.name, scene))
            for binding in scene.dimension(name).bindings
        ):
            return metric.name
    return None


def _homes(role: Role, scene: Scene) -> list[str]:
    """Return the table that lists the members of a key, or of the column that names them."""
    if role.kind != "dimension":
        return []
    models = scene.catalog.models.values()
    listed = [
        model.name for model in models for entity in model.entities
        if entity.name == role.name and entity.type == "primary"
    ]  # fmt: skip
    places = {binding.model for binding in scene.dimension(role.name).bindings}
    if listed or role.terms[0].code != MEMBERS or len(places) != 1:
        return listed
    return [model.name for model in models if model.name in places]


def keys_named_by(dimension: str, scene: Scene) -> list[str]:
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


def read_counted_by_condition(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "how many customers with more than 20 orders": the members of the key that is counted, one by one."""
    if (
        draft.group_by
        or len(draft.metrics) != 2
        or not draft.having
        or not line.tagged(Tag.HOW_MANY, Tag.COUNT)
    ):
        return
    tested = {having.column.partition("__")[0] for having in draft.having}
    counted = [name for name in draft.metrics if name not in tested]
    key = _key_of(counted[0], scene) if len(counted) == 1 else None
    if key is not None and scene.reach.reaches(list(tested), key):
        draft.metrics.remove(counted[0])
        draft.counted = key


def _key_of(name: str, scene: Scene) -> str | None:
    """Return the join key that a metric counts the different values of, by its names where a column gives them."""
    kind = scene.metric(name).type
    if not isinstance(kind, SimpleMetric) or kind.agg != "count_distinct" or scene.metric(name).filters:
        return None
    model = scene.catalog.models[kind.model]
    keys = [
        one.name for one in model.entities if one.expr == kind.expr and one.name in scene.catalog.dimensions
    ]
    names = [one for one in scene.catalog.dimensions if keys and keys[0] in keys_named_by(one, scene)]
    return next(iter([*names, *keys]), None)


def count_members(draft: Draft, scene: Scene) -> None:
    """Finish "how many stores had sales": list the members; their number is the answer."""
    if draft.counted is None:
        return
    draft.add_group(GroupBy(dimension=draft.counted))
    others = [group for group in draft.group_by if group.dimension != draft.counted]
    if others:
        label = scene.dimension(draft.counted).label
        draft.refuse(
            "not_supported",
            f"没有统计「{label.zh}」个数的指标,不能再按别的维度拆分它。",
            f"No metric counts {label.en}, so their number cannot be split further.",
            label.en,
        )
    positive = {having.column for having in draft.having}
    for metric in draft.metrics:
        if metric not in positive:
            draft.having.append(Having(column=metric, operator=">", values=(0.0,)))
