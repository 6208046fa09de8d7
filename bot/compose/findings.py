"""Findings: the computed statements behind a headline, as values a program can read."""

from __future__ import annotations

from bot.compose.changes import group_changes
from bot.compose.measure import is_additive
from bot.compose.phrases import against, compared, versus
from bot.compose.quality import MENTION_BELOW, events_behind, small_sample
from bot.compose.ranking import Ranking, read_ranking
from bot.compose.side import Side
from bot.compose.view import Scene, View, shape_of
from semantic_layer.table import Row
from semantic_layer.text import Text
from tools.render import percent, prose
from tools.result import Driver, Finding


def findings(view: View, side: Side, scene: Scene) -> tuple[Finding, ...]:
    """Return winner, changes with their drivers and quality of one executed plan, most important first."""
    shape = shape_of(view)
    if shape in ("values", "empty", "trend"):
        return ()
    detail = side.detail or view
    if shape in ("number", "change"):
        row = detail.table.rows[0] if detail.table.rows else None
        found = [_change(detail, row, name, scene) for name in view.query.metrics] if row else []
        return tuple(one for one in found if one is not None)
    ranking = read_ranking(view, side)
    winner = _winner(ranking)
    row = ranking.detail_row(ranking.rows[0])
    own = _change(detail, row, ranking.metric, scene) if row is not None else None
    found = [winner, own, _by_group(detail, ranking.metric, scene), *_small(ranking, scene)]
    return tuple(one for one in found if one is not None)


def _filters(view: View, row: Row) -> dict[str, str]:
    """Return the stored codes that identify the row's group."""
    cells = zip(view.dimensions, view.key(row), strict=True)
    return {group.column: str(cell) for group, cell in cells if cell is not None}


def _winner(ranking: Ranking) -> Finding:
    view, row = ranking.view, ranking.rows[0]
    label, value = view.label(row), prose(row[view.table.index(ranking.column.name)], ranking.column)
    most = Text(zh="最高", en="highest") if ranking.descending else Text(zh="最低", en="lowest")
    return Finding(
        kind="winner",
        statement=Text(
            zh=f"{ranking.column.label.zh}{most.zh}:{label.zh},{value.zh}",
            en=f"{most.en} {ranking.column.label.en}: {label.en}, {value.en}",
        ),
        metric=ranking.metric,
        value=view.number(row, ranking.column.name),
        filters=_filters(view, row),
    )


def _change(detail: View, row: Row, name: str, scene: Scene) -> Finding | None:
    """Return the row's change on the first comparison period, in the metric's unit."""
    if not detail.comparisons or detail.main is None or not detail.has(name):
        return None
    used = detail.comparisons[0]
    now, then = detail.number(row, name), detail.number(row, f"{name}__{used.suffix}")
    column = detail.column(name)
    text = compared(
        now,
        then,
        column,
        against(scene, used, detail.main),
        adds=is_additive(scene.catalog, name),
        good=scene.catalog.metrics[name].good_direction,
    )
    if text is None or now is None or then is None:
        return None
    subject = detail.label(row) if detail.dimensions else None
    zh = f"{subject.zh}的{column.label.zh}" if subject else column.label.zh
    en = f"{column.label.en} of {subject.en}" if subject else column.label.en
    return Finding(
        kind="change",
        statement=Text(zh=f"{zh}{text.zh}", en=f"{en}: {text.en}"),
        metric=name,
        value=now - then,
        at=detail.main.start.isoformat(),
        filters=_filters(detail, row),
    )


def _by_group(detail: View, name: str, scene: Scene) -> Finding | None:
    """Return the change of the whole with every group's contribution; the contributions add up to it."""
    if not detail.comparisons or detail.main is None or len(detail.dimensions) != 1:
        return None
    if not is_additive(scene.catalog, name):
        return None
    used, group = detail.comparisons[0], detail.dimensions[0]
    moves = group_changes(detail, name, used.suffix)
    if len(moves) < 2 or detail.table.truncated:
        return None
    column = detail.column(name)
    total = sum(delta for _, delta in moves)
    then = sum(detail.number(row, f"{name}__{used.suffix}") or 0.0 for row in detail.table.rows)
    size = prose(total, column, sign=True)
    growth = f"({percent(total / then, sign=True)})" if then > 0 else ""
    other = against(scene, used, detail.main)
    ordered = sorted(moves, key=lambda move: -abs(move[1]))
    return Finding(
        kind="change",
        statement=Text(
            zh=f"{column.label.zh}合计{size.zh}{growth},对比{other.zh}",
            en=f"{column.label.en} in total {size.en} {growth}, {versus(other).en}".replace("  ", " "),
        ),
        metric=name,
        value=total,
        at=detail.main.start.isoformat(),
        drivers=tuple(
            Driver(
                group.column,
                None if (cell := detail.key(row)[0]) is None else str(cell),
                delta,
                detail.label(row),
            )
            for row, delta in ordered
        ),
    )


def _small(ranking: Ranking, scene: Scene) -> list[Finding]:
    """Return one quality finding per shown group that stands on few events."""
    found: list[Finding] = []
    for row in ranking.rows:
        detail_row = ranking.detail_row(row)
        if detail_row is None:
            continue
        events = events_behind(ranking.detail, detail_row, ranking.metric, scene)
        statement = small_sample(ranking.view.label(row), events)
        if statement is not None and events is not None and events < MENTION_BELOW:
            filters = _filters(ranking.view, row)
            found.append(Finding("quality", statement, ranking.metric, float(events), filters=filters))
    return found
