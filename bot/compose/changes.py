"""Headlines of an asked comparison: how much, which side of a ratio, which groups moved it."""

from __future__ import annotations

import math

from bot.compose.filters import placed
from bot.compose.measure import is_additive, maturity_days, parts
from bot.compose.phrases import against, compared, figure_of, growth, join, still_open, versus
from bot.compose.ranking import ranking_headline, read_ranking, sample_caveat
from bot.compose.side import Side
from bot.compose.view import Scene, UsedPeriod, View
from semantic_layer.table import Row
from semantic_layer.text import Text
from tools.render import percent, prose

MOST_NAMED = 5
DOMINATES = 0.6  # share of a quotient's change from which one side is named as its source


def change_headline(view: View, side: Side, scene: Scene) -> Text:
    """Return the sentence of an asked comparison without groups: value, difference, which side drove it."""
    detail = side.detail or view
    row, detail_row = view.table.rows[0], detail.table.rows[0]
    main = view.main
    at = placed(view, scene)
    sentences: list[Text | None] = []
    for name in view.query.metrics:
        column = view.column(name)
        value = prose(row[view.table.index(name)], column)
        texts = [
            compared(
                view.number(row, name),
                view.number(row, f"{name}__{used.suffix}"),
                column,
                against(scene, used, main) if main else Text(zh="前期", en="before"),
                adds=is_additive(scene.catalog, name),
                good=scene.catalog.metrics[name].good_direction,
            )
            for used in view.comparisons
        ]
        kept = [text for text in texts if text is not None]
        if kept:
            zh, en = ",".join(text.zh for text in kept), ", ".join(text.en for text in kept)
        else:
            zh, en = "对比期没有数据,无法比较", "there are no data to compare with"
        first = not sentences
        sentences.append(
            Text(
                zh=f"{at.zh if first else ''}{figure_of(column.label.zh, value.zh)},{zh}",
                en=f"{column.label.en}{' ' + at.en if first else ''}: {value.en}, {en}",
            )
        )
        sentences.append(source_of_change(detail, detail_row, name, scene))
    return join(sentences)


def source_of_change(detail: View, row: Row, name: str, scene: Scene) -> Text | None:
    """Return which side of a ratio its change came from, by logarithms (they add up for a quotient)."""
    both = parts(scene.catalog, name)
    if len(both) != 2 or not detail.comparisons or not all(detail.has(part) for part in both):
        return None
    used = detail.comparisons[0]
    moved = [_log_change(detail, row, part, used) for part in both]
    top, bottom = moved
    if top is None or bottom is None or abs(top - bottom) < 0.005:
        return None
    share = top / (top - bottom)
    labels = [detail.column(part).label for part in both]
    grown = [percent(math.expm1(one), sign=True) for one in (top, bottom)]
    if share >= DOMINATES or share <= 1 - DOMINATES:
        at, other = (0, 1) if share >= DOMINATES else (1, 0)
        return Text(
            zh=f"变化主要来自{labels[at].zh}({grown[at]}),{labels[other].zh}{grown[other]}",
            en=f"the change comes mainly from {labels[at].en} ({grown[at]}); "
            f"{labels[other].en} {grown[other]}",
        )
    return Text(
        zh=f"{labels[0].zh}{grown[0]},{labels[1].zh}{grown[1]},两边都有影响",
        en=f"both sides moved: {labels[0].en} {grown[0]}, {labels[1].en} {grown[1]}",
    )


def _log_change(detail: View, row: Row, name: str, used: UsedPeriod) -> float | None:
    now, then = detail.number(row, name), detail.number(row, f"{name}__{used.suffix}")
    if now is None or then is None or now <= 0 or then <= 0:
        return None
    return math.log(now / then)


def change_by_group_headline(view: View, side: Side, scene: Scene) -> Text:
    """Return the total's change and the groups that moved it most, for an asked comparison by group.

    An additive metric says what each group contributed; another one who rose and fell most.
    """
    name = view.query.metrics[0]
    if view.main is None or not view.comparisons:
        return ranking_headline(view, side, scene)
    used, main, column = view.comparisons[0], view.main, view.column(name)
    if view.query.having:
        return _that_meet(view, against(scene, used, main), scene)
    moves = group_changes(side.detail or view, name, used.suffix)
    if len(moves) < 2:
        return ranking_headline(view, side, scene)
    other, at = against(scene, used, main), placed(view, scene)
    source = side.detail or view
    if not any(source.number(row, f"{name}__{used.suffix}") is not None for row in source.table.rows):
        nothing = Text(
            zh=f"{other.zh}没有数据,无法比较", en=f"there are no data {other.en}, so nothing can be compared"
        )
        return join([ranking_headline(view, side, scene), nothing])
    if is_additive(scene.catalog, name):
        now = sum(source.number(row, name) or 0.0 for row in source.table.rows)
        then = sum(source.number(row, f"{name}__{used.suffix}") or 0.0 for row in source.table.rows)
        total = compared(now, then, column, other, adds=True, good=scene.catalog.metrics[name].good_direction)
        value = prose(now, column)
        largest = sorted(moves, key=lambda move: -abs(move[1]))[:3]
        named = [(source.label(row), prose(delta, column, sign=True)) for row, delta in largest]
        first = Text(
            zh=f"{at.zh}{column.label.zh}合计{value.zh}" + (f",{total.zh}" if total else ""),
            en=f"{column.label.en} {at.en} in total: {value.en}" + (f", {total.en}" if total else ""),
        )
        split = Text(
            zh="拆开看,影响最大的是" + "、".join(f"{label.zh}{size.zh}" for label, size in named),
            en="the largest parts: " + ", ".join(f"{label.en} {size.en}" for label, size in named),
        )
        return join([first, split, still_open(scene, maturity_days(scene.catalog, name), main)])
    return _movers(view, source, side, scene) or ranking_headline(view, side, scene)


def _that_meet(view: View, other: Text, scene: Scene) -> Text:
    """Return the groups that a condition on the result let through; the total of all is another question's answer."""
    name = view.query.metrics[0]
    tested = next((one.column for one in view.query.having if view.has(one.column)), name)
    column = view.column(tested)
    known = [(value, row) for row in view.table.rows if (value := view.number(row, tested)) is not None]
    known.sort(key=lambda pair: -abs(pair[0]))
    signed = tested.startswith((f"{column.metric}__delta", f"{column.metric}__growth"))
    named = [(view.label(row), prose(value, column, sign=signed)) for value, row in known[:MOST_NAMED]]
    at, count, apart = placed(view, scene), view.table.row_count, versus(other)
    more = count > len(named)
    label = view.column(name).label
    first = Text(
        zh=f"{at.zh}{label.zh}{apart.zh},符合条件的{view.group_names().zh}有{count}个:"
        + "、".join(f"{one.zh}{size.zh}" for one, size in named)
        + ("等" if more else ""),
        en=f"{label.en} {at.en}, {apart.en}: {count} {'meets' if count == 1 else 'meet'} the condition, "
        + ", ".join(f"{one.en} {size.en}" for one, size in named)
        + (" and others" if more else ""),
    )
    return join([first, still_open(scene, maturity_days(scene.catalog, name), view.main)])


def _movers(view: View, source: View, side: Side, scene: Scene) -> Text | None:
    """Return which group rose and which fell most, for a metric that does not add up; None where none moved."""
    name = view.query.metrics[0]
    used, main = view.comparisons[0], view.main
    assert main is not None
    column, suffix = view.column(name), used.suffix
    # A group without a value in one of the periods has no change: it appeared or went away.
    both = [
        (row, now - then)
        for row in source.table.rows
        if (now := source.number(row, name)) is not None
        and (then := source.number(row, f"{name}__{suffix}")) is not None
    ]
    words = (Text(zh="升得最多的是", en="largest rise"), Text(zh="降得最多的是", en="largest fall"))
    clauses: list[Text] = []
    for word, pick, sign in zip(words, (max, min), (1, -1), strict=True):
        if not both:
            break
        row, delta = pick(both, key=lambda move: move[1])
        text = growth(source.number(row, name), source.number(row, f"{name}__{suffix}"), column)
        if delta * sign > 0 and text is not None:
            value, label = prose(source.number(row, name), column), source.label(row)
            clauses.append(
                Text(
                    zh=f"{word.zh}{label.zh},{value.zh}({text.zh})",
                    en=f"{word.en} {label.en}, {value.en} ({text.en})",
                )
            )
    if not clauses:
        return None
    other, at = versus(against(scene, used, main)), placed(view, scene)
    head = Text(zh=f"{at.zh}{column.label.zh}{other.zh}", en=f"{column.label.en} {at.en}, {other.en}")
    body = Text(zh=";".join(text.zh for text in clauses), en="; ".join(text.en for text in clauses))
    caveat = sample_caveat(read_ranking(view, side), scene)
    return join([Text(zh=f"{head.zh}:{body.zh}", en=f"{head.en}: {body.en}"), caveat])


def group_changes(view: View, name: str, suffix: str) -> list[tuple[Row, float]]:
    """Return each group's change; a group without rows in one of the periods counts as 0 there."""
    found: list[tuple[Row, float]] = []
    for row in view.table.rows:
        now, then = view.number(row, name), view.number(row, f"{name}__{suffix}")
        if now is not None or then is not None:
            found.append((row, (now or 0.0) - (then or 0.0)))
    return found
