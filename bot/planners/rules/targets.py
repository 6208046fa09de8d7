"""What a number in a question is compared with: a metric or a numeric column, by place or by its unit."""

from __future__ import annotations

from dataclasses import dataclass

from bot.language.terms.tokens import fold_word, is_han
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.populations import PEOPLE
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import Dimension, Metric
from semantic_layer.text import Text

Target = tuple[str, str, int | None]
"""What is compared: "metric" or "dimension", its name, and the item that names it."""

_PERSONS = frozenset("women woman men man females males".split())
_OF_AGE = frozenset(("age", "年龄", "岁数"))
_OF_WEIGHT = frozenset(("weight", "mass", "重量", "货重", "毛重", "净重"))
_OF_WAY = frozenset(("distance", "mileage", "距离", "里程"))
_OF_TIME = frozenset(("duration", "hours", "minutes", "时长", "耗时"))
_OF_DAYS = frozenset(
    "天数 天 时长 时效 周期 账期 期限 月数 day days week weeks month months duration tenure term age".split()
)
_QUANTITY = {
    **dict.fromkeys(("岁", "years old", "year old"), _OF_AGE),
    **dict.fromkeys("公斤 千克 斤 吨 kg kgs kilo kilos kilogram kilograms lb lbs".split(), _OF_WEIGHT),
    **dict.fromkeys("ton tons tonne tonnes".split(), _OF_WEIGHT),
    **dict.fromkeys("公里 千米 km kilometer kilometers kilometre kilometres mile miles".split(), _OF_WAY),
    **dict.fromkeys("天 个月 day days week weeks month months".split(), _OF_DAYS),
    **dict.fromkeys("小时 分钟 hour hours hr hrs minute minutes min mins".split(), _OF_TIME),
}  # fmt: skip
_COMPARATIVE = {
    **dict.fromkeys(("aged", "older than", "younger than", "or older", "or younger"), _OF_AGE),
    **dict.fromkeys(("and older", "and younger"), _OF_AGE),
    **dict.fromkeys(("heavier than", "lighter than", "weighing", "or heavier", "or lighter"), _OF_WEIGHT),
}  # fmt: skip
_CURRENCY = {
    **dict.fromkeys("英镑 gbp pound pounds".split(), "GBP"), **dict.fromkeys("美元 美金 usd".split(), "USD"),
    **dict.fromkeys("欧元 eur euro euros".split(), "EUR"), **dict.fromkeys("日元 jpy".split(), "JPY"),
    **dict.fromkeys("港币 港元 hkd".split(), "HKD"), **dict.fromkeys("人民币 yuan rmb cny".split(), "CNY"),
}  # fmt: skip
_MONEY = frozenset(("元", "块", "块钱", "dollar", "dollars", "bucks", *_CURRENCY))
_CURRENCY_LENGTH = 3
_COUNTING = ("晚", "星", "席", "分")  # measure words of Chinese that a numeric column may be counted in


@dataclass(frozen=True, slots=True)
class Measure:
    """The numeric column that a number counts. `word` is the item behind the number that says so.

    `counted`: the number stands right before the column's word (5 stars, 3 nights), so that alone it means "equal".
    """

    dimension: str
    word: int | None = None
    counted: bool = False


def measures(line: Line, draft: Draft, scene: Scene) -> dict[int, Measure]:
    """Return, per item of a number, the column that its unit or the word behind it names; others are left out."""
    found: dict[int, Measure] = {}
    numeric = [
        dimension for dimension in scene.catalog.dimensions.values()
        if dimension.kind == "number" and not dimension.hidden and scene.reach.reaches(draft.metrics, dimension.name)
    ]  # fmt: skip
    for index in line.of_role("number") if numeric else ():
        if _has_target(line, index, scene):
            continue
        measure = _by_unit(line, index, numeric) or _by_word(line, index, numeric, scene)
        if measure is not None and line.items[index].number is not None:
            found[index] = measure
    return found


def _has_target(line: Line, index: int, scene: Scene) -> bool:
    """Return whether what is compared stands right before the number: 成绩在90分以上 is not about 学分."""
    at = line.before(index, Tag.CMP, Tag.BETWEEN, Tag.IS, Tag.NOT, Tag.AND)
    if line.is_role(at, "number") and at is not None:
        at = line.before(at, Tag.CMP, Tag.BETWEEN, Tag.IS, Tag.NOT, Tag.AND)
    if at is None or line.items[at].text.isascii():
        return False
    numeric = line.is_role(at, "dimension") and scene.dimension(line.roles[at].name).kind == "number"
    return numeric or (line.is_role(at, "metric") and (line.items[index].unit or "") in _COUNTING)


def _by_unit(line: Line, index: int, numeric: list[Dimension]) -> Measure | None:
    unit = line.items[index].unit or ""
    near = [line.items[at].text for at in (index - 1, index + 1) if 0 <= at < len(line)]
    ahead = [line.items[at].text for at in (index - 2, index - 1) if at >= 0]
    if (
        len(ahead) > 1
        and (ahead[0] in PEOPLE or ahead[0] in _PERSONS)
        and ahead[1] in ("over", "under", "above", "below")
        and not unit
    ):
        named = [dimension.name for dimension in numeric if _OF_AGE & _words(dimension)]
        if len(named) == 1:
            return Measure(named[0])  # passengers over 50
    asked = _QUANTITY.get(unit) or next((_COMPARATIVE[text] for text in near if text in _COMPARATIVE), None)
    if asked is not None:
        named = [
            dimension.name for dimension in numeric
            if asked & _words(dimension) or any(part in dimension.label.zh for part in asked if is_han(part[0]))
        ]  # fmt: skip
        return Measure(named[0]) if len(named) == 1 else None
    if unit in _COUNTING:
        named = [d.name for d in numeric if any(unit in word for word in (d.label.zh, *d.synonyms.zh))]
        return Measure(named[0], counted=True) if len(named) == 1 else None
    return None


def _by_word(line: Line, index: int, numeric: list[Dimension], scene: Scene) -> Measure | None:
    at = index + 1
    if at < len(line) and line.is_role(at, "sign") and line.items[at].text == "-":
        at += 1
    if at >= len(line):
        return None
    glued = line.items[at].text.isascii() or line.items[at].start == line.items[index].end
    if line.is_role(at, "dimension") and glued:
        name = line.roles[at].name
        return Measure(name, at, counted=True) if scene.dimension(name).kind == "number" else None
    if not line.is_role(at, "unknown") or line.items[at].last - line.items[at].first != 1:
        return None
    word = fold_word(line.items[at].text)
    named = [dimension.name for dimension in numeric if word in _words(dimension) and not is_han(word[0])]
    return Measure(named[0], at, counted=True) if len(named) == 1 else None


def _words(dimension: Dimension) -> set[str]:
    """Return the folded words of a column's names, and its Chinese names whole."""
    texts = (
        dimension.name.replace("_", " "),
        dimension.label.zh,
        dimension.label.en,
        *dimension.synonyms.all(),
    )
    return {fold_word(word) for text in texts for word in text.lower().split()}


def find_target(
    line: Line, draft: Draft, scene: Scene, span: tuple[int, int], measure: Measure | None
) -> Target | None:
    """Return what the number under the items `span` is compared with.

    What its unit names; the metric right behind it (at least 10 orders); else the nearest metric or numeric
    dimension before the number, right after it, or the only metric.
    """
    first, last = span
    if measure is not None:
        fits = (at for at in line.of_role("dimension") if line.roles[at].name == measure.dimension)
        return "dimension", measure.dimension, measure.word if measure.word is not None else next(fits, None)
    if line.has(first, Tag.CMP) and line.is_role(last + 1 if last + 1 < len(line) else None, "metric"):
        return "metric", draft.metric_at.get(last + 1, line.roles[last + 1].name), last + 1
    for at in range(first - 1, -1, -1):
        found = _comparable(line, draft, scene, at)
        if found is not None:
            return found
        other = line.is_role(at, "dimension") and at == first - 1
        stop = line.is_role(at, "sign") and line.items[at].text in ";?。"
        if other or line.is_role(at, "number") or stop:
            break
    after = line.after(last, Tag.OF)
    found = _comparable(line, draft, scene, after) if after is not None else None
    if found is None and len(draft.metrics) == 1:
        return "metric", draft.metrics[0], None
    return found


def _comparable(line: Line, draft: Draft, scene: Scene, at: int) -> Target | None:
    if line.is_role(at, "metric"):
        return "metric", draft.metric_at.get(at, line.roles[at].name), at
    if line.is_role(at, "dimension") and scene.dimension(line.roles[at].name).kind == "number":
        return "dimension", line.roles[at].name, at
    return None


def unfit_money(metric: Metric, number: str, unit: str | None) -> Text | None:
    """Return why an amount of money cannot be compared with a metric, None where it can."""
    if unit not in _MONEY or not metric.unit:
        return None
    label, own = metric.label, metric.unit
    if not _is_money(own):
        return Text(
            zh=f"「{label.zh}」不是金额,不能和 {number}{unit} 比。",
            en=f"{label.en} is no amount of money and cannot be compared with {number} {unit}.",
        )
    asked = _CURRENCY.get(unit)
    if asked is not None and own.isupper() and own != asked:
        return Text(
            zh=f"「{label.zh}」的单位是 {own},不能和 {asked} 比。",
            en=f"{label.en} is counted in {own} and cannot be compared with {asked}.",
        )
    return None


def unfit_measure(line: Line, metric: Metric, index: int, unit: str | None) -> Text | None:
    """Return why a number of years of age, kilograms … cannot be compared with a metric, None where it can."""
    near = [line.items[at].text for at in (index - 1, index + 1) if 0 <= at < len(line)]
    said = unit if unit in _QUANTITY else next((text for text in near if text in _COMPARATIVE), None)
    if said is None or said == metric.unit:
        return None
    asked = _QUANTITY.get(said) or _COMPARATIVE[said]
    words = {metric.label.zh, *metric.synonyms.zh, *metric.label.en.lower().split()}
    if any(part in word for part in asked for word in words) or (metric.unit or "") in _QUANTITY:
        return None
    label = metric.label
    return Text(
        zh=f"没有可以和「{said}」比较的列,「{label.zh}」不是。",
        en=f"No column here is counted in “{said}”; {label.en} is not.",
    )


def _is_money(unit: str) -> bool:
    return (len(unit) == _CURRENCY_LENGTH and unit.isupper()) or unit.lower() in _MONEY
