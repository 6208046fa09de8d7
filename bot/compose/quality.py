"""How many events a number stands on, and when that is too few to rank by."""

from __future__ import annotations

from bot.compose.measure import counts, is_rate
from bot.compose.view import Scene, View
from semantic_layer.table import Row
from semantic_layer.text import Text

MENTION_BELOW = 100  # shared rule of the analyses: fewer events of the rarer kind are said aloud
TOO_FEW = 30  # below this a rate is not worth ranking by


def events_behind(view: View, row: Row, metric: str, scene: Scene) -> int | None:
    """Return the rarest event count a quotient stands on in this row, None where it has no count inside.

    A metric that is itself a count is exact, however small: None.
    """
    if not is_rate(scene.catalog.metrics[metric]):
        return None
    found = [view.number(row, name) for name in counts(scene.catalog, metric) if view.has(name)]
    known = [value for value in found if value is not None]
    return int(min(known)) if known else None


def is_small(view: View, row: Row, metric: str, scene: Scene) -> bool:
    """Return whether the row's quotient stands on too few events to be ranked first."""
    events = events_behind(view, row, metric, scene)
    return events is not None and events < TOO_FEW


def small_sample(name: Text, events: int | None) -> Text | None:
    """Return the warning that a number stands on few events, with n; None where there are enough."""
    if events is None or events >= MENTION_BELOW:
        return None
    if events < TOO_FEW:
        return Text(
            zh=f"{name.zh}样本太小(n={events}),这个数只能参考",
            en=f"{name.en} stands on a very small sample (n={events}), so take it as a hint",
        )
    return Text(
        zh=f"{name.zh}样本偏小(n={events}),波动会比较大",
        en=f"{name.en} stands on a small sample (n={events}), so it moves easily",
    )
