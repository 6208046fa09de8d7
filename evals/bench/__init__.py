"""Benches: one module each, with `run(argv: list[str]) -> int` that measures, prints, returns 0 in budget.

`python run.py bench NAME` runs one, `python run.py bench` lists them. A bench is found by its file.
"""

import importlib
import pkgutil
from collections.abc import Callable


def bench_names() -> list[str]:
    """Names of the benches, sorted. A module named with a leading underscore is a shared part."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load_bench(name: str) -> Callable[[list[str]], int]:
    """The `run` function of the bench.

    Raises:
        LookupError: no bench of that name.
    """
    if name not in bench_names():
        raise LookupError(name)
    run: Callable[[list[str]], int] = importlib.import_module(f"{__name__}.{name}").run
    return run
