"""An open workspace: where the data come from, how fresh they are, who may see them, and how it reloads."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from semantic_layer.content import kept
from semantic_layer.coverage import Coverage
from semantic_layer.errors import AccessError, DataError, SpecProblemsError, UnknownNameError
from semantic_layer.text import Text

SETTINGS = (
    "version: 1\nname: {zh: 小店, en: Shop}\ntimezone: Asia/Shanghai\nweek_start: sunday\ntoday: data\n"
)
MODEL = """\
models:
  - name: orders
    columns:
      - {name: order_id, entity: primary}
      - {name: day, dimension: time, granularity: day}
      - {name: channel, dimension: categorical}
      - {name: province, dimension: categorical}
    metrics:
      - {name: gmv, agg: sum, expr: amount}
      - {name: orders, agg: count}
"""
ROWS = (
    "order_id,day,channel,province,amount\n1,2025-11-03,a,粤,10\n2,2025-11-04,a,沪,5\n3,2025-11-05,b,粤,2.5\n"
)

ONE_ORDER = (
    "CREATE TABLE orders AS "
    "SELECT 1 AS order_id, DATE '2025-01-02' AS day, 'x' AS channel, 'y' AS province, 4 AS amount"
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "models").mkdir(parents=True)
    (root / "data").mkdir()
    (root / "askgrowth.yml").write_text(SETTINGS, encoding="utf-8")
    (root / "models" / "orders.yml").write_text(MODEL, encoding="utf-8")
    (root / "data" / "orders.csv").write_text(ROWS, encoding="utf-8")
    return root


def open_shop(shop: Path, **options: object) -> semantic_layer.SemanticLayer:
    return semantic_layer.open(shop, state_dir=shop.parent / "state", **options)  # type: ignore[arg-type]


def cells(layer: semantic_layer.SemanticLayer, user: str | None = None) -> list[tuple[str, float]]:
    result = layer.query(metrics="gmv", by="channel", user=user)
    return [(str(channel), float(value)) for channel, value in result.table.rows]  # type: ignore[arg-type]


def test_importing_the_package_imports_no_database_and_no_yaml() -> None:
    code = (
        "import sys, semantic_layer; "
        "print([name for name in ('duckdb', 'yaml', 'sqlglot', 'pydantic') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_folder_with_yaml_and_csv_answers(shop: Path) -> None:
    layer = open_shop(shop)
    assert (layer.settings.name, layer.settings.week_start) == (Text("小店", "Shop"), 6)
    assert cells(layer) == [("a", 15.0), ("b", 2.5)]


def test_the_settings_file_stands_for_its_folder(shop: Path) -> None:
    assert cells(open_shop(shop / "askgrowth.yml")) == [("a", 15.0), ("b", 2.5)]


def test_a_single_yaml_file_is_a_workspace_with_data_beside_it(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ROWS, encoding="utf-8")
    assert cells(open_shop(tmp_path / "one.yml")) == [("a", 15.0), ("b", 2.5)]


def test_a_model_may_name_its_file(shop: Path) -> None:
    (shop / "data" / "orders.csv").rename(shop / "orders 2025.csv")
    named = MODEL.replace("- name: orders\n", "- name: orders\n    table: orders 2025.csv\n", 1)
    (shop / "models" / "orders.yml").write_text(named, encoding="utf-8")
    assert cells(open_shop(shop)) == [("a", 15.0), ("b", 2.5)]


def test_a_model_may_be_a_select_over_data_files(shop: Path) -> None:
    text = MODEL.replace(
        "- name: orders\n", "- name: big\n    sql: SELECT * FROM orders WHERE amount > 3\n", 1
    )
    (shop / "models" / "orders.yml").write_text(text, encoding="utf-8")
    assert cells(open_shop(shop)) == [("a", 15.0)]


def test_a_connection_is_used_and_left_open(shop: Path) -> None:
    connection = duckdb.connect()
    connection.execute(ONE_ORDER)
    layer = open_shop(shop, connection=connection)
    assert cells(layer) == [("x", 4.0)]
    assert layer.today() == date(2025, 1, 3)
    layer.close()
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_database_file_may_be_named(shop: Path) -> None:
    with duckdb.connect(str(shop / "shop.duckdb")) as connection:
        connection.execute(ONE_ORDER)
    (shop / "askgrowth.yml").write_text(SETTINGS + "engine: shop.duckdb\n", encoding="utf-8")
    layer = open_shop(shop)
    assert (cells(layer), layer.coverage(["gmv"]).end) == ([("x", 4.0)], date(2025, 1, 3))


def test_today_of_the_data_is_the_day_after_their_last_day(shop: Path) -> None:
    layer = open_shop(shop)
    assert layer.today() == date(2025, 11, 6)
    assert layer.today(date(2025, 1, 1)) == date(2025, 1, 1)
    assert layer.coverage(["gmv"]) == Coverage(date(2025, 11, 3), date(2025, 11, 6))
    assert layer.model_coverage("orders").rows == 3


def test_a_plan_dated_ahead_does_not_move_today(shop: Path) -> None:
    plan = (
        "models:\n  - name: plan\n    forward_dated: true\n    columns:\n"
        "      - {name: month, dimension: time, granularity: month}\n    metrics:\n      - {name: planned, agg: sum}\n"
    )
    (shop / "models" / "plan.yml").write_text(plan, encoding="utf-8")
    (shop / "data" / "plan.csv").write_text("month,planned\n2026-12-01,9\n", encoding="utf-8")
    layer = open_shop(shop)
    assert layer.today() == date(2025, 11, 6)
    assert layer.coverage(["gmv", "planned"]).end == date(2025, 11, 6)
    assert layer.coverage(["planned"]).end == date(2026, 12, 2)


def test_values_come_with_their_number_the_most_frequent_first(shop: Path) -> None:
    layer = open_shop(shop)
    assert list(layer.values("channel")) == [("a", 2), ("b", 1)]
    with pytest.raises(UnknownNameError, match="chanel"):
        list(layer.values("chanel"))


def test_a_missing_file_names_what_is_there(shop: Path) -> None:
    (shop / "data" / "orders.csv").rename(shop / "data" / "order.csv")
    with pytest.raises(DataError) as caught:
        open_shop(shop)
    assert caught.value.code == "file_missing"
    assert "orders.yml:2" in caught.value.message.en
    assert "order.csv" in caught.value.message.en


def test_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        semantic_layer.open(tmp_path / "nowhere", state_dir=tmp_path)
    assert caught.value.code == "no_workspace"


def test_broken_yaml_raises_every_problem(shop: Path) -> None:
    (shop / "models" / "more.yml").write_text("models:\n  - {name: t, tabel: x}\n", encoding="utf-8")
    (shop / "models" / "worse.yml").write_text("metrics: {}\n", encoding="utf-8")
    with pytest.raises(SpecProblemsError) as caught:
        open_shop(shop)
    assert [(e.file, e.line) for e in caught.value.problems] == [
        ("models/more.yml", 2),
        ("models/worse.yml", 1),
    ]


def test_the_same_data_are_loaded_once_and_changed_data_anew(shop: Path) -> None:
    first = open_shop(shop)
    assert open_shop(shop).data_version == first.data_version
    (shop / "data" / "orders.csv").write_text(ROWS + "4,2025-11-06,b,粤,1\n", encoding="utf-8")
    second = open_shop(shop)
    assert second.data_version != first.data_version
    assert second.today() == date(2025, 11, 7)
    assert len(list((shop.parent / "state" / "warehouse").glob("*.duckdb"))) == 1
    assert cells(first) == [("a", 15.0), ("b", 2.5)]  # still answers from the file it has open


def test_touching_a_small_file_rebuilds_nothing(shop: Path) -> None:
    first = open_shop(shop)
    os.utime(shop / "data" / "orders.csv", (1, 1))
    assert open_shop(shop).data_version == first.data_version


def test_a_changed_file_gives_a_new_layer_and_a_broken_one_keeps_the_old(shop: Path) -> None:
    layer = open_shop(shop)
    assert layer.reload_if_changed().layer is layer
    path = shop / "models" / "orders.yml"
    path.write_text(MODEL + "      - {name: aov, agg: avg, expr: amount}\n", encoding="utf-8")
    changed = layer.reload_if_changed()
    assert (changed.changed, "aov" in changed.layer.catalog.metrics) == (True, True)
    path.write_text(MODEL + "      - {name: aov, agg: averag}\n", encoding="utf-8")
    broken = changed.layer.reload_if_changed()
    assert broken.layer is changed.layer
    assert isinstance(broken.error, SpecProblemsError)


def test_new_data_are_noticed(shop: Path) -> None:
    layer = open_shop(shop)
    (shop / "data" / "orders.csv").write_text(ROWS + "4,2025-11-09,b,粤,1\n", encoding="utf-8")
    assert layer.reload_if_changed().layer.today() == date(2025, 11, 10)


def test_the_kept_catalog_equals_the_read_one(shop: Path) -> None:
    read, kept_one = open_shop(shop), open_shop(shop)
    assert list((shop.parent / "state" / "catalog").glob("*.catalog"))
    assert read.catalog == kept_one.catalog


def test_a_kept_catalog_that_holds_anything_but_our_types_is_not_read(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "made"),)

    (tmp_path / "x-1.catalog").write_bytes(pickle.dumps(Evil()))
    assert kept(tmp_path, "x", "1") is None
    assert not (tmp_path / "made").exists()


def test_a_kept_catalog_cut_short_is_read_again(shop: Path) -> None:
    open_shop(shop)
    (file,) = (shop.parent / "state" / "catalog").glob("*.catalog")
    file.write_bytes(file.read_bytes()[:100])
    assert cells(open_shop(shop)) == [("a", 15.0), ("b", 2.5)]


ACCESS = """\
access:
  rows: {orders: "province IN ('{user.provinces}')"}
  hidden: [orders]
  roles: {all: {}}
"""
USERS = (
    "users:\n  li: {provinces: [粤]}\n  wu: {provinces: \"x' OR 'a' = 'a\"}\n  boss: {role: all}\n  new: {}\n"
)


@pytest.fixture
def guarded(shop: Path) -> semantic_layer.SemanticLayer:
    (shop / "models" / "access.yml").write_text(ACCESS, encoding="utf-8")
    (shop / "users.yml").write_text(USERS, encoding="utf-8")
    return open_shop(shop)


def test_a_user_sees_the_rows_of_the_rule(guarded: semantic_layer.SemanticLayer) -> None:
    assert cells(guarded, "li") == [("a", 10.0), ("b", 2.5)]


def test_a_role_chooses_its_own_rules(guarded: semantic_layer.SemanticLayer) -> None:
    assert cells(guarded, "boss") == [("a", 15.0), ("b", 2.5)]


def test_an_attribute_is_a_value_and_never_sql(guarded: semantic_layer.SemanticLayer) -> None:
    assert cells(guarded, "wu") == []


@pytest.mark.parametrize("user", [None, "nobody", "new"])
def test_an_unknown_user_or_one_without_the_attribute_sees_nothing(
    guarded: semantic_layer.SemanticLayer, user: str | None
) -> None:
    with pytest.raises(AccessError):
        cells(guarded, user)


def test_a_hidden_metric_does_not_exist_for_the_user(guarded: semantic_layer.SemanticLayer) -> None:
    with pytest.raises(UnknownNameError) as caught:
        guarded.query(metrics="orders", user="li")
    assert "orders" not in caught.value.nearest
    assert guarded.query(metrics="orders", user="boss").table.rows == ((3,),)


def test_two_processes_may_load_the_same_data_at_once(shop: Path) -> None:
    code = (
        "import sys, pathlib, semantic_layer; "
        "layer = semantic_layer.open(sys.argv[1], state_dir=pathlib.Path(sys.argv[2])); "
        "print(layer.data_version, layer.query(metrics='orders').table.rows[0][0])"
    )
    command = [sys.executable, "-c", code, str(shop), str(shop.parent / "state")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate()[0].strip() for process in running}
    assert said == {f"{open_shop(shop).data_version} 3"}
    assert len(list((shop.parent / "state" / "warehouse").iterdir())) == 1


def test_a_state_folder_that_cannot_be_written_says_so(shop: Path) -> None:
    (shop.parent / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        semantic_layer.open(shop, state_dir=shop.parent / "file")
    assert caught.value.code == "state_unwritable"


def test_a_gbk_csv_is_read(shop: Path) -> None:
    (shop / "data" / "orders.csv").write_bytes(ROWS.encode("gb18030"))
    assert dict(open_shop(shop).values("province")) == {"粤": 2, "沪": 1}


def test_coverage_is_the_day_up_to_which_all_that_is_asked_has_data(shop: Path) -> None:
    ads = (
        "models:\n  - name: ads\n    columns:\n"
        "      - {name: day, granularity: day, dimension: {type: time, name: ad_day}}\n"
        "    metrics:\n      - {name: spend, agg: sum}\nmetrics:\n"
        "  - {name: roas, type: ratio, numerator: gmv, denominator: spend}\n"
    )
    (shop / "models" / "ads.yml").write_text(ads, encoding="utf-8")
    (shop / "data" / "ads.csv").write_text("day,spend\n2025-11-01,1\n2025-11-04,1\n", encoding="utf-8")
    layer = open_shop(shop)
    assert layer.coverage(["roas"]) == Coverage(date(2025, 11, 1), date(2025, 11, 5))
    assert layer.coverage(["gmv"]).end == date(2025, 11, 6)
