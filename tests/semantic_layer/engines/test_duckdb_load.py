import duckdb
import pytest

from semantic_layer.engines.duckdb_load import load_files
from semantic_layer.errors import DataError

ROWS = "day,channel,cost\n2025-01-01,抖音,1.5\n2025-01-02,百度,2\n"


def rows_of(path, table):
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(f'SELECT * FROM "{table}"').fetchall()


def load_text(tmp_path, text, encoding="utf-8", **expected):
    source = tmp_path / "ads.csv"
    source.write_bytes(text.encode(encoding))
    target = tmp_path / "out.duckdb"
    load_files(target, {"ads": source}, {"ads": expected})
    return rows_of(target, "ads")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_csv_is_read_in_any_usual_encoding(tmp_path, encoding):
    rows = load_text(tmp_path, ROWS, encoding)
    assert [(str(day), channel, cost) for day, channel, cost in rows] == [
        ("2025-01-01", "抖音", 1.5),
        ("2025-01-02", "百度", 2.0),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_taken_from_the_header(tmp_path, delimiter):
    assert len(load_text(tmp_path, ROWS.replace(",", delimiter))[0]) == 3


def test_codes_keep_their_leading_zeros(tmp_path):
    assert load_text(tmp_path, "code,n\n007,1\n010,2\n") == [("007", 1), ("010", 2)]


@pytest.mark.parametrize("bad", ["2025-01-03,小红书", "2025-01-03,小红书,3,4"])
def test_a_ragged_row_is_named_by_file_and_line(tmp_path, bad):
    with pytest.raises(DataError) as caught:
        load_text(tmp_path, ROWS + bad + "\n")
    assert caught.value.code == "bad_row"
    assert "ads.csv" in caught.value.message.en
    assert "line 4" in caught.value.message.en
    assert "第 4 行" in caught.value.message.zh


def test_a_cell_of_the_wrong_type_is_named_by_line_column_and_value(tmp_path):
    with pytest.raises(DataError) as caught:
        load_text(tmp_path, ROWS + "2025-01-03,小红书,about 3\n", cost="number", day="date")
    message = caught.value.message.en
    assert ("line 4" in message, "cost" in message, "about 3" in message) == (True, True, True)


def test_a_bad_date_is_named(tmp_path):
    with pytest.raises(DataError) as caught:
        load_text(tmp_path, ROWS + "31/31/2025,小红书,3\n", day="date")
    assert "31/31/2025" in caught.value.message.en


def test_a_mixed_column_that_nothing_sums_is_text(tmp_path):
    assert load_text(tmp_path, "invoice,n\n536365,1\nC536379,2\n") == [("536365", 1), ("C536379", 2)]


@pytest.mark.parametrize("text", ["", '"a,b\n1,2\n3,4\n'])
def test_a_file_without_a_table_in_it_is_refused(tmp_path, text):
    with pytest.raises(DataError) as caught:
        load_text(tmp_path, text)
    assert caught.value.code == "file_broken"


def test_bytes_in_no_known_encoding_are_refused(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"a,b\n1,\xff\xff\n")
    with pytest.raises(DataError) as caught:
        load_files(tmp_path / "out.duckdb", {"x": tmp_path / "x.csv"})
    assert "line 2" in caught.value.message.en


def test_a_failed_load_leaves_nothing_behind(tmp_path):
    good = tmp_path / "good.csv"
    good.write_text(ROWS, encoding="utf-8")
    target = tmp_path / "out.duckdb"
    with pytest.raises(DataError):
        load_files(target, {"good": good, "bad": tmp_path / "missing.csv"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.csv"]


def test_parquet_is_loaded_as_it_is(tmp_path):
    source = tmp_path / "a.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS a, '抖音' AS b) TO '{source}' (FORMAT parquet)")
    load_files(tmp_path / "out.duckdb", {"order": source})
    assert rows_of(tmp_path / "out.duckdb", "order") == [(1, "抖音")]


def test_a_broken_parquet_file_is_named(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(DataError) as caught:
        load_files(tmp_path / "out.duckdb", {"a": tmp_path / "a.parquet"})
    assert "a.parquet" in caught.value.message.en


def test_a_query_may_build_on_the_files_before_it(tmp_path):
    source = tmp_path / "ads.csv"
    source.write_text(ROWS, encoding="utf-8")
    load_files(tmp_path / "out.duckdb", {"ads": source, "total": "SELECT SUM(cost) AS cost FROM ads"})
    assert rows_of(tmp_path / "out.duckdb", "total") == [(3.5,)]
