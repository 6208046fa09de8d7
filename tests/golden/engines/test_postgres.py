import threading

import pytest

from semantic_layer.engines.base import Limits
from semantic_layer.engines.postgres import PostgresEngine
from semantic_layer.errors import AskGrowthError, DataError, EngineError
from semantic_layer.rows import Analysis, Named, RowQuery, Step

pytestmark = pytest.mark.needs_program("postgres")


def test_a_golden_case_gives_the_same_rows(case, on_postgres):
    on_postgres.check(case)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO orders (amount) VALUES (1)",
        "WITH gone AS (DELETE FROM orders RETURNING 1) SELECT * FROM gone",
        "SELECT 1; SELECT 2",
        "CREATE TABLE x (a int)",
        "SELECT * INTO x FROM orders",
        "SELECT nextval('orders_seq'); DROP TABLE orders",
    ],
)
def test_nothing_but_one_select_is_sent(on_postgres, sql):
    with pytest.raises(EngineError) as caught:
        on_postgres.engine("shop").execute(sql)
    assert caught.value.code == "not_a_select"


def test_the_transaction_is_read_only_whatever_is_sent(on_postgres):
    engine = on_postgres.engine("shop")
    assert engine.execute("SELECT current_setting('transaction_read_only')").rows == (("on",),)
    with pytest.raises(EngineError):
        engine.execute("SELECT set_config('transaction_read_only', 'off', true)")


def test_the_row_limit_cuts_in_order_and_says_so(on_postgres):
    result = on_postgres.engine("shop").execute(
        "SELECT order_id FROM orders ORDER BY order_id DESC", row_limit=2
    )
    assert result.rows == ((7,), (6,))
    assert result.truncated


def test_a_slow_query_is_stopped_in_time_and_the_next_one_runs(on_postgres):
    engine = on_postgres.engine("shop")
    with pytest.raises(EngineError) as caught:
        engine.execute("SELECT pg_sleep(60)", timeout=0.2)
    assert caught.value.code == "timeout"
    assert engine.execute("SELECT 1").rows == ((1,),)


def test_a_running_query_can_be_cancelled_from_another_thread(on_postgres):
    engine = on_postgres.engine("shop")
    threading.Timer(0.3, engine.interrupt, [threading.get_ident()]).start()
    with pytest.raises(EngineError) as caught:
        engine.execute("SELECT pg_sleep(60)", timeout=50)
    assert caught.value.code == "interrupted"


def test_errors_name_columns_and_never_quote_a_cell(on_postgres):
    engine = on_postgres.engine("shop")
    with pytest.raises(EngineError) as unknown:
        engine.execute("SELECT amuont FROM orders")
    assert "amuont" in unknown.value.message.en
    with pytest.raises(EngineError) as cell:
        engine.execute("SELECT CAST(channel AS INTEGER) FROM orders")
    assert "douyin" not in cell.value.at("zh-CN") + cell.value.at("en-US")


def test_a_connection_the_server_has_closed_is_replaced(on_postgres, postgres_server):
    engine = PostgresEngine(postgres_server, namespace="shop", limits=Limits(seconds=20))
    other = PostgresEngine(postgres_server, namespace="shop", limits=Limits(seconds=20))
    on_postgres.engine("shop")
    process = engine._idle[0].process
    other._idle[0].connection.execute_simple(f"SELECT pg_terminate_backend({process})")
    assert engine.execute("SELECT COUNT(*) FROM orders").rows == ((7,),)
    engine.close()
    other.close()


def test_a_wrong_password_is_an_error_without_the_password(postgres_server):
    from dataclasses import replace

    with pytest.raises(DataError) as caught:
        PostgresEngine(replace(postgres_server, password="wrong-secret"))
    assert caught.value.code == "database_unreachable"
    assert "wrong-secret" not in caught.value.at("en-US")
    assert "wrong-secret" not in repr(replace(postgres_server, password="wrong-secret"))


def test_the_workspace_moves_to_the_server_by_one_line(on_postgres, postgres_server, shop, shop_answers):
    on_postgres.engine("shop")
    at = postgres_server
    url = f"postgres://{at.user}:${{SHOP_PASSWORD}}@{at.host}:{at.port}/{at.database}?sslmode=disable"
    engine = f"{{type: postgres, url: '{url}', namespace: shop}}"
    assert shop.answers(engine, {"SHOP_PASSWORD": at.password}) == shop_answers
    with pytest.raises(DataError) as caught:
        shop.answers(engine, {})
    assert caught.value.code == "variable_missing"
    assert "SHOP_PASSWORD" in caught.value.message.zh


def test_new_rows_on_the_server_are_a_new_version_of_the_data(on_postgres, postgres_server, shop):
    from pg8000.native import Connection

    import semantic_layer

    at = postgres_server
    on_postgres.engine("shop")
    with Connection(at.user, host=at.host, port=at.port, database=at.database, password=at.password) as admin:
        admin.execute_simple(
            "CREATE SCHEMA growing; CREATE TABLE growing.orders AS SELECT * FROM shop.orders"
        )
        url = f"postgres://{at.user}:${{P}}@{at.host}:{at.port}/{at.database}"
        root = shop.write(f"{{type: postgres, url: '{url}', namespace: growing}}")
        layer = semantic_layer.open(root, state_dir=shop.folder, environ={"P": at.password})
        assert layer.query(metrics=["revenue"], period="2025-02-01/2025-03-01").table.rows == ((120,),)
        admin.execute_simple("INSERT INTO growing.orders (amount, ordered_at) VALUES (5, '2025-02-02')")
        assert layer.query(metrics=["revenue"], period="2025-02-01/2025-03-01").table.rows == ((125,),)
        layer._looked -= 3600  # an hour passes
        changed = layer.reload_if_changed()
        assert changed.changed
        assert changed.layer.data_version != layer.data_version
        changed.layer.close()
        layer.close()


def test_an_analysis_of_rows_gives_the_same(on_postgres, postgres_server, shop, golden):
    """As-of join, medians, modes, differences of dates and texts in order, over rows that came from the server."""
    import semantic_layer

    on_postgres.engine("shop")
    at = postgres_server
    url = f"postgres://{at.user}:${{P}}@{at.host}:{at.port}/{at.database}"
    root = shop.write(f"{{type: postgres, url: '{url}', namespace: shop}}")
    server = semantic_layer.open(root, state_dir=shop.folder, environ={"P": at.password})
    local = semantic_layer.open(shop.write("duckdb"), golden.database("shop"), state_dir=shop.folder)
    rows = RowQuery(
        model="orders", columns={"who": Named("channel"), "at": Named("metric_time"), "id": Named("order")}
    )
    before = Step(
        "led",
        "SELECT e.id, b.id AS earlier, DATE_DIFF('day', b.at, e.at) AS days, EPOCH(e.at - b.at) AS seconds "
        "FROM orders AS e "
        "ASOF LEFT JOIN (SELECT * FROM orders WHERE NOT who IS NULL) AS b ON e.who = b.who AND e.at > b.at",
    )
    each = Analysis({"orders": rows}, "SELECT * FROM led ORDER BY id", (before,))
    together = Analysis(
        {"orders": rows},
        "SELECT MEDIAN(id) AS m, QUANTILE_CONT(id, 0.9) AS q, MODE(CASE WHEN id < 5 THEN who END) AS w, "
        "STRING_AGG(who, '>' ORDER BY id) AS path, "
        "LEN(LIST_FILTER([1, 2, 3], x -> x < 3)) AS n, ARG_MIN(who, at) AS first, "
        "COUNT(*) FILTER (WHERE who IS NULL) AS u "
        "FROM orders",
    )
    for analysis in (each, together):
        ours, theirs = server.analyse(analysis), local.analyse(analysis)
        assert golden.equal(list(ours.rows), list(theirs.rows), ordered=True)
    assert server.analyse(each).rows[1][:3] == (2, 1, 30)
    server.close()


def test_a_file_cannot_be_read_on_a_server(postgres_server, shop):
    import semantic_layer

    root = shop.write("{type: postgres, url: 'postgres://reader@127.0.0.1:1/x'}")
    text = (root / "askgrowth.yml").read_text(encoding="utf-8")
    (root / "askgrowth.yml").write_text(
        text.replace("  - name: orders\n", "  - name: orders\n    table: data/orders.csv\n")
    )
    with pytest.raises(AskGrowthError) as caught:
        semantic_layer.open(root, state_dir=shop.folder)
    assert caught.value.code == "file_on_server"
