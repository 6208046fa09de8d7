"""The command line, thin over the pipeline.

Exit codes: 0 answered, 3 clarification, 4 refused, 2 usage, 1 failed.
"""

from __future__ import annotations

import sys

import typer

from bot.cli import ask, catalog, chat, feedback, init, ledger, query, rollups, suggestions, user, verified, workspace
from bot.cli.output import fail, prefer_utf8
from semantic_layer.errors import AskGrowthError

app = typer.Typer(
    name="askgrowth",
    help="问增长 / AskGrowth: marketing questions answered with numbers one can check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ask.register(app)
query.register(app)
catalog.register(app)
workspace.register(app)
rollups.register(app)
suggestions.register(app)
chat.register(app)
user.register(app)
feedback.register(app)
verified.register(app)
ledger.register(app)
init.register(app)


def main() -> None:
    """Run the command line; every known error becomes one bilingual message and exit code 1."""
    prefer_utf8()
    _add_commands_of_packages()
    try:
        app()
    except AskGrowthError as error:
        fail(error)
    except BrokenPipeError:  # the reader of our output has gone (`| head`)
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)


def _add_commands_of_packages() -> None:
    """Add the commands that packages above `bot` hang in by entry point, only when one is asked for."""
    asked = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), None)
    own = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    own |= {group.name for group in app.registered_groups}
    if asked in own:
        return
    from importlib.metadata import entry_points

    for entry in entry_points(group="askgrowth.commands"):
        if asked is None or asked == entry.name:
            app.add_typer(entry.load(), name=entry.name)
