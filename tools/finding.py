"""Which analyses there are: ours and those of installed packages, without importing them where that is known.

Importing every analysis takes longer than answering a question that needs none of them, so what routing reads
(names, labels, examples, inputs) is kept in the state folder until a file of `tools/` or an installed package changes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from semantic_layer.keeping import code_stamp, keep_file
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.registry import ENTRY_POINT_GROUP, Tool

_NO_TOOLS = ("asks", "finding", "registry", "result", "render", "render_dates", "progress")
_HERE = Path(__file__).parent


def find_tools(folder: Path | None = None) -> list[Tool]:
    """Return our tools, then those of installed packages; with a folder, from the index kept there where it fits.

    A tool of the index is imported when it is run. Tools of other packages are always imported: how their code
    changes is not ours to know.
    """
    if folder is None:
        return [*_ours(), *_of_packages()]
    stamp = _stamp()
    known = _kept(folder / "tools.json", stamp)
    if known is not None:
        return known
    ours, others = _ours(), _of_packages()
    if not others:
        _keep(folder / "tools.json", stamp, ours)
    return [*ours, *others]


def _ours() -> list[Tool]:
    import tools

    names = [module.name for module in iter_modules(tools.__path__) if not module.ispkg]
    return [
        tool for name in names if name not in _NO_TOOLS for tool in _tools_in(import_module(f"tools.{name}"))
    ]


def _of_packages() -> list[Tool]:
    found: list[Tool] = []
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        loaded = entry.load()
        found += [loaded] if isinstance(loaded, Tool) else _tools_in(loaded)
    return found


def _tools_in(module: ModuleType) -> list[Tool]:
    """Return the tools defined in a module, in order; one that is only imported there is not counted."""
    return [
        value for value in vars(module).values() if isinstance(value, Tool) and value.home == module.__name__
    ]


def _stamp() -> str:
    """Return what changes whenever our analyses do, or another package is installed."""
    places = [Path(name) for name in sys.path if Path(name).name in ("site-packages", "dist-packages")]
    # An installation writes its .dist-info folder into one of these.
    installed = [(str(place), place.stat().st_mtime_ns) for place in places if place.is_dir()]
    return hashlib.sha256(repr((code_stamp(_HERE), installed)).encode()).hexdigest()


def _kept(file: Path, stamp: str) -> list[Tool] | None:
    """Return the tools of a kept index, None where there is none that can be trusted."""
    try:
        index = json.loads(file.read_bytes())
        return [_read(one) for one in index["tools"]] if index["stamp"] == stamp else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # absent, cut short or of another version


def _read(kept: dict[str, Any]) -> Tool:
    zh, en = kept["examples"]
    asks = kept["asks"]
    return Tool(
        kept["name"],
        Text(zh=kept["label"][0], en=kept["label"][1]),
        kept["description"],
        Words(zh=tuple(zh), en=tuple(en)),
        tuple(kept["fields"]),
        kept["home"],
        partial(_work, kept["home"], kept["name"]),
        Asks(
            tuple(asks["frames"]),
            tuple((name, kind) for name, kind in asks["numbers"]),
            tuple((name, idea, value) for name, idea, value in asks["words"]),
            asks["against"],
        ),
    )


def _work(home: str, name: str) -> Any:
    (tool,) = (one for one in _tools_in(import_module(home)) if one.name == name)
    return tool.work()


def _keep(file: Path, stamp: str, tools: list[Tool]) -> None:
    """Keep the index for the next process. A folder that cannot be written is no error."""
    known = [
        {
            "name": tool.name,
            "label": [tool.label.zh, tool.label.en],
            "description": tool.description,
            "examples": [tool.examples.zh, tool.examples.en],
            "fields": tool.fields,
            "home": tool.home,
            "asks": asdict(tool.asks),
        }
        for tool in tools
    ]
    keep_file(file, json.dumps({"stamp": stamp, "tools": known}, ensure_ascii=False))
