"""What a question from the command line loads: `askgrowth ask` starts in about a second, so nothing heavy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "pandas",
    "scipy",
    "sklearn",
    "statsmodels",
    "plotly",
    "chainlit",
    "langchain",
    "langchain_core",
    "langchain_openai",
    "langgraph",
    "openai",
    "sqlalchemy",
    "alembic",
    "uvicorn",
    "fastapi",
    "traceloop",
    "opentelemetry",
}
QUESTION = "这周哪个渠道最有效?"


def loaded_packages(root: Path, *arguments: str) -> set[str]:
    """Top-level names of everything Python imports while it runs the arguments."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.parametrize(
    "command",
    [("ask", QUESTION), ("ask", QUESTION, "--json"), ("sql", QUESTION), ("metrics",)],
    ids=["ask", "ask --json", "sql", "metrics"],
)
def test_a_question_loads_nothing_heavy(project_root: Path, command):
    assert loaded_packages(project_root, "-m", "bot", *command) & HEAVY == set()


def test_importing_any_package_loads_nothing_heavy(project_root: Path):
    code = "import semantic_layer, tools, bot, evals, bot.cli"
    assert loaded_packages(project_root, "-c", code) & HEAVY == set()


def test_what_is_loaded_is_seen(project_root: Path):
    assert "sqlite3" in loaded_packages(project_root, "-c", "import sqlite3")
