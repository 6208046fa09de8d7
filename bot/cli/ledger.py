"""`askgrowth ledger`: what was suggested, decided and tried, and what it brought."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import (
    JsonOption,
    LocaleOption,
    TodayOption,
    UserOption,
    WorkspaceOption,
    note,
    read_locale,
    read_today,
    say,
    say_json,
)
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.ledger.book import Book
    from bot.pipeline import Pipeline
    from tools.promises import Promise

app = typer.Typer(no_args_is_help=True, help="建议台账 / the ledger of suggestions.")
NumberArgument = Annotated[str, typer.Argument(help="编号(前几位即可) / the number or its beginning.")]


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="ledger")


@app.callback()
def ledger() -> None:
    """建议台账 / The ledger of suggestions."""


@app.command("list")
def list_(
    *,
    as_json: JsonOption = False,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """列出每条建议和它的状态 / List every suggestion with its state."""
    pipeline, book = _open(workspace, user)
    found = book.entries()
    if as_json:
        from bot.json_out import plain

        say_json([plain(one, read_locale(locale) or pipeline.layer.settings.locale) for one in found])
        return
    if not found:
        say(
            "台账是空的:建议出现过一次就会入账。 / The ledger is empty: a suggestion is entered once it is shown."
        )
    for one in found:
        _line(one, pipeline, locale)


@app.command("show")
def show(
    number: NumberArgument,
    *,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """看一条建议和它的留言 / Show one suggestion and its comments."""
    pipeline, book = _open(workspace, user)
    one = book.entry(number)
    shown = read_locale(locale) or pipeline.layer.settings.locale
    _line(one, pipeline, locale)
    for text in (one.suggestion.problem, one.suggestion.effect.formula, one.suggestion.test.description):
        say(f"    {text.at(shown)}")
    for comment in book.comments(one.id):
        say(f"    {comment.at[:10]} {comment.author or '-'}: {comment.words}")


@app.command("accept")
def accept(
    number: NumberArgument,
    *,
    start: Annotated[str | None, typer.Option("--start", help="开始日 / first day, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option("--end", help="最后一天 / last day, YYYY-MM-DD.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="负责人 / who is in charge.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="谁决定的 / who decided.")] = None,
    today: TodayOption = None,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """采纳:承诺就此冻结,到期验收 / Accept: the promise is frozen and measured when it is due."""
    pipeline, book = _open(workspace, user)
    last = read_today(end)
    one = book.accept(
        number,
        on=pipeline.layer.today(read_today(today)),
        by=by or user,
        starts=read_today(start),
        ends=last + timedelta(days=1) if last is not None else None,
        assignee=to,
    )
    _line(one, pipeline, locale)


@app.command("reject")
def reject(
    number: NumberArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", help="理由 / why.")],
    by: Annotated[str | None, typer.Option("--by", help="谁决定的 / who decided.")] = None,
    today: TodayOption = None,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """否决并写明理由 / Reject, and say why."""
    pipeline, book = _open(workspace, user)
    one = book.reject(number, on=pipeline.layer.today(read_today(today)), by=by or user, reason=reason)
    _line(one, pipeline, locale)


@app.command("reopen")
def reopen(
    number: NumberArgument,
    *,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """撤回决定 / Take a decision back."""
    pipeline, book = _open(workspace, user)
    _line(book.reopen(number), pipeline, locale)


@app.command("assign")
def assign(
    number: NumberArgument,
    who: Annotated[str, typer.Argument(help="负责人 / who is in charge.")],
    *,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """指派负责人 / Put somebody in charge."""
    pipeline, book = _open(workspace, user)
    _line(book.assign(number, who), pipeline, locale)


@app.command("comment")
def comment(
    subject: Annotated[str, typer.Argument(help="编号或文档主题 / a number, or what a document is about.")],
    words: Annotated[str, typer.Argument(help="留言 / the comment.")],
    *,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """留言 / Leave a comment."""
    _, book = _open(workspace, user)
    kept = book.comment(subject, words, user)
    say(f"{kept.at[:10]} {kept.author or '-'}: {kept.words}")


@app.command("review")
def review_due(
    *,
    today: TodayOption = None,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """验收到期的建议并入账 / Measure what is due and keep the result."""
    from bot.ledger.reviewing import review_all

    pipeline, book = _open(workspace, user)
    done = review_all(pipeline, book, pipeline.layer.today(read_today(today)), user)
    if not done:
        say("没有到期且数据已稳定的建议。 / Nothing is due with data that no longer change.")
    for one in done:
        _line(one, pipeline, locale)


def _open(workspace: str | None, user: str | None) -> tuple[Pipeline, Book]:
    from bot.wiring import open_pipeline

    pipeline = open_pipeline(read_settings(workspace), note)
    assert pipeline.ledger is not None
    return pipeline, pipeline.ledger.book(user)


def _line(one: Promise, pipeline: Pipeline, locale: str | None) -> None:
    from tools.promises.telling import STATUSES, VERDICTS, promised

    shown = read_locale(locale) or pipeline.layer.settings.locale
    state = dict(STATUSES)[one.status].at(shown)
    if one.realised is not None:
        state += f" · {dict(VERDICTS)[one.realised.verdict].at(shown)}"
    span = f" · {one.starts} – {_last(one.ends)}" if one.starts and one.ends else ""
    who = f" · {one.assignee}" if one.assignee else ""
    say(f"{one.id}  {state}{span}{who}")
    say(f"    {one.suggestion.strategy.at(shown)}")
    say(f"    {promised(one, pipeline.layer.catalog).at(shown)}")
    if one.realised is not None:
        value = "" if one.realised.value is None else f"{one.realised.value:+,.0f}  "
        say(f"    -> {value}{one.realised.note.at(shown)}")
    if one.reason:
        say(f"    “{one.reason}”")


def _last(end: date) -> date:
    return end - timedelta(days=1)
