"""Starts the chat with one handler taken out, named by CHAT_WITHOUT; see handlers.py. Test code only.

The product knows nothing of this: what is taken out is replaced in this process before the server starts.
"""

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from handlers import HANDLERS, Component, Entry, Function, Route, Source  # noqa: E402


def apply() -> None:
    """Take out the handler that the environment names."""
    how = next(one for one in HANDLERS if one.name == os.environ["CHAT_WITHOUT"]).how
    if isinstance(how, Component):
        gone = f"function {how.name}() {{ return null; }} function Gone{how.name}("
        _in_source("elements/", f"function {how.name}(", gone)
    elif isinstance(how, Source):
        _in_source(how.file, how.old, how.new)
    else:
        _once_chainlit_is_there(lambda: _take_out(how))


def _once_chainlit_is_there(work: Callable[[], None]) -> None:
    """Do something after the server has imported Chainlit, which reads its folder from the environment just then."""
    from bot.ui import server

    original = server.import_chainlit

    def imported(*values: object, **named: object) -> object:
        found = original(*values, **named)
        work()
        return found

    server.import_chainlit = imported


def _take_out(how: Entry | Function | Route) -> None:
    if isinstance(how, Entry):
        module = importlib.import_module(how.module)
        del getattr(module, how.table)[how.key]
    elif isinstance(how, Function):
        owner = importlib.import_module(how.module)
        *path, last = how.name.split(".")
        for part in path:
            owner = getattr(owner, part)
        setattr(owner, last, _nothing(how.gives, is_async=how.is_async))
    else:
        _without_route(how)


def _nothing(gives: object, *, is_async: bool):
    def silent(*_values: object, **_named: object) -> object:
        return gives

    async def silently(*_values: object, **_named: object) -> object:
        return gives

    return silently if is_async else silent


def _without_route(route: Route) -> None:
    from bot.ui import patches

    original = patches.first

    def first(path: str, *more: object, **named: object) -> None:
        if path != route.path:
            original(path, *more, **named)

    patches.first = first


def _in_source(file: str, old: str, new: str) -> None:
    """Change the browser's code on its way to the application folder; it must be there to be changed."""
    from bot.ui import app_folder

    if file.startswith("elements/"):
        original = app_folder._card_source

        def changed() -> str:
            source = original()
            assert old in source, f"not in the card: {old}"
            return source.replace(old, new)

        app_folder._card_source = changed
        return
    write = app_folder._write_public

    def written(target: Path) -> None:
        write(target)
        path = target / file
        source = path.read_text(encoding="utf-8")
        assert old in source, f"not in {file}: {old}"
        path.write_text(source.replace(old, new), encoding="utf-8")

    app_folder._write_public = written


if __name__ == "__main__":
    apply()
    from bot.cli import main

    main()
