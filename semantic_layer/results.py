"""Results already read from the data as they are: the same statement is not run twice on one data version."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from semantic_layer.engines.base import EngineResult

MAX_CELLS = 2_000_000  # about 100 MB of Python values at worst
MAX_CELLS_OF_ONE = 200_000


class ResultCache:
    """Keeps the latest results by statement and row limit; safe to share between threads.

    The statement is the whole key: period, filters and the access rules of the user are all part of its text.
    One cache belongs to one opened layer, so new data never meet old results.
    """

    def __init__(self, max_cells: int = MAX_CELLS) -> None:
        """Make an empty cache that holds at most `max_cells` cells."""
        self._max_cells = max_cells
        self._cells = 0
        self._results: OrderedDict[tuple[str, int | None], EngineResult] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, sql: str, row_limit: int | None, run: Callable[[], EngineResult]) -> EngineResult:
        """Return the kept result, or that of `run`, which is kept unless it is large. Errors are not kept."""
        key = (sql, row_limit)
        with self._lock:
            kept = self._results.get(key)
            if kept is not None:
                self._results.move_to_end(key)
                return kept
        result = run()
        size = _cells(result)
        if size > MAX_CELLS_OF_ONE:
            return result
        with self._lock:
            if key not in self._results:
                self._results[key] = result
                self._cells += size
            while self._cells > self._max_cells:
                _, oldest = self._results.popitem(last=False)
                self._cells -= _cells(oldest)
        return result


def _cells(result: EngineResult) -> int:
    return max(1, len(result.rows)) * max(1, len(result.columns))
