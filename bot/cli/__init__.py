"""The command line, thin over the pipeline.

Exit codes: 0 answered, 3 clarification, 4 refused, 2 usage, 1 failed.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import Any

import typer

from bot.cli.output import fail, prefer_utf8
from semantic_layer.errors import AskGrowthError

# The modules of this package with commands, in the order in which the help shows them.
_MODULES = (
    "ask", "query", "catalog", "workspace", "rollups", "suggestions", "chat", "user", "feedback", "verified",
    "ledger", "digest", "jobs", "alerts", "delivery", "usage", "init", "token", "mcp",
)  # fmt: skip
# Commands that somebody waits for: only their module is loaded when one of them is asked for.
_WAITED_FOR = {"ask": "ask", "sql": "ask"}


def main() -> None:
    """Run the command line; every known error becomes one bilingual message and exit code 1."""
    prefer_utf8()
    asked = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), "")
    if asked in _WAITED_FOR:
        app = _application((_WAITED_FOR[asked],))
    else:
        app = _application(_MODULES)
        _add_commands_of_packages(app, asked)
    try:
        app()
    except AskGrowthError as error:
        fail(error)
    except BrokenPipeError:  # the reader of our output has gone (`| head`)
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)


@cache
def _application(modules: tuple[str, ...]) -> typer.Typer:
    """Return the application with the commands of some modules."""
    app = typer.Typer(
        name="askgrowth",
        help="问增长 / AskGrowth: marketing questions answered with numbers one can check.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for name in modules:
        import_module(f"{__name__}.{name}").register(app)
    return app


def _add_commands_of_packages(app: typer.Typer, asked: str) -> None:
    """Add the commands that packages above `bot` hang in by entry point, only when one is asked for."""
    own = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    own |= {group.name for group in app.registered_groups}
    if asked in own:
        return
    from importlib.metadata import entry_points

    for entry in entry_points(group="askgrowth.commands"):
        if asked in ("", entry.name):
            app.add_typer(entry.load(), name=entry.name)


def __getattr__(name: str) -> Any:
    """Return `app`, the application with all commands of our own (PEP 562)."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _application(_MODULES)
