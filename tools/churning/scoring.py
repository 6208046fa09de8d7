"""Everybody's risk, in SQL: the model's log odds as an expression over the snapshot of today."""

from __future__ import annotations

from datetime import date

from semantic_layer.rows import Step
from semantic_layer.table import Row
from tools.churning.model import KEPT_WITH_ALL, ChurnModel
from tools.churning.snapshots import places_of, snapshot_step
from tools.purchases.history import Purchases
from tools.registry import ToolContext

BANDS = (0.1, 0.3, 0.6)  # shares of customers by risk at which a new band begins


def bands(
    question: Purchases, model: ChurnModel, day: date, ahead: int, active: int, context: ToolContext
) -> tuple[tuple[Row, ...], str]:
    """Return (band, customers, mean probability, money at stake, money expected to be lost, commonest reason); SQL."""
    result = context.analyse(
        question.analysis(
            "SELECT band, COUNT(*) AS customers, AVG(probability) AS probability, SUM(stake) AS stake, "
            "SUM(loss) AS loss, MODE(reason) AS reason FROM ranked GROUP BY band ORDER BY band",
            _steps(question, model, day, ahead, active),
        )
    )
    return result.rows, result.sql


def listed(
    question: Purchases,
    model: ChurnModel,
    day: date,
    ahead: int,
    active: int,
    most: int,
    context: ToolContext,
) -> tuple[tuple[Row, ...], str]:
    """Return (who, probability, days since, purchases, money, stake, loss, reason, band), the dearest loss first; "
    "SQL.
    """
    result = context.analyse(
        question.analysis(
            "SELECT who, probability, recency, orders, money, stake, loss, reason, band FROM ranked "
            "ORDER BY loss DESC, who",
            _steps(question, model, day, ahead, active),
        ),
        row_limit=most,
    )
    return result.rows, result.sql


def _steps(question: Purchases, model: ChurnModel, day: date, ahead: int, active: int) -> tuple[Step, ...]:
    parts = [
        f"({model.slope * float(weight) / float(model.spread[at]):.12g}) * "
        f"(({model.traits[at].sql}) - ({model.mean[at]:.12g}))"
        for at, weight in enumerate(model.logistic.weights)
    ]
    parted = ", ".join(f"{sql} AS c{at}" for at, sql in enumerate(parts))
    names = [f"c{at}" for at in range(len(parts))]
    start = model.shift + model.slope * model.logistic.intercept
    cases = " ".join(f"WHEN {name} >= most THEN {at}" for at, name in enumerate(names))
    usual = model.mean_basket * KEPT_WITH_ALL
    band = " ".join(f"WHEN place <= {edge} * everybody THEN {at}" for at, edge in enumerate(BANDS))
    return (
        snapshot_step(question, day, ahead, active),
        Step("parted", f"SELECT *, {parted} FROM people", places_of(model.traits)),
        Step(
            "summed",
            f"SELECT *, {start:.12g} + {' + '.join(names)} AS log_odds, GREATEST({', '.join(names)}) AS most, "
            f"GREATEST(({model.stake:.12g}) * (money + ({usual:.12g})) / (orders + {KEPT_WITH_ALL}), 0) AS stake "
            "FROM parted",
        ),
        Step(
            "scored",
            "SELECT *, 1 / (1 + EXP(-log_odds)) AS probability, stake / (1 + EXP(-log_odds)) AS loss, "
            f"CASE {cases} END AS reason FROM summed",
        ),
        Step(
            "placed",
            "SELECT *, ROW_NUMBER() OVER (ORDER BY probability DESC, who) AS place, COUNT(*) OVER () AS everybody "
            "FROM scored",
        ),
        Step("ranked", f"SELECT *, CASE {band} ELSE {len(BANDS)} END AS band FROM placed"),
    )
