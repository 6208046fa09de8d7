"""The two READMEs: same structure, and every command in them prints what they say it prints.

A `console` block holds commands (lines that start with `$ `) and their output; they run in order in one folder.
`…` in the expected output stands for anything, and durations are not compared. A `yaml` or `csv` block whose first
line is `# path` is first written to that file. The two set-up commands are run by `.ci/run` instead.
"""

import os
import re
import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

READMES = ("README.md", "README.zh-CN.md")
SET_UP = ("python run.py demo", "python run.py test")
BLOCK = re.compile(r"^( *)```(console|yaml|csv)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
DURATION = re.compile(r"\d+(?:\.\d+)?(?= ?(?:ms|毫秒|seconds|秒)(?![\w]))")


@dataclass(frozen=True)
class Example:
    """One command of a README and what the README prints below it."""

    command: str
    expected: str


def blocks(text: str, *kinds: str) -> list[str]:
    """Content of the fenced blocks of these kinds, in order; those inside a list lose their indentation."""
    return [textwrap.dedent(content) for _, kind, content in BLOCK.findall(text) if kind in kinds]


def files_of(text: str) -> dict[str, str]:
    """Files that a README tells its reader to make: path and content."""
    found = {}
    for content in blocks(text, "yaml", "csv"):
        first, _, rest = content.partition("\n")
        if first.startswith("# "):
            found[first.removeprefix("# ")] = rest
    return found


def examples(text: str) -> list[Example]:
    """Commands with their output, in order, without the set-up commands."""
    found = []
    for block in blocks(text, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\") or command.count("'") % 2:
                more, _, output = output.partition("\n")
                command = f"{command}\n{more}"
            if command not in SET_UP:
                found.append(Example(command, output.strip("\n")))
    return found


def normalised(text: str) -> str:
    """Text without durations, trailing blanks, and empty lines at either end."""
    lines = [line.rstrip() for line in text.splitlines()]
    return DURATION.sub("#", "\n".join(lines).strip("\n"))


def agrees(expected: str, actual: str) -> bool:
    """True if the output is what was expected; `…` matches anything, also several lines."""
    pattern = ".*?".join(re.escape(part) for part in normalised(expected).split("…"))
    return re.fullmatch(pattern, normalised(actual), re.DOTALL) is not None


def read(root: Path, name: str) -> str:
    return (root / name).read_text("utf-8")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory):
    """Run a command line as a reader would, with `askgrowth` on the path, in a folder that lasts."""
    programs, folder = tmp_path_factory.mktemp("bin"), tmp_path_factory.mktemp("reader")
    script = programs / "askgrowth"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m bot "$@"\n', "utf-8")
    script.chmod(0o755)
    root = Path(__file__).resolve().parents[2]
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{root}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONUTF8": "1",
    }

    for path, content in files_of(read(root, READMES[0])).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")

    def run(command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        return done.stdout.decode("utf-8")

    run("askgrowth metrics")  # the first command generates the demo and says so; no example is about that
    return run


def structure(text: str) -> list[str]:
    """The headings' levels, and in between the kinds of blocks, tables and lists, in order."""
    found, previous, fenced = [], "", False
    for line in text.splitlines():
        fence = re.match(r" *```(\w*)", line)
        if fence:
            fenced = not fenced
            kind = f"block {fence[1]}" if fenced else ""
        elif fenced or line.startswith("  "):  # inside a block, or an item goes on
            continue
        elif heading := re.match(r"#+ ", line):
            kind = heading.group()
        else:
            kind = next(
                (
                    k
                    for k, start in (("table", "|"), ("list", "- "), ("step", "1. "))
                    if line.startswith(start)
                ),
                "",
            )
        if kind and (kind != previous or "#" in kind):
            found.append(kind)
        previous = kind
    return found


def test_both_readmes_have_the_same_structure(project_root: Path):
    assert structure(read(project_root, READMES[0])) == structure(read(project_root, READMES[1]))


def test_both_readmes_hold_the_same_examples(project_root: Path):
    english, chinese = (read(project_root, name) for name in READMES)
    assert examples(english) == examples(chinese)
    assert files_of(english) == files_of(chinese)


@pytest.mark.parametrize("name", READMES)
def test_the_two_set_up_commands_are_there(project_root: Path, name: str):
    text = read(project_root, name)
    assert all(f"$ {command}\n" in text for command in SET_UP)


@pytest.mark.parametrize("name", READMES)
def test_every_file_a_readme_links_to_exists(project_root: Path, name: str):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", read(project_root, name))
    assert [target for target in targets if not (project_root / target).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_no_readme_shouts(project_root: Path, name: str):
    prose = re.sub(
        r"^ *```.*?^ *```$|`[^`]*`|<!--|-->", "", read(project_root, name), flags=re.MULTILINE | re.DOTALL
    )
    assert re.findall(r"[^\n]*(?:!(?!\[)|\uff01|赋能|抓手)[^\n]*", prose) == []


def test_every_command_prints_what_the_readme_says(project_root: Path, shell):
    found = examples(read(project_root, READMES[0]))
    assert found
    for example in found:
        actual = shell(example.command)
        assert agrees(example.expected, actual), f"$ {example.command}\n{actual}"


def test_the_examples_of_a_block_are_read_in_order():
    text = "```console\n$ one\nout\nput\n$ python run.py test\nsetting up\n$ two 'a\nb'\n```\n"
    assert examples(text) == [Example("one", "out\nput"), Example("two 'a\nb'", "")]


def test_a_block_inside_a_list_is_read_without_its_indentation():
    text = "1. Make it.\n\n   ```yaml\n   # a/b.yml\n   x:\n     - 1\n   ```\n"
    assert files_of(text) == {"a/b.yml": "x:\n  - 1\n"}


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("a 1\nb", "a 1  \nb\n", True),
        ("a 1", "a 2", False),
        ("took 12 ms", "took 7.5 ms", True),
        ("took 12 days", "took 7 days", False),
        ("first\n…\nlast", "first\nx\ny\nlast", True),
        ("first\n…\nlast", "first\nx\ny", False),
    ],
)
def test_outputs_are_compared_up_to_durations_and_ellipses(expected, actual, same):
    assert agrees(expected, actual) is same
