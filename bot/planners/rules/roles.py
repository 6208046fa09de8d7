"""Which role each item plays, and which of its namesakes is meant: the stated rules, in one place.

1. A word of the grammar that is also a data value (Other, No) is grammar, unless it stands next to its dimension.
2. A word that names a metric and a dimension (客户, customers) is the dimension behind 按/各/by/each/which/top,
   the metric behind 多少/number of and before 数; else the dimension when another metric is asked, else the metric.
3. Among namesakes of one kind: next to its dimension; then reachable from the asked metrics; then the stronger
   source (label, synonym or name, data, variant, part, typo); then, for dimensions, the metric's own model.
   What is left is asked back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.language.terms.lexicon import Term
from bot.planners.rules.items import Item
from bot.planners.rules.line import Line, Role, RoleKind
from bot.planners.rules.placing import adjective, completed, directed, linked, truths_of
from bot.planners.rules.reach import Reach
from bot.planners.rules.tags import Tag

_PLAIN: dict[str, RoleKind] = {
    "grammar": "grammar", "number": "number", "time": "time", "quote": "quote", "sign": "sign", "unknown": "unknown",
}  # fmt: skip
_ORDER: tuple[RoleKind, ...] = (
    "concept",
    "segment",
    "metric",
    "dimension",
    "value",
    "event",
    "analysis",
    "model",
    "calendar",
)


_SUBJECTS = frozenset("we i you they it he she customers clients users people shops stores".split())


def assign_roles(items: Sequence[Item], reach: Reach, chosen: Mapping[int, Term]) -> Line:
    """Return the line of items with their roles. `chosen` fixes single items (a clarification's answer)."""
    line = Line(items, [_first_role(item) for item in items])
    for index, item in enumerate(items):
        if index in chosen:
            term = chosen[index]
            line.roles[index] = Role(term.kind, (term,))
        elif item.terms:
            line.roles[index] = _role(line, index)
    metrics = [role.name for role in line.roles if role.kind == "metric" and len(role.terms) == 1]
    for run in _value_lists(line):
        _share_dimension(line, run)
    for index in line.of_role("metric", "dimension", "value"):
        if len(line.roles[index].terms) > 1 and index not in chosen:
            line.roles[index] = _narrow(line, index, metrics, reach)
    return line


def _first_role(item: Item) -> Role:
    if item.kind in _PLAIN:
        return Role(_PLAIN[item.kind])
    kinds = [kind for kind in _ORDER if item.of_kind(kind)]
    return Role(kinds[0], item.of_kind(kinds[0]))


def _role(line: Line, index: int) -> Role:
    item = line.items[index]
    terms = _without_verbs(line, index)
    if not terms:
        plain = _PLAIN.get(item.kind)
        return Role(plain) if plain else Role("grammar" if item.tags else "unknown")
    if item.kind == "time" and (truths := truths_of(line, index)):
        return Role("dimension", truths)
    if item.kind == "quote":
        values = item.of_kind("value")
        return Role("value", values) if values else Role("quote")
    if item.tags or item.kind in ("number", "time") or _is_weak(item):
        firm = () if item.kind in ("number", "time") or _is_weak(item) else _firm(item)
        if item.has(Tag.VERB) and _only_carries(line, index):
            firm = tuple(term for term in firm if term.kind not in ("metric", "concept"))
        firm += tuple(term for term in terms if term.source == "verb")
        beside = tuple(term for term in item.of_kind("value") if _beside_dimension(line, index, term.name))
        beside = beside or adjective(line, index)
        if not firm and not beside:
            plain = _PLAIN.get(item.kind)
            return Role(plain) if plain else Role("grammar" if item.tags else "unknown")
        terms = beside or firm
    kinds = [kind for kind in _ORDER if any(term.kind == kind for term in terms)]
    strongest = min(term.rank for term in terms)
    if len(kinds) > 1 and "model" in kinds:
        kinds.remove("model")
    kind = kinds[0] if len(kinds) == 1 else _choose(line, index, kinds, terms, strongest)
    return Role(kind, tuple(term for term in terms if term.kind == kind))


def _without_verbs(line: Line, index: int) -> tuple[Term, ...]:
    """Return the item's terms; what a date column says that happened (delivered) only where a time stands beside."""
    terms = line.items[index].terms
    if not any(term.source == "verb" for term in terms):
        return terms
    others = tuple(term for term in terms if term.source != "verb")
    if any(term.code == "number" for term in terms if term.source == "verb"):  # delayed more than 60 minutes
        by = line.after(index, Tag.BY)
        compared = line.has(by, Tag.CMP, Tag.BETWEEN) or line.is_role(by, "number")
        return others or (terms if compared else ())
    near = (line.before(index, Tag.OF, Tag.BETWEEN), line.after(index, Tag.OF, Tag.BETWEEN, Tag.CMP))
    beside = any(at is not None and line.items[at].kind == "time" for at in near)
    if beside and all(term.source == "data" for term in others):
        return tuple(term for term in terms if term.source == "verb")  # parcels delivered last month
    return others


def _only_carries(line: Line, index: int) -> bool:
    """Return whether a verb that is also a metric's name only carries another metric: units did we sell, 卖得."""
    text = line.items[index].text
    subject = line.items[index - 1].text if index else ""
    said = text.endswith(("得", "了", "过")) if not text.isascii() else subject in _SUBJECTS
    return said and any(
        item.of_kind("metric") and not item.has(Tag.VERB) for at, item in enumerate(line.items) if at != index
    )


def _choose(
    line: Line, index: int, kinds: list[RoleKind], terms: tuple[Term, ...], strongest: int
) -> RoleKind:
    """Return the kind that the place in the question asks for, among several."""
    before = line.before(index, Tag.OF)
    number_near = before is not None and line.items[before].kind == "number"
    if number_near and before is not None and line.has(line.before(before), Tag.CMP):
        number_near = False  # at least 10 orders: a number of the metric
    bucket = before is not None and line.items[before].unit is not None  # busiest day of the week for flights
    grouped = (line.has(before, Tag.BY, Tag.WHICH, Tag.TOP, Tag.LIST, Tag.EACH) and not bucket) or number_near
    counted = line.has(before, Tag.HOW_MANY, Tag.COUNT) or line.has(
        line.after(index), Tag.COUNT, Tag.HOW_MANY
    )
    if grouped and not counted and _outweighs_key(line, index, terms):
        return "metric"
    if "metric" in kinds and line.has(before, Tag.AVERAGE_PER) and not _other_metric(line, index):
        return "metric"  # 日均拉新 is a number per day, whatever audience is called so, too
    vague = "concept" in kinds and all(term.rank > 0 for term in terms if term.kind != "concept")
    if ("dimension" in kinds and grouped and not counted) or vague:
        return "concept" if vague else "dimension"  # a declared vague word outweighs unlabelled names
    if "metric" in kinds and "dimension" in kinds:
        return "metric" if counted else _metric_or_dimension(line, index, terms)
    # 有多少新客 asks for their number, not for a segment's rows. A metric named before stands for itself:
    # 花了多少钱、带来多少新客.
    own = before is not None and line.has(before, Tag.HOW_MANY)
    since = index if own and line.has(line.before(before or 0), Tag.AND, Tag.VERB) else 0
    asked = counted and not _other_metric(line, index, since)
    if "metric" in kinds and (asked or _listed_with_metric(line, index, beside="segment")):
        return "metric"  # 新客和老客人数: two numbers
    firm = [kind for kind in kinds if any(term.kind == kind and term.rank == strongest for term in terms)]
    if "value" in kinds and any(_beside_dimension(line, index, t.name) for t in terms if t.kind == "value"):
        return "value"
    return (firm or kinds)[0]


def _metric_or_dimension(line: Line, index: int, terms: tuple[Term, ...]) -> RoleKind:
    ranks = {kind: min(term.rank for term in terms if term.kind == kind) for kind in ("metric", "dimension")}
    if line.has(line.after(index), Tag.TEXT_OP):
        return "dimension"  # customers whose name contains x
    if ranks["metric"] < ranks["dimension"]:
        return "metric"  # a metric called so outweighs a key that nobody gave a label
    if ranks["metric"] == ranks["dimension"] and _listed_with_metric(line, index):
        return "metric"
    other = any(
        line.items[at].of_kind("metric") and not line.items[at].of_kind("dimension")
        for at in range(len(line))
        if at != index
    )
    lacking = any(item.has(Tag.NEVER) and not item.terms for item in line.items) and not any(
        item.of_kind("dimension") for at, item in enumerate(line.items) if at != index
    )  # 从未下单的客户
    return "dimension" if other or lacking else "metric"


def _outweighs_key(line: Line, index: int, terms: tuple[Term, ...]) -> bool:
    """Return whether a ranking is by this word's metric: top 5 clients by orders, where no other metric is named.

    The key of the same name that nobody gave a label is what the metric counts.
    """
    ranks = {
        kind: min((t.rank for t in terms if t.kind == kind), default=9) for kind in ("metric", "dimension")
    }
    ranked = any(item.has(Tag.TOP, Tag.SUPER, Tag.ORDER, Tag.WHICH) for item in line.items[:index])
    before = line.before(index, Tag.OF)
    by = before is not None and line.items[before].text in ("by", "per", "按", "按照")
    return by and ranked and ranks["metric"] < ranks["dimension"] and not _other_metric(line, index)


def _other_metric(line: Line, index: int, since: int = 0) -> bool:
    return any(line.items[at].of_kind("metric") for at in range(since, len(line)) if at != index)


def _listed_with_metric(line: Line, index: int, beside: str = "dimension") -> bool:
    """Return whether the word stands in a list with a metric: orders and customers, 订单数和客户."""
    for joint, step in ((line.before(index), line.before), (line.after(index), line.after)):
        if joint is None or not line.has(joint, Tag.AND):
            continue
        near = step(joint, Tag.AND)
        if near is not None and line.items[near].of_kind("metric") and not line.items[near].of_kind(beside):
            return True
    return False


def _firm(item: Item) -> tuple[Term, ...]:
    """Return the terms that outweigh the item's grammar: declared ones, and over mere filler also variants."""
    filler = all(tag is Tag.STOP for tag, _ in item.tags)
    return tuple(term for term in item.terms if term.rank <= 2 or (filler and term.source == "variant"))


def _is_weak(item: Item) -> bool:
    """Return whether the words are too slight to name a value of the data by themselves: M, 男, 12."""
    text = item.text.strip()
    return all(term.source in ("data", "name") and term.kind == "value" for term in item.terms) and (
        len(text) == 1 or text.isdigit()
    )


def _beside_dimension(line: Line, index: int, dimension: str) -> bool:
    """Return whether the dimension is named right before or right after the item."""
    for neighbour in (
        line.before(index, Tag.OF, Tag.IS, Tag.NOT, Tag.CMP),
        line.after(index, Tag.OF),
    ):
        if neighbour is not None and any(
            term.name == dimension for term in line.items[neighbour].of_kind("dimension")
        ):
            return True
    return False


def _narrow(line: Line, index: int, metrics: list[str], reach: Reach) -> Role:
    role = line.roles[index]
    terms = role.terms
    if role.kind == "value":
        ahead = line.before(index, Tag.OF, Tag.IS, Tag.NOT, Tag.CMP)
        heads = {t.name for t in line.items[ahead].of_kind("dimension")} if ahead is not None else set()
        terms = tuple(t for t in terms if t.name in heads) or terms  # origin Hamburg to destination Lima
        terms = directed(line, index, terms, reach) or terms
        terms = tuple(t for t in terms if _beside_dimension(line, index, t.name)) or terms
        terms = linked(line, index, terms) or terms
    if role.kind in ("value", "dimension") and metrics:
        terms = tuple(t for t in terms if reach.reaches(metrics, t.name)) or terms
    if role.kind == "metric":
        terms = completed(line, index, terms) or terms
        asked = [r.name for r in line.roles if r.kind == "dimension" and len(r.terms) == 1]
        terms = tuple(t for t in terms if all(reach.reaches([t.name], d) for d in asked)) or terms
    strongest = min(term.rank for term in terms)
    terms = tuple(term for term in terms if term.rank == strongest)
    if len(terms) > 1 and role.kind == "dimension" and terms[0].source == "part":
        said = {term.name for other in line.roles if other.kind == "value" for term in other.terms}
        terms = (
            tuple(t for t in terms if t.name in said) or terms
        )  # 除中国外各国: the country, not the nationality
    if len(terms) > 1 and role.kind == "dimension" and metrics:
        near = tuple(t for t in terms if all(reach.distance(metric, t.name) == 0 for metric in metrics))
        terms = near or terms
    return Role(role.kind, terms)


def _value_lists(line: Line) -> list[list[int]]:
    """Return the runs of two or more values that only joining words part."""
    runs: list[list[int]] = []
    for index in line.of_role("value"):
        before = line.before(index, Tag.AND, Tag.OR, Tag.COMPARE)
        if runs and before == runs[-1][-1]:
            runs[-1].append(index)
        else:
            runs.append([index])
    return [run for run in runs if len(run) > 1]


def _share_dimension(line: Line, run: list[int]) -> None:
    """Keep for the members of a list what they have in common: 上海、北京、深圳 are cities together."""
    common = set.intersection(*({term.name for term in line.roles[index].terms} for index in run))
    behind = line.after(run[-1], Tag.OF)
    if line.is_role(behind, "number") and behind is not None:
        behind = line.after(behind, Tag.OF)
    if line.is_role(behind, "dimension") and behind is not None:
        common = {term.name for term in line.roles[behind].terms} & common or common
    if common:
        for index in run:
            terms = line.roles[index].terms
            line.roles[index] = Role("value", tuple(term for term in terms if term.name in common))
