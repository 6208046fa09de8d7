"""Basket analysis: which items are bought together more often than by chance."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from semantic_layer.catalog import Dimension
from semantic_layer.errors import NotEnoughDataError, QueryError, UnknownNameError
from semantic_layer.query import PeriodRange, Where
from semantic_layer.rows import Analysis, Named, RowQuery, Step
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, name_of
from tools.numerics.association import lift, lift_interval, together_p_values
from tools.numerics.rates import benjamini_hochberg
from tools.registry import ToolContext, ToolInputs, tool
from tools.render import group_label, percent
from tools.render_dates import dates_label
from tools.result import ChartSpec, Finding, Method, ToolResult

LEAST_BASKETS = 100
LEAST_TOGETHER = 10
MOST_TESTED = 5_000
MOST_SHOWN = 20
HIGHEST_Q = 0.1
_PAIRS = """SELECT p.one, p.two, p.both_of, a.baskets AS first_of, b.baskets AS second_of, t.baskets AS all_of,
COUNT(*) OVER () AS candidates FROM pairs AS p JOIN counts AS a ON a.item = p.one JOIN counts AS b ON b.item = p.two
CROSS JOIN total AS t ORDER BY p.both_of DESC, p.one, p.two"""


class BasketInputs(ToolInputs):
    """All optional: products, all data."""

    dimension: str | None = Field(default=None, description="what an item is, such as product or category")
    where: tuple[Where, ...] = Field(default=(), description="conditions on what was bought")
    segments: tuple[str, ...] = Field(default=(), description="named segments")
    period: PeriodRange | None = Field(default=None, description="which orders count")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items and their baskets. `low` and `high` bound the lift (80 %)."""

    first: Cell
    second: Cell
    both: int
    first_of: int
    second_of: int
    lift: float
    low: float
    high: float
    q_value: float


@tool(
    name="basket",
    label=Text(zh="购物篮分析", en="Basket analysis"),
    examples=Words(
        zh=("哪些商品经常一起买", "做一下购物篮分析", "搭配购买分析"),
        en=("which products are bought together", "market basket analysis", "what goes together in a basket"),
    ),
    inputs=BasketInputs,
    asks=Asks(
        frames=(
            "basket",
            "together buy",
            "together products",
            "together buy products",
            "buy together customers products",
        ),
    ),
)
def basket(inputs: BasketInputs, context: ToolContext) -> ToolResult:
    """Return the pairs of items that meet more often than by chance: support, confidence, lift with interval.

    Only baskets of two different items or more count; the strongest 20 pairs by baskets gained over chance.

    Raises:
        QueryError: no `customers:` with an `order`, or nothing says what an item is.
        NotEnoughDataError: fewer than 100 baskets, or no pair in 10 of them.
    """
    order = name_of(binding_of(context, "customer"), "order")
    if order is None:
        raise _missing("order")
    item = _item(inputs, context)
    model = _model(order, item, context)
    period = asked_period(context, model, inputs.period)
    columns = {"basket": Named(order), "what": Named(item.name)}
    rows = RowQuery(
        model, columns, where=inputs.where, segments=inputs.segments, start=period.start, end=period.end
    )
    result = context.analyse(Analysis({"lines": rows}, _PAIRS, _steps()), row_limit=MOST_TESTED)
    if not result.rows:
        raise _thin()
    baskets, candidates = _whole(result.rows[0][5]), _whole(result.rows[0][6])
    if baskets < LEAST_BASKETS:
        raise _thin()
    pairs = _pairs(result.rows)
    table = _table(pairs[:MOST_SHOWN], baskets, item)
    dates = dates_label(period, context.today)
    return ToolResult(
        headline=_headline(pairs, item, baskets, dates),
        tables=(table,),
        chart=ChartSpec("forest", Text(zh="提升度(80% 区间)", en="Lift (80 % interval)"), table, x="pair",
                        y=("lift",), low="low", high="high", options={"reference": 1.0}) if pairs else None,
        findings=tuple(_finding(one, item, baskets) for one in pairs[:3]),
        warnings=_notes(candidates, min(candidates, MOST_TESTED), dates),
        sql=(result.sql,),
    )  # fmt: skip


def _steps() -> tuple[Step, ...]:
    return (
        Step(
            "bought",
            "SELECT DISTINCT basket, what AS item FROM lines WHERE NOT basket IS NULL AND NOT what IS NULL",
        ),
        Step(
            "kept",
            "SELECT basket, item FROM (SELECT *, COUNT(*) OVER (PARTITION BY basket) AS size FROM bought) AS s "
            "WHERE s.size > 1",
        ),
        Step("counts", "SELECT item, COUNT(*) AS baskets FROM kept GROUP BY item"),
        Step("total", "SELECT COUNT(DISTINCT basket) AS baskets FROM kept"),
        # Only items of so many baskets can meet in as many (apriori), and numbers are counted faster than names.
        Step(
            "numbered",
            "SELECT item, CAST(ROW_NUMBER() OVER (ORDER BY item) AS INTEGER) AS n FROM counts WHERE baskets >= :least",
            {"least": LEAST_TOGETHER},
        ),
        Step(
            "likely",
            "SELECT k.basket, i.n FROM kept AS k JOIN numbered AS i ON k.item = i.item",
            once=True,
        ),
        Step(
            "met",
            "SELECT a.n AS one, b.n AS two, COUNT(*) AS both_of FROM likely AS a JOIN likely AS b "
            "ON a.basket = b.basket AND a.n < b.n GROUP BY 1, 2 HAVING COUNT(*) >= :least",
            {"least": LEAST_TOGETHER},
        ),
        Step(
            "pairs",
            "SELECT i.item AS one, j.item AS two, m.both_of FROM met AS m JOIN numbered AS i ON m.one = i.n "
            "JOIN numbered AS j ON m.two = j.n",
        ),
    )


def _pairs(rows: tuple[tuple[Cell, ...], ...]) -> list[Pair]:
    """Return the pairs that meet more often than by chance, the most baskets gained first."""
    counts = [(_whole(r[2]), _whole(r[3]), _whole(r[4]), _whole(r[5])) for r in rows]
    together, first, second = ([one[at] for one in counts] for at in range(3))
    values = benjamini_hochberg(together_p_values(together, first, second, counts[0][3]) if counts else [])
    found = [
        Pair(row[0], row[1], *one[:3], lift(*one), *lift_interval(*one), q)
        for row, one, q in zip(rows, counts, values, strict=True)
        if q <= HIGHEST_Q and lift(*one) > 1
    ]
    return sorted(found, key=lambda one: (-one.both * (1 - 1 / one.lift), str(one.first), str(one.second)))


def _item(inputs: BasketInputs, context: ToolContext) -> Dimension:
    catalog = context.layer.catalog
    name = inputs.dimension
    if name is None:
        reviewed = (name_of(one, "product") for one in catalog.analyses if one.kind == "review")
        name = next((one for one in reviewed if one is not None), None)
    if name is None:
        raise _missing("dimension")
    canonical = catalog.spellings.get(name, name)
    if canonical not in catalog.dimensions:
        raise UnknownNameError(Text(zh="维度", en="dimension"), name, catalog.dimensions)
    return catalog.dimensions[canonical]


def _model(order: str, item: Dimension, context: ToolContext) -> str:
    """Return the model with several rows per order from which the item is reached."""
    from semantic_layer.compiler import reachable
    from semantic_layer.compiler.index import index_of

    catalog = context.layer.catalog
    for model in catalog.models.values():
        holds = any(one.name == order and one.type == "foreign" for one in model.entities)
        if holds and item.name in reachable(index_of(catalog), model.name) and model.agg_time_dimension:
            return model.name
    raise _missing("order")


def _missing(key: str) -> QueryError:
    return QueryError(
        Text(
            zh="不知道哪张表按单记着买了什么,或什么算一件商品。",
            en="There is no telling which table says what was bought, or what an item is.",
        ),
        Text(
            zh=f"在 customers: 中写明 order:,明细表用同名的外键实体;并在问题里说明按什么看(缺 {key})。",
            en=f"Name order: under customers:, give the lines a foreign entity of that name, and say what to look at "
            f"(missing: {key}).",
        ),
        code="missing_binding",
    )


def _thin() -> NotEnoughDataError:
    return NotEnoughDataError(
        Text(
            zh=f"有两件以上不同商品的篮子不足 {LEAST_BASKETS} 单,或没有一对同时出现过 {LEAST_TOGETHER} 次。",
            en=f"There are fewer than {LEAST_BASKETS} orders of two different items, or no pair is in "
            f"{LEAST_TOGETHER} of them.",
        ),
        Text(zh="放宽时间或筛选,或按更粗的分类看。", en="Take more time, fewer filters, or coarser items."),
    )


def _named(one: Pair, item: Dimension) -> Text:
    labels = tuple((str(value.code), value.label) for value in item.values)
    column = Column(item.name, item.label, "dimension", value_labels=labels)
    first, second = group_label(one.first, column), group_label(one.second, column)
    return Text(zh=f"{first.zh} + {second.zh}", en=f"{first.en} + {second.en}")


def _table(pairs: list[Pair], baskets: int, item: Dimension) -> Table:
    labels = tuple((str(at), _named(one, item)) for at, one in enumerate(pairs, start=1))
    columns = (
        Column("pair", Text(zh="组合", en="pair"), "dimension", value_labels=labels),
        Column("first", item.label, "dimension"),
        Column("second", Text(zh="另一个", en="the other"), "dimension"),
        Column(
            "together",
            Text(zh="同时出现单数", en="orders with both"),
            "derived",
            unit="orders",
            format="#,##0",
        ),
        Column("support_rate", Text(zh="支持度", en="support"), "derived", format="0.0%"),
        Column(
            "second_given_first_rate",
            Text(zh="买前者也买后者", en="second given first"),
            "derived",
            format="0.0%",
        ),
        Column(
            "first_given_second_rate",
            Text(zh="买后者也买前者", en="first given second"),
            "derived",
            format="0.0%",
        ),
        Column("lift", Text(zh="提升度", en="lift"), "derived", format="0.00"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.00"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.00"),
        Column("q_value", Text(zh="校正后 q 值", en="corrected q-value"), "derived", format="0.0000"),
    )
    rows = tuple(
        (
            at, one.first, one.second, one.both, one.both / baskets, one.both / one.first_of,
            one.both / one.second_of, one.lift, one.low, one.high, one.q_value,
        )
        for at, one in enumerate(pairs, start=1)
    )  # fmt: skip
    return Table(columns, rows, len(rows))


def _finding(one: Pair, item: Dimension, baskets: int) -> Finding:
    name = _named(one, item)
    return Finding(
        "segment",
        Text(
            zh=f"「{name.zh}」同时出现在 {one.both:,} 单里({percent(one.both / baskets)},n={baskets:,}),是偶然的 "
            f"{one.lift:.2f} 倍(八成把握在 {one.low:.2f}–{one.high:.2f} 之间)。",
            en=f"“{name.en}” are together in {one.both:,} orders ({percent(one.both / baskets)}, n={baskets:,}), "
            f"{one.lift:.2f} times what chance gives (80 % sure: {one.low:.2f} to {one.high:.2f}).",
        ),
        value=one.lift,
        low=one.low,
        high=one.high,
    )


def _headline(pairs: list[Pair], item: Dimension, baskets: int, dates: Text) -> Text:
    if not pairs:
        return Text(
            zh=f"{dates.zh}的 {baskets:,} 单里,没有哪一对比偶然更常一起买。",
            en=f"In the {baskets:,} orders of {dates.en} no pair is bought together more often than by chance.",
        )
    said = _finding(pairs[0], item, baskets).statement
    more = len(pairs) - 1
    zh, en = (
        (f"另有 {more} 对也站得住。", f" Further pairs that stand the test: {more}.") if more else ("", "")
    )
    return Text(zh=f"最常搭着买的:{said.zh}{zh}", en=f"Bought together the most: {said.en}{en}")


def _notes(candidates: int, tested: int, dates: Text) -> tuple[Text, ...]:
    zh = f"口径:{dates.zh}、有两种以上不同商品的篮子(一单一个);提升度=同时出现的占比÷各自占比之积。"
    zh += f"检验 {tested:,}/{candidates:,} 对(至少同现 {LEAST_TOGETHER} 单),Fisher 精确检验加 Benjamini-Hochberg 校正,"
    en = f"Definition: orders of {dates.en} with two different items or more; lift is the share with both over the "
    en += f"product of the shares. {tested:,} of {candidates:,} pairs (in {LEAST_TOGETHER} orders or more) tested by "
    en += "Fisher's exact test, corrected (Benjamini-Hochberg), ordered by orders gained over chance."
    return (
        Method(zh=f"{zh}按比偶然多出的单数排序。", en=en),
        Text(
            zh="可能出错的地方:成套售卖、满减和同页陈列也会让商品一起出现;一起买不等于放在一起会多卖。",
            en="What could be wrong: bundles, thresholds and placement make items meet, too; bought together does not "
            "mean that offering them together sells more.",
        ),
    )


def _whole(value: Cell) -> int:
    assert isinstance(value, int)
    return value
