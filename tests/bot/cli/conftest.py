"""A tiny shop on files: twelve days of two outlets, written by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

YAML = """
version: 1
name: {zh: 小店, en: Little shop}
locale: en-US
today: data
models:
  - name: sales
    table: sales
    semantic_model: {enabled: true}
    agg_time_dimension: day
    columns:
      - {name: day, granularity: day, dimension: {type: time}, label: {zh: 日期, en: day}}
      - name: outlet
        dimension: {type: categorical}
        label: {zh: 门店, en: outlet}
        values: {n: {label: {zh: 北店, en: North}}, s: {label: {zh: 南店, en: South}}}
    metrics:
      - name: takings
        type: simple
        agg: sum
        expr: amount
        label: {zh: 营业额, en: takings}
        unit: EUR
        good_direction: up
"""
ROWS = [
    "day,outlet,amount",
    *(f"2024-05-{day:02d},n,{day}" for day in range(1, 13)),
    *(f"2024-05-{day:02d},s,2" for day in range(1, 13)),
]


@dataclass(frozen=True)
class Run:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "data").mkdir(parents=True)
    (folder / "askgrowth.yml").write_text(YAML, encoding="utf-8")
    (folder / "data" / "sales.csv").write_text("\n".join(ROWS) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def askgrowth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run a command in this process, as `main` does: known errors become a message and exit code 1."""
    from bot.cli import app
    from bot.cli.output import fail
    from semantic_layer.errors import AskGrowthError

    monkeypatch.setenv("ASKGROWTH_STATE_DIR", str(tmp_path / "state"))

    def run(*arguments: str, stdin: str | None = None) -> Run:
        result = CliRunner().invoke(app, list(arguments), input=stdin)
        error = result.exception
        if isinstance(error, AskGrowthError):
            with pytest.raises(SystemExit) as ended:
                fail(error)
            return Run(int(ended.value.code or 0), result.stdout, f"{error.at('zh-CN')} {error.at('en-US')}")
        assert error is None or isinstance(error, SystemExit), error
        return Run(result.exit_code, result.stdout, result.stderr)

    return run
