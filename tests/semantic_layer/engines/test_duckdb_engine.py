import threading

import duckdb
import pytest

from semantic_layer.engines.base import Limits
from semantic_layer.engines.duckdb import DuckDBEngine
from semantic_layer.errors import DataError, EngineError

ENDLESS = "SELECT COUNT(*) FROM range(1000000000000)"


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE orders AS SELECT range AS id FROM range(10)")
        connection.execute("CREATE TABLE secret AS SELECT 'a cell' AS name")
    return path


@pytest.fixture
def engine(warehouse):
    engine = DuckDBEngine(warehouse, timezone="Asia/Shanghai")
    yield engine
    engine.close()


def test_rows_come_with_their_column_names(engine):
    result = engine.execute("SELECT MAX(id) AS top, COUNT(*) AS orders FROM orders")
    assert (result.columns, result.rows, result.truncated) == (("top", "orders"), ((9, 10),), False)


def test_the_row_limit_cuts_and_says_so(engine):
    result = engine.execute("SELECT id FROM orders ORDER BY id", row_limit=3)
    assert (result.rows, result.truncated) == (((0,), (1,), (2,)), True)


def test_a_result_of_exactly_the_limit_is_not_truncated(engine):
    assert not engine.execute("SELECT id FROM orders", row_limit=10).truncated


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SET threads = 1",
        "SET enable_external_access = true",
        "COPY orders TO 'stolen.csv'",
        "ATTACH 'other.duckdb'",
        "INSTALL httpfs",
        "DROP TABLE orders",
        "SELECT 1; SELECT 2",
        "PRAGMA database_list",
        "",
    ],
)
def test_nothing_but_reading_the_tables_is_possible(engine, sql):
    with pytest.raises(EngineError):
        engine.execute(sql)


def test_a_slow_query_is_stopped_in_time(engine):
    with pytest.raises(EngineError) as caught:
        engine.execute(ENDLESS, timeout=0.2)
    assert caught.value.code == "timeout"


def test_a_running_query_can_be_cancelled_from_another_thread(engine):
    threading.Timer(0.2, engine.interrupt, [threading.get_ident()]).start()
    with pytest.raises(EngineError) as caught:
        engine.execute(ENDLESS, timeout=30)
    assert caught.value.code == "interrupted"


def test_after_a_stop_the_engine_works_on(engine):
    with pytest.raises(EngineError):
        engine.execute(ENDLESS, timeout=0.1)
    assert engine.execute("SELECT 1").rows == ((1,),)


def test_many_threads_may_ask_at_once(engine):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(engine.execute("SELECT SUM(id) FROM orders").rows))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [((45,),)] * 8


def test_no_message_holds_a_cell(engine):
    with pytest.raises(EngineError) as caught:
        engine.execute("SELECT CAST(name AS INT) FROM secret")
    assert "a cell" not in caught.value.at("en-US") + caught.value.at("zh-CN")


def test_a_message_about_a_wrong_column_names_it(engine):
    with pytest.raises(EngineError) as caught:
        engine.execute("SELECT idd FROM orders")
    assert "idd" in caught.value.message.en


def test_a_time_stamp_with_a_zone_is_cut_in_the_zone_of_the_workspace(engine):
    (day,) = engine.execute("SELECT CAST(TIMESTAMPTZ '2025-01-01 17:00:00+00' AS DATE)").rows[0]
    assert day.isoformat() == "2025-01-02"


def test_too_little_memory_is_a_typed_error(warehouse):
    engine = DuckDBEngine(warehouse, limits=Limits(memory="20MB", threads=1))
    with pytest.raises(EngineError) as caught:
        engine.execute("SELECT LIST(a.range::VARCHAR || b.range) FROM range(3000) a, range(3000) b")
    assert caught.value.code == "out_of_memory"


def test_a_missing_database_is_named(tmp_path):
    with pytest.raises(DataError) as caught:
        DuckDBEngine(tmp_path / "no.duckdb")
    assert caught.value.code == "database_missing"
    assert "no.duckdb" in caught.value.at("zh-CN")


def test_a_damaged_database_is_said_to_be_one(tmp_path):
    (tmp_path / "x.duckdb").write_bytes(b"x" * 5000)
    with pytest.raises(DataError) as caught:
        DuckDBEngine(tmp_path / "x.duckdb")
    assert caught.value.code == "database_broken"


def test_a_database_that_another_program_writes_is_said_to_be_locked(tmp_path):
    import subprocess
    import sys

    path = tmp_path / "busy.duckdb"
    program = (
        f"import duckdb,time; c = duckdb.connect({str(path)!r}); print('open', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as other:
        try:
            other.stdout.readline()
            with pytest.raises(DataError) as caught:
                DuckDBEngine(path)
        finally:
            other.kill()
    assert caught.value.code == "database_locked"


def test_a_callers_connection_is_used_but_not_closed():
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    engine = DuckDBEngine(connection=connection)
    assert engine.execute("SELECT a FROM t").rows == ((1,),)
    with pytest.raises(EngineError):
        engine.execute("DROP TABLE t")
    engine.close()
    assert connection.execute("SELECT a FROM t").fetchall() == [(1,)]
    connection.close()
