"""Headlines of rows per group: who wins and by how much, shares, two members against each other."""

from __future__ import annotations

from dataclasses import dataclass

from bot.compose.filters import having_text, placed
from bot.compose.measure import is_additive, maturity_days
from bot.compose.numbers import parts_text
from bot.compose.phrases import against, compared, join, list_of, still_open
from bot.compose.quality import events_behind, is_small, small_sample
from bot.compose.side import Side, standings
from bot.compose.view import Scene, View, ranked_column
from semantic_layer.table import Column, Row
from semantic_layer.text import Text
from tools.render import prose

MOST_TIED_NAMES = 4


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rows in the order asked for, with the column that orders them."""

    view: View
    detail: View
    column: Column
    metric: str
    descending: bool
    rows: tuple[Row, ...]  # of `view`, ordered, without nulls
    every: tuple[Row, ...]  # of `detail` where it holds the column, else of `view`: the cut ones, too

    @property
    def leaders(self) -> tuple[Row, ...]:
        """Return the winning row and every other with exactly its value, also behind the cut."""
        source, rows = (
            (self.detail, self.every) if self.detail.has(self.column.name) else (self.view, self.rows)
        )
        best = self.view.number(self.rows[0], self.column.name)
        tied = tuple(row for row in rows if source.number(row, self.column.name) == best)
        return tied or self.rows[:1]

    def asks_for_best(self, scene: Scene) -> bool:
        """Return whether the order puts the good end first; a metric without a good end counts as asked for best."""
        good = scene.catalog.metrics[self.metric].good_direction
        return self.descending if good == "none" else (good == "up") == self.descending

    def detail_row(self, row: Row) -> Row | None:
        """Return the same group's row in the side result."""
        return self.detail.row_of(self.view.key(row))


def read_ranking(view: View, side: Side) -> Ranking:
    """Return the ordered reading of a grouped result. The view is not empty."""
    name, descending = ranked_column(view)
    column = view.column(name)
    detail = side.detail or view
    metric = column.metric if column.metric and column.metric in view.query.metrics else view.query.metrics[0]
    rows = _ordered(view, name, descending)
    if not rows:  # the ordering column is all null: the metric itself is not
        name, descending = metric, True
        column, rows = view.column(name), _ordered(view, name, True)
    # A condition on the result hides groups on purpose: they must not come back as runner-up.
    every = rows if view.query.having or not detail.has(name) else _ordered(detail, name, descending)
    return Ranking(view, detail, column, metric, descending, rows, every)


def _ordered(view: View, name: str, descending: bool) -> tuple[Row, ...]:
    known = [(value, row) for row in view.table.rows if (value := view.number(row, name)) is not None]
    # `sorted` is stable, so ties keep the order of the query.
    return tuple(row for _, row in sorted(known, key=lambda pair: pair[0], reverse=descending))


def ranking_headline(view: View, side: Side, scene: Scene) -> Text:
    """Return winner, value, parts, change, runner-up, other metrics' winners, then what weakens it."""
    ranking = read_ranking(view, side)
    at = placed(view, scene)
    winner, detail_row = ranking.rows[0], ranking.detail_row(ranking.rows[0])
    if view.query.limit is not None and view.query.limit.offset and not view.query.limit.per:
        return _from_a_place(ranking, view.query.limit.offset, at, scene)
    label, column = view.label(winner), ranking.column
    value = prose(winner[view.table.index(column.name)], column)
    most = _most(ranking.descending)
    leaders = ranking.leaders
    if view.table.row_count == 1 and len(ranking.every) == 1 and not view.query.limit:
        only_zh, only_en = f"只有{label.zh}有数据", f"only {label.en} has data"
        if view.query.having:
            only_zh, only_en = f"符合条件的只有{label.zh}", f"only {label.en} meets the condition"
        first = Text(
            zh=f"{at.zh}{only_zh},{column.label.zh}{value.zh}",
            en=f"{only_en} {at.en}: {column.label.en} {value.en}",
        )
    elif view.query.having and not view.query.limit and len(leaders) == 1:
        first = _how_many(ranking, label, value, at)
    elif len(leaders) > 1:
        return join([_tie(ranking, leaders, at, value), *caveats(ranking, side, scene)])
    else:
        first = Text(
            zh=f"{at.zh}{column.label.zh}{most.zh}的是{label.zh},{value.zh}",
            en=f"{label.en} has the {most.en} {column.label.en} {at.en}: {value.en}",
        )
    if detail_row is not None and column.name == ranking.metric:
        first = _with_parts(first, parts_text(ranking.detail, detail_row, ranking.metric, scene))
    second = _runner_up(ranking, scene)
    moved = _moved(ranking, detail_row, scene)
    return join([*_sentences(first, moved, second), _first_named(ranking), *caveats(ranking, side, scene)])


def _how_many(ranking: Ranking, label: Text, value: Text, at: Text) -> Text:
    """Return how many groups meet the conditions, and the first of them."""
    view, most, count = ranking.view, _most(ranking.descending), ranking.view.table.row_count
    tests, names = list_of([having_text(one, view) for one in view.query.having]), view.group_names()
    first = most
    if ranking.column.name not in {one.column for one in view.query.having}:
        column = ranking.column.label
        first = Text(zh=f"{column.zh}{most.zh}", en=f"{most.en} {column.en}")
    return Text(
        zh=f"{at.zh}{tests.zh}的{names.zh}有{count}个,{first.zh}的是{label.zh},{value.zh}",
        en=f"{count} meet the condition ({tests.en}) {at.en}; {label.en} has the {first.en}: {value.en}",
    )


def _from_a_place(ranking: Ranking, before: int, at: Text, scene: Scene) -> Text:
    """Return who holds a place behind the first ("the second highest"), and who holds the first where that was read."""
    view, column, most = ranking.view, ranking.column, _most(ranking.descending)
    label = view.label(ranking.rows[0])
    value = prose(ranking.rows[0][view.table.index(column.name)], column)
    first = Text(
        zh=f"{at.zh}{column.label.zh}第{before + 1}{most.zh[1:]}的是{label.zh},{value.zh}",
        en=f"{label.en} is number {before + 1} of the {most.en} {column.label.en} {at.en}: {value.en}",
    )
    top: Text | None = None
    if ranking.detail.has(column.name) and len(ranking.every) > before:
        leader = ranking.every[0]
        name = ranking.detail.label(leader)
        size = prose(leader[ranking.detail.table.index(column.name)], column)
        top = Text(zh=f"{most.zh}的是{name.zh},{size.zh}", en=f"{most.en} is {name.en} at {size.en}")
    return join([first, top, still_open(scene, maturity_days(scene.catalog, ranking.metric), view.main)])


def _most(descending: bool) -> Text:
    return Text(zh="最高", en="highest") if descending else Text(zh="最低", en="lowest")


def _with_parts(sentence: Text, beside: Text | None) -> Text:
    if beside is None:
        return sentence
    return Text(zh=f"{sentence.zh}:{beside.zh}", en=f"{sentence.en} ({beside.en})")


def _sentences(first: Text, moved: Text | None, second: Text | None) -> list[Text | None]:
    """Return winner, change and runner-up as each language joins them: two sentences in Chinese, one in English."""
    rest = [text for text in (moved, second) if text is not None]
    if not rest:
        return [first]
    en = f"{first.en}, {moved.en}" if moved is not None else first.en
    en = f"{en}; {second.en}" if second is not None else en
    return [Text(zh=f"{first.zh}。{';'.join(text.zh for text in rest)}", en=en)]


def _tie(ranking: Ranking, leaders: tuple[Row, ...], at: Text, value: Text) -> Text:
    source = ranking.detail if ranking.detail.has(ranking.column.name) else ranking.view
    names = list_of([source.label(row) for row in leaders[:MOST_TIED_NAMES]])
    rest = len(leaders) - MOST_TIED_NAMES
    more = Text(zh=f"等{len(leaders)}个", en=f" and {rest} more") if rest > 0 else None
    most = _most(ranking.descending)
    label = ranking.column.label
    return Text(
        zh=f"{at.zh}{label.zh}{most.zh}的并列:{names.zh}{more.zh if more else ''},都是{value.zh}",
        en=f"{names.en}{more.en if more else ''} share the {most.en} {label.en} {at.en}: {value.en}",
    )


def _runner_up(ranking: Ranking, scene: Scene) -> Text | None:
    source = ranking.detail if ranking.detail.has(ranking.column.name) else ranking.view
    rows = ranking.every if source is ranking.detail else ranking.rows
    others = [row for row in rows if source.key(row) != ranking.view.key(ranking.rows[0])]
    if not others:
        return None
    label = source.label(others[0])
    value = prose(others[0][source.table.index(ranking.column.name)], ranking.column)
    if ranking.asks_for_best(scene):
        return Text(zh=f"第二名{label.zh},{value.zh}", en=f"{label.en} is second at {value.en}")
    return Text(zh=f"其次是{label.zh},{value.zh}", en=f"{label.en} is next at {value.en}")


def _moved(ranking: Ranking, row: Row | None, scene: Scene) -> Text | None:
    """Return the winner's own change on the period compared with."""
    detail, main, name = ranking.detail, ranking.detail.main, ranking.column.name
    if row is None or main is None or not detail.comparisons or name != ranking.metric:
        return None
    used = detail.comparisons[0]
    return compared(
        detail.number(row, name),
        detail.number(row, f"{name}__{used.suffix}"),
        ranking.column,
        against(scene, used, main),
        adds=is_additive(scene.catalog, name),
        good=scene.catalog.metrics[name].good_direction,
    )


def _first_named(ranking: Ranking) -> Text | None:
    """Return who leads among the named groups, where the winner is the group without a value."""
    view = ranking.view
    if not view.is_unset(ranking.rows[0]):
        return None
    named = next((row for row in ranking.rows if not view.is_unset(row)), None)
    if named is None:
        return None
    label = view.label(named)
    value = prose(named[view.table.index(ranking.column.name)], ranking.column)
    most = _most(ranking.descending)
    groups = view.group_names()
    return Text(
        zh=f"有{groups.zh}名字的里面,{most.zh}的是{label.zh},{value.zh}",
        en=f"among those with a {groups.en}, {label.en} is {most.en} at {value.en}",
    )


def caveats(ranking: Ranking, side: Side, scene: Scene) -> list[Text | None]:
    """Return what a reader must know before acting: other metrics, sample, days still open."""
    return [
        other_winners(ranking, side, scene),
        sample_caveat(ranking, scene),
        still_open(scene, maturity_days(scene.catalog, ranking.metric), ranking.view.main),
    ]


def sample_caveat(ranking: Ranking, scene: Scene) -> Text | None:
    """Return the warning that the winner stands on few events, and who leads among the others; or None."""
    row = ranking.detail_row(ranking.rows[0])
    if row is None:
        return None
    detail, name = ranking.detail, ranking.metric
    warning = small_sample(detail.label(row), events_behind(detail, row, name, scene))
    if warning is None or not is_small(detail, row, name, scene) or ranking.column.name != name:
        return warning
    kept = ranking.every
    if ranking.view.query.having:  # those rows are the view's own: read them where the counts are
        kept = tuple(found for other in kept if (found := ranking.detail_row(other)) is not None)
    enough = next((other for other in kept if not is_small(detail, other, name, scene)), None)
    if enough is None or not detail.has(name):
        return warning
    label = detail.label(enough)
    value = prose(enough[detail.table.index(name)], detail.column(name))
    most = _most(ranking.descending)
    return Text(
        zh=f"{warning.zh};样本够的里面{most.zh}的是{label.zh},{value.zh}",
        en=f"{warning.en}; among those with enough data {label.en} is {most.en} at {value.en}",
    )


def other_winners(ranking: Ranking, side: Side, scene: Scene) -> Text | None:
    """Return whether another effectiveness metric names another winner, with both values."""
    key = ranking.view.key(ranking.rows[0])
    agreeing: list[Text] = []
    for other in side.others:
        name = other.query.metrics[0]
        descending = scene.catalog.metrics[name].good_direction == "up"
        rows = standings(other, name, scene)
        own = other.row_of(key)
        if len(rows) < 2 or own is None or other.number(own, name) is None:
            continue
        column = other.column(name)
        if other.key(rows[0]) == key:
            agreeing.append(column.label)
            continue
        label, best = other.label(rows[0]), prose(rows[0][other.table.index(name)], column)
        mine, value = ranking.view.label(ranking.rows[0]), prose(own[other.table.index(name)], column)
        most = _most(descending)
        return Text(
            zh=f"若看{column.label.zh},{most.zh}的是{label.zh}({best.zh},{mine.zh}{value.zh}),结论不同",
            en=f"by {column.label.en} {label.en} comes first instead ({best.en}, {mine.en} {value.en})",
        )
    if not agreeing:
        return None
    names = list_of(agreeing)
    return Text(zh=f"看{names.zh}也是它领先", en=f"it also leads by {names.en}")
