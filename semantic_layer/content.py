"""What a workspace's files say, read once: the parsed YAML is kept in the state folder until a file changes.

Reading YAML and checking it takes longer than answering a question, so a process that starts cold takes the
kept copy. It is made of our own plain types only, and only those are accepted when it is read back.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from semantic_layer.access import Users
from semantic_layer.catalog import Catalog
from semantic_layer.engines.base import Limits
from semantic_layer.text import Locale, Text
from semantic_layer.watching import Watching

if TYPE_CHECKING:
    import duckdb

_OURS = frozenset(
    {
        "semantic_layer.access", "semantic_layer.catalog", "semantic_layer.content", "semantic_layer.engines.base",
        "semantic_layer.period", "semantic_layer.rollup", "semantic_layer.text", "semantic_layer.watching",
    }
)  # fmt: skip
_PLAIN = frozenset({("datetime", "date"), ("pathlib", "PosixPath"), ("pathlib", "WindowsPath")})


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """The settings of `askgrowth.yml`. `path` is the workspace's folder; `today` a policy or a fixed date.

    `engine_path` is the DuckDB file as written (None: data files), `data` the folder of the data files.
    `engine_url` is a server's, its secrets still the names of environment variables.
    """

    name: Text
    path: Path
    locale: Locale
    timezone: str
    week_start: int
    fiscal_year_start: int
    planner: Literal["auto", "rules", "llm"]
    today: date | Literal["data", "clock"]
    limits: Limits
    engine_path: str | None = None
    engine_type: Literal["duckdb", "postgres", "clickhouse", "spark"] = "duckdb"
    engine_url: str | None = field(default=None, repr=False)
    engine_namespace: str | None = None
    data: str | None = None


@dataclass(frozen=True, slots=True)
class VerifiedQuestion:
    """A question with the plan (as JSON) that a person has approved for it."""

    question: str
    plan: Mapping[str, Any]
    paraphrases: tuple[str, ...] = ()
    approved_by: str | None = None
    approved_at: date | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that the files of a workspace say."""

    catalog: Catalog
    settings: WorkspaceSettings
    users: Users = field(default_factory=dict)
    verified: tuple[VerifiedQuestion, ...] = ()
    watching: Watching = field(default_factory=Watching)


@dataclass(frozen=True, slots=True)
class Opening:
    """How the workspace was opened, to open it again; `content` is what its files said."""

    path: Path
    state_dir: Path
    data_dir: Path | None
    connection: duckdb.DuckDBPyConnection | None
    stamp: str
    content: Content
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # for the secrets of `engine.url`

    @property
    def may_change(self) -> bool:
        """Return whether the data can change without our noticing: on a server, or in a caller's connection."""
        return self.connection is not None or self.content.settings.engine_url is not None


def stamp_of(files: tuple[Path, ...]) -> str:
    """Return what changes whenever one of the files, or the code that reads them, does."""
    digest = hashlib.sha256(repr(_code_stamp()).encode())
    for file in files:
        state = file.stat()
        digest.update(f"{file}\x1f{state.st_size}\x1f{state.st_mtime_ns}\x1e".encode())
    return digest.hexdigest()[:24]


def _code_stamp() -> list[tuple[str, int, int]]:
    here = Path(__file__).parent
    sources = [*here.glob("*.py"), *(here / "spec").glob("*.py"), *(here / "loader").glob("*.py")]
    return sorted((file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in sources)


def kept(folder: Path, name: str, stamp: str) -> Content | None:
    """Return the kept content of a workspace, or None where there is none that can be trusted."""
    try:
        raw = (folder / f"{name}-{stamp}.catalog").read_bytes()
        content = _Reader(io.BytesIO(raw)).load()
    except (
        OSError,
        pickle.UnpicklingError,
        EOFError,
        AttributeError,
        ImportError,
        IndexError,
        TypeError,
        ValueError,
    ):
        return None  # absent, cut short or of another version: the YAML is read again
    return content if isinstance(content, Content) else None


def keep(folder: Path, name: str, stamp: str, content: Content) -> None:
    """Keep the content for the next process; older copies go. A folder that cannot be written is no error."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(prefix=f".{name}-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            pickle.dump(content, file, protocol=pickle.HIGHEST_PROTOCOL)
        target = folder / f"{name}-{stamp}.catalog"
        Path(scratch).replace(target)
        for old in folder.glob(f"{name}-*.catalog"):
            if old != target:
                old.unlink(missing_ok=True)
    except OSError:
        return


class _Reader(pickle.Unpickler):
    """Reads our own value types back and refuses anything else, so that a planted file runs nothing."""

    def find_class(self, module: str, name: str) -> Any:
        """Return one of our types; UnpicklingError for any other name."""
        if module in _OURS and name[:1].isupper() and "." not in name:
            return super().find_class(module, name)
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a kept catalog")
