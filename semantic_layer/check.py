"""`askgrowth check`: everything that is wrong with a workspace, in its YAML and in its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semantic_layer.data_check import check_data
from semantic_layer.errors import AskGrowthError, DataError, SpecError
from semantic_layer.files import workspace_root
from semantic_layer.loader import load
from semantic_layer.loader.users import load_users
from semantic_layer.spec.problems import Ignored, place_order
from semantic_layer.text import Text

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found. `problems` must be mended; `warnings` work but may not be meant; `ignored` are dbt keys
    that mean nothing here. Each in file and line order.
    """

    problems: tuple[SpecError, ...]
    warnings: tuple[SpecError, ...]
    ignored: tuple[Ignored, ...]
    counts: Text

    @property
    def ok(self) -> bool:
        """Return whether the workspace can be used."""
        return not self.problems

    def lines(self) -> tuple[str, ...]:
        """Return the report as lines for a terminal, both languages."""
        shown: list[str] = []
        for mark, found in (("✗", self.problems), ("!", self.warnings)):
            for item in found:
                shown.append(f"{mark} {_place(item)}")
                shown.append(f"    {item.message.zh}{item.mend.zh}")
                shown.append(f"    {item.message.en} {item.mend.en}")
        by_key: dict[tuple[str, str], list[int]] = {}
        for key in self.ignored:
            by_key.setdefault((key.file, key.key), []).append(key.line)
        for (file, name), at in by_key.items():
            where = ", ".join(str(line) for line in at[:5]) + ("…" if len(at) > 5 else "")
            shown.append(f"· {file}:{where} {name}: dbt 的键,此处不起作用 / a dbt key without meaning here")
        shown.append(f"{'✓' if self.ok else '✗'} {self.counts.zh} / {self.counts.en}")
        return tuple(shown)

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "ok": self.ok,
            "problems": [_as_json(item) for item in self.problems],
            "warnings": [_as_json(item) for item in self.warnings],
            "ignored": [{"file": key.file, "line": key.line, "key": key.key} for key in self.ignored],
        }


def check_workspace(
    path: str | Path,
    connection: duckdb.DuckDBPyConnection | None = None,
    *,
    state_dir: Path | None = None,
    data_dir: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> CheckReport:
    """Return everything that is wrong with the workspace at `path`; never raises for what it holds.

    The YAML is checked whole. The data are looked at where the YAML has no problem: declared tables and
    columns exist, expressions run, keys are unique where primary, times are dates, golden tests come out.

    Raises:
        DataError: there is no workspace at `path`.
    """
    where = Path(path).expanduser().resolve()
    loaded = load(where)
    load_users(workspace_root(where), loaded.problems)
    problems, warnings = loaded.problems.errors, loaded.problems.warnings
    if not problems:
        from semantic_layer.opening import open_workspace

        try:
            layer = open_workspace(where, connection, state_dir=state_dir, data_dir=data_dir, environ=environ)
        except DataError as error:
            problems.append(_of_data(error, where))
        else:
            try:
                check_data(layer, loaded)
            except AskGrowthError as error:
                problems.append(_of_data(error, where))
            finally:
                layer.close()
    catalog = loaded.catalog
    counts = (
        len(catalog.models),
        len(catalog.dimensions),
        len(catalog.metrics),
        len(problems),
        len(warnings),
    )
    return CheckReport(
        problems=tuple(sorted(problems, key=place_order)),
        warnings=tuple(sorted(warnings, key=place_order)),
        ignored=tuple(sorted(loaded.problems.ignored, key=lambda key: (key.file, key.line, key.key))),
        counts=Text(
            zh="{}个模型,{}个维度,{}个指标;{}处问题,{}处提醒".format(*counts),
            en="{} models, {} dimensions, {} metrics; {} problems, {} warnings".format(*counts),
        ),
    )


def _of_data(error: AskGrowthError, path: Path) -> SpecError:
    return SpecError(error.message, error.mend, file=path.name, code=error.code)


def _place(item: SpecError) -> str:
    line = f":{item.line}" if item.line is not None else ""
    key = f" [{item.key}]" if item.key is not None else ""
    return f"{item.file}{line}{key}"


def _as_json(item: SpecError) -> dict[str, Any]:
    return {
        "file": item.file,
        "line": item.line,
        "key": item.key,
        "code": item.code,
        "message": {"zh": item.message.zh, "en": item.message.en},
        "mend": {"zh": item.mend.zh, "en": item.mend.en},
    }
