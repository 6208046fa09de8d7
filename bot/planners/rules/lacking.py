"""Members without any rows: stores without sales, which products were never sold, 从未下单的客户."""

from __future__ import annotations

from bot.language.rule import Rule
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import Metric, SimpleMetric
from semantic_layer.query import Condition, Expression, GroupBy

_ORDERED = ("order", "purchas", "buy", "订单", "下单", "购")
_VERBS = (
    (("sold", "sell", "卖", "售"), ("sold", "sales", "sell", "销", "卖", "售")),
    (("order", "bought", "buy", "purchas", "下单", "买", "订购", "消费"), _ORDERED),
    (("ship", "发货"), ("ship", "发货", "运单")),
    (("visit", "访问", "到店"), ("visit", "session", "访问", "访客")),
    (("book", "预订"), ("book", "reserv", "预订")),
    (("paid", "pay", "付", "支付"), ("pay", "paid", "付", "支付")),
)  # fmt: skip


_COUNTS = ("count", "count_distinct", "sum")  # a sum may be 0 although there are rows


def read_lacking(line: Line, draft: Draft, scene: Scene) -> None:
    """Turn "<members> without <metric>" into the list of members that the metric has no rows or only zeros for."""
    for index in line.tagged(Tag.NEVER):
        subject = _subject(line, draft, scene)
        if index in line.used or subject is None:
            continue
        at = line.after(index, Tag.OF, Tag.AND, Tag.HAD)
        done = at if _is_deed(line, at) else None
        at = line.after(at) if done is not None and at is not None else at
        at = at if done is None or line.is_role(at, "metric") else done
        if line.is_role(at, "metric") and at is not None:
            names = [draft.metric_at.get(at, line.roles[at].name)]
        elif line.has(at, Tag.VERB) and at is not None and not draft.metrics:
            names = metrics_of(line.items[at].text, subject, scene)
        elif done is not None and at == done and not draft.metrics:
            names = _called_by_deed(line.items[done].text, subject, scene)
        else:
            continue
        if not names and at == done:
            continue
        line.use(index, at, done)
        _lack(line, draft, scene, (index, at), subject, names)


def _called_by_deed(deed: str, subject: str, scene: Scene) -> list[str]:
    """Return the only count that is called by what was never done: plays of "never played"."""
    stem = deed.removesuffix("ed")
    found = [
        metric.name for metric in scene.catalog.metrics.values()
        if not metric.hidden and not metric.filters and isinstance(metric.type, SimpleMetric)
        and metric.type.agg == "count" and {stem, f"{stem}s"} & set(metric.label.en.lower().split())
        and scene.reach.reaches([metric.name], subject)
    ]  # fmt: skip
    return found if len(found) == 1 and stem != deed else []


_DEED = Rule(r"[a-z]+(?:ed|en|d|t)|[\u4e00-\u9fff]{1,2}[过了]")


def _is_deed(line: Line, at: int | None) -> bool:
    """Return whether a word behind "never" only says what is done: never opened a ticket, 没开过工单."""
    if at is not None and line.has(at, Tag.VERB):
        return line.is_role(line.after(at), "metric")  # have not issued any coupons
    return at is not None and line.is_role(at, "unknown") and _DEED.fullmatch(line.items[at].text) is not None


def _subject(line: Line, draft: Draft, scene: Scene) -> str | None:
    """Return the dimension whose members are asked for: the only one that is no date and filters nothing."""
    filtered = {part.dimension for part in draft.where if isinstance(part, Condition)}
    named = [
        line.roles[at].name for at in line.of_role("dimension")
        if scene.dimension(line.roles[at].name).kind != "time" and line.roles[at].name not in filtered
    ]  # fmt: skip
    named = list(dict.fromkeys([*([draft.counted] if draft.counted else []), *named]))
    if len(named) > 1:  # "the ID and name of customers who never …": columns of one table
        homes = [_homes(name, scene) for name in named]
        shared = set.intersection(*homes)
        single = [name for name, home in zip(named, homes, strict=True) if home == shared]
        return single[0] if len(shared) == 1 and single else None
    return named[0] if len(named) == 1 else None


def _homes(dimension: str, scene: Scene) -> set[str]:
    """Return the tables a dimension lives in; a key lives where its members are listed once."""
    bindings = scene.dimension(dimension).bindings
    homes = {binding.model for binding in bindings}
    listed = {
        model
        for model in homes
        for entity in scene.catalog.models[model].entities
        if entity.type in ("primary", "unique")
        and any(b.model == model and b.expr == entity.expr for b in bindings)
    }
    return listed or homes


def metrics_of(verb: str, subject: str, scene: Scene) -> list[str]:
    """Return one plain metric per table whose rows a verb may mean; those that are called like it where there are."""
    plain: dict[str, str] = {}
    called: dict[str, str] = {}
    ranked = [(metric, metric.type) for metric in scene.catalog.metrics.values() if not metric.hidden]
    simple = [
        (metric, kind) for metric, kind in ranked if isinstance(kind, SimpleMetric) and kind.agg in _COUNTS
    ]
    for metric, kind in sorted(simple, key=lambda pair: _COUNTS.index(pair[1].agg)):
        if metric.filters or not scene.reach.reaches([metric.name], subject):
            continue
        plain.setdefault(kind.model, metric.name)
        if called_like(verb, metric):
            called.setdefault(kind.model, metric.name)
    return list((called or plain).values())


def called_like(verb: str, metric: Metric) -> bool:
    """Return whether a metric's names hold what a verb says was done: sales and units sold of "sold"."""
    stems = next((stems for verbs, stems in _VERBS if any(one in verb for one in verbs)), ())
    words = f"{metric.label.zh} {metric.label.en.lower()} {' '.join(metric.synonyms.all()).lower()}"
    return any(stem in words for stem in stems)


def _lack(
    line: Line, draft: Draft, scene: Scene, marks: tuple[int, int | None], subject: str, names: list[str]
) -> None:
    label = scene.dimension(subject).label
    words = scene.words(line, *marks)
    home = _homes(subject, scene)
    apart = len(home) == 1 and not any(home & scene.reach.models(name) for name in names)
    if not apart or not names:
        draft.refuse(
            "not_supported",
            f"没有单独登记「{label.zh}」的表,列不出没有记录的{label.zh}。",
            f"No table lists {label.en} apart from their rows, so I cannot say which have none.",
            *words,
        )
        return
    fits = len(names) == 1 and scene.reach.reaches(names, subject)
    if draft.period is not None or draft.periods or draft.segments or draft.having or not fits:
        draft.refuse(
            "not_supported",
            f"还不能列出这样的{label.zh}:只能问自始至今没有某个指标的{label.zh}。",
            f"Such a list of {label.en} is not supported: I can list those that never had any of one metric.",
            *words,
        )
        return
    metric = scene.metric(names[0]).label
    draft.metrics = []
    draft.counted = None
    draft.lists = True
    draft.where.append(Expression(sql=f"coalesce(metric('{names[0]}', '{subject}'), 0) = 0"))
    draft.add_group(GroupBy(dimension=subject))
    for at in line.of_role("dimension"):
        if _homes(line.roles[at].name, scene) == home:
            draft.add_group(GroupBy(dimension=line.roles[at].name))
    line.use(*line.of_role("dimension"), *line.tagged(Tag.HOW_MANY, Tag.VERB))
    draft.say("filter", f"没有{metric.zh}", f"without any {metric.en}", words)
