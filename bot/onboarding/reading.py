"""From files to typed tables in a scratch database, with everything odd about them said by row number."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from bot.onboarding.cells import cell, read_column
from bot.onboarding.found import Column, Note, Source, TableFound, rows_text
from bot.onboarding.profile import included_in, profile
from bot.onboarding.sheets import ENDINGS, LARGEST, Sheet, check_size, sheets_of
from bot.onboarding.words import identifier
from semantic_layer.engines.intake import ROW, Intake, quoted
from semantic_layer.errors import DataError, nearest
from semantic_layer.text import Text

SQLITE_ENDINGS = (".sqlite", ".sqlite3", ".db")
Inclusion = Callable[[tuple[str, str], tuple[str, str]], bool]
_TOTALS = "'合计','总计','小计','汇总','total','grand total','subtotal','sum'"


@contextmanager
def reading(paths: Sequence[Path], keep: Path, *, largest: int = LARGEST) -> Iterator[Source]:
    """Give the tables of files (CSV, Excel, Parquet, SQLite), cleaned, and written as Parquet into the folder `keep`.

    Raises:
        DataError: a file is missing, too large, broken, or of another kind.
    """
    for path in paths:
        _check_kind(path)
        check_size(path, largest)
    with tempfile.TemporaryDirectory(dir=_room(keep)) as folder:
        scratch = Path(folder)
        with closing(Intake(scratch / "intake.duckdb")) as intake:
            names: list[str] = []
            tables = [table for path in paths for table in _tables_of(path, scratch, intake, names)]
            if not tables:
                raise DataError(
                    Text(zh="没有找到任何数据行。", en="There are no rows of data."),
                    Text(zh="给出有表头和数据的文件。", en="Give files with a header and rows."),
                    code="file_broken",
                )
            keep.mkdir(parents=True, exist_ok=True)
            for table in tables:
                intake.write_parquet(table.name, keep / f"{table.name}.parquet")
            yield Source(tuple(tables), _remembered(included_in(intake), intake))


def _remembered(included: Inclusion, intake: Intake) -> Inclusion:
    """Return the test with its answers kept: a proposal is changed when its scratch database has gone."""
    known: dict[tuple[tuple[str, str], tuple[str, str]], bool] = {}

    def asked(child: tuple[str, str], parent: tuple[str, str]) -> bool:
        if (child, parent) not in known:
            known[child, parent] = not intake.is_closed and included(child, parent)
        return known[child, parent]

    return asked


def _room(keep: Path) -> Path:
    keep.parent.mkdir(parents=True, exist_ok=True)
    return keep.parent


def _check_kind(path: Path) -> None:
    known = (*ENDINGS, *SQLITE_ENDINGS)
    if path.suffix.casefold() in known:
        return
    close = nearest(path.suffix.casefold(), known)
    raise DataError(
        Text(
            zh=f"不认识 {path.name} 这种文件{',是不是 ' + close[0] if close else ''}?",
            en=f"{path.name} is not a kind of file that is read here.",
        ),
        Text(
            zh="可用:CSV、TSV、Excel(.xlsx)、Parquet、SQLite;旧的 .xls 请另存为 .xlsx。数据库用 --database。",
            en="Use CSV, TSV, Excel (.xlsx), Parquet or SQLite; save an old .xls as .xlsx. For databases: --database.",
        ),
        code="file_kind",
    )


def _tables_of(path: Path, scratch: Path, intake: Intake, names: list[str]) -> Iterator[TableFound]:
    suffix = path.suffix.casefold()
    if suffix in (".parquet", ".pq"):
        yield _parquet(path, intake, _new_name(path.stem, names))
        return
    with _sqlite(path, scratch) if suffix in SQLITE_ENDINGS else sheets_of(path, scratch) as sheets:
        for sheet in sheets:
            table = _sheet(sheet, intake, names)
            if table is not None:
                yield table


def _parquet(path: Path, intake: Intake, name: str) -> TableFound:
    raw = f"{name} raw"
    intake.read_parquet(raw, path)
    found = intake.execute(f"SELECT * FROM {quoted(raw)} LIMIT 0").columns
    idents = _identifiers(found)
    listed = ", ".join(f"{quoted(old)} AS {quoted(new)}" for new, old in idents.items())
    intake.execute(f"CREATE TABLE {quoted(name)} AS SELECT {listed} FROM {quoted(raw)}")
    intake.execute(f"DROP TABLE {quoted(raw)}")
    return profile(intake, name, path.name, idents)


def _sheet(sheet: Sheet, intake: Intake, names: list[str]) -> TableFound | None:
    name = _new_name(sheet.name, names)
    raw = f"{name} raw"
    idents = _identifiers(sheet.headers)
    rejected = intake.read_text(raw, sheet.path, list(idents), delimiter=sheet.delimiter, skip=sheet.skip)
    in_file = _row_in_file(sheet.skip, [line for line, _ in rejected])
    notes = list(sheet.notes)
    if rejected:
        rows = tuple(line for line, _ in rejected)
        where, text = rows_text(rows), rejected[0][1].strip()[:40]
        notes.append(
            Note(
                Text(
                    zh=f"{where.zh}的列数与表头不一致(如「{text}」),没有读入。",
                    en=f'{where.en}: another number of cells than the header has (such as "{text}"); left out.',
                ),
                rows,
            )
        )
    notes += _without_totals(intake, raw, list(idents), in_file)
    readings = {}
    for new, header in idents.items():
        readings[new], said = read_column(intake, raw, new, header, in_file)
        notes += said
    used = {new: one for new, one in readings.items() if one.kind != "empty"}
    if not used:
        return None
    blank = " AND ".join(f"{cell(new)} IS NULL" for new in used)
    intake.make_table(name, {new: one.sql for new, one in used.items()}, raw, f"NOT ({blank})")
    intake.execute(f"DROP TABLE {quoted(raw)}")
    found = profile(intake, name, sheet.origin, {new: idents[new] for new in used})
    if found.rows == 0:
        return None
    columns = tuple(_with_unit(column, readings[column.name].unit) for column in found.columns)
    return replace(found, columns=columns, notes=(*notes, *found.notes))


def _without_totals(
    intake: Intake, raw: str, columns: list[str], in_file: Callable[[int], int]
) -> list[Note]:
    """Remove lines of totals, which would count everything twice; return a note on them."""
    first = f"lower(COALESCE({', '.join(cell(name) for name in columns[:3])}))"
    totals = intake.execute(
        f"SELECT {ROW} FROM {quoted(raw)} WHERE {first} IN ({_TOTALS}) ORDER BY {ROW}"
    ).rows
    if not totals:
        return []
    intake.execute(f"DELETE FROM {quoted(raw)} WHERE {first} IN ({_TOTALS})")
    at = tuple(in_file(int(str(row[0]))) for row in totals)
    where = rows_text(at)
    return [Note(Text(zh=f"{where.zh}是合计行,没有计入。", en=f"{where.en}: totals, left out."), at)]


def _with_unit(column: Column, unit: str | None) -> Column:
    return replace(column, unit=unit)


def _row_in_file(skip: int, rejected: list[int]) -> Callable[[int], int]:
    """Return the function from the running number of a row to its row in the file, rejected lines counted."""

    def at(row: int) -> int:
        place = skip + row
        for line in rejected:
            if line <= place:
                place += 1
        return place

    return at


def _identifiers(headers: Sequence[str]) -> dict[str, str]:
    """Return a new identifier per header, in order."""
    made: dict[str, str] = {}
    for at, header in enumerate(headers, start=1):
        name = identifier(header) or f"column_{at}"
        plain, again = name, 2
        while name in made:
            name, again = f"{plain}_{again}", again + 1
        made[name] = header.strip() or f"column {at}"
    return made


def _new_name(stem: str, names: list[str]) -> str:
    plain = identifier(re.sub(r"\.(csv|tsv)$", "", stem, flags=re.IGNORECASE)) or f"table_{len(names) + 1}"
    name, again = plain, 2
    while name in names:
        name, again = f"{plain}_{again}", again + 1
    names.append(name)
    return name


@contextmanager
def _sqlite(path: Path, scratch: Path) -> Iterator[list[Sheet]]:
    """Give the tables of a SQLite file as sheets: its columns hold anything, so they are read like text."""
    import csv

    made = []
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            listed = database.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' "
                "ORDER BY rowid"
            ).fetchall()
            for at, (name,) in enumerate(listed):
                asked = database.execute(f"SELECT * FROM {quoted(name)}")
                copy = scratch / f"{path.stem}-{at}.csv"
                with copy.open("w", encoding="utf-8", newline="") as sink:
                    writer = csv.writer(sink)
                    writer.writerows(["" if isinstance(v, bytes) else v for v in row] for row in asked)
                headers = tuple(str(part[0]) for part in asked.description)
                made.append(Sheet(name, f"{path.name} [{name}]", copy, ",", headers, 0))
    except sqlite3.DatabaseError as error:
        raise DataError(
            Text(
                zh=f"{path.name} 不是可读的 SQLite 文件。",
                en=f"{path.name} is no SQLite file that can be read.",
            ),
            Text(
                zh="检查文件;DuckDB 文件用 --database。",
                en="Check the file; give a DuckDB file with --database.",
            ),
            code="file_broken",
        ) from error
    yield made


def copied(path: Path, folder: Path) -> Path:
    """Return a copy of a file in `folder`, under its own name."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    shutil.copyfile(path, target)
    return target
