"""`python -m bot`, and the command `askgrowth`: the same."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys


def main() -> None:
    """Run the command line.

    A start makes some hundred thousand objects and drops next to none of them, so the collector would walk them again
    and again for nothing: it is told to come by rarely. At the end they are not taken apart one by one either: what
    is registered for the end of the process (databases are closed) runs, and then the process leaves. Each of the two
    is a tenth of a cold answer.
    """
    gc.set_threshold(100_000, 20, 20)
    code = 1
    atexit.register(lambda: _leave(code))  # the first to be registered is the last to run
    from bot.cli import main as run

    try:
        run()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        raise


def _leave(code: int) -> None:
    with contextlib.suppress(OSError, ValueError):  # the reader of our output has gone, or it is closed
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
