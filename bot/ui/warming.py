"""What a server does before anybody needs it: answers once, then loads what the long analyses compute with."""

from __future__ import annotations

import gc
import importlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

LOG = logging.getLogger("askgrowth.chat")
PAUSE_SECONDS = 4.0  # the first page is loading then
# Together they take seconds to load, and the first forecast, cluster or test would wait for them.
LIBRARIES = (
    "pandas",
    "scipy.stats",
    "scipy.optimize",
    "scipy.signal",
    "scipy.cluster.hierarchy",
    "sklearn.cluster",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.feature_extraction.text",
    "statsmodels.tsa.statespace.structural",
)


class Warming:
    """Warms a server up in a thread of its own, which ends with the process at the latest."""

    def __init__(self, first: Iterable[Callable[[], object]], libraries: Iterable[str] = LIBRARIES) -> None:
        """Take what to do at once; the libraries follow after a pause."""
        self._first, self._libraries = tuple(first), tuple(libraries)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="askgrowth-warm", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Leave the rest."""
        self._closed.set()

    def _run(self) -> None:
        try:
            for task in self._first:
                task()
        except Exception:  # an unready workspace says so to whoever asks
            LOG.exception("warming up failed")
        if self._closed.wait(PAUSE_SECONDS):
            return
        for name in self._libraries:
            importlib.import_module(name)
            if self._closed.wait(0.05):  # questions go first
                return
        gc.collect()
        gc.freeze()  # what is loaded by now stays, and is not looked through for garbage again and again


@contextmanager
def without_collecting() -> Iterator[None]:
    """Leave garbage where it is while much is loaded: a fifth of the time goes into looking for some."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
