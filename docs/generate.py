"""Write the reference pages from the code, or with `--check` say which are stale: `python docs/generate.py`."""

import inspect
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import typer.main

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # run as a file, Python puts docs/ there instead
    sys.path.insert(0, str(ROOT))
HEAD = "<!-- Written by docs/generate.py; `python run.py check` fails when it is stale. -->\n"


def command_line() -> str:
    """The page of the command line: every command with its arguments and options."""
    from bot.cli import app

    found = list(_commands(typer.main.get_command(app), "askgrowth"))
    for entry in entry_points(group="askgrowth.commands"):
        found += _commands(typer.main.get_command(entry.load()), f"askgrowth {entry.name}")
    lines = [HEAD, "# Command line / 命令行", ""]
    lines += ["Exit codes: 0 answered, 3 a question back, 4 refused, 2 wrong usage, 1 failed."]
    for path, command in sorted(found, key=lambda pair: pair[0]):
        says = inspect.cleandoc(command.help or "")
        lines += ["", f"## {path}", "", says, ""]
        rows = [_row(parameter) for parameter in command.params if parameter.name != "help"]
        lines += (
            ["| argument or option | default | says |", "|---|---|---|", *rows] if rows else ["No options."]
        )
    return "\n".join(lines) + "\n"


def analyses() -> str:
    """The page of the tools: what each answers, by example, and its inputs."""
    from tools.registry import Registry

    lines = [HEAD, "# Analyses / 分析工具", "", "Run one with `askgrowth tools run NAME --inputs JSON`."]
    for name, tool in sorted(Registry.load().tools.items()):
        title = f"## {tool.label.zh} / {tool.label.en} (`{name}`)"
        lines += ["", title, "", inspect.cleandoc(tool.description), ""]
        lines += [f"- {example}" for example in (*tool.examples.zh, *tool.examples.en)]
        lines += ["", "| input | required | says |", "|---|---|---|"]
        for field, info in tool.inputs.model_fields.items():
            required = "yes" if info.is_required() else "no"
            lines.append(f"| `{field}` | {required} | {info.description or ''} |")
    return "\n".join(lines) + "\n"


def yaml_keys() -> str:
    """The page of the YAML: every key of every section."""
    from semantic_layer.spec.reference import page

    intro = (
        "Every key there is; how to write them is in [docs/yaml.md](../yaml.md). A key not listed is refused."
    )
    return "\n".join([HEAD, "# YAML keys / YAML 的键", "", intro, "", page().rstrip()]) + "\n"


PAGES: dict[str, Callable[[], str]] = {"cli.md": command_line, "tools.md": analyses, "yaml.md": yaml_keys}


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Path and command of every leaf; Typer carries its own copy of Click, so the types are not named."""
    children = getattr(command, "commands", {})
    for name, child in children.items():
        yield from _commands(child, f"{path} {name}")
    if not children or command.invoke_without_command:
        yield path, command


def _row(parameter: Any) -> str:
    option = parameter.param_type_name == "option"
    name = ", ".join(parameter.opts) if option else parameter.name.upper()
    default = "" if parameter.default in (None, False) else f"`{parameter.default}`"
    says = (getattr(parameter, "help", None) or "").replace("|", "\\|")
    return f"| `{name}` | {default} | {says} |"


def main(arguments: list[str]) -> int:
    """Write every page; with `--check` write nothing and return 1 if one is stale."""
    stale = []
    for name, page in PAGES.items():
        target, text = ROOT / "docs" / "reference" / name, page()
        if target.exists() and target.read_text("utf-8") == text:
            continue
        stale.append(f"docs/reference/{name}")
        if "--check" not in arguments:
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, "utf-8")
    if stale and "--check" in arguments:
        print(f"stale: {', '.join(stale)}; write them with: python docs/generate.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
