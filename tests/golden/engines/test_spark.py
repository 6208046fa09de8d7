import threading
from datetime import datetime

import pytest

from semantic_layer.errors import EngineError

pytestmark = [pytest.mark.needs_oracle("pyspark"), pytest.mark.needs_program("java")]


def test_a_golden_case_gives_the_same_rows(case, on_spark):
    on_spark.check(case)


def test_nothing_but_one_select_is_sent(on_spark):
    engine = on_spark.engine("shop")
    for sql in ("DROP TABLE orders", "INSERT INTO orders VALUES (1)", "SELECT 1; SELECT 2", "SET x = 1"):
        with pytest.raises(EngineError) as caught:
            engine.execute(sql)
        assert caught.value.code == "not_a_select"


def test_the_row_limit_cuts_in_order_and_says_so(on_spark):
    result = on_spark.engine("shop").execute(
        "SELECT order_id FROM orders ORDER BY order_id DESC", row_limit=2
    )
    assert result.rows == ((7,), (6,))
    assert result.truncated


def test_errors_name_columns_and_never_quote_a_cell(on_spark):
    engine = on_spark.engine("shop")
    with pytest.raises(EngineError) as unknown:
        engine.execute("SELECT amuont FROM orders")
    assert "amuont" in unknown.value.message.en
    with pytest.raises(EngineError) as cell:
        engine.execute("SELECT CAST(channel AS INT) FROM orders")
    assert "douyin" not in cell.value.at("zh-CN") + cell.value.at("en-US")


SLOW = "SELECT COUNT(*) AS n FROM RANGE(4000000000000) AS a WHERE a.id % 7 = 3"


def test_a_slow_query_is_stopped_in_time(on_spark):
    with pytest.raises(EngineError) as caught:
        on_spark.engine("shop").execute(SLOW, timeout=1.0)
    assert caught.value.code == "timeout"


def test_cancelling_stops_the_query_of_that_thread(on_spark):
    engine = on_spark.engine("shop")
    threading.Timer(1.0, engine.interrupt, [threading.get_ident()]).start()
    with pytest.raises(EngineError) as caught:
        engine.execute(SLOW)
    assert caught.value.code == "interrupted"


def test_an_instant_comes_as_local_time_of_the_workspace_not_of_this_machine(on_spark):
    (at,) = on_spark.engine("shop").execute("SELECT TIMESTAMP_LTZ '2025-01-01 16:00:00+00:00' AS at").rows[0]
    assert at == datetime(2025, 1, 2)


def test_the_workspace_moves_to_the_cluster_by_one_line(on_spark, spark_session, shop, shop_answers):
    engine = on_spark.engine("shop")
    engine._session.sql("CREATE DATABASE shop_db")
    engine._session.sql("CREATE TABLE shop_db.orders AS SELECT * FROM orders")
    assert shop.answers("{type: spark, url: 'local[2]', namespace: shop_db}", {}) == shop_answers
