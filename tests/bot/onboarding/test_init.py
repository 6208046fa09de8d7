"""A proposed workspace passes the check and answers at once, with the numbers of the file."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from bot.onboarding.workspace import init_from_database, init_from_files
from bot.pipeline import Pipeline
from semantic_layer.errors import DataError

ADS = """day,channel,spend,impressions,clicks,orders,revenue
2024-03-01,Alpha,100,1000,50,5,400
2024-03-01,Beta,50,500,10,1,60
2024-03-02,Alpha,120,1500,60,6,500
2024-03-02,Beta,30,400,20,2,90
"""


@pytest.fixture
def ads(tmp_path: Path):
    (tmp_path / "ads.csv").write_text(ADS, encoding="utf-8")
    made = init_from_files(tmp_path / "made", [tmp_path / "ads.csv"], tmp_path / "state")
    layer = semantic_layer.open(made.folder, state_dir=tmp_path / "state")
    yield made, Pipeline(layer)
    layer.close()


def test_the_proposal_passes_the_check_without_a_warning(ads):
    made, _ = ads
    assert made.report.ok
    assert made.report.warnings == ()


def test_ratios_are_proposed_where_both_parts_are_there_and_are_sums_over_sums(ads):
    _, pipeline = ads
    answer = pipeline.ask("ROAS by channel")
    assert answer.outcome == "answer"
    rows = {row[0]: row[1] for row in answer.parts[0].table.rows}
    assert rows == {"Alpha": pytest.approx(900 / 220), "Beta": pytest.approx(150 / 80)}


@pytest.mark.parametrize("question", ["各渠道的花费", "spend by channel"])
def test_the_first_question_is_answered_in_both_languages(ads, question):
    _, pipeline = ads
    rows = pipeline.ask(question).parts[0].table.rows
    assert {row[0]: row[1] for row in rows} == {"Alpha": 220, "Beta": 80}


def test_a_reference_is_found_by_the_values_and_joins(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "order_id,customer_id,ordered_at,amount\n" + "".join(
            f"{n},{n % 20 + 1},2024-01-{n % 28 + 1:02},{n}\n" for n in range(1, 61)
        ),
        encoding="utf-8",
    )  # fmt: skip
    (tmp_path / "customers.csv").write_text(
        "customer_id,city\n" + "".join(f"{n},{'East' if n % 2 else 'West'}\n" for n in range(1, 21)),
        encoding="utf-8",
    )
    made = init_from_files(
        tmp_path / "made", [tmp_path / "orders.csv", tmp_path / "customers.csv"], tmp_path / "state"
    )
    assert made.report.ok
    with_layer = semantic_layer.open(made.folder, state_dir=tmp_path / "state")
    rows = dict(with_layer.query(metrics="amount", by="city").table.rows)
    with_layer.close()
    by_hand = {"East": 0, "West": 0}
    for n in range(1, 61):
        by_hand["East" if (n % 20 + 1) % 2 else "West"] += n
    assert rows == by_hand


def test_quantity_times_price_is_proposed_where_no_column_holds_the_amount(tmp_path):
    (tmp_path / "lines.csv").write_text(
        "day,quantity,unit_price\n2024-01-01,2,1.5\n2024-01-02,-1,1.5\n2024-01-03,4,2\n", encoding="utf-8"
    )
    made = init_from_files(tmp_path / "made", [tmp_path / "lines.csv"], tmp_path / "state")
    layer = semantic_layer.open(made.folder, state_dir=tmp_path / "state")
    assert layer.query(metrics="amount").table.rows == ((9.5,),)  # 3 - 1.5 + 8
    layer.close()
    assert any("negative" in note.en for note in made.proposal.notes())


def test_a_column_of_several_tables_becomes_one_dimension(tmp_path):
    (tmp_path / "ads.csv").write_text(ADS, encoding="utf-8")
    (tmp_path / "refunds.csv").write_text(
        "day,channel,refund_amount\n2024-03-01,Alpha,10\n2024-03-02,Beta,9\n", encoding="utf-8"
    )
    made = init_from_files(
        tmp_path / "made", [tmp_path / "ads.csv", tmp_path / "refunds.csv"], tmp_path / "state"
    )
    assert made.report.ok
    layer = semantic_layer.open(made.folder, state_dir=tmp_path / "state")
    rows = {row[0]: row[1] for row in layer.query(metrics="refund_rate", by="channel").table.rows}
    layer.close()
    assert rows == {"Alpha": pytest.approx(10 / 900), "Beta": pytest.approx(9 / 150)}


def test_a_file_without_any_date_is_asked_without_time(tmp_path):
    (tmp_path / "shops.csv").write_text("shop,visitors\nNorth,10\nSouth,25\n", encoding="utf-8")
    made = init_from_files(tmp_path / "made", [tmp_path / "shops.csv"], tmp_path / "state")
    assert made.report.ok
    layer = semantic_layer.open(made.folder, state_dir=tmp_path / "state")
    assert dict(layer.query(metrics="visitors", by="shop").table.rows) == {"North": 10, "South": 25}
    layer.close()


def test_a_duckdb_file_stays_where_it_is(tmp_path):
    with duckdb.connect(tmp_path / "shop.duckdb") as connection:
        connection.execute(
            "CREATE TABLE sales AS SELECT DATE '2024-01-01' + CAST(n AS INT) AS day, "
            "n * 1.0 AS amount FROM range(5) t(n)"
        )
    made = init_from_database(tmp_path / "made", str(tmp_path / "shop.duckdb"), tmp_path / "state", {})
    assert made.report.ok
    assert not (tmp_path / "made" / "data").exists()
    layer = semantic_layer.open(made.folder, state_dir=tmp_path / "state")
    assert layer.query(metrics="amount").table.rows == ((10.0,),)
    layer.close()


def test_a_sqlite_file_is_copied_with_its_types(tmp_path):
    with sqlite3.connect(tmp_path / "shop.sqlite") as connection:
        connection.execute("CREATE TABLE sales (day TEXT, amount REAL)")
        connection.executemany("INSERT INTO sales VALUES (?, ?)", [("2024-01-01", 1.5), ("2024-01-02", 2)])
    connection.close()
    made = init_from_database(tmp_path / "made", str(tmp_path / "shop.sqlite"), tmp_path / "state", {})
    assert made.report.ok
    layer = semantic_layer.open(made.folder, state_dir=tmp_path / "state")
    assert layer.query(metrics="amount").table.rows == ((3.5,),)
    layer.close()


def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path):
    with pytest.raises(DataError) as refused:
        init_from_database(
            tmp_path / "made", "postgres://reader:hunter2@127.0.0.1/shop", tmp_path / "state", {}
        )
    assert refused.value.code == "plain_password"
    assert "hunter2" not in refused.value.at("en-US")


def test_nothing_of_anybodys_is_overwritten(tmp_path):
    (tmp_path / "ads.csv").write_text(ADS, encoding="utf-8")
    with pytest.raises(DataError) as refused:
        init_from_files(tmp_path, [tmp_path / "ads.csv"], tmp_path / "state")
    assert refused.value.code == "not_empty"


def test_the_command_says_what_it_made(tmp_path, project_root):
    (tmp_path / "ads.csv").write_text(ADS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "init", "made", "--from", "ads.csv", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(project_root), os.environ.get("PYTHONPATH", "")]),
             "ASKGROWTH_STATE_DIR": str(tmp_path / "state")},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["ok"]
    assert "return_on_ad_spend" in said["metrics"]
    assert said["questions"]
    assert (tmp_path / "made" / "profile.md").is_file()


@pytest.mark.needs_data("online_retail")
def test_the_gift_shop_is_proposed_with_its_turnover(tmp_path, data_set):
    path = next(data_set.glob("*.parquet")) if data_set.is_dir() else data_set
    made = init_from_files(tmp_path / "made", [path], tmp_path / "state")
    assert made.report.ok
    layer = semantic_layer.open(made.folder, state_dir=tmp_path / "state")
    (total,) = layer.query(metrics="amount").table.rows[0]
    ((by_hand,),) = duckdb.sql(f"SELECT sum(Quantity * UnitPrice) FROM '{path}'").fetchall()
    layer.close()
    assert total == pytest.approx(by_hand)
