"""The project's own files, read once, for the tests of the house rules."""

import ast
import io
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

PACKAGES = ("semantic_layer", "tools", "bot", "evals")


@dataclass(frozen=True)
class Source:
    """One Python file: `path` is relative to the checkout, with forward slashes."""

    path: str
    text: str

    @property
    def package(self) -> str:
        """The package it belongs to, or an empty text (run.py, tests, demo)."""
        top = self.path.partition("/")[0]
        return top if top in PACKAGES else ""

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full name of every module imported anywhere in the file, also inside functions."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.lineno, node.module
            elif (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) in ("__import__", "import_module", "importlib.import_module")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield node.lineno, str(node.args[0].value)

    def comments(self) -> dict[int, str]:
        """Comment of each line that has one."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def listed_files(root: Path) -> list[Path]:
    """Files of the project: tracked, or new and not ignored. Relative paths, sorted."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    output = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    names = sorted({name for name in output.decode().split("\0") if name})
    return [Path(name) for name in names if (root / name).is_file()]


@pytest.fixture(scope="session")
def files(project_root: Path) -> list[Path]:
    """Every file of the project, relative to the checkout."""
    return listed_files(project_root)


@pytest.fixture(scope="session")
def sources(project_root: Path, files: list[Path]) -> list[Source]:
    """Every Python file of the project."""
    python = [path for path in files if path.suffix == ".py"]
    return [Source(path.as_posix(), (project_root / path).read_text("utf-8")) for path in python]


@pytest.fixture(scope="session")
def product(sources: list[Source]) -> list[Source]:
    """Every Python file of the four packages."""
    return [source for source in sources if source.package]


@pytest.fixture(scope="session")
def parse() -> type[Source]:
    """Make a Source from text: each rule is also shown a file that breaks it."""
    return Source
