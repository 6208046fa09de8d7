"""What a card may ask the server for beside its answer, by name. Each takes payload, user and language."""

from __future__ import annotations

from collections.abc import Callable

from bot.ui.desk import Desk, Json
from bot.ui.own_data import OwnData
from semantic_layer.text import Locale

LOOKS: dict[str, Callable[[Desk, Json, str | None, Locale], Json]] = {
    "options": Desk.options,
    "values": Desk.values,
    "sql": Desk.sql,
    "rows": Desk.rows,
    "totals": Desk.totals,
    "workbook": Desk.workbook,
    "tree": Desk.tree,
    "verify": Desk.verify,
    "decide": Desk.decide,
    "reconcile": Desk.reconcile,
    "why": Desk.why,
}
OWN_LOOKS: dict[str, Callable[[OwnData, Json, str | None, Locale], Json]] = {
    "confirm_data": OwnData.confirm,
    "forget_data": OwnData.forget,
}
