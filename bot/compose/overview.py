"""Headlines of several metrics against one period: the main one in full, which moved most, the others in brackets."""

from __future__ import annotations

from bot.compose.filters import placed
from bot.compose.measure import is_additive, maturity_days
from bot.compose.phrases import against, compared, growth, join, still_open
from bot.compose.view import Scene, View
from semantic_layer.table import Row
from semantic_layer.text import Text
from tools.render import prose

LEAST = 3  # metrics; two are told sentence by sentence
_MOST_EXTREME = 5.0  # a change of more than five times stands on a base near zero: it is no mover to name
_UNMOVED = 0.01


def is_overview(view: View) -> bool:
    """Return whether a result is several metrics of one row against exactly one other period."""
    return len(view.query.metrics) >= LEAST and len(view.comparisons) == 1 and not view.query.group_by


def overview_headline(view: View, scene: Scene) -> Text:
    """Return the first metric with its comparison, the one that moved most, then the others; empty ones are skipped."""
    row, main, used = view.table.rows[0], view.main, view.comparisons[0]
    known = [name for name in view.query.metrics if view.number(row, name) is not None]
    at, name = placed(view, scene), known[0]
    column = view.column(name)
    other = against(scene, used, main) if main is not None else Text(zh="前期", en="before")
    value = prose(row[view.table.index(name)], column)
    then = view.number(row, f"{name}__{used.suffix}")
    good = scene.catalog.metrics[name].good_direction
    text = compared(
        view.number(row, name), then, column, other, adds=is_additive(scene.catalog, name), good=good
    )
    if text is None:
        text = Text(zh=f"{other.zh}没有数据,无法比较", en=f"there are no data {other.en} to compare with")
    sentences: list[Text | None] = [
        Text(
            zh=f"{at.zh}{column.label.zh}{value.zh},{text.zh}",
            en=f"{column.label.en} {at.en}: {value.en}, {text.en}",
        )
    ]
    rest = known[1:]
    # What is still open in the new period and closed in the old one moves by that alone.
    closed = [one for one in rest if still_open(scene, maturity_days(scene.catalog, one), main) is None]
    mover = _mover(view, row, closed, used.suffix)
    if mover is not None:
        told = _told(view, row, mover, used.suffix, scene)
        sentences.append(
            Text(zh=f"其余指标里变化最大的是{told.zh}", en=f"What moved most besides: {told.en}")
        )
    others = [_told(view, row, one, used.suffix, scene) for one in rest if one != mover]
    if others:
        sentences.append(Text(zh=";".join(one.zh for one in others), en="; ".join(one.en for one in others)))
    open_days = max((maturity_days(scene.catalog, one) for one in known), default=0)
    open_names = [scene.catalog.metrics[one].label for one in known if maturity_days(scene.catalog, one)]
    caveat = still_open(scene, open_days, main)
    if caveat is not None:
        zh = "、".join(label.zh for label in open_names)
        en = ", ".join(label.en for label in open_names)
        caveat = Text(
            zh=f"{zh}近{open_days}天还会变", en=f"{en} will still change for the last {open_days} days"
        )
    return join([*sentences, caveat])


def _told(view: View, row: Row, name: str, suffix: str, scene: Scene) -> Text:
    """Return a metric with its change in brackets, judged where it should fall: 获客成本45.2元(+12.0%,变差)."""
    column = view.column(name)
    value = prose(row[view.table.index(name)], column)
    now, then = view.number(row, name), view.number(row, f"{name}__{suffix}")
    moved = growth(now, then, column)
    if moved is None or now is None or then is None:
        return Text(zh=f"{column.label.zh}{value.zh}", en=f"{column.label.en} {value.en}")
    zh, en = moved.zh, moved.en
    if scene.catalog.metrics[name].good_direction == "down" and now != then:
        zh, en = (f"{zh},变差", f"{en}, worse") if now > then else (f"{zh},变好", f"{en}, better")
    return Text(zh=f"{column.label.zh}{value.zh}({zh})", en=f"{column.label.en} {value.en} ({en})")


def _mover(view: View, row: Row, names: list[str], suffix: str) -> str | None:
    """Return the metric with the largest relative change; None where nothing moved by a hundredth."""
    sizes: dict[str, float] = {}
    for name in names:
        now, then = view.number(row, name), view.number(row, f"{name}__{suffix}")
        if now is not None and then is not None and then > 0:
            sizes[name] = abs(now / then - 1)
    able = {name: size for name, size in sizes.items() if _UNMOVED <= size <= _MOST_EXTREME}
    return max(able, key=lambda name: able[name]) if len(names) > 1 and able else None
