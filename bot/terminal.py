"""An answer as a terminal shows it: conclusion first, then how it was read, table, advice and SQL."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from semantic_layer.table import Column, Table
from semantic_layer.text import Locale, Text
from tools import render

if TYPE_CHECKING:
    from rich.console import Console

    from bot.answer import Answer
    from bot.plan import Option
    from tools.result import Suggestion

SHOWN_ROWS = 20
BAR_WIDTH = 16
WIDEST = 400
HEADINGS = {
    "read": Text(zh="怎么读的", en="How I read it"),
    "findings": Text(zh="发现", en="Findings"),
    "suggestions": Text(zh="增长建议", en="Growth suggestions"),
    "warnings": Text(zh="请注意", en="Please note"),
    "methods": Text(zh="怎么算的", en="How it was computed"),
    "follow_ups": Text(zh="还可以问", en="You could ask next"),
    "options": Text(zh="您是想问", en="Did you mean"),
    "nearest": Text(zh="这些我能答", en="I can answer these"),
    "missing": Text(zh="缺少", en="Missing"),
    "rest": Text(
        zh="另有 {n} 行,用 --rows 或 --json 查看全部", en="{n} more rows: see them with --rows or --json"
    ),
    "by_model": Text(
        zh=" (语言模型撰写,数字由程序填入)", en=" (written by a language model, figures filled in by code)"
    ),
    "sql": Text.same("SQL"),
    "total": Text(zh="总计", en="Total"),
}


def show(answer: Answer, *, width: int | None = None) -> None:
    """Print one answer, clarification, refusal or error to standard output."""
    console = _console(width)
    locale = answer.locale
    if answer.outcome == "clarify" and answer.clarification is not None:
        console.print(answer.clarification.question.at(locale), style="bold")
        _options(console, HEADINGS["options"], answer.clarification.options, locale)
    elif answer.outcome == "refuse" and answer.refusal is not None:
        console.print(answer.refusal.message.at(locale), style="bold")
        if answer.refusal.missing:
            _line(console, HEADINGS["missing"], ", ".join(answer.refusal.missing), locale)
        _options(console, HEADINGS["nearest"], answer.refusal.nearest, locale)
    elif answer.outcome == "error" and answer.error is not None:
        console.print(answer.error.message.at(locale), style="bold red")
        console.print(answer.error.mend.at(locale))
    else:
        _answered(console, answer)


def show_table(table: Table, locale: Locale, *, width: int | None = None) -> None:
    """Print one result table to standard output, every row it holds."""
    _table(_console(width), table, locale, limit=None)


def show_grid(header: Sequence[str], rows: Sequence[Sequence[str]], *, width: int | None = None) -> None:
    """Print rows of plain text in columns."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    grid = Grid(box=SIMPLE_HEAD, pad_edge=False)
    for name in header:
        grid.add_column(name, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    _console(width).print(grid)


def _console(width: int | None) -> Console:
    from rich.console import Console

    # A pipe has no width of its own: 100 columns keep the output the same everywhere.
    fixed = width or (None if sys.stdout.isatty() else 100)
    return Console(file=sys.stdout, width=fixed, highlight=False, markup=False, emoji=False, soft_wrap=False)


def _answered(console: Console, answer: Answer) -> None:
    locale = answer.locale
    if answer.headline is not None:
        console.print(answer.headline.at(locale), style="bold")
    if answer.summary is not None:
        console.print()
        console.print(answer.summary + HEADINGS["by_model"].at(locale), style="italic")
    read = " · ".join(slot.text.at(locale) for slot in answer.interpretation)
    if read:
        _line(console, HEADINGS["read"], read, locale)
    for table in answer.tables:
        if table.rows:
            _table(console, table, locale, limit=SHOWN_ROWS)
    _list(
        console, HEADINGS["findings"], [finding.statement.at(locale) for finding in answer.findings], locale
    )
    _suggestions(console, answer.suggestions, locale)
    _list(console, HEADINGS["warnings"], [warning.at(locale) for warning in answer.cautions], locale)
    _list(console, HEADINGS["methods"], [note.at(locale) for note in answer.methods], locale)
    _options(console, HEADINGS["follow_ups"], answer.follow_ups, locale)
    for part in answer.parts:
        for statement in part.sql:
            console.print()
            console.print(HEADINGS["sql"].at(locale), style="bold")
            console.print(statement + ";", style="dim")
    _footer(console, answer)


def _footer(console: Console, answer: Answer) -> None:
    provenance = answer.provenance
    if provenance is None:
        return
    zh = answer.locale == "zh-CN"
    parts = [provenance.why.at(answer.locale)]
    if provenance.data_end is not None:
        last = render.date_before(provenance.data_end).isoformat()
        parts.append(f"数据截至 {last}" if zh else f"data through {last}")
    if provenance.plan_hash:
        parts.append(f"{'计划' if zh else 'plan'} {provenance.plan_hash[:8]}")
    if (cost := model_cost(answer)) is not None:
        parts.append(cost.at(answer.locale))
    total = sum(answer.timings_ms.values())
    if total:
        parts.append(f"{total:.0f} ms")
    console.print()
    console.print(" · ".join(part for part in parts if part), style="dim")


def model_cost(answer: Answer) -> Text | None:
    """Return what the language model was used for in this answer; None where none was asked."""
    extra = answer.provenance.extra if answer.provenance is not None else {}
    prose = extra.get("prose")
    parts = [extra, prose] if isinstance(prose, dict) else [extra]

    def total(key: str) -> float:
        return sum(float(str(part.get(key) or 0)) for part in parts)

    calls, tokens, money = total("calls"), total("tokens_in") + total("tokens_out"), total("cost")
    if not calls:
        return None
    priced = f", {money:.4f} {extra.get('currency', '')}" if extra.get("currency") else ""
    return Text(
        zh=f"语言模型 {calls:.0f} 次调用,{tokens:,.0f} 令牌{priced.replace(', ', ',')}",
        en=f"language model: {calls:.0f} calls, {tokens:,.0f} tokens{priced}",
    )


def _line(console: Console, heading: Text, text: str, locale: Locale) -> None:
    console.print()
    console.print(heading.at(locale), style="bold", end="  ")
    console.print(text)


def _list(console: Console, heading: Text, items: Sequence[str], locale: Locale) -> None:
    if not items:
        return
    console.print()
    console.print(heading.at(locale), style="bold")
    for item in items:
        console.print(f"  · {item}")


def _options(console: Console, heading: Text, options: Sequence[Option], locale: Locale) -> None:
    if not options:
        return
    console.print()
    console.print(heading.at(locale), style="bold")
    for number, option in enumerate(options, start=1):
        question = option.question.zh if locale == "zh-CN" else option.question.en
        console.print(f"  {number}. {question}")


def _suggestions(console: Console, suggestions: Sequence[Suggestion], locale: Locale) -> None:
    if not suggestions:
        return
    console.print()
    console.print(HEADINGS["suggestions"].at(locale), style="bold")
    for number, suggestion in enumerate(suggestions, start=1):
        console.print(f"  {number}. {suggestion.problem.at(locale)}")
        console.print(f"     {suggestion.strategy.at(locale)}", style="bold")
        console.print(f"     {suggestion.effect.formula.at(locale)}")
        console.print(f"     {suggestion.test.description.at(locale)}", style="dim")


def _table(console: Console, table: Table, locale: Locale, *, limit: int | None) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    grid = Grid(box=SIMPLE_HEAD, pad_edge=False, show_footer=table.totals is not None)
    bars = _bars(table)
    headings = sum(len(_header(column, locale)) for column in table.columns)
    if headings > console.width // 3:
        bars = None
    for at, column in enumerate(table.columns):
        numeric = column.kind in ("metric", "derived")
        footer = render.cell(table.totals[at], column, locale) if table.totals is not None else ""
        if table.totals is not None and not numeric:
            footer = HEADINGS["total"].at(locale) if at == 0 else ""
        grid.add_column(
            _header(column, locale), justify="right" if numeric else "left", footer=footer, overflow="fold"
        )
    if bars is not None:
        grid.add_column("", no_wrap=True)
    shown = table.rows if limit is None else table.rows[:limit]
    for number, row in enumerate(shown):
        cells = [render.cell(value, column, locale) for value, column in zip(row, table.columns, strict=True)]
        grid.add_row(*cells, *([bars[number]] if bars is not None else []))
    console.print()
    # A table is never squeezed until its headings stand on end: a pipe gets its natural width.
    natural = console.measure(grid, options=console.options.update(max_width=WIDEST)).maximum
    wide = natural > console.width and not console.is_terminal
    (_console(natural) if wide else console).print(grid)
    rest = table.row_count - len(shown)
    if rest > 0:
        console.print(HEADINGS["rest"].at(locale).format(n=rest), style="dim")


def _header(column: Column, locale: Locale) -> str:
    return column.label.at(locale)


def _bars(table: Table) -> list[str] | None:
    """Return a bar per row for a breakdown by one dimension; None where bars would say nothing."""
    metrics = [at for at, column in enumerate(table.columns) if column.kind == "metric"]
    groups = [column for column in table.columns if column.kind in ("dimension", "time")]
    if not metrics or len(groups) != 1 or len(table.rows) < 2:
        return None
    values = [render.as_float(row[metrics[0]]) or 0.0 for row in table.rows]
    largest = max(values)
    if largest <= 0 or min(values) < 0:
        return None
    return ["█" * round(value / largest * BAR_WIDTH) or ("▏" if value else "") for value in values]
