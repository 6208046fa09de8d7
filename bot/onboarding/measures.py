"""The metrics that a table offers: counts, sums, averages, and the ratios whose parts are both there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.onboarding.found import Column, Source, TableFound
from bot.onboarding.roles import Guess
from bot.onboarding.words import GOOD, chinese_of, concept_of, plural, singular, table_label, thing_of
from semantic_layer.text import Text

_MONEY = frozenset({"spend", "revenue", "refund", "cost", "discount", "price"})
AMOUNT = Text(zh="金额", en="amount")


@dataclass(frozen=True, slots=True)
class Metric:
    """One proposed metric: `keys` as YAML has them, `why` it is proposed, and the table it belongs to (ratios: none)."""

    name: str
    table: str | None
    label: Text
    keys: dict[str, object]
    why: Text
    concept: str | None = None
    synonyms: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Ratio:
    name: str
    over: str
    under: str
    label: Text
    format: str | None
    good: str
    synonyms: dict[str, list[str]]


_RATIOS = (
    _Ratio("click_rate", "clicks", "impressions", Text(zh="点击率", en="click rate"), "0.00%", "up", {"en": ["CTR"]}),
    _Ratio("conversion_rate", "conversions", "clicks", Text(zh="转化率", en="conversion rate"), "0.00%", "up", {"en": ["CVR"]}),
    _Ratio("cost_per_click", "spend", "clicks", Text(zh="点击成本", en="cost per click"), None, "down", {"en": ["CPC"]}),
    _Ratio("cost_per_conversion", "spend", "conversions", Text(zh="转化成本", en="cost per conversion"), None, "down", {"en": ["CPA"]}),
    _Ratio("return_on_ad_spend", "revenue", "spend", Text(zh="投产比", en="ROAS"), "0.00x", "up", {"zh": ["ROI"], "en": ["return on ad spend"]}),
    _Ratio("amount_per_order", "revenue", "orders", Text(zh="笔单价", en="average order value"), None, "up", {"en": ["AOV"]}),
    _Ratio("amount_per_buyer", "revenue", "buyers", Text(zh="客单价", en="spend per buyer"), None, "up", {}),
    _Ratio("visit_conversion_rate", "buyers", "visitors", Text(zh="支付转化率", en="visit conversion"), "0.00%", "up", {}),
    _Ratio("refund_rate", "refund", "revenue", Text(zh="退款率", en="refund rate"), "0.0%", "down", {}),
    _Ratio("price_per_unit", "revenue", "quantity", Text(zh="件均价", en="average price"), None, "none", {}),
)  # fmt: skip


def metrics_of(source: Source, guesses: Sequence[Guess], currency: str | None) -> list[Metric]:
    """Return the metrics of every table, then the ratios; each name once."""
    made: list[Metric] = []
    taken: set[str] = {guess.column for guess in guesses if guess.role in ("dimension", "time")}
    timed = [t for t in source.tables if any(g.table == t.name and g.role == "time" for g in guesses)]
    # Beside tables with a time, one without only describes: its numbers could not be asked for a period.
    for table in sorted(timed or source.tables, key=lambda one: -one.rows):
        own = [guess for guess in guesses if guess.table == table.name]
        for metric in _of_table(table, own, currency, alone=len(source.tables) == 1):
            once = _told_apart(metric, made, table_label(table.origin, table.name))
            if once is not None:
                made.append(_named_once(once, taken))
    for ratio in _RATIOS:
        found = _ratio(ratio, made, currency, taken)
        if found is not None:
            made.append(found)
    return made


def _told_apart(metric: Metric, made: list[Metric], shown: Text) -> Metric | None:
    """Return the metric with a label of its own; None for a thing that a larger table counts already."""
    if all(other.label != metric.label for other in made):
        return metric
    if metric.keys["agg"] in ("count", "count_distinct"):
        return None
    label = Text(zh=f"{shown.zh}{metric.label.zh}", en=f"{shown.en} {metric.label.en}")
    return Metric(metric.name, metric.table, label, metric.keys, metric.why, metric.concept, metric.synonyms)


def _named_once(metric: Metric, taken: set[str]) -> Metric:
    name = metric.name
    if name in taken and metric.table:
        name = f"{metric.table}_{name}"
    while name in taken:
        name = f"{name}_total"
    taken.add(name)
    return Metric(name, metric.table, metric.label, metric.keys, metric.why, metric.concept, metric.synonyms)


def _of_table(table: TableFound, own: list[Guess], currency: str | None, *, alone: bool) -> Iterable[Metric]:
    summed = [guess for guess in own if guess.role == "sum"]
    yield from (_summed(table, guess, currency) for guess in summed)
    yield from _product(table, own, currency)
    yield from (_averaged(table, guess, currency) for guess in own if guess.role == "average")
    key = next((guess for guess in own if guess.role == "key"), None)
    if key is None:
        yield _rows(table, alone=alone)
    else:
        yield _counted(table, key, "1", "count")
    yield from (
        _counted(table, guess, _expr(guess.column), "count_distinct")
        for guess in own
        if guess.role == "reference"
    )


def _summed(table: TableFound, guess: Guess, currency: str | None) -> Metric:
    column = table.column(guess.column)
    concept = concept_of(column.header, column.name)
    keys: dict[str, object] = {"agg": "sum", "expr": _expr(column.name)}
    unit = _unit(column, concept, currency)
    if unit:
        keys["unit"] = unit
    if concept in GOOD:
        keys["good_direction"] = GOOD[concept]
    return Metric(column.name, table.name, guess.label, keys, Text(zh="求和", en="summed"), concept)


def _product(table: TableFound, own: list[Guess], currency: str | None) -> Iterable[Metric]:
    """Give quantity times price where no column holds the amount."""
    by_concept = {
        concept_of(table.column(g.column).header, g.column): g
        for g in reversed(own)
        if g.role in ("sum", "average")
    }
    if "revenue" in by_concept or "quantity" not in by_concept or "price" not in by_concept:
        return
    quantity, price = by_concept["quantity"].column, by_concept["price"].column
    keys: dict[str, object] = {
        "agg": "sum",
        "expr": f"{_expr(quantity)} * {_expr(price)}",
        "good_direction": "up",
    }
    if currency:
        keys["unit"] = currency
    why = Text(
        zh=f"{quantity} × {price},表里没有现成的金额",
        en=f"{quantity} times {price}: no column holds the amount",
    )
    yield Metric(
        "amount", table.name, AMOUNT, keys, why, "revenue", {"zh": ["销售额"], "en": ["sales", "revenue"]}
    )  # fmt: skip


def _averaged(table: TableFound, guess: Guess, currency: str | None) -> Metric:
    column = table.column(guess.column)
    concept = concept_of(column.header, column.name)
    keys: dict[str, object] = {"agg": "avg", "expr": _expr(column.name)}
    if column.unit == "%" or (concept == "share" and _is_fraction(column)):
        keys["format"] = "0.0%"
    elif unit := _unit(column, concept, currency):
        keys["unit"] = unit
    if concept == "share":
        why = Text(
            zh="各行比率的简单平均;知道分子分母时应改成 ratio",
            en="a plain average of the rows' rates; make it a ratio where you know its parts",
        )
    else:
        why = Text(zh="取平均", en="averaged")
    label = Text(zh=f"平均{guess.label.zh}", en=f"average {guess.label.en}")
    return Metric(f"average_{column.name}", table.name, label, keys, why)


def _rows(table: TableFound, *, alone: bool) -> Metric:
    shown = table_label(table.origin, table.name)
    label = Text(zh="记录数", en="rows") if alone else Text(zh=f"{shown.zh}记录数", en=f"rows of {shown.en}")
    synonyms: dict[str, list[str]] = {"zh": ["行数", "条数"], "en": ["records"]} if alone else {}
    keys: dict[str, object] = {"agg": "count", "expr": "1"}
    name = "row_count" if alone else f"{table.name}_row_count"
    return Metric(name, table.name, label, keys, Text(zh="数行", en="counts rows"), None, synonyms)


def _counted(table: TableFound, guess: Guess, expr: str, agg: str) -> Metric:
    column = table.column(guess.column)
    bare, thing = thing_of(column.name, column.header)
    if bare == "id":
        bare = singular(table.name)
        spoken = bare.replace("_", " ")
        thing = Text(zh=chinese_of(bare.split("_")) or spoken, en=spoken)
    name, english, chinese = plural(bare), plural(thing.en), thing.zh
    concept = {
        "order": "orders",
        "invoice": "orders",
        "basket": "orders",
        "transaction": "orders",
        "customer": "buyers",
        "buyer": "buyers",
        "user": "buyers",
    }.get(bare)
    synonyms = {"zh": ["订单数"], "en": ["orders"]} if concept == "orders" and bare != "order" else {}
    why = Text(zh="不同的个数", en="how many different ones")
    label = Text(zh=f"{chinese}数", en=english)
    return Metric(name, table.name, label, {"agg": agg, "expr": expr, "unit": name}, why, concept, synonyms)


def _ratio(ratio: _Ratio, made: list[Metric], currency: str | None, taken: set[str]) -> Metric | None:
    """Return a ratio where both parts are there: of one table before of two, the first ones named."""
    over = [metric for metric in made if metric.concept == ratio.over]
    under = [metric for metric in made if metric.concept == ratio.under]
    pairs = [(a, b) for a in over for b in under if a.table == b.table] or [
        (a, b) for a in over for b in under
    ]
    if not pairs or ratio.name in taken:
        return None
    taken.add(ratio.name)
    top, bottom = pairs[0]
    keys: dict[str, object] = {
        "numerator": top.name,
        "denominator": bottom.name,
        "good_direction": ratio.good,
    }
    if ratio.format:
        keys["format"] = ratio.format
    elif currency and ratio.over in _MONEY:
        keys["unit"] = currency
    why = Text(
        zh=f"{top.label.zh} ÷ {bottom.label.zh}", en=f"{top.label.en} over {bottom.label.en}: both are here"
    )
    return Metric(ratio.name, None, ratio.label, keys, why, None, ratio.synonyms)


def _unit(column: Column, concept: str | None, currency: str | None) -> str | None:
    if column.unit == "money":
        return currency or "CNY"
    if concept in _MONEY:
        return currency
    return concept if concept in ("impressions", "clicks", "orders", "visitors", "buyers") else None


def _is_fraction(column: Column) -> bool:
    try:
        return float(column.low or "x") >= 0 and float(column.high or "x") <= 1
    except ValueError:
        return False


def _expr(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else '"' + name.replace('"', '""') + '"'
