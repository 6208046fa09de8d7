"""A proposal on disk: from files or a database to a checked workspace, with its profile beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.onboarding.found import Source
from bot.onboarding.propose import Proposal, propose
from bot.onboarding.reading import reading
from semantic_layer.errors import DataError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.check import CheckReport

REPORT = "profile.md"


@dataclass(frozen=True, slots=True)
class Made:
    """A workspace that was written: the proposal, where it lies, and what `check` says of it."""

    proposal: Proposal
    folder: Path
    report: CheckReport


def init_from_files(folder: Path, paths: Sequence[Path], state_dir: Path, *, name: str | None = None) -> Made:
    """Write a workspace with the data of `paths` into `folder`, which must be new or empty.

    Raises:
        DataError: the folder holds something, or a file cannot be used (see `reading`).
    """
    require_empty(folder)
    with reading(paths, folder / "data") as source:
        proposal = propose(source, Text.same(name or folder.name or "workspace"))
    return finish(folder, proposal, state_dir)


def init_from_database(
    folder: Path, url: str, state_dir: Path, environ: Mapping[str, str], *, name: str | None = None
) -> Made:
    """Write a workspace over a database that stays where it is; `url` is an address or the path of a DuckDB file.

    Raises:
        DataError: the folder holds something, or the database cannot be read.
    """
    from bot.onboarding.databases import database

    require_empty(folder)
    opened = database(url, environ)
    if isinstance(opened, Path):
        return init_from_files(folder, [opened], state_dir, name=name)
    with closing(opened):
        source = opened.source()
        proposal = propose(source, Text.same(name or folder.name or "workspace"))
    return finish(folder, proposal, state_dir, environ)


def finish(
    folder: Path, proposal: Proposal, state_dir: Path, environ: Mapping[str, str] | None = None
) -> Made:
    """Write the files of a proposal and check them with their data."""
    from semantic_layer.check import check_workspace

    write(folder, proposal)
    report = check_workspace(folder, state_dir=state_dir, environ=environ or {})
    return Made(proposal, folder, report)


def write(folder: Path, proposal: Proposal) -> None:
    """Write the YAML of a proposal and its profile; models of an earlier proposal are removed."""
    for old in (folder / "models").glob("*.yml"):
        old.unlink()
    for name, content in proposal.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder / REPORT).write_text(profile_markdown(proposal), encoding="utf-8")


def require_empty(folder: Path) -> None:
    """Refuse a folder that holds something: nothing of anybody's is overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(
            Text(zh=f"{folder} 已有内容。", en=f"{folder} is not empty."),
            Text(zh="换一个新的文件夹。", en="Name a new folder."),
            code="not_empty",
        )


def profile_markdown(proposal: Proposal) -> str:
    """Return the profile as a page: tables, columns with their role, and what is odd."""
    lines = ["# 数据概况 / Profile", ""]
    roles = {(guess.table, guess.column): guess for guess in proposal.guesses}
    for table in proposal.source.tables:
        lines += [f"## {table.name} ({table.origin}, {table.rows} 行 / rows)", ""]
        lines += [
            "| 列 / column | 类型 / kind | 用途 / role | 取值 / values | 空 / empty | 例 / examples |",
            "|---|---|---|---|---|---|",
        ]
        for column in table.columns:
            role = roles[(table.name, column.name)].role
            examples = ", ".join(column.samples[:3]).replace("|", "\\|")[:60]
            header = column.header.replace("|", "\\|")
            lines.append(
                f"| {header} | {column.kind} | {role} | {column.distinct} | {table.rows - column.filled} | {examples} |"
            )
        lines.append("")
    notes = proposal.notes()
    if notes:
        lines += ["## 请注意 / Please note", "", *(f"- {note.zh} / {note.en}" for note in notes), ""]
    return "\n".join(lines)


def tables_text(source: Source) -> Text:
    """Return how much was read, in one sentence."""
    rows = sum(table.rows for table in source.tables)
    columns = sum(len(table.columns) for table in source.tables)
    count = len(source.tables)
    return Text(
        zh=f"读到 {count} 张表,{columns} 列,{rows:,} 行。",
        en=f"Read {count} table{'s' if count > 1 else ''}, {columns} columns, {rows:,} rows.",
    )
