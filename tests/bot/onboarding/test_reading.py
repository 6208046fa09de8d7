"""Files as people have them: what is read, what is left out, and that both are said with row numbers."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from bot.onboarding.reading import reading
from semantic_layer.errors import DataError


@pytest.fixture
def read(tmp_path: Path):
    """Read files made of bytes or sheets; give tables by name, their rows and their notes in English."""

    def run(*paths: Path):
        with reading(paths, tmp_path / "kept" / "data") as source:
            tables = {table.name: table for table in source.tables}
        rows = {
            name: duckdb.sql(f"FROM '{tmp_path / 'kept' / 'data' / name}.parquet'").fetchall()
            for name in tables
        }
        notes = [note for table in tables.values() for note in table.notes]
        return tables, rows, notes

    return run


def csv_file(folder: Path, text: str, name: str = "sales.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_a_gbk_file_with_a_title_a_bad_line_and_totals_is_read_and_said(tmp_path, read):
    path = csv_file(
        tmp_path,
        '2024年日报,,\n,,\n日期,渠道,花费(元)\n2024年3月5日,抖音,"1,234.50"\n坏行\n2024/3/6,快手,¥2万\n合计,,3\n',
        encoding="gb18030",
    )
    tables, rows, notes = read(path)
    assert rows["sales"] == [
        (date(2024, 3, 5), "抖音", 1234.5),
        (date(2024, 3, 6), "快手", 20000.0),
    ]
    assert [column.header for column in tables["sales"].columns] == ["日期", "渠道", "花费(元)"]
    assert tables["sales"].column("spend").unit is None or tables["sales"].column("spend").unit == "money"
    said = {note.rows for note in notes if note.rows}
    assert said == {(1,), (5,), (7,)}  # the title, the line with one cell, the totals


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,234,567.8", 1234567.8), ("12%", 0.12), ("7%", 0.07), ("(3.5)", -3.5), ("¥12", 12), ("$1,000", 1000),
        ("1.2万", 12000), ("3亿", 300000000), ("1,200", 1200), ("-4e2", -400), ("25元", 25),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(tmp_path, read, cell, value):
    path = csv_file(tmp_path, f'name,amount\na,"{cell}"\nb,1.5\nc,2.5\n')
    assert read(path)[1]["sales"][0][1] == pytest.approx(value)


@pytest.mark.parametrize(
    "cell",
    ["2024-03-05", "2024/3/5", "2024.3.5", "2024年3月5日", "2024年03月05号", "20240305", "2024-3-5", "Mar 5, 2024",
     "5 Mar 2024"],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(tmp_path, read, cell):
    path = csv_file(tmp_path, f'day,n\n"{cell}",1\n"{cell}",2\n')
    assert read(path)[1]["sales"][0][0] == date(2024, 3, 5)


def test_day_and_month_are_told_apart_by_a_day_over_12(tmp_path, read):
    path = csv_file(tmp_path, "day,n\n05/03/2024,1\n25/03/2024,2\n")
    assert [row[0] for row in read(path)[1]["sales"]] == [date(2024, 3, 5), date(2024, 3, 25)]


def test_day_and_month_that_cannot_be_told_apart_are_said(tmp_path, read):
    _, rows, notes = read(csv_file(tmp_path, "day,n\n05/03/2024,1\n06/03/2024,2\n"))
    assert rows["sales"][0][0] == date(2024, 5, 3)
    assert any("month first is assumed" in note.text.en for note in notes)


def test_codes_keep_their_leading_zeros_and_long_digits(tmp_path, read):
    path = csv_file(tmp_path, "zip,order_no,n\n00123,202403050000000017,1\n04567,202403050000000018,2\n")
    assert read(path)[1]["sales"][0] == ("00123", "202403050000000017", 1)


def test_a_cell_that_does_not_fit_is_left_empty_and_named_by_its_row(tmp_path, read):
    lines = "".join(f"2024-01-{day:02},{day}\n" for day in range(1, 25))
    _, rows, notes = read(csv_file(tmp_path, f"day,amount\n{lines}2024-01-25,缺货\n"))
    assert rows["sales"][-1] == (date(2024, 1, 25), None)
    assert [note.rows for note in notes] == [(26,)]


def test_an_empty_column_is_left_out_and_said(tmp_path, read):
    tables, _, notes = read(csv_file(tmp_path, "day,remark,n\n2024-01-01,,1\n2024-01-02,-,2\n"))
    assert [column.name for column in tables["sales"].columns] == ["day", "n"]
    assert any('"remark" is empty' in note.text.en for note in notes)


def test_a_workbook_gives_a_table_per_visible_sheet_with_two_header_rows_joined(tmp_path, read):
    book = Workbook()
    first = book.active
    first.title = "订单"
    for row in (
        ["", "", "本期", "", "上期"],
        ["日期", "渠道", "金额", "数量", "金额"],
        [date(2024, 3, 1), "a", 1.5, 2, 9],
    ):
        first.append(row)
    first.append([date(2024, 3, 2), "b", 2.5, 3, 8])
    second = book.create_sheet("退款")
    for row in (["日期", "退款金额"], ["2024年3月1日", 5], ["2024年3月2日", 6]):
        second.append(row)
    hidden = book.create_sheet("secret")
    hidden.append(["a", "b"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    tables, rows, notes = read(tmp_path / "book.xlsx")
    assert [table.origin for table in tables.values()] == ["book.xlsx [订单]", "book.xlsx [退款]"]
    headers = [column.header for column in next(iter(tables.values())).columns]
    assert headers == ["日期", "渠道", "本期 金额", "数量", "上期 金额"]
    assert list(rows.values())[1] == [(date(2024, 3, 1), 5), (date(2024, 3, 2), 6)]
    assert any("Two header rows" in note.text.en for note in notes)


def test_a_file_that_is_too_large_is_refused_with_the_way_to_do_it(tmp_path):
    path = csv_file(tmp_path, "a,b\n1,2\n")
    with pytest.raises(DataError) as refused, reading([path], tmp_path / "data", largest=5):
        pass
    assert refused.value.code == "file_too_large"
    assert "--database" in refused.value.mend.en
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"%PDF", "file_kind"),
        ("a.csv", b"", "file_broken"),
        ("a.csv", b"\x81\xff\xfe\x00\n", "file_broken"),
        ("a.xlsx", b"no workbook", "file_broken"),
        ("a.parquet", b"no parquet", "file_broken"),
        ("a.sqlite", b"no database at all, but long enough", "file_broken"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as refused, reading([tmp_path / name], tmp_path / "data"):
        pass
    assert refused.value.code == code
