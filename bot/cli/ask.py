"""`askgrowth ask` and `askgrowth sql`: one question, or a file of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import (
    EXIT,
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
from bot.settings import Settings, read_settings
from semantic_layer.errors import AskGrowthError, QueryError
from semantic_layer.text import Locale, Text

if TYPE_CHECKING:
    from bot.answer import Answer

DEFAULT_ROWS = 1_000
LINE_FORM = '{"id": …, "question": "…", "locale": "zh-CN|en-US", "today": "YYYY-MM-DD"}'

PlannerOption = Annotated[str | None, typer.Option("--planner", help="rules | llm | auto.")]
DialectOption = Annotated[
    str | None,
    typer.Option(
        "--dialect",
        help="换一种数据库的写法 / for another database: duckdb, postgres, clickhouse, spark; "
        "只打印 / printed only: trino, snowflake, bigquery, doris, starrocks.",
    ),
]
RowsOption = Annotated[str, typer.Option("--rows", help="显示的行数,或 all / rows to show, or all.")]
BatchOption = Annotated[
    Path | None,
    typer.Option("--batch", help="每行一个问题的 JSONL 文件,- 为标准输入 / a JSONL file, - for stdin."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("ask")(ask)
    app.command("sql")(sql)


def ask(
    question: Annotated[str | None, typer.Argument(help="要问的问题 / the question.")] = None,
    *,
    as_json: JsonOption = False,
    today: TodayOption = None,
    locale: LocaleOption = None,
    planner: PlannerOption = None,
    user: UserOption = None,
    rows: RowsOption = str(DEFAULT_ROWS),
    workspace: WorkspaceOption = None,
    batch: BatchOption = None,
) -> None:
    """回答一个问题 / Answer one question. Exit 0 answered, 3 clarification, 4 refused, 1 failed."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("ask QUESTION, or ask --batch FILE", param_hint="QUESTION")
    settings = read_settings(workspace, planner)
    row_limit = _row_limit(rows)
    defaults = _Line({"today": today, "locale": locale, "user": user})
    if batch is not None:
        _answer_batch(settings, batch, row_limit, defaults)
        return
    shown_in, day = read_locale(locale), read_today(today)
    try:
        pipeline = _open(settings)
    except AskGrowthError as error:
        if as_json:  # a program that reads us gets its outcome in the same form
            answer = _failed(question or "", error.code, error.message, error.mend, shown_in)
            say_json(answer_to_json(answer))
            raise typer.Exit(EXIT["error"]) from error
        raise
    answer = pipeline.ask(question or "", locale=shown_in, today=day, user=user, row_limit=row_limit)
    if as_json:
        say_json(answer_to_json(answer))
    else:
        from bot.terminal import show

        show(answer)
    raise typer.Exit(EXIT[answer.outcome])


def sql(
    question: Annotated[str, typer.Argument(help="要问的问题 / the question.")],
    *,
    today: TodayOption = None,
    locale: LocaleOption = None,
    planner: PlannerOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
    dialect: DialectOption = None,
) -> None:
    """只显示 SQL,不执行 / Show the SQL of a question without running it."""
    pipeline = _open(read_settings(workspace, planner))
    day = read_today(today)
    answer = pipeline.explain(question, locale=read_locale(locale), today=day, user=user)
    if answer.outcome != "answer":
        from bot.terminal import show

        show(answer)
        raise typer.Exit(EXIT[answer.outcome])
    for part in answer.parts:
        for statement in part.sql if dialect is None else _elsewhere(pipeline, part.plan, day, user, dialect):
            say(statement + ";")


def _elsewhere(pipeline: Any, plan: Any, today: date | None, user: str | None, dialect: str) -> list[str]:
    """Return a plan's SQL in another database's dialect; what nobody has run is called so on the error stream."""
    from semantic_layer.compiler.dialects import EXECUTED, profile_of

    profile_of(dialect)
    if plan.kind != "metric":
        raise QueryError(
            Text(
                zh="分析的 SQL 只有本引擎的写法。", en="The SQL of an analysis exists for this engine only."
            ),
            Text(zh="去掉 --dialect,或问一个指标。", en="Leave --dialect out, or ask for a metric."),
            code="not_on_engine",
        )
    if dialect not in EXECUTED:
        note(
            Text(
                zh=f"{dialect} 的写法只是打印出来,没有在 {dialect} 上执行过。",
                en=f"This is printed for {dialect}; nobody has run it there.",
            )
        )
    return [pipeline.layer.compile(plan, today=today, user=user, dialect=dialect).sql]


class _Line(dict[str, Any]):
    """One line of a batch, with the command's options as defaults."""


def _open(settings: Settings) -> Any:  # the pipeline is imported late: it is the slow part of a start
    from bot.wiring import open_pipeline

    return open_pipeline(settings, note)


def answer_to_json(answer: Answer) -> dict[str, object]:
    """Return the answer as the JSON contract has it, in its own language."""
    from bot.json_out import to_json

    return dict(to_json(answer, answer.locale))


def _row_limit(rows: str) -> int | None:
    if rows == "all":
        return None
    if rows.isdigit() and int(rows) > 0:
        return int(rows)
    raise typer.BadParameter(f"{rows!r}: 1, 2, … | all", param_hint="--rows")


def _answer_batch(settings: Settings, path: Path, row_limit: int | None, defaults: _Line) -> None:
    """Print one JSON line per input line; a line that cannot be read has the outcome `error`."""
    pipeline = _open(settings)
    conversations: dict[str, Any] = {}
    for number, text in _lines(path):
        line, problem = _read_line(text, defaults)
        if problem is not None:
            refused = _unreadable(line, number, problem)
            say_json({**answer_to_json(refused), "id": line.get("id")})
            continue
        key = line.get("conversation")
        answer: Answer = pipeline.ask(
            line["question"],
            locale=read_locale(line.get("locale")),
            today=read_today(line.get("today")),
            user=line.get("user"),
            conversation=conversations.get(key) if key is not None else None,
            row_limit=row_limit,
        )
        if key is not None:
            conversations[key] = pipeline.continue_conversation(conversations.get(key), answer)
        shown = {**answer_to_json(answer), "id": line.get("id", answer.id)}
        if key is not None:
            shown["conversation"] = key
        say_json(shown)
        sys.stdout.flush()


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    if str(path) == "-":
        yield from ((number, text) for number, text in enumerate(sys.stdin, start=1) if text.strip())
        return
    if not path.is_file():
        raise typer.BadParameter(f"{path}: no such file", param_hint="--batch")
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        yield from ((number, text) for number, text in enumerate(lines, start=1) if text.strip())


def _read_line(text: str, defaults: _Line) -> tuple[_Line, Text | None]:
    """Return the line and what is wrong with it, if anything."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return _Line(), Text(zh="不是 JSON", en="not JSON")
    if not isinstance(value, dict):
        return _Line(), Text(zh="不是 JSON 对象", en="not a JSON object")
    line = _Line({**defaults, **{key: item for key, item in value.items() if item is not None}})
    if not isinstance(line.get("question"), str):
        return line, Text(zh="缺少文本字段 question", en="question must be a string")
    for key in ("locale", "today", "user"):
        if line.get(key) is not None and not isinstance(line[key], str):
            return line, Text(zh=f"{key} 应为文本", en=f"{key} must be a string")
    if not isinstance(line.get("conversation"), str | int | None):
        return line, Text(zh="conversation 应为文本", en="conversation must be a string")
    try:
        read_locale(line.get("locale"))
        read_today(line.get("today"))
    except typer.BadParameter as error:
        return line, Text.same(str(error))
    return line, None


def _unreadable(line: _Line, number: int, problem: Text) -> Answer:
    """Return the answer to a line that is no question: an error that names the line and the form."""
    question = line.get("question")
    return _failed(
        question if isinstance(question, str) else "",
        "invalid_line",
        Text(zh=f"第 {number} 行:{problem.zh}。", en=f"Line {number}: {problem.en}."),
        Text(zh=f"写成一行一个 {LINE_FORM}。", en=f"Write one {LINE_FORM} per line."),
        None,
    )


def _failed(question: str, code: str, message: Text, mend: Text, locale: Locale | None) -> Answer:
    """Return an error with the whole shape of an answer, for what fails before a pipeline is asked."""
    from uuid import uuid4

    from bot.answer import Answer, Failure

    return Answer(
        id=uuid4().hex,
        question=question,
        locale=locale or "zh-CN",
        outcome="error",
        planner="none",
        error=Failure(code, message, mend),
    )
