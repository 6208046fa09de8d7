"""What the numbers of a profiled table show that its author may not know."""

from __future__ import annotations

from collections.abc import Iterable

from bot.onboarding.found import Column, TableFound
from bot.onboarding.roles import Guess
from semantic_layer.text import Text

_MANY_EMPTY = 0.2


def quality_notes(table: TableFound, guesses: Iterable[Guess]) -> list[Text]:
    """Return findings on empty cells, constant columns, negative amounts and impossible dates."""
    roles = {guess.column: guess.role for guess in guesses if guess.table == table.name}
    found = []
    for column in table.columns:
        if column.kind == "empty":
            continue
        empty = table.rows - column.filled
        if empty > _MANY_EMPTY * table.rows:
            share = f"{100 * empty / table.rows:.0f}"
            found.append(
                Text(
                    zh=f"列「{column.header}」有 {share}% 是空的({empty} 行)。",
                    en=f'The column "{column.header}" is empty in {share} % of the rows ({empty}).',
                )
            )
        if column.distinct == 1 and table.rows > 1:
            found.append(
                Text(
                    zh=f"列「{column.header}」只有一个取值({column.low})。",
                    en=f'The column "{column.header}" holds one value only ({column.low}).',
                )
            )
        found += _range_notes(column, roles.get(column.name))
    return found


def _range_notes(column: Column, role: str | None) -> list[Text]:
    if role == "sum" and (column.low or "").startswith("-"):
        return [
            Text(
                zh=f"列「{column.header}」有负数(最小 {column.low}),如退货或冲销;求和时会抵减。",
                en=f'The column "{column.header}" holds negative numbers (lowest {column.low}), such as returns; '
                "they reduce the sum.",
            )
        ]
    if role == "time" and ((column.low or "9") < "1990" or (column.high or "0") > "2100"):
        return [
            Text(
                zh=f"列「{column.header}」的日期从 {column.low} 到 {column.high},请核对。",
                en=f'Dates in "{column.header}" run from {column.low} to {column.high}; please check.',
            )
        ]
    return []
