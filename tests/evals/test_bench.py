"""The benches are found by their files."""

import pytest

from evals.bench import bench_names, load_bench
from evals.bench.__main__ import main


@pytest.mark.parametrize("name", bench_names())
def test_every_bench_has_a_run_function(name):
    assert callable(load_bench(name))


def test_without_a_name_the_benches_are_listed(capsys):
    assert main([]) == 0
    assert capsys.readouterr().out.split() == bench_names()


def test_an_unknown_bench_is_a_usage_error_that_names_those_there_are(capsys):
    assert main(["no_such_bench"]) == 2
    assert "cold_start" in capsys.readouterr().err
