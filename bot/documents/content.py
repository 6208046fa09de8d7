"""What a document says, taken from an answer: plain text in one language, every number already written out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.answer import Answer
from bot.documents.pictures import picture
from semantic_layer.catalog import Catalog, Metric
from semantic_layer.table import Column, Table
from semantic_layer.text import Locale, Text
from tools.render import as_float, cell, percent, prose, short
from tools.result import Effect, Finding
from tools.scope.metric import value_column

PARTS = {
    "metric": Text(zh="指标", en="Metrics"),
    "why": Text(zh="为什么", en="Why"),
    "target": Text(zh="目标进度", en="Targets"),
    "ledger": Text(zh="建议跟进", en="Follow-up of suggestions"),
    "keep": Text(zh="继续", en="Keep"),
    "stop": Text(zh="停止", en="Stop"),
    "start": Text(zh="开始", en="Start"),
    "open": Text(zh="待办(带到下期)", en="Open, carried over"),
    "carried": Text(zh="上次复盘的待办", en="What the last retrospective left open"),
}
LABELS = {
    "findings": Text(zh="发现", en="Findings"),
    "suggestions": Text(zh="建议做什么", en="What to do"),
    "notes": Text(zh="请注意", en="Please note"),
    "comments": Text(zh="留言", en="Comments"),
    "appendix": Text(zh="附录:SQL", en="Appendix: SQL"),
    "source": Text(zh="来源", en="Source"),
    "open": Text(zh="最后 {n} 天还会变", en="last {n} days still change"),
    "all_open": Text(zh="整段都还会变", en="all of it still changes"),
    "tried": Text(zh="试过什么", en="What was tried"),
    "partial": Text(zh="未结束", en="not over"),
}
MOST_ROWS = 20
NOW, BEFORE, CHANGE = Text(zh="本期", en="now"), Text(zh="对比期", en="before"), Text(zh="变化", en="change")
_REFERENCE = re.compile(r"\s*\[(?:查询|query) [\d, ]+\]")


@dataclass(frozen=True, slots=True)
class Tile:
    """One metric at a glance. `tone` is good, bad or plain; `note` marks days that still change."""

    label: str
    value: str
    change: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with everything written out; `numbers` says which columns are set to the right."""

    heading: str
    columns: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """One suggestion as a document shows it; `size` is its interval alone, for a brief one."""

    what: str
    why: str
    size: str
    effect: str
    test: str
    number: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Everything a template may use. Texts are plain: the HTML template escapes them; `chart` is our own SVG."""

    lang: str
    workspace: str
    title: str
    conclusion: str
    dates: str
    is_partial: bool
    tiles: tuple[Tile, ...]
    chart: str | None
    chart_title: str
    sections: tuple[Section, ...]
    grids: tuple[Grid, ...]
    advice: tuple[Advice, ...]
    notes: tuple[str, ...]
    comments: tuple[str, ...]
    sql: tuple[str, ...]
    made: str
    labels: Mapping[str, str]
    is_brief: bool = False


def document_of(
    answer: Answer,
    catalog: Catalog,
    workspace: Text,
    *,
    comments: Sequence[str] = (),
    with_sql: bool = False,
    is_brief: bool = False,
    title: Text | None = None,
) -> Document:
    """Return the document of an answered question. A conclusion "title: sentence" gives the title, unless one is given.

    A brief one leaves out how a suggestion was computed and is to be tested. The first table of a digest or a
    retrospective becomes tiles; its other tables stay tables.
    """
    locale = answer.locale
    headline = answer.headline.at(locale) if answer.headline is not None else ""
    named, rest = _divided(headline) if title is None else (title.at(locale), headline)
    tables = answer.tables
    further = [table for part in answer.parts for table in part.further]
    main = [one for one in answer.periods if one.role == "main"]
    whole = (main[0].end - main[0].start).days if main else 0
    tiles = _tiles(tables[0], catalog, locale, whole) if tables else ()
    grids = [*([] if tiles else tables[:1]), *tables[1:], *further]
    statements = list(dict.fromkeys(sql for part in answer.parts for sql in part.sql))
    return Document(
        lang=locale,
        workspace=workspace.at(locale),
        title=named,
        conclusion=_upper(rest),
        dates=f"{main[0].start} – {main[0].end - timedelta(days=1)}" if main else "",
        is_partial=bool(main) and main[0].end < main[0].requested_end,
        tiles=tiles,
        chart=picture(answer.chart, locale) if answer.chart is not None else None,
        chart_title=_upper(answer.chart.title.at(locale)) if answer.chart is not None else "",
        sections=_sections(answer.findings, locale, has_tiles=bool(tiles)),
        grids=tuple(_grid(table, locale) for table in grids if table.rows and not _is_said(table)),
        advice=tuple(
            Advice(
                one.strategy.at(locale), _upper(one.problem.at(locale)), _upper(_size(one.effect, catalog).at(locale)),
                _upper(one.effect.formula.at(locale)), one.test.description.at(locale), one.id or "",
            )
            for one in answer.suggestions
        ),
        notes=tuple(note.at(locale) for note in (answer.cautions if is_brief else answer.warnings)),
        comments=tuple(comments),
        sql=tuple(statements) if with_sql else (),
        made=_made(answer, locale),
        labels={name: text.at(locale) for name, text in LABELS.items()},
        is_brief=is_brief,
    )  # fmt: skip


def _size(effect: Effect, catalog: Catalog) -> Text:
    metric = catalog.metrics[effect.metric]
    low, high = (prose(bound, value_column(metric), sign=True) for bound in (effect.low, effect.high))
    return Text(
        zh=f"{effect.horizon_days} 天{metric.label.zh} {low.zh} 到 {high.zh}(八成把握)",
        en=f"{metric.label.en} {low.en} to {high.en} in {effect.horizon_days} days (80 % sure)",
    )


def _divided(headline: str) -> tuple[str, str]:
    for mark in (":", ": "):
        title, found, rest = headline.partition(mark)
        if found and len(title) <= 60:
            return title, rest.lstrip()
    return headline, ""


def _made(answer: Answer, locale: Locale) -> str:
    provenance = answer.provenance
    if provenance is None or provenance.data_version is None:
        return ""
    return f"{'数据版本' if locale == 'zh-CN' else 'data version'} {provenance.data_version}"


def without_statements(document: Document) -> Document:
    """Return the document without its appendix, and without the numbers that point into it."""
    sections = tuple(
        replace(one, sentences=tuple(_REFERENCE.sub("", said) for said in one.sentences))
        for one in document.sections
    )
    return replace(document, sql=(), sections=sections)


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _tiles(table: Table, catalog: Catalog, locale: Locale, whole: int) -> tuple[Tile, ...]:
    """Return the tiles of a table of metrics (columns metric, value or actual, before, growth); empty for another.

    Where all `whole` days of the period still change, the change is not judged: it will be another.
    """
    names = [column.name for column in table.columns]
    value = next((name for name in ("value", "actual") if name in names), None)
    if "metric" not in names or value is None or "growth" not in names:
        return ()
    tiles = []
    for row in table.rows:
        metric = catalog.metrics.get(str(row[names.index("metric")]))
        now = as_float(row[names.index(value)])
        if metric is None or now is None:
            continue
        growth = as_float(row[names.index("growth")])
        days = int(as_float(row[names.index("open_days")]) or 0) if "open_days" in names else 0
        goal = as_float(row[names.index("attainment_rate")]) if "attainment_rate" in names else None
        is_unripe = 0 < whole <= days
        note = LABELS["all_open" if is_unripe else "open"].at(locale).format(n=days) if days else ""
        if goal is not None:
            note = f"{'目标的' if locale == 'zh-CN' else 'of target'} {percent(goal)}"
        change = percent(growth, sign=True) if growth is not None else "–"
        column = value_column(metric)
        # The label says who is counted; "5,882 people" would break over two lines of a tile.
        counted = locale == "en-US" and (metric.unit or "").islower()
        said = short(now, column, locale) if counted else prose(now, column).at(locale)
        tone = "plain" if is_unripe else _tone(metric, growth)
        tiles.append(Tile(metric.label.at(locale), said, change, tone, note))
    return tuple(tiles)


def _tone(metric: Metric, growth: float | None) -> str:
    if not growth or metric.good_direction not in ("up", "down"):
        return "plain"
    return "good" if (growth > 0) == (metric.good_direction == "up") else "bad"


def _sections(findings: Sequence[Finding], locale: Locale, *, has_tiles: bool) -> tuple[Section, ...]:
    """Return the sentences by part, in reading order; what tiles say already is left out."""
    by_part: dict[str, list[str]] = {}
    for one in findings:
        part = one.at if one.at in PARTS else "findings"
        if part == "metric" and has_tiles:
            continue
        said, heading = one.statement.at(locale), PARTS[part].at(locale) if part in PARTS else ""
        word = re.split(r"[(,]", heading)[0]
        if word:  # the heading says it already
            said = said.removeprefix(f"{word}:").removeprefix(f"{word.lower()}: ")
        by_part.setdefault(str(part), []).append(_upper(said))
    return tuple(
        Section((PARTS.get(part) or LABELS["findings"]).at(locale), tuple(dict.fromkeys(sentences)))
        for part, sentences in by_part.items()
    )


def _is_said(table: Table) -> bool:
    """Return whether the sections say what is in a table: the conclusions of a retrospective."""
    return table.columns[0].name == "verdict"


def _grid(table: Table, locale: Locale) -> Grid:
    names = [column.name for column in table.columns]
    is_log = {"note", "relative"} <= set(names)  # what was done: a phone holds four columns
    kept = {"day", "note", "by", "relative"} if is_log else {*names} - {"queries"}
    if any(name.endswith("__delta") for name in names):
        kept = set(names[:4])  # the member, before, now, what it contributed
    shown = [at for at, name in enumerate(names) if name in kept]
    columns = [table.columns[at] for at in shown]
    groups = [column.label.at(locale) for column in columns if column.kind in ("dimension", "time")]
    values = [column.label.at(locale) for column in columns if column.kind == "metric"]
    heading = _upper(f"{values[0]} · {groups[0]}" if values and groups else (groups[0] if groups else ""))
    if is_log:
        heading = LABELS["tried"].at(locale)
    return Grid(
        heading,
        _headers(columns, locale),
        tuple(column.kind in ("metric", "derived") for column in columns),
        tuple(
            tuple(cell(row[at], column, locale) for at, column in zip(shown, columns, strict=True))
            for row in table.rows[:MOST_ROWS]
        ),
    )


def _headers(columns: Sequence[Column], locale: Locale) -> tuple[str, ...]:
    """Return the columns' labels; a metric beside its comparison is named by the heading already."""
    metrics = [column.name for column in columns if column.kind == "metric"]
    prefix = f"{metrics[0]}__" if len(metrics) == 1 else None
    others = [column.name for column in columns if prefix is not None and column.name.startswith(prefix)]
    growth = [name for name in others if name.endswith("__growth")]
    if len(others) != 2 or len(growth) != 1:
        return tuple(column.label.at(locale) for column in columns)
    short = dict.fromkeys(others, BEFORE) | {growth[0]: CHANGE, metrics[0]: NOW}
    return tuple(short.get(column.name, column.label).at(locale) for column in columns)
