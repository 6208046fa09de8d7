"""A naive text-to-SQL agent beside us on the same questions: `python -m evals.bench sql_agent [REPORT.md]`.

LangChain's agent with three tools (list the tables, show a table's columns and first rows, run a SELECT) over the
tables of the made-up school and the endpoint that is set. It sees no metric definitions: that is the comparison.
It runs in a process of its own. The rows of its last query are its answer; saying UNANSWERABLE is a refusal.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.settings import Settings, read_settings
from evals.bench.gibran import DATA, SUITE, Asked, ask_ours, verdict

SECONDS = 3_600
_DRIVER = """
import json, os, sys
import duckdb
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
con = duckdb.connect("school.duckdb", read_only=True, config={"enable_external_access": "false"})
last = []
@tool
def list_tables() -> str:
    "List the tables of the database."
    return ", ".join(name for (name,) in con.execute("SHOW TABLES").fetchall())
@tool
def describe(table: str) -> str:
    "Show the columns and the first three rows of a table."
    try:
        columns = con.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?", [table])
        shown = ", ".join(f"{name} {kind}" for name, kind in columns.fetchall())
        quoted = '"' + table.replace('"', '') + '"'
        return shown + "; first rows: " + str(con.execute(f"SELECT * FROM {quoted} LIMIT 3").fetchall())
    except duckdb.Error as error:
        return str(error)
@tool
def run_sql(query: str) -> str:
    "Run one DuckDB SELECT and return its rows."
    try:
        rows = con.execute(query).fetchall()
    except duckdb.Error as error:
        return str(error)
    last[:] = [rows]
    return str(rows[:50])
PROMPT = ("You answer questions about a language school with SQL over a DuckDB database. Today is {today}. Look at the "
    "tables first, then run ONE final SELECT whose rows are the answer. Reply UNANSWERABLE if the data "
    "cannot answer it.")
model = ChatOpenAI(model=os.environ["ASKGROWTH_LLM_MODEL"], base_url=os.environ["ASKGROWTH_LLM_BASE_URL"],
    api_key=os.environ.get("ASKGROWTH_LLM_API_KEY") or "none", temperature=0, timeout=60)
agent = create_agent(model, [list_tables, describe, run_sql], system_prompt=PROMPT.format(today=sys.argv[1]))
for line in sys.stdin:
    asked = json.loads(line)
    last.clear()
    tokens, said = 0, ""
    try:
        out = agent.invoke({"messages": [("user", asked["question"])]}, {"recursion_limit": 24})
        said = str(out["messages"][-1].content)
        tokens = sum((getattr(one, "usage_metadata", None) or {}).get("total_tokens", 0) for one in out["messages"])
    except Exception as error:
        print(f"{asked['id']}: {type(error).__name__}: {error}", file=sys.stderr)
    tables = [] if "UNANSWERABLE" in said else [[list(row) for row in rows] for rows in last]
    print(json.dumps({"id": asked["id"], "tables": tables, "tokens": tokens}, default=str), flush=True)
"""


def ask_agent(asked: Sequence[Asked], environ: Mapping[str, str], today: str) -> tuple[dict[str, str], int]:
    """Return the agent's verdict by question id, and the tokens it took."""
    import duckdb

    gold = {one.id: one.gold for one in asked}
    with tempfile.TemporaryDirectory(prefix="sql-agent-") as name:
        folder = Path(name)
        with duckdb.connect(str(folder / "school.duckdb")) as connection:
            for file in sorted(DATA.glob("*.csv")):
                connection.read_csv(str(file)).create(file.stem)
        lines = "".join(json.dumps({"id": one.id, "question": one.question}) + "\n" for one in asked)
        done = subprocess.run(
            [sys.executable, "-c", _DRIVER, today],
            cwd=folder,
            input=lines,
            text=True,
            stdout=subprocess.PIPE,
            check=True,
            env={**read_settings(None, None).variables, **environ},
            timeout=SECONDS,
        )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return (
        {answer["id"]: verdict(answer["tables"], gold[answer["id"]]) for answer in answers},
        sum(answer["tokens"] for answer in answers),
    )


def ask_both(settings: Settings, most: int | None = None) -> tuple[list[Asked], dict[str, str], int]:
    """Return the questions with our verdicts, the agent's verdicts, and its tokens; `most` asks only so many."""
    asked = ask_ours(SUITE, settings, ("zh-CN", "en-US"))[:most]
    theirs, tokens = ask_agent(asked, settings.variables, "2024-06-13")
    return asked, theirs, tokens


def run(argv: list[str]) -> int:
    """Ask both and print the figures; 2 where no endpoint is set."""
    from evals.others import compared_markdown, verdict_rows

    settings = read_settings("", None)
    if settings.endpoint is None:
        print("no endpoint is set: ASKGROWTH_LLM_BASE_URL, ASKGROWTH_LLM_MODEL", file=sys.stderr)
        return 2
    asked, theirs, tokens = ask_both(settings)
    rows = verdict_rows(asked, theirs, f"SQL agent over {settings.endpoint.model}, {tokens:,} tokens")
    text = compared_markdown("A naive SQL agent", rows)
    print(text)
    for target in argv:
        Path(target).write_text(text + "\n", encoding="utf-8")
    return 0
