"""The data that readers brought, as a list; what is taken away goes with its database and all that was kept of it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete

from bot.store.schema import metadata

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.onboarding.propose import Proposal

ABOUT = "brought.json"
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Brought:
    """One conversation's own data: its files and what was read of them. `ready` once the columns are confirmed."""

    key: str
    conversation: str
    files: tuple[str, ...]
    rows: int
    columns: int
    brought_at: str  # ISO, UTC
    size: int  # bytes on disk, with the database made of the files
    ready: bool


def note(folder: Path, conversation: str, files: list[str], proposal: Proposal) -> None:
    """Write beside own data what it is, for the list."""
    about = {
        "conversation": conversation,
        "files": files,
        "rows": sum(table.rows for table in proposal.source.tables),
        "columns": sum(len(table.columns) for table in proposal.source.tables),
        "brought_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")


def brought(place: Path) -> list[Brought]:
    """Return what lies below one reader's place, the newest first; a folder that cannot be read is left out."""
    found = []
    for folder in place.iterdir() if place.is_dir() else ():
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            one = Brought(
                key=folder.name,
                conversation=str(about["conversation"]),
                files=tuple(str(name) for name in about["files"]),
                rows=int(about["rows"]),
                columns=int(about["columns"]),
                brought_at=str(about["brought_at"]),
                size=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
                ready=(folder / "askgrowth.yml").is_file(),
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue  # half written, or just taken away
        found.append(one)
    return sorted(found, key=lambda one: one.brought_at, reverse=True)


def folder_of(place: Path, key: str) -> Path | None:
    """Return the folder that a key of the list names; None where it is no key or there is nothing."""
    folder = place / key
    return folder if _KEY.fullmatch(key) and folder.is_dir() else None


def take_away(folder: Path, store: Engine) -> None:
    """Remove own data from the disk, and from the app database what was kept of it: suggestions, verified questions.

    The conversation's messages stay with the conversation: they are deleted in the list of conversations.
    """
    shutil.rmtree(folder)
    with store.begin() as connection:
        for table in metadata.sorted_tables:
            if "workspace" in table.c:
                connection.execute(delete(table).where(table.c.workspace == str(folder)))
