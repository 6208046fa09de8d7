from collections.abc import Callable

import pytest

from semantic_layer.engines.base import EngineResult
from semantic_layer.errors import EngineError
from semantic_layer.results import ResultCache
from semantic_layer.text import Text


def counted(rows: int = 1) -> tuple[Callable[[], EngineResult], list[int]]:
    calls: list[int] = []

    def run() -> EngineResult:
        calls.append(1)
        return EngineResult(("a",), tuple((at,) for at in range(rows)), truncated=False)

    return run, calls


def test_the_same_statement_is_run_once() -> None:
    cache, (run, calls) = ResultCache(), counted()
    assert cache.get("SELECT 1", None, run) == cache.get("SELECT 1", None, run)
    assert len(calls) == 1


def test_another_statement_or_row_limit_is_run_anew() -> None:
    cache, (run, calls) = ResultCache(), counted()
    for sql, limit in (("SELECT 1", None), ("SELECT 2", None), ("SELECT 1", 5)):
        cache.get(sql, limit, run)
    assert len(calls) == 3


def test_the_result_used_longest_ago_goes_first() -> None:
    cache, (run, calls) = ResultCache(max_cells=4), counted(rows=2)
    cache.get("a", None, run)
    cache.get("b", None, run)
    cache.get("a", None, run)
    cache.get("c", None, run)  # b goes
    cache.get("a", None, run)
    assert len(calls) == 3
    cache.get("b", None, run)
    assert len(calls) == 4


def test_an_error_is_not_kept() -> None:
    cache, (run, calls) = ResultCache(), counted()

    def fail() -> EngineResult:
        raise EngineError(Text.same("no"), Text.same("no"))

    with pytest.raises(EngineError):
        cache.get("a", None, fail)
    cache.get("a", None, run)
    assert len(calls) == 1


def test_a_large_result_is_not_kept() -> None:
    cache, (run, calls) = ResultCache(), counted(rows=200_001)
    cache.get("a", None, run)
    cache.get("a", None, run)
    assert len(calls) == 2
