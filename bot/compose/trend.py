"""Headlines over time: first to last whole bucket, peak and low; the running bucket apart."""

from __future__ import annotations

from datetime import date

from bot.compose.filters import placed
from bot.compose.measure import is_additive
from bot.compose.phrases import change, join, list_of
from bot.compose.trend_asked import by_change, by_order, compared_column
from bot.compose.view import Scene, View, grain_of
from semantic_layer.period import ONE_DAY, Grain, shift, truncate
from semantic_layer.table import Column, Row
from semantic_layer.text import Text
from tools.render import prose
from tools.render_dates import bucket_phrase, day_label


def data_end(view: View, scene: Scene) -> date | None:
    """Return the exclusive end of what a trend can hold: the period's or the data's, the earlier one."""
    ends = [end for end in (view.main.end if view.main else None, scene.data_end) if end is not None]
    return min(ends) if ends else None


def is_whole(view: View, scene: Scene, start: date) -> bool:
    """Return whether the bucket is over and inside the period and the data; else its value is no fall."""
    grain, end = grain_of(view), data_end(view, scene)
    if grain is None or grain.order < Grain.DAY.order:
        return True
    begin = truncate(start, grain, scene.week_start, scene.fiscal_year_start)
    if end is not None and shift(begin, 1, grain) > end:
        return False
    first = [day for day in (view.main.start if view.main else None, scene.data_start) if day is not None]
    return not first or begin >= max(first)


def partial_from(view: View, scene: Scene) -> date | None:
    """Return the first date of the bucket that is not over yet, where the result ends in one."""
    starts = [start for row in view.table.rows if (start := view.start(row)) is not None]
    end = data_end(view, scene)
    grain = grain_of(view)
    if not starts or end is None or grain is None or grain.order <= Grain.DAY.order:
        return None
    last = max(starts)
    whole_end = shift(truncate(last, grain, scene.week_start, scene.fiscal_year_start), 1, grain)
    return last if whole_end > end else None


def whole_from(view: View, scene: Scene) -> date | None:
    """Return the first date of the second bucket where the first one lies only partly in the period or the data."""
    starts = sorted({start for row in view.table.rows if (start := view.start(row)) is not None})
    grain = grain_of(view)
    if len(starts) < 2 or grain is None or grain.order <= Grain.DAY.order or is_whole(view, scene, starts[0]):
        return None
    return starts[1]


def trend_headline(view: View, scene: Scene) -> Text:
    """Return the movement between the first and last whole buckets, peak, low and the running bucket."""
    name = view.query.metrics[0]
    asked = view.asked_column(name)
    column = view.column(asked)
    if view.dimensions:
        return _trend_by_group(view, scene, name, column)
    points = _points(view, view.table.rows, asked)
    if asked.endswith("__running_total") and points:
        return _accumulated(view, scene, points, column)
    whole = [(start, value) for start, value in points if is_whole(view, scene, start)]
    at = placed(view, scene)
    if len(whole) < 2:
        return join([_few(view, scene, points, column, at), _running(view, scene, points, column)])
    before = _points(view, view.table.rows, compared_column(view, name) or "")
    asked_first = by_change(view, scene, whole, dict(before)) or by_order(view, scene, whole, column)
    if asked_first is not None:
        return join([*asked_first, _running(view, scene, points, column)])
    (first, begin), (last, end) = whole[0], whole[-1]
    moved = change(end, begin, column, adds=False, good=scene.catalog.metrics[name].good_direction)
    assert moved is not None
    grain = grain_of(view)
    names = [bucket_phrase(day, grain.value if grain else None, scene.today) for day in (first, last)]
    values = [prose(value, column) for value in (begin, end)]
    head = Text(
        zh=f"{at.zh}{column.label.zh}从{values[0].zh}({names[0].zh})到{values[1].zh}({names[1].zh}),{_moved_zh(moved)}",
        en=f"{column.label.en} {at.en} went from {values[0].en} ({names[0].en}) to {values[1].en} ({names[1].en}), "
        f"{moved.en}",
    )
    return join([head, _extremes(whole, grain, column, scene), _running(view, scene, points, column)])


def _accumulated(view: View, scene: Scene, points: list[tuple[date, float]], column: Column) -> Text:
    """Return where a running total stands at its end, and where it stood half way there."""
    at = placed(view, scene)
    grain = grain_of(view)
    last, total = points[-1]
    half = next((day for day, value in points if abs(value) >= abs(total) / 2), last)
    text = prose(total, column)
    middle = bucket_phrase(half, grain.value if grain else None, scene.today)
    return join(
        [
            Text(zh=f"{at.zh}{column.label.zh}{text.zh}", en=f"{column.label.en} {at.en}: {text.en}"),
            Text(zh=f"过半是在{middle.zh}", en=f"half of it was reached in {middle.en}")
            if len(points) > 2
            else None,
        ]
    )


def _moved_zh(moved: Text) -> str:
    """Return a change as a movement in time: 升8.8%, 降1.3个百分点, 持平."""
    return (
        moved.zh.replace("高", "升", 1).replace("低", "降", 1).replace("多", "增", 1).replace("少", "减", 1)
    )


def _points(view: View, rows: tuple[Row, ...], name: str) -> list[tuple[date, float]]:
    found = [
        (start, value)
        for row in rows
        if (start := view.start(row)) is not None and (value := view.number(row, name)) is not None
    ]
    return sorted(found)


def _few(view: View, scene: Scene, points: list[tuple[date, float]], column: Column, at: Text) -> Text:
    whole = [(start, value) for start, value in points if is_whole(view, scene, start)]
    grain = grain_of(view)
    if not whole:
        return Text(
            zh=f"{at.zh}{column.label.zh}还没有一个完整的时间段,看不出趋势",
            en=f"{column.label.en} {at.en} has no whole bucket yet, so there is no trend to read",
        )
    phrase = bucket_phrase(whole[0][0], grain.value if grain else None, scene.today)
    value = prose(whole[0][1], column)
    return Text(
        zh=f"{at.zh}只有{phrase.zh}是完整的,{column.label.zh}{value.zh},看不出趋势",
        en=f"{column.label.en} {at.en}: only {phrase.en} is whole ({value.en}), so there is no trend to read",
    )


def _extremes(
    whole: list[tuple[date, float]], grain: Grain | None, column: Column, scene: Scene
) -> Text | None:
    if len(whole) < 3:
        return None
    peak, low = max(whole, key=lambda point: point[1]), min(whole, key=lambda point: point[1])
    if peak[1] == low[1]:
        return Text(zh="期间没有变化", en="it did not change in between")
    texts = [
        (bucket_phrase(day, grain.value if grain else None, scene.today), prose(value, column))
        for day, value in (peak, low)
    ]
    return Text(
        zh=f"最高{texts[0][0].zh},{texts[0][1].zh};最低{texts[1][0].zh},{texts[1][1].zh}",
        en=f"the peak was {texts[0][0].en} ({texts[0][1].en}), the low {texts[1][0].en} ({texts[1][1].en})",
    )


def _running(view: View, scene: Scene, points: list[tuple[date, float]], column: Column) -> Text | None:
    """Return the value of the bucket that is not over, said to be so."""
    start, end = partial_from(view, scene), data_end(view, scene)
    value = next((value for day, value in points if day == start), None)
    if start is None or end is None or value is None:
        return None
    phrase = bucket_phrase(
        start, view.time.grain.value if view.time and view.time.grain else None, scene.today
    )
    last, text = day_label(end - ONE_DAY, scene.today), prose(value, column)
    return Text(
        zh=f"{phrase.zh}只到{last.zh},目前{text.zh},不和整段比较",
        en=f"{phrase.en} runs only to {last.en} so far ({text.en}) and is not compared",
    )


def _trend_by_group(view: View, scene: Scene, name: str, column: Column) -> Text:
    """Return who leads and who moved most between the first and last whole buckets."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in view.table.rows:
        groups.setdefault(view.key(row), []).append(row)
    series: list[tuple[Text, list[tuple[date, float]]]] = []
    for rows in groups.values():
        points = _points(view, tuple(rows), column.name)
        whole = [(start, value) for start, value in points if is_whole(view, scene, start)]
        if whole:
            series.append((view.label(rows[0]), whole))
    at = placed(view, scene)
    if not series:
        return join([_few(view, scene, [], column, at)])
    last = max(points[-1][0] for _, points in series)
    at_last = [(points[-1][1], label) for label, points in series if points[-1][0] == last]
    value, leader = max(at_last, key=lambda pair: pair[0])
    grain = grain_of(view)
    phrase = bucket_phrase(last, grain.value if grain else None, scene.today)
    text = prose(value, column)
    head = Text(
        zh=f"{at.zh},{phrase.zh}{column.label.zh}最高的是{leader.zh},{text.zh}",
        en=f"{leader.en} has the highest {column.label.en} {at.en}, at {text.en} ({phrase.en})",
    )
    moves = [
        (points[-1][1] - points[0][1], label, points)
        for label, points in series
        if len(points) > 1 and points[-1][0] == last
    ]
    movers: list[Text] = []
    for best in (max, min):
        if not moves:
            break
        delta, label, points = best(moves, key=lambda move: move[0])
        moved = change(points[-1][1], points[0][1], column, adds=is_additive(scene.catalog, name))
        if moved is not None and (delta > 0) == (best is max) and delta != 0:
            movers.append(Text(zh=f"{label.zh}{moved.zh}", en=f"{label.en} {moved.en}"))
    if not movers:
        return join([head])
    names = list_of(movers)
    since = bucket_phrase(
        min(points[0][0] for _, _, points in moves), grain.value if grain else None, scene.today
    )
    return join(
        [
            head,
            Text(
                zh=f"和{since.zh}比,变化最大的:{names.zh}", en=f"largest moves since {since.en}: {names.en}"
            ),
        ]
    )
