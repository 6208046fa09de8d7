import threading
from datetime import date

import pytest

from semantic_layer.engines.base import Limits
from semantic_layer.engines.clickhouse import SETTINGS
from semantic_layer.errors import DataError, EngineError
from semantic_layer.rows import Analysis, Measured, Named, RowQuery

pytestmark = pytest.mark.needs_oracle("chdb")


def test_a_golden_case_gives_the_same_rows(case, on_clickhouse):
    on_clickhouse.check(case)


def test_nothing_but_one_select_is_sent(on_clickhouse):
    engine = on_clickhouse.engine("shop")
    for sql in ("DROP TABLE orders", "INSERT INTO orders (amount) VALUES (1)", "SELECT 1; SELECT 2"):
        with pytest.raises(EngineError) as caught:
            engine.execute(sql)
        assert caught.value.code == "not_a_select"


def test_the_server_itself_holds_every_query_to_reading(on_clickhouse):
    engine = on_clickhouse.engine("shop")
    assert engine.execute("SELECT toString(getSetting('readonly'))").rows == (("1",),)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_without_which_numbers_differ_is_made(on_clickhouse, name):
    (cell,) = on_clickhouse.engine("shop").execute(f"SELECT toInt8(getSetting('{name}'))").rows[0]
    assert cell == SETTINGS[name]


def test_the_row_limit_cuts_in_order_and_says_so(on_clickhouse):
    result = on_clickhouse.engine("shop").execute(
        "SELECT order_id FROM orders ORDER BY order_id DESC", row_limit=2
    )
    assert result.rows == ((7,), (6,))
    assert result.truncated


def test_a_slow_query_is_stopped_in_time(on_clickhouse):
    with pytest.raises(EngineError) as caught:
        on_clickhouse.engine("shop").execute(
            "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3", timeout=0.3
        )
    assert caught.value.code == "timeout"


def test_cancelling_asks_the_server_to_kill_that_query(on_clickhouse, clickhouse_server):
    """chdb runs one query at a time, so this shows what is sent; the server's answer is a time-out here."""
    engine = on_clickhouse.engine("shop")
    killed = []
    engine._kill, kill = killed.append, engine._kill
    try:
        threading.Timer(0.2, engine.interrupt, [threading.get_ident()]).start()
        with pytest.raises(EngineError) as caught:
            engine.execute("SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3", timeout=0.6)
    finally:
        engine._kill = kill
    assert caught.value.code == "interrupted"
    assert len(killed) == 1
    kill(killed[0])  # a query that has ended is no error


def test_errors_name_columns_and_never_quote_a_cell(on_clickhouse):
    engine = on_clickhouse.engine("shop")
    with pytest.raises(EngineError) as unknown:
        engine.execute("SELECT amuont FROM orders")
    assert "amuont" in unknown.value.message.en
    with pytest.raises(EngineError) as cell:
        engine.execute("SELECT throwIf(channel = 'douyin', concat('it is ', 'douyin')) FROM orders")
    assert "douyin" not in cell.value.at("zh-CN") + cell.value.at("en-US")


def test_a_column_of_times_in_another_zone_is_cut_at_local_midnight(on_clickhouse):
    """16:00 in UTC is midnight in Shanghai; the column's own zone would make it the day before."""
    engine = on_clickhouse.engine("shop")
    assert engine.execute("SELECT toDateTime('2025-01-01 16:00:00', 'UTC') AS at").rows[0][0].day == 2


def test_the_workspace_moves_to_the_server_by_one_line(on_clickhouse, clickhouse_server, shop, shop_answers):
    on_clickhouse.engine("shop")
    engine = (
        f"{{type: clickhouse, url: 'clickhouse://default:${{P}}@127.0.0.1:{clickhouse_server.port}/shop'}}"
    )
    assert shop.answers(engine, {"P": ""}) == shop_answers


def test_a_server_that_does_not_answer_is_named_without_the_password(shop):
    import semantic_layer

    root = shop.write("{type: clickhouse, url: 'clickhouse://u:${P}@127.0.0.1:1/shop'}")
    with pytest.raises(DataError) as caught:
        semantic_layer.open(root, state_dir=shop.folder, environ={"P": "very-secret"})
    assert caught.value.code == "database_unreachable"
    assert "127.0.0.1:1" in caught.value.message.zh
    assert "very-secret" not in caught.value.at("en-US") + caught.value.at("zh-CN")


def test_rows_of_an_analysis_come_over_with_the_types_they_have_at_home(
    on_clickhouse, clickhouse_server, shop, golden
):
    server, local = _opened(on_clickhouse, clickhouse_server, shop, golden)
    rows = RowQuery(
        model="orders",
        columns={"who": Named("channel"), "at": Named("metric_time"), "money": Measured("revenue")},
    )
    types = (
        "SELECT TYPEOF(who) AS w, TYPEOF(at) AS a, SUM(money) AS m, COUNT(who) AS n FROM orders GROUP BY ALL"
    )
    analysis = Analysis({"orders": rows}, types)
    ours, theirs = server.analyse(analysis), local.analyse(analysis)
    assert [row[0] for row in ours.rows] == [row[0] for row in theirs.rows] == ["VARCHAR"]
    assert [(float(row[2]), row[3]) for row in ours.rows] == [(float(row[2]), row[3]) for row in theirs.rows]
    assert ours.sql.startswith("-- clickhouse: orders\nSELECT")
    assert "-- duckdb" in ours.sql
    server.close()


def test_no_rows_and_only_nulls_still_have_types(on_clickhouse, clickhouse_server, shop, golden):
    server, _ = _opened(on_clickhouse, clickhouse_server, shop, golden)
    rows = RowQuery(
        model="orders",
        columns={"who": Named("channel"), "money": Measured("revenue")},
        start=date(1990, 1, 1),
        end=date(1990, 1, 2),
    )
    found = server.analyse(
        Analysis({"r": rows}, "SELECT COUNT(*) AS n, SUM(money) AS m, MAX(who) AS w FROM r")
    )
    assert found.rows == ((0, None, None),)
    server.close()


def test_more_rows_than_the_limit_are_not_brought_over(on_clickhouse, clickhouse_server, shop, golden):
    server, _ = _opened(on_clickhouse, clickhouse_server, shop, golden)
    server.engine._limits = Limits(rows=3)
    with pytest.raises(EngineError) as caught:
        server.analyse(
            Analysis({"r": RowQuery("orders", {"who": Named("channel")})}, "SELECT COUNT(*) AS n FROM r")
        )
    assert caught.value.code == "too_many_rows"
    assert "row_limit" in caught.value.mend.en
    server.close()


def test_what_runs_on_brought_rows_is_stopped_with_the_workspace(
    on_clickhouse, clickhouse_server, shop, golden
):
    server, _ = _opened(on_clickhouse, clickhouse_server, shop, golden)
    threading.Timer(1.0, server.interrupt, [threading.get_ident()]).start()
    slow = "SELECT COUNT(*) AS n FROM r, RANGE(1000000000) AS a, RANGE(1000000000) AS b WHERE a.range = b.range % 11"
    with pytest.raises(EngineError) as caught:
        server.analyse(Analysis({"r": RowQuery("orders", {"who": Named("channel")})}, slow))
    assert caught.value.code == "interrupted"
    server.close()


def _opened(on_clickhouse, clickhouse_server, shop, golden):
    """The shop's workspace on the server, and on DuckDB."""
    import semantic_layer

    on_clickhouse.engine("shop")
    root = shop.write(f"'clickhouse://127.0.0.1:{clickhouse_server.port}/shop'")
    server = semantic_layer.open(root, state_dir=shop.folder)
    local = semantic_layer.open(shop.write("duckdb"), golden.database("shop"), state_dir=shop.folder)
    return server, local
