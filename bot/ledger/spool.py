"""What was shown, taken down as one small file per suggestion and day until the ledger reads it.

No database is opened for it: `askgrowth ask` answers in a second. A file is written whole and renamed, so that a crash
leaves either the note or nothing; taking it in twice changes nothing.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import uuid4

from bot.ledger.rows import number_of, read_suggestion, suggestion_text
from tools.result import Suggestion

FOLDER = "shown"


@dataclass(frozen=True, slots=True)
class Note:
    """One suggestion as it was shown on a day."""

    workspace: str
    scope: str
    day: date
    suggestion: Suggestion


def take_down(
    folder: Path, workspace: str, scope: str, day: date, shown: Sequence[Suggestion]
) -> tuple[Suggestion, ...]:
    """Keep what is shown and return it with its numbers.

    A note that cannot be written loses itself, never the answer: the suggestion then has no number.
    """
    return tuple(_kept(folder / FOLDER, workspace, scope, day, one) if one.topic else one for one in shown)


def _kept(folder: Path, workspace: str, scope: str, day: date, one: Suggestion) -> Suggestion:
    numbered = replace(one, id=number_of(workspace, scope, one))
    content = {
        "workspace": workspace,
        "scope": scope,
        "day": day.isoformat(),
        "suggestion": suggestion_text(numbered),
    }
    scratch = folder / f".{uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        scratch.chmod(0o600)
        scratch.replace(folder / f"{numbered.id}.{day.isoformat()}.json")
    except OSError:
        return one
    return numbered


def notes(folder: Path) -> Iterator[tuple[Path, Note]]:
    """Return the notes that wait, oldest day first, each with its file; one that cannot be read is skipped."""
    found = sorted((folder / FOLDER).glob("*.json"), key=lambda path: (path.name.split(".")[1:], path.name))
    for path in found:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads(path.read_text(encoding="utf-8"))
            yield (
                path,
                Note(
                    content["workspace"],
                    content["scope"],
                    date.fromisoformat(content["day"]),
                    read_suggestion(content["suggestion"]),
                ),
            )
