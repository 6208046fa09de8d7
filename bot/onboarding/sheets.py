"""Files as sheets of text: encoding, delimiter, title lines, one or two header rows. Reads no meaning into cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from bot.onboarding.found import Note
from semantic_layer.errors import DataError
from semantic_layer.text import Text

LARGEST = 2 * 1024**3
TEXT_ENDINGS = (".csv", ".tsv", ".txt")
EXCEL_ENDINGS = (".xlsx", ".xlsm")
ENDINGS = (*TEXT_ENDINGS, *EXCEL_ENDINGS, ".parquet", ".pq")
_LOOKED_AT = 40  # lines in which the header is sought
_DELIMITERS = (",", "\t", ";", "|")
_CHUNK = 1 << 20
_ENCODINGS = ("utf-8-sig", "gb18030", "utf-16")
_CELL_OF_DATA = re.compile(
    r"[-+(]?[¥¥$€£]?\d[\d,,]*(\.\d+)?\)?\s*[%%元万亿]?|\d{4}\s*[-/.年]\s*\d{1,2}(\D.*)?|\d{1,2}[/.]\d{1,2}[/.]\d{4}.*"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file, still text: a UTF-8 file, where its data begin, and what its columns are called.

    `skip` lines lie before the first row of data, so that data row n is row `skip + n` of the file.
    """

    name: str
    origin: str
    path: Path
    delimiter: str
    headers: tuple[str, ...]
    skip: int
    notes: tuple[Note, ...] = ()


def check_size(path: Path, largest: int = LARGEST) -> None:
    """Refuse what is missing, empty or too large to be copied, with the way to do it."""
    if not path.is_file():
        raise DataError(
            Text(zh=f"文件不存在:{path}。", en=f"There is no file {path}."),
            Text(zh="检查文件名和文件夹。", en="Check the name and the folder."),
            code="file_missing",
        )
    size = path.stat().st_size
    if size == 0:
        raise DataError(
            Text(zh=f"{path.name} 是空文件。", en=f"{path.name} is empty."),
            Text(zh="换一个有表头和数据的文件。", en="Give a file with a header and rows."),
            code="file_broken",
        )
    if size >= largest:
        raise DataError(
            Text(
                zh=f"{path.name} 有 {size / 1024**3:.1f} GB,超过 {largest / 1024**3:g} GB,不直接读取。",
                en=f"{path.name} has {size / 1024**3:.1f} GB; files of {largest / 1024**3:g} GB or more are not read.",
            ),
            Text(
                zh="先导入数据库:duckdb big.duckdb \"CREATE TABLE t AS FROM 'big.csv'\","
                "再用 askgrowth init DIR --database big.duckdb;或按月拆分、只留要用的列。",
                en="Put it into a database: duckdb big.duckdb \"CREATE TABLE t AS FROM 'big.csv'\", then askgrowth "
                "init DIR --database big.duckdb; or split it by month and keep only the columns you need.",
            ),
            code="file_too_large",
        )


@contextmanager
def sheets_of(path: Path, scratch: Path) -> Iterator[list[Sheet]]:
    """Give the sheets of a text or Excel file; `scratch` is a folder for copies in UTF-8."""
    if path.suffix.casefold() in EXCEL_ENDINGS:
        yield _excel(path, scratch)
    else:
        yield [_text(path, scratch)]


def _text(path: Path, scratch: Path) -> Sheet:
    readable, encoding = _as_utf8(path, scratch)
    with readable.open(encoding="utf-8", newline="") as lines:
        head = "".join(islice(lines, _LOOKED_AT))
    delimiter = max(_DELIMITERS, key=lambda one: sum(line.count(one) for line in head.splitlines()[:10]))
    with readable.open(encoding="utf-8", newline="") as lines:
        rows = list(islice(csv.reader(lines, delimiter=delimiter), _LOOKED_AT))
    notes: tuple[Note, ...] = ()
    if encoding != "utf-8-sig":
        said = encoding.upper()
        notes = (
            Note(Text(zh=f"文件编码是 {said},已转为 UTF-8。", en=f"The file was in {said}; read as such.")),
        )
    headers, skip, found = header_of(rows)
    return Sheet(path.stem, path.name, readable, delimiter, headers, skip, (*notes, *found))


def _as_utf8(path: Path, scratch: Path) -> tuple[Path, str]:
    """Return the file itself where it is plain UTF-8, else a copy; and the encoding it was in."""
    with path.open("rb") as raw:
        mark = raw.read(4)
    utf16 = mark[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf16 else _ENCODINGS[:2]:
        copy = scratch / f"{len(list(scratch.iterdir()))}.csv"
        try:
            with (
                path.open(encoding=encoding, newline="") as source,
                copy.open("w", encoding="utf-8", newline="") as sink,
            ):
                while chunk := source.read(_CHUNK):
                    sink.write(chunk)
        except UnicodeError:
            copy.unlink(missing_ok=True)
            continue
        return copy, encoding
    raise DataError(
        Text(
            zh=f"{path.name} 既不是 UTF-8 也不是 GBK 编码。",
            en=f"{path.name} is neither in UTF-8 nor in GBK.",
        ),
        Text(zh="另存为 UTF-8 的 CSV 再试。", en="Save it as CSV in UTF-8 and try again."),
        code="file_broken",
    )


def _excel(path: Path, scratch: Path) -> list[Sheet]:
    import warnings
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which are not read
            book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise DataError(
            Text(zh=f"无法打开 {path.name}。", en=f"{path.name} cannot be opened."),
            Text(
                zh="确认它是没有加密的 .xlsx 文件;或另存为 CSV。",
                en="Make sure that it is an .xlsx file without a password, or save it as CSV.",
            ),
            code="file_broken",
        ) from error
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        made = [_excel_sheet(sheet, path, scratch, alone=len(visible) == 1) for sheet in visible]
    finally:
        book.close()
    found = [sheet for sheet in made if sheet is not None]
    if not found:
        raise DataError(
            Text(zh=f"{path.name} 里没有数据。", en=f"There are no data in {path.name}."),
            Text(
                zh="检查是否选对了文件、工作表是否被隐藏。", en="Check the file, and that no sheet is hidden."
            ),
            code="file_broken",
        )
    return found


def _excel_sheet(sheet: Any, path: Path, scratch: Path, *, alone: bool) -> Sheet | None:
    copy = scratch / f"{len(list(scratch.iterdir()))}.csv"
    head: list[list[str]] = []
    width = 0
    sheet.reset_dimensions()  # what the file claims about its size is often wrong
    head += ([_cell(value) for value in row] for row in islice(sheet.iter_rows(values_only=True), _LOOKED_AT))
    width = max((len(_stripped(row)) for row in head), default=0)
    if not width or not any(any(row) for row in head):
        return None
    with copy.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        for row in sheet.iter_rows(values_only=True):
            cells = [_cell(value) for value in row[:width]]
            writer.writerow([*cells, *([""] * (width - len(cells)))])
    headers, skip, notes = header_of([row[:width] for row in head])
    name = path.stem if alone else str(sheet.title)
    return Sheet(
        name, path.name if alone else f"{path.name} [{sheet.title}]", copy, ",", headers, skip, notes
    )


def _cell(value: object) -> str:
    """Return a cell as text; a time stamp at midnight is a date."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return " ".join(str(value).split())


def _stripped(row: Sequence[str]) -> list[str]:
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def header_of(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], int, tuple[Note, ...]]:
    """Return the column names of the first rows of a sheet, how many rows come before the data, and what was odd.

    Title lines above the table are passed over; two header rows (groups over names) become one; a table without a
    header gets numbered names.
    """
    width = max((len(_stripped(row)) for row in rows), default=0)
    at = next((n for n, row in enumerate(rows) if sum(map(bool, _stripped(row))) >= min(2, width)), 0)
    # A title may stand in several merged cells: the header is the first row that is filled for the most part.
    at = next((n for n in range(at, min(at + 6, len(rows))) if _fullness(rows[n], width) >= 0.6), at)
    notes: list[Note] = []
    above = _group_row(rows, at, width)
    titles = [n for n in range(at) if any(_stripped(rows[n])) and n != above]
    if titles:
        said = " ".join(_stripped(rows[titles[0]]))[:40]
        notes.append(
            Note(
                Text(
                    zh=f"表头上方的标题行已跳过(「{said}」)。",
                    en=f"Title lines above the header were passed over ({said}).",
                ),
                tuple(n + 1 for n in titles),
            )
        )
    if any(_is_data(cell) for cell in rows[at]) and _share_of_data(rows[at]) >= 0.3:
        notes.append(Note(Text(zh="没有表头,列名按序号取。", en="There is no header; columns are numbered.")))
        return tuple(f"column {n + 1}" for n in range(width)), at, tuple(notes)
    top = _padded(rows[at], width)
    groups: Sequence[str] | None = rows[above] if above is not None else None
    if groups is None and _is_second_header(rows, at, width):
        groups, top, at = top, _padded(rows[at + 1], width), at + 1
    if groups is not None:
        top = _joined(_padded(groups, width), top)
        notes.append(Note(Text(zh="两行表头已合并为一行。", en="Two header rows were joined into one.")))
    return tuple(name or f"column {n + 1}" for n, name in enumerate(top)), at + 1, tuple(notes)


def _group_row(rows: Sequence[Sequence[str]], at: int, width: int) -> int | None:
    """Return the row of groups right above the header: several cells, not the first alone, no data."""
    if at == 0 or _share_of_data(rows[at - 1]):
        return None
    filled = sum(map(bool, _stripped(rows[at - 1])))
    return at - 1 if 2 <= filled < width else None


def _is_second_header(rows: Sequence[Sequence[str]], at: int, width: int) -> bool:
    """Return whether the row below the header names columns, too: it is all words under groups with gaps."""
    if len(rows) < at + 3:
        return False
    first, second, third = (_padded(rows[at + n], width) for n in range(3))
    gaps = sum(not cell for cell in first) + len(first) - len(set(first))
    return (
        gaps > 0
        and any(second)
        and not any(_is_data(cell) for cell in second)
        and any(_is_data(cell) for cell in third)
        and any(not cell or first.count(cell) > 1 for cell in first)
    )


def _joined(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return one name per column: the lower one where it is said once, else with its group."""
    made, current = [], ""
    for group, name in zip(groups, names, strict=True):
        current = group or (current if name else "")
        alone = name and names.count(name) == 1
        made.append(name if alone or current == name else f"{current} {name}".strip())
    return made


def _padded(row: Sequence[str], width: int) -> list[str]:
    cells = [" ".join(cell.split()) for cell in row[:width]]
    return [*cells, *([""] * (width - len(cells)))]


def _fullness(row: Sequence[str], width: int) -> float:
    return sum(map(bool, _stripped(row))) / max(width, 1)


def _is_data(cell: str) -> bool:
    return _CELL_OF_DATA.fullmatch(cell.strip()) is not None


def _share_of_data(row: Sequence[str]) -> float:
    cells = [cell for cell in row if cell.strip()]
    return sum(map(_is_data, cells)) / len(cells) if cells else 0.0
