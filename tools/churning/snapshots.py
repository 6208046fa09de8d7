"""Customers as they were known on a day, and whether they bought in the days after: nothing later leaks in.

Every number of a snapshot is made of purchases before its day; attributes are those of the first purchase, and only
those that stand on the purchase itself. Attributes of the customer table say what is so today, after some have left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from semantic_layer.catalog import Dimension
from semantic_layer.rows import Step
from semantic_layer.text import Text
from tools.purchases.history import Purchases
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FITTED = 20_000  # customers of a snapshot that the model sees
LEAST_SHARE = 0.02  # of customers, for an attribute to have a weight of its own
MOST_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Trait:
    """One input of the model: its SQL over a snapshot, and what it means when it is high or low.

    `member` is the value that an attribute has where the trait is 1; its SQL holds the place `:name` for it.
    """

    name: str
    label: Text
    sql: str
    high: Text
    low: Text
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Customers on a day: traits (rows, traits), whether they bought after, for how much; the SQL."""

    matrix: Array
    left: Array
    later_money: Array
    basket: Array
    sql: str


TRAITS = (
    Trait("recency", Text(zh="距上次购买的天数", en="days since the last purchase"), "LN(1 + recency)",
          Text(zh="很久没买", en="long since the last purchase"), Text(zh="刚买过", en="bought recently")),
    Trait("orders", Text(zh="购买次数", en="purchases so far"), "LN(orders)",
          Text(zh="买过多次", en="many purchases"), Text(zh="买的次数少", en="few purchases")),
    Trait("overdue", Text(zh="比平时的间隔晚多少", en="overdue against the usual gap"),
          "CASE WHEN orders > 1 THEN LN((1 + recency) / (1 + span / (orders - 1))) ELSE 0 END",
          Text(zh="比平时晚了", en="later than usual"), Text(zh="还没到平时的间隔", en="not due yet")),
    Trait("recent", Text(zh="近期购买次数", en="purchases of late"), "LN(1 + recent)",
          Text(zh="近期买得多", en="active of late"), Text(zh="近期买得少", en="quiet of late")),
    Trait("basket", Text(zh="次均金额", en="money per purchase"), "LN(1 + GREATEST(money / orders, 0))",
          Text(zh="单次花得多", en="big baskets"), Text(zh="单次花得少", en="small baskets")),
    Trait("tenure", Text(zh="首购至今的天数", en="days since the first purchase"), "LN(1 + tenure)",
          Text(zh="首购已久", en="customer for long"), Text(zh="刚首购不久", en="first bought lately")),
)  # fmt: skip


def places_of(traits: tuple[Trait, ...]) -> dict[str, str]:
    """Return the values of the attributes by the places of their SQL."""
    return {one.name: one.member for one in traits if one.member is not None}


def snapshot_step(question: Purchases, day: date, ahead: int, active: int) -> Step:
    """Return one row per customer who bought in the `active` days before `day`: what was known, and what came after."""
    members = "".join(f", ARG_MIN(m{at}, day) AS m{at}" for at in range(len(question.members)))
    return Step(
        "people",
        "SELECT who, DATE_DIFF('day', MAX(day) FILTER (WHERE day < :day), CAST(:day AS DATE)) AS recency, "
        "COUNT(*) FILTER (WHERE day < :day) AS orders, COALESCE(SUM(money) FILTER (WHERE day < :day), 0) AS money, "
        "DATE_DIFF('day', MIN(day), MAX(day) FILTER (WHERE day < :day)) AS span, "
        "DATE_DIFF('day', MIN(day), CAST(:day AS DATE)) AS tenure, "
        "COUNT(*) FILTER (WHERE day >= :recent AND day < :day) AS recent, "
        "COUNT(*) FILTER (WHERE day >= :day AND day < :until) AS later, "
        f"COALESCE(SUM(money) FILTER (WHERE day >= :day AND day < :until), 0) AS later_money{members} "
        "FROM days GROUP BY who HAVING MAX(day) FILTER (WHERE day < :day) >= :since",
        {
            "day": day,
            "recent": day - timedelta(days=ahead),
            "until": day + timedelta(days=ahead),
            "since": day - timedelta(days=active),
        },
    )


def snapshot(
    question: Purchases, traits: tuple[Trait, ...], day: date, ahead: int, active: int, context: ToolContext
) -> Snapshot:
    """Return the snapshot of `day`, of up to 20,000 customers who are the same whenever it is taken."""
    import numpy as np

    listed = ", ".join(f"CAST({one.sql} AS DOUBLE) AS {one.name}" for one in traits)
    result = context.analyse(
        question.analysis(
            f"SELECT {listed}, later, later_money, money / orders AS worth FROM people "
            f"ORDER BY MD5(CAST(who AS VARCHAR)), who LIMIT {FITTED}",
            (snapshot_step(question, day, ahead, active),),
            **places_of(traits),
        )
    )
    rows = np.array([[float(str(cell)) for cell in row] for row in result.rows], dtype=np.float64)
    if not len(rows):
        rows = np.zeros((0, len(traits) + 3))
    width = len(traits)
    return Snapshot(
        rows[:, :width], (rows[:, width] == 0).astype(np.float64), rows[:, width + 1], rows[:, width + 2], result.sql
    )  # fmt: skip


def traits_of(
    question: Purchases,
    dimensions: tuple[Dimension, ...],
    day: date,
    ahead: int,
    active: int,
    context: ToolContext,
) -> tuple[Trait, ...]:
    """Return the traits every history has, and one per common attribute of the customers before `day`."""
    found = list(TRAITS)
    for at, dimension in enumerate(dimensions):
        result = context.analyse(
            question.analysis(
                f"SELECT m{at} AS member, COUNT(*) AS customers, SUM(COUNT(*)) OVER () AS everybody FROM people "
                "GROUP BY 1 ORDER BY 2 DESC, 1",
                (snapshot_step(question, day, ahead, active),),
            )
        )
        labels = {str(one.code): one.label for one in dimension.values}
        common = [
            str(member)
            for member, count, everybody in result.rows
            if member is not None and float(str(count)) >= LEAST_SHARE * float(str(everybody))
        ]
        if len(common) < 2:
            continue
        for place, member in enumerate(common[:MOST_LEVELS]):
            label = labels.get(member, Text.same(member or "-"))
            name = Text(
                zh=f"首购{dimension.label.zh}:{label.zh}", en=f"first {dimension.label.en}: {label.en}"
            )
            other = Text(
                zh=f"首购{dimension.label.zh}不是{label.zh}", en=f"first {dimension.label.en} not {label.en}"
            )
            place_name = f"t{at}_{place}"
            sql = f"CASE WHEN m{at} = :{place_name} THEN 1 ELSE 0 END"
            found.append(Trait(place_name, name, sql, name, other, member))
    return tuple(found)
