"""A small run of `bench sql`: every hand-written statement gives the rows of ours."""

import pytest

from evals.bench import sql


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    with sql.generated(tmp_path_factory.mktemp("bench") / "sales.duckdb", 20_000, threads=1) as connection:
        yield connection


@pytest.mark.parametrize("pair", sql.pairs(), ids=lambda pair: pair.name)
def test_our_sql_and_the_hand_written_sql_give_the_same_rows(database, pair):
    assert sql.measured(database, pair, rounds=1).ratio > 0


def test_rollups_give_the_same_rows_where_they_answer(database):
    sql.build_rollups(database)
    timings = [sql.measured(database, pair, rounds=1) for pair in sql.rollup_pairs()]
    assert len(timings) >= 10


def test_thirty_questions_are_asked():
    assert len({pair.name for pair in sql.pairs()}) == 30


def test_different_rows_are_an_error_and_nothing_is_measured(database):
    pair = sql.Pair("wrong", sql.pairs()[0].query, "SELECT 1", "SELECT 2")
    with pytest.raises(sql.UnequalError, match="wrong"):
        sql.measured(database, pair, rounds=1)


def test_a_median_ratio_over_the_budget_fails_the_bench(capsys):
    slow = [sql.Timing("slow", 12.0, 10.0, 1.15)]
    assert sql.report(slow) == 1
    assert "1.15  over" in capsys.readouterr().out
    assert sql.report([sql.Timing("quick", 11.0, 10.0, 1.15)]) == 0
