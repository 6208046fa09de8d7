"""Which files make a workspace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semantic_layer.errors import DataError
from semantic_layer.text import Text

WORKSPACE_FILE = "askgrowth.yml"
USERS_FILE = "users.yml"
DBT_PROJECT = "dbt_project.yml"
MANIFEST = "semantic_manifest.json"
FOLDERS = ("models", "metrics", "semantic_models", "verified")

# Files of a dbt project, of tools and of the chat that hold nothing for the semantic layer.
_OTHER = frozenset(
    {
        DBT_PROJECT,
        USERS_FILE,
        "packages.yml",
        "dependencies.yml",
        "profiles.yml",
        "selectors.yml",
        "package-lock.yml",
    }
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One YAML file of the workspace. `name` is its path relative to the workspace, for messages."""

    path: Path
    name: str


def workspace_root(path: Path) -> Path:
    """Return the folder of a workspace given as a folder or as one of its files.

    Raises:
        DataError: there is nothing at `path`, or it cannot be read.
    """
    try:
        if path.is_dir():
            return path
        if path.is_file():
            return path.parent
    except OSError:
        pass
    raise DataError(
        Text(zh=f"没有工作区 {path}。", en=f"There is no workspace at {path}."),
        Text(
            zh="指定含 askgrowth.yml 的文件夹,或运行 askgrowth init 新建一个。",
            en="Name a folder with an askgrowth.yml, or make one with askgrowth init.",
        ),
        code="no_workspace",
    )


def source_files(path: Path) -> tuple[SourceFile, ...]:
    """Return the YAML files of a workspace, `askgrowth.yml` first, then by name.

    A file is a workspace by itself, unless it is `askgrowth.yml`: then its folder is. A folder gives its
    `askgrowth.yml` (where there is none, all its YAML files) and the files below `models/`, `metrics/`,
    `semantic_models/` and `verified/` (a dbt project: below its `models/`). Without any of these a
    compiled `semantic_manifest.json` is taken, also from `target/`.
    """
    root = workspace_root(path)
    if path.is_file() and path.name != WORKSPACE_FILE:
        return (SourceFile(path, path.name),)
    files = [root / WORKSPACE_FILE] if (root / WORKSPACE_FILE).is_file() else []
    if (
        not files
    ):  # beside askgrowth.yml the folder may hold other YAML; without one, these files are all there is
        files = sorted(file for file in _yaml_in(root) if file.name not in _OTHER)
    for folder in FOLDERS:
        files += sorted(file for file in _yaml_below(root / folder) if file.name not in _OTHER)
    if all(file.name == WORKSPACE_FILE for file in files):
        files += [file for file in (root / MANIFEST, root / "target" / MANIFEST) if file.is_file()][:1]
    return tuple(SourceFile(file, file.relative_to(root).as_posix()) for file in files)


def _yaml_in(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (file for file in folder.iterdir() if file.suffix in {".yml", ".yaml"} and file.is_file())


def _yaml_below(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (
            file for file in folder.rglob("*.y*ml") if file.suffix in {".yml", ".yaml"} and file.is_file()
        )
