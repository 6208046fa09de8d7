"""What every command shares: options, reading dates, and errors as a person reads them."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Annotated, NoReturn

import typer

from bot.settings import parse_locale
from semantic_layer.errors import AskGrowthError, SpecProblemsError
from semantic_layer.text import Locale, Text

EXIT = {"answer": 0, "error": 1, "clarify": 3, "refuse": 4}

WorkspaceOption = Annotated[
    str | None, typer.Option("--workspace", "-w", help="工作区文件夹 / the workspace's folder.")
]
TodayOption = Annotated[
    str | None, typer.Option("--today", help="按这一天回答 YYYY-MM-DD / answer as of this day.")
]
LocaleOption = Annotated[str | None, typer.Option("--locale", help="zh-CN | en-US.")]
UserOption = Annotated[
    str | None, typer.Option("--user", help="以该用户的权限 / with this user's access rights.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="机器可读 / machine-readable output.")]


def prefer_utf8() -> None:
    """Write UTF-8 whatever the terminal's locale says, so that Chinese never fails to print."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def say(text: str = "") -> None:
    """Print one line to standard output."""
    sys.stdout.write(text + "\n")


def note(text: Text) -> None:
    """Print one progress line to standard error, in both languages."""
    sys.stderr.write(f"{text.zh} / {text.en}\n")
    sys.stderr.flush()


def say_json(value: object) -> None:
    """Print one JSON document on one line; NaN never appears (it is no JSON)."""
    say(json.dumps(value, ensure_ascii=False, allow_nan=False))


def read_today(text: str | None) -> date | None:
    """Return the date of `--today`; another text is a usage error."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: YYYY-MM-DD", param_hint="--today") from error


def read_locale(text: str | None) -> Locale | None:
    """Return the locale of `--locale`; another text is a usage error."""
    try:
        return parse_locale(text)
    except AskGrowthError as error:
        raise typer.BadParameter(f"{error.at('zh-CN')} {error.at('en-US')}", param_hint="--locale") from error


def fail(error: AskGrowthError) -> NoReturn:
    """Print the error in both languages to standard error and end with exit code 1."""
    if isinstance(error, SpecProblemsError):
        for problem in error.problems:
            place = f"{problem.file}:{problem.line}" if problem.line else problem.file
            key = f" [{problem.key}]" if problem.key else ""
            sys.stderr.write(f"{place}{key}\n  {problem.at('zh-CN')}\n  {problem.at('en-US')}\n")
    sys.stderr.write(f"{error.at('zh-CN')}\n{error.at('en-US')}\n")
    sys.exit(1)
