"""Several metrics of one moment as tiles: each with its value and how it moved, good or bad."""

from __future__ import annotations

from collections.abc import Mapping

from bot.answer import Answer
from bot.compose.phrases import growth
from bot.ui.hero import against
from bot.ui.wording import begun
from semantic_layer.catalog import GoodDirection
from semantic_layer.table import Column, Row, Table
from tools.render import as_float, prose

Json = dict[str, object]
LEAST = 3  # metrics; fewer are told in the sentence
_COMPUTED = ("delta", "growth", "share", "rank")


def tiles(answer: Answer, directions: Mapping[str, GoodDirection]) -> list[Json]:
    """Return a tile per metric of an answer that is one row of three metrics or more; else nothing.

    `change` is how the metric moved against the one other period in the table, as the sentence writes it (a rate in
    percentage points); None where there is no such period or no value in it. Metrics without a value are left out.
    """
    table = answer.parts[0].table if len(answer.parts) == 1 else None
    if table is None or len(table.rows) != 1:
        return []
    named = [column for column in table.columns if column.kind == "metric" and "__" not in column.name]
    if len(named) < LEAST or any(column.kind in ("dimension", "time") for column in table.columns):
        return []
    row, other = table.rows[0], against(answer)
    found: list[Json] = []
    for column in named:
        value = row[table.index(column.name)]
        if value is None:
            continue
        found.append(
            {
                "name": column.name,
                "label": begun(column.label.at(answer.locale)),
                "value": prose(value, column).at(answer.locale),
                "change": _moved(answer, table, row, column, directions.get(column.name, "none")),
                "against": other.at(answer.locale) if other is not None else None,
            }
        )
    return found


def _moved(answer: Answer, table: Table, row: Row, column: Column, direction: GoodDirection) -> Json | None:
    """Return the change of a metric against the table's one other period, toned by which way is good."""
    before = [
        at
        for at, one in enumerate(table.columns)
        if one.name.startswith(f"{column.name}__")
        and one.name.removeprefix(f"{column.name}__").split("__")[0] not in _COMPUTED
    ]
    if len(before) != 1:
        return None
    now, then = as_float(row[table.index(column.name)]), as_float(row[before[0]])
    said = growth(now, then, column)
    if said is None or now is None or then is None:
        return None
    tone = (
        "plain"
        if direction == "none" or now == then
        else "good"
        if (now > then) == (direction == "up")
        else "bad"
    )
    return {"text": said.at(answer.locale).lstrip("+−"), "up": now >= then, "tone": tone}
