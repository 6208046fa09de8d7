"""What segmentation knows of a customer: recency, purchases, money per purchase, time since the first, and more.

Money, counts and days are skewed, so they enter as logarithms. The same features are made twice: in SQL for every
customer, and from single purchases for a sample, where purchases can be dealt out anew to see what chance would group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from semantic_layer.catalog import Metric
from semantic_layer.rows import Step
from semantic_layer.text import Text
from tools.purchases.history import Purchases
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FITTED = 10_000  # customers that centres are fitted on; all are assigned
COMPARED = 2_500  # customers whose single purchases are dealt out anew
SHUFFLES = 60
BEYOND_CHANCE = 4.0


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its column of the customer, its SQL on the feature scale, words for high and low, a chart's "
    "label.
    """

    name: str
    label: Text
    sql: str
    high: Text
    low: Text
    short: Text


def features_of(metrics: tuple[Metric, ...]) -> tuple[Feature, ...]:
    """Return the four features that every purchase history has, then one per metric (mean per purchase day)."""
    four = (
        Feature("recency", Text(zh="距上次购买天数", en="days since the last purchase"), "LN(1 + recency)",
                Text(zh="久未购买", en="long away"), Text(zh="近期活跃", en="recently active"),
                Text(zh="距上次", en="recency")),
        Feature("orders", Text(zh="购买次数", en="purchases"), "LN(orders)",
                Text(zh="买得勤", en="frequent"), Text(zh="买得少", en="few purchases"),
                Text(zh="次数", en="purchases")),
        Feature("basket", Text(zh="次均金额", en="money per purchase"), "LN(1 + GREATEST(basket, 0))",
                Text(zh="单次花得多", en="big baskets"), Text(zh="单次花得少", en="small baskets"),
                Text(zh="次均金额", en="basket")),
        Feature("tenure", Text(zh="首购至今天数", en="days since the first purchase"), "tenure",
                Text(zh="老客", en="long-standing"), Text(zh="新近首购", en="recently won"),
                Text(zh="首购至今", en="tenure")),
    )  # fmt: skip
    return four + tuple(
        Feature(
            f"f{at}", one.label, f"f{at}",
            Text(zh=f"{one.label.zh}高", en=f"high {one.label.en}"),
            Text(zh=f"{one.label.zh}低", en=f"low {one.label.en}"),
            one.label,
        )
        for at, one in enumerate(metrics)
    )  # fmt: skip


def people_step(question: Purchases) -> Step:
    """Return one row per customer: who, recency, orders, money, basket, tenure, members, and metrics' means."""
    more = "".join(f", AVG({column}) AS {column}" for column in question.measures)
    members = "".join(f", ARG_MIN(m{at}, day) AS m{at}" for at in range(len(question.members)))
    return Step(
        "people",
        "SELECT who, DATE_DIFF('day', MAX(day), CAST(:last AS DATE)) AS recency, COUNT(*) AS orders, "
        "SUM(money) AS money, SUM(money) / COUNT(*) AS basket, "
        f"DATE_DIFF('day', MIN(day), CAST(:last AS DATE)) AS tenure{members}{more} FROM days GROUP BY who",
        {"last": question.period.end - timedelta(days=1)},
    )


def sampled(
    question: Purchases, features: tuple[Feature, ...], context: ToolContext
) -> tuple[Array, int, str]:
    """Return (features of up to 10,000 customers, how many customers there are, SQL); the sample never changes."""
    import numpy as np

    listed = ", ".join(f"{one.sql} AS {one.name}" for one in features)
    result = context.analyse(
        question.analysis(
            f"SELECT {listed}, COUNT(*) OVER () AS customers FROM people "
            f"ORDER BY MD5(CAST(who AS VARCHAR)), who LIMIT {FITTED}",
            (people_step(question),),
        )
    )
    rows = np.array([[float(str(cell)) for cell in row] for row in result.rows])
    if not len(rows):
        return np.zeros((0, len(features))), 0, result.sql
    return rows[:, :-1], int(rows[0, -1]), result.sql


def beyond_chance(question: Purchases, context: ToolContext) -> bool:
    """Return whether customers differ by more than purchases dealt out at random would make them differ.

    Each of up to 2,500 customers keeps the number of purchases; which purchases they are is shuffled, 60 times. What
    is compared are the variances and covariances of the features: the one farthest from its shuffles, in their
    standard deviations, must lie beyond that of every shuffle, and beyond 4.
    """
    import numpy as np

    columns = ", ".join(("who", "day", "money", *question.measures))
    result = context.analyse(
        question.analysis(
            f"SELECT {columns} FROM days WHERE who IN (SELECT who FROM picked) ORDER BY who, day",
            (
                Step(
                    "picked",
                    "SELECT who FROM (SELECT DISTINCT who FROM days) AS g "
                    f"ORDER BY MD5(CAST(who AS VARCHAR)), who LIMIT {COMPARED}",
                ),
            ),
        )
    )
    last = question.period.end - timedelta(days=1)
    _, owner = np.unique([str(row[0]) for row in result.rows], return_inverse=True)
    days = np.array([(last - _day(row[1])).days for row in result.rows], dtype=float)
    rest = np.array([[float(str(cell)) for cell in row[2:]] for row in result.rows])
    real = _covariances(owner, days, rest)
    rng = np.random.default_rng(7)
    shuffled = []
    for _ in range(SHUFFLES):
        order = rng.permutation(len(days))
        shuffled.append(_covariances(owner, days[order], rest[order]))
    drawn = np.array(shuffled)
    spread = drawn.std(axis=0, ddof=1)
    moves = spread > 1e-12
    far = np.abs((drawn - drawn.mean(axis=0))[:, moves] / spread[moves]).max(axis=1, initial=0.0)
    own = np.abs((real - drawn.mean(axis=0))[moves] / spread[moves]).max(initial=0.0)
    return bool(own > max(BEYOND_CHANCE, float(far.max())))


def _covariances(owner: NDArray[np.intp], days: Array, rest: Array) -> Array:
    """Return the variances and covariances of the features of the customers who own these purchases."""
    import numpy as np

    count = np.bincount(owner).astype(float)
    recency = np.full(len(count), np.inf)
    np.minimum.at(recency, owner, days)
    tenure = np.zeros(len(count))
    np.maximum.at(tenure, owner, days)
    means = [np.bincount(owner, column) / count for column in rest.T]
    basket = np.log1p(np.maximum(means[0], 0))
    matrix = np.column_stack([np.log1p(recency), np.log(count), basket, tenure, *means[1:]])
    covariance = np.cov(matrix, rowvar=False)
    return np.asarray(covariance[np.triu_indices(len(covariance))], dtype=np.float64)


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value
