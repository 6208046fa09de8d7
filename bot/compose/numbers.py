"""Headlines of one row: a number, several numbers, a number against another period."""

from __future__ import annotations

from bot.compose.filters import placed
from bot.compose.measure import is_additive, parts
from bot.compose.phrases import against, compared, figure_of, growth, join
from bot.compose.side import Side
from bot.compose.view import Scene, View
from semantic_layer.table import Row
from semantic_layer.text import Text
from tools.render import prose, short


def number_headline(view: View, side: Side, scene: Scene) -> Text:
    """Return the sentence of a result without groups and without an asked comparison.

    One metric: value, change on the period before with its dates, parts of a ratio. Several: each in turn.
    """
    detail = side.detail or view
    row, detail_row = view.table.rows[0], detail.table.rows[0]
    at = placed(view, scene)
    if len(view.query.metrics) > 1:
        return _several(view, detail, scene)
    name = view.query.metrics[0]
    column = view.column(name)
    value = prose(row[view.table.index(name)], column)
    asked = view.asked_column(name)
    if asked != name:
        return _instead(view, row, asked, Text(zh=f"合计{value.zh}", en=f"{value.en} in all"), at)
    zh, en = f"{at.zh}{figure_of(column.label.zh, value.zh)}", f"{column.label.en} {at.en}: {value.en}"
    beside = parts_text(detail, detail_row, name, scene)
    if beside is not None:
        zh, en = f"{zh}:{beside.zh}", f"{en} ({beside.en})"
    text = _against_before(detail, detail_row, name, scene)
    if text is not None:
        zh, en = f"{zh},{text.zh}", f"{en}, {text.en}"
    return join([Text(zh=zh, en=en)])


def _instead(view: View, row: Row, asked: str, whole: Text, at: Text) -> Text:
    """Return the value of a transform (an average per day) with the plain value beside it."""
    column = view.column(asked)
    value = prose(row[view.table.index(asked)], column)
    return join(
        [
            Text(
                zh=f"{at.zh}{figure_of(column.label.zh, value.zh)},{whole.zh}",
                en=f"{column.label.en} {at.en}: {value.en} ({whole.en})",
            )
        ]
    )


def _several(view: View, detail: View, scene: Scene) -> Text:
    """Return several metrics of one row: 访客12.3万,比…高3%;支付金额412万 …"""
    row, detail_row = view.table.rows[0], detail.table.rows[0]
    at = placed(view, scene)
    pieces: list[Text] = []
    for name in view.query.metrics:
        column = view.column(name)
        value = prose(row[view.table.index(name)], column)
        then = _before(detail, detail_row, name)
        moved = growth(view.number(row, name), then, column)
        pieces.append(
            Text(
                zh=figure_of(column.label.zh, value.zh) + (f"({moved.zh})" if moved else ""),
                en=f"{column.label.en} {value.en}" + (f" ({moved.en})" if moved else ""),
            )
        )
    first = Text(
        zh=f"{at.zh}:{';'.join(piece.zh for piece in pieces)}",
        en=f"{at.en}: {'; '.join(piece.en for piece in pieces)}",
    )
    note: Text | None = None
    main = view.main
    if detail.comparisons and main is not None and not view.query.compare:
        other = against(scene, detail.comparisons[0], main)
        note = Text(zh=f"括号里是和{other.zh}比", en=f"in brackets: the change {_than(other.en)}")
    return join([first, note])


def _than(phrase: str) -> str:
    """Return a comparison phrase after the word change: `on the same days …` stays, others follow `from`."""
    return phrase if phrase.startswith("on ") else f"from {phrase.removeprefix('in ').removeprefix('over ')}"


def _before(detail: View, row: Row, name: str) -> float | None:
    """Return the metric's value in the first comparison period, None where there is none."""
    if not detail.comparisons:
        return None
    return detail.number(row, f"{name}__{detail.comparisons[0].suffix}")


def _against_before(detail: View, row: Row, name: str, scene: Scene) -> Text | None:
    main = detail.main
    if not detail.comparisons or main is None:
        return None
    used = detail.comparisons[0]
    return compared(
        detail.number(row, name),
        _before(detail, row, name),
        detail.column(name),
        against(scene, used, main),
        adds=is_additive(scene.catalog, name),
        good=scene.catalog.metrics[name].good_direction,
    )


def parts_text(detail: View, row: Row, name: str, scene: Scene) -> Text | None:
    """Return what a ratio was divided from: 投放花费18.6万,成交52.8万 (denominator first)."""
    both = [part for part in reversed(parts(scene.catalog, name)) if detail.has(part)]
    if len(both) != 2:
        return None
    values = [(detail.column(part), row[detail.table.index(part)]) for part in both]
    if any(value is None for _, value in values):
        return None
    # The label says what is counted: `new customers 1,427`, not `new customers 1,427 people`.
    return Text(
        zh=",".join(f"{column.label.zh}{short(value, column, 'zh-CN')}" for column, value in values),
        en=", ".join(f"{column.label.en} {short(value, column, 'en-US')}" for column, value in values),
    )
