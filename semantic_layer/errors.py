"""The one family of errors: each says what was asked, what exists and what to do, in both languages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from semantic_layer.text import Locale, Text

_LONGEST = 1_500  # characters of a message; whoever wrote a name of thousands knows how it goes on


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 300]} … {text[-300:]}"


class AskGrowthError(Exception):
    """Base of every error a user may see.

    `code` is stable and machine-readable (snake_case); `message` says what is wrong and what exists;
    `mend` says what to do. No error text ever holds a stack trace, a secret or row data.
    """

    code = "error"

    def __init__(self, message: Text, mend: Text, *, code: str | None = None) -> None:
        super().__init__(_shortened(message.en))
        self.message = Text(_shortened(message.zh), _shortened(message.en))
        self.mend = Text(_shortened(mend.zh), _shortened(mend.en))
        if code is not None:
            self.code = code

    def at(self, locale: Locale) -> str:
        """Return message and mend as one paragraph in the language of `locale`."""
        joint = "" if locale == "zh-CN" else " "
        return f"{self.message.at(locale)}{joint}{self.mend.at(locale)}"


class SpecError(AskGrowthError):
    """A problem in a workspace's YAML, with the place: file, line, key."""

    code = "invalid_workspace"

    def __init__(  # the place is part of the error's contract
        self,
        message: Text,
        mend: Text,
        *,
        file: str,
        line: int | None = None,
        key: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message, mend, code=code)
        self.file = file
        self.line = line
        self.key = key


class SpecProblemsError(AskGrowthError):
    """Every problem found in a workspace, in file and line order; never empty."""

    code = "invalid_workspace"

    def __init__(self, problems: tuple[SpecError, ...]) -> None:
        count = len(problems)
        first = problems[0]
        super().__init__(
            Text(
                zh=f"工作区有 {count} 处问题,第一处:{first.file}:{first.line} {first.message.zh}",
                en=f"The workspace has {count} problem(s); the first: {first.file}:{first.line} {first.message.en}",
            ),
            Text(zh="运行 askgrowth check 查看全部。", en="Run askgrowth check to see all of them."),
        )
        self.problems = problems


class UnknownNameError(AskGrowthError):
    """A metric, dimension, value, grain or tool that does not exist, with the nearest names."""

    code = "unknown_name"

    def __init__(self, kind: Text, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.nearest = nearest(name, known)
        hint_zh = f"最接近的有:{'、'.join(self.nearest)}。" if self.nearest else "没有相近的名字。"
        hint_en = f"Nearest: {', '.join(self.nearest)}." if self.nearest else "No name is close to it."
        super().__init__(
            Text(zh=f"没有名为 {name!r} 的{kind.zh}。", en=f"There is no {kind.en} named {name!r}."),
            Text(zh=hint_zh, en=hint_en),
        )


class QueryError(AskGrowthError):
    """A metric query that cannot be compiled as asked (wrong grain, unreachable dimension, bad filter)."""

    code = "invalid_query"


class AmbiguousPathError(QueryError):
    """A dimension that can be reached in several ways, or only through rows that would multiply."""

    code = "ambiguous_path"

    def __init__(self, message: Text, mend: Text, choices: tuple[str, ...]) -> None:
        super().__init__(message, mend)
        self.choices = choices


class AccessError(AskGrowthError):
    """A user without the right, or unknown; it names nothing that the user may not see."""

    code = "no_access"


class DataError(AskGrowthError):
    """A data file or database that is missing, locked, broken or not as the YAML says."""

    code = "data_problem"


class EngineError(AskGrowthError):
    """The database refused or failed to run a compiled statement, or a limit was reached."""

    code = "engine_failed"


class NotEnoughDataError(AskGrowthError):
    """Too few rows, periods or events for an honest estimate; the message says how many are needed."""

    code = "not_enough_data"


def nearest(name: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return up to `limit` known names that a person may have meant, best first; empty when none is close."""
    by_folded: dict[str, str] = {}
    for candidate in known:
        by_folded.setdefault(candidate.casefold(), candidate)
    close = difflib.get_close_matches(name.casefold(), by_folded, n=limit, cutoff=0.55)
    return tuple(by_folded[folded] for folded in close)
