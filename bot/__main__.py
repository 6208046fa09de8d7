"""`python -m bot`, and the command `askgrowth`: the same."""

from __future__ import annotations

import atexit
import gc


def main() -> None:
    """Run the command line.

    A start makes some hundred thousand objects and drops next to none of them, so the collector would walk them again
    and again for nothing: it is told to come by rarely, and at the end not at all. Each is a tenth of a cold answer.
    """
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)
    from bot.cli import main as run

    run()


if __name__ == "__main__":
    main()
