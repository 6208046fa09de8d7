"""The least point of a likelihood over parameters above 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tools.numerics.arrays import finite
from tools.numerics.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PENALTY = 1e-6  # keeps a flat likelihood from walking to infinity; too small to move a fit that is not flat
_REACH = 12.0  # log parameters are searched within +-12


def positive(**numbers: float) -> None:
    """Check that parameters are numbers above 0.

    Raises:
        ValueError: one is missing, infinite, or not above 0; the message names it.
    """
    finite(**numbers)
    if min(numbers.values()) <= 0:
        raise ValueError(f"parameters above 0 are needed, not {numbers}")


def minimum(loss: Callable[[Array], object], starts: list[Array], *, slope: bool = False) -> Array:
    """Return the best point found from the starts, in log parameters within reach; `slope`: the loss gives both."""
    import numpy as np
    from scipy.optimize import minimize

    best, lowest = starts[0], np.inf
    options = {"maxiter": 500, "ftol": 1e-11}
    with one_thread():
        for start in starts:
            bounds = [(-_REACH, _REACH)] * len(start)
            found = minimize(loss, start, jac=slope, method="L-BFGS-B", bounds=bounds, options=options)
            if found.fun < lowest:
                best, lowest = found.x, float(found.fun)
    return np.asarray(best, dtype=np.float64)
