"""The formats that can be imported. A further one (Snowflake, Ossie, Cube) is one more module with these functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from semantic_layer.errors import DataError
from semantic_layer.importing import dbt
from semantic_layer.importing.report import Imported
from semantic_layer.text import Text


class Reader(Protocol):
    """Reads one source; `schemas` keeps the schema in front of table names."""

    def __call__(self, path: Path, *, schemas: bool) -> Imported:
        """Return what the source declares."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A foreign format: its name, whether a path is of it, and how it is read."""

    name: str
    recognises: Callable[[Path], bool]
    read: Reader


FORMATS: tuple[Format, ...] = (Format(dbt.NAME, dbt.recognises, dbt.read),)


def import_source(path: Path, *, schemas: bool = False) -> Imported:
    """Return the YAML and the losses of importing `path`.

    Raises:
        DataError: there is nothing at `path`, or no known format.
    """
    for known in FORMATS if path.exists() else ():
        if known.recognises(path):
            return known.read(path, schemas=schemas)
    names = ", ".join(known.name for known in FORMATS)
    raise DataError(
        Text(zh=f"{path} 不是能导入的定义。", en=f"{path} holds no definitions that can be imported."),
        Text(
            zh=f"能导入的格式:{names}(项目文件夹、YAML 或 semantic_manifest.json)。",
            en=f"Known formats: {names} (a project folder, YAML, or semantic_manifest.json).",
        ),
        code="unknown_format",
    )
