"""Row-level reads: the same names, paths, rights and day limit as a metric query, and steps over them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from semantic_layer.catalog import Filter, Window
from semantic_layer.errors import AccessError, QueryError, UnknownNameError
from semantic_layer.period import Grain
from semantic_layer.query import Condition
from semantic_layer.rows import Analysis, Holds, Measured, Named, RowQuery, Step

SETTINGS = """\
version: 1
name: shop
today: 2025-01-05
access:
  roles:
    all: {}
    south: {rows: [{model: clicks, where: "town = '{user.town}'"}], masked: [page]}
"""
MODEL = """\
models:
  - name: clicks
    agg_time_dimension: clicked
    columns:
      - {name: person, entity: foreign}
      - {name: clicked, dimension: time, granularity: second}
      - {name: page, dimension: categorical}
      - {name: town, dimension: categorical}
    metrics:
      - {name: paid, agg: sum, expr: money, filter: "page = 'pay'"}
      - {name: hits, agg: count}
      - {name: hit_rate, type: ratio, numerator: hits, denominator: hits}
  - name: people
    columns:
      - {name: person_id, entity: {type: primary, name: person}}
      - {name: tier, dimension: categorical}
"""
USERS = "users:\n  ann: {role: all}\n  bob: {role: south, town: s}\n"
ROWS = """
CREATE TABLE clicks(person INT, clicked TIMESTAMP, page VARCHAR, town VARCHAR, money INT);
INSERT INTO clicks VALUES
  (1, '2025-01-01 10:00', 'home', 's', 0), (1, '2025-01-01 11:00', 'pay', 's', 7),
  (2, '2025-01-02 09:00', 'home', 'n', 0), (2, '2025-01-05 23:59', 'pay', 'n', 9),
  (3, '2025-01-06 00:00', 'home', 's', 0), (NULL, '2025-01-03 08:00', NULL, 's', 5);
CREATE TABLE people(person_id INT, tier VARCHAR);
INSERT INTO people VALUES (1, 'gold'), (2, 'plain');
"""
READ = {
    "who": Named("person"),
    "at": Named("metric_time"),
    "page": Named("page"),
    "tier": Named("tier"),
    "pays": Holds(Filter("page = 'pay'")),
    "money": Measured("paid"),
    "one": Measured("hits"),
}


@pytest.fixture
def layer(tmp_path: Path) -> semantic_layer.SemanticLayer:
    root = tmp_path / "shop"
    (root / "models").mkdir(parents=True)
    (root / "askgrowth.yml").write_text(SETTINGS, encoding="utf-8")
    (root / "users.yml").write_text(USERS, encoding="utf-8")
    (root / "models" / "clicks.yml").write_text(MODEL, encoding="utf-8")
    connection = duckdb.connect()
    connection.execute(ROWS)
    return semantic_layer.open(root, connection=connection, state_dir=tmp_path / "state")


def read(
    layer: semantic_layer.SemanticLayer, user: str = "ann", **written: object
) -> list[tuple[object, ...]]:
    query = RowQuery(model="clicks", columns=written.pop("columns", READ), **written)  # type: ignore[arg-type]
    shown = ", ".join(query.columns)
    return list(layer.analyse(Analysis({"r": query}, f"SELECT {shown} FROM r ORDER BY at"), user=user).rows)


def test_a_row_has_its_names_conditions_and_measures_and_none_is_later_than_today(layer) -> None:
    rows = [(row[0], *row[2:]) for row in read(layer)]
    assert rows == [
        (1, "home", "gold", False, None, 1),
        (1, "pay", "gold", True, 7, 1),
        (2, "home", "plain", False, None, 1),
        (None, None, None, False, None, 1),
        (2, "pay", "plain", True, 9, 1),
    ]


def test_limits_and_conditions_narrow_the_rows(layer) -> None:
    only = {"who": Named("person"), "at": Named("metric_time")}
    condition = Condition(dimension="tier", operator="=", values=("plain",))
    found = read(layer, columns=only, where=(condition,), start=date(2025, 1, 2), end=date(2025, 1, 3))
    assert [row[0] for row in found] == [2]


def test_row_rules_and_masks_hold(layer) -> None:
    assert [(row[0], row[2]) for row in read(layer, user="bob")] == [(1, None), (1, None), (None, None)]


def test_an_unknown_user_reads_nothing(layer) -> None:
    with pytest.raises(AccessError):
        read(layer, user="eve")


def test_steps_read_rows_and_take_values_only_through_places(layer) -> None:
    rows = RowQuery(model="clicks", columns={"who": Named("person"), "at": Named("metric_time")})
    steps = (
        Step("firsts", "SELECT who, MIN(at) AS first_at FROM clicks WHERE at >= :start GROUP BY 1",
             {"start": date(2025, 1, 2)}),
        Step("soon", "SELECT f.who, :word AS word FROM firsts AS f WHERE f.first_at + :window >= :until",
             {"window": Window(4, Grain.DAY), "until": date(2025, 1, 6), "word": "it's"}),
    )  # fmt: skip
    # The rows are called like a table: the CTE steps aside, and the steps follow it.
    result = layer.analyse(
        Analysis({"clicks": rows}, "SELECT who, word FROM soon ORDER BY 1", steps), user="ann"
    )
    assert result.rows == ((2, "it's"), (None, "it's"))
    assert "clicks_2" in result.sql


def test_the_statement_is_the_one_that_runs(layer) -> None:
    analysis = Analysis({"r": RowQuery("clicks", {"who": Named("person")})}, "SELECT COUNT(*) AS n FROM r")
    result = layer.analyse(analysis, user="ann")
    assert result.records() == ({"n": 5},)
    assert layer.engine.execute(result.sql).rows == result.rows


def test_a_metric_that_is_no_row_value_is_refused(layer) -> None:
    with pytest.raises(QueryError) as caught:
        read(layer, columns={"at": Named("metric_time"), "x": Measured("hit_rate")})
    assert caught.value.code == "not_supported"


def test_an_unknown_name_is_named(layer) -> None:
    with pytest.raises(UnknownNameError) as caught:
        read(layer, columns={"at": Named("metric_time"), "x": Named("pagee")})
    assert "page" in caught.value.nearest
