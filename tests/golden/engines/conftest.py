"""PostgreSQL, ClickHouse and Spark, each started once per file of tests, with the golden cases' tables loaded.

PostgreSQL is the system's package, run as an unprivileged user in a temporary folder. ClickHouse is chdb behind a
loopback HTTP server (`chdb_server.py`, a process of its own), so that the adapter speaks to it over the wire. Spark
is PySpark's local mode: its pure-Python packages are lent from .venv-oracles, as the extra `askgrowth[spark]` would
install them.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from semantic_layer.compiler import tied_at_cut
from semantic_layer.engines.base import Engine, Limits
from semantic_layer.engines.url import Address, address_of

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # the helper beside this file: a dependency owns the name `tests`

from spelling import CLICKHOUSE, POSTGRES, SPARK, ZONE, tables_of  # noqa: E402

PASSWORD = "p@ss:w/ord ?#%41"


# ------------------------------------------------------------------------------------------------------------- servers


@pytest.fixture(scope="module")
def postgres_server(find_program: Any) -> Iterator[Address]:
    binaries = find_program("postgres").parent
    folder = Path(tempfile.mkdtemp(prefix="askgrowth-postgres-"))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o644)
    data, log = folder / "data", folder / "log"

    def run(program: str, *arguments: str) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        subprocess.run([binaries / program, "-D", data, *arguments], check=True, **quiet, **as_user)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run(
        "initdb",
        "-U",
        "reader",
        "-A",
        "scram-sha-256",
        f"--pwfile={secret}",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-w", "-l", str(log), "-o", options, "start")
    try:
        url = f"postgres://reader:${{PG_PASSWORD}}@127.0.0.1:{port}/postgres?sslmode=disable"
        yield address_of(url, {"PG_PASSWORD": PASSWORD})
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def clickhouse_server(oracle_python: Path) -> Iterator[Address]:
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [oracle_python, HERE / "chdb_server.py"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as server:
        assert server.stdout is not None
        port = json.loads(server.stdout.readline())["port"]
        try:
            yield address_of(f"clickhouse://127.0.0.1:{port}", {})
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def spark_session(oracle_python: Path) -> Iterator[Any]:
    """A Spark of two threads with small queries in mind; its tables live in a temporary folder."""
    (site,) = oracle_python.parent.parent.glob("lib/python3.*/site-packages")
    with tempfile.TemporaryDirectory(prefix="askgrowth-spark-") as folder:
        lent = Path(folder) / "lent"
        lent.mkdir()
        for package in ("pyspark", "py4j"):
            (lent / package).symlink_to(site / package)
        sys.path.append(str(lent))
        from pyspark.sql import SparkSession

        settings = {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss4m",
            "spark.sql.warehouse.dir": f"{folder}/warehouse",
            "spark.sql.shuffle.partitions": "1",
            "spark.sql.leafNodeDefaultParallelism": "1",
            "spark.default.parallelism": "1",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.adaptive.enabled": "false",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "OFF",
        }
        builder = SparkSession.builder.master("local[2]")
        for key, value in settings.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()
            sys.path.remove(str(lent))


# ------------------------------------------------------------------------------------------------------- golden cases


@dataclass
class Elsewhere:
    """Runs golden cases on another engine; `opened` makes the engine of a case file, tables loaded, on first use."""

    golden: Any
    opened: Any
    engines: dict[str, Engine] = field(default_factory=dict)

    def engine(self, file: str) -> Engine:
        if file not in self.engines:
            self.engines[file] = self.opened(file, self.golden.database(file))
        return self.engines[file]

    def check(self, case: Any) -> None:
        """Raise where the case's rows, totals or tie differ from DuckDB's or the hand-written ones."""
        engine = self.engine(case.file)
        compiled = self.golden.compiled(case, dialect=engine.dialect, rollups=frozenset())
        ours = list(engine.execute(compiled.sql).rows)
        theirs = self.golden.expected_rows(case)
        same = self.golden.equal(ours, theirs, ordered=case.expected.get("ordered", False))
        assert same, f"{compiled.sql}\n\nours:   {ours}\ntheirs: {theirs}"
        if "totals" in case.expected:
            totals = [tuple(map(float, row)) for row in engine.execute(compiled.totals_sql).rows]
            assert totals == [pytest.approx(tuple(case.expected["totals"]))]
        if "tied" in case.expected:
            note = tied_at_cut(compiled, tuple(ours), engine.execute(compiled.tie_sql).rows)
            assert (note.en if note else None) == case.expected["tied"]

    def close(self) -> None:
        for engine in self.engines.values():
            engine.close()


@pytest.fixture(scope="module")
def on_postgres(golden: Any, postgres_server: Address) -> Iterator[Elsewhere]:
    from pg8000.native import Connection

    from semantic_layer.engines.postgres import PostgresEngine

    def opened(file: str, database: Any) -> Engine:
        at = postgres_server
        with Connection(
            at.user, host=at.host, port=at.port, database=at.database, password=at.password
        ) as admin:
            admin.execute_simple(f"CREATE SCHEMA {file}; SET search_path = {file}")
            for table in tables_of(database):
                if table.schema:
                    admin.execute_simple(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
                admin.execute_simple(POSTGRES.create(table, file))
                if table.rows:
                    into = POSTGRES.place(table, file)
                    admin.execute_simple(f"INSERT INTO {into} VALUES {POSTGRES.values(table)}")
        return PostgresEngine(at, namespace=file, limits=Limits(seconds=20), timezone=ZONE)

    made = Elsewhere(golden, opened)
    yield made
    made.close()


@pytest.fixture(scope="module")
def on_clickhouse(golden: Any, clickhouse_server: Address) -> Iterator[Elsewhere]:
    import clickhouse_connect

    from semantic_layer.engines.clickhouse import ClickHouseEngine

    at = clickhouse_server
    admin = clickhouse_connect.get_client(host=at.host, port=at.port, autogenerate_session_id=False)

    def opened(file: str, database: Any) -> Engine:
        admin.command(f"CREATE DATABASE {file}")
        for table in tables_of(database):
            if table.schema:
                admin.command(f"CREATE DATABASE IF NOT EXISTS {table.schema}")
            admin.command(CLICKHOUSE.create(table, file, "ENGINE = Memory"))
            if table.rows:
                admin.command(
                    f"INSERT INTO {CLICKHOUSE.place(table, file)} VALUES {CLICKHOUSE.values(table)}"
                )
        return ClickHouseEngine(at, namespace=file, limits=Limits(seconds=20), timezone=ZONE)

    made = Elsewhere(golden, opened)
    yield made
    made.close()
    admin.close()


@pytest.fixture(scope="module")
def on_spark(golden: Any, spark_session: Any) -> Iterator[Elsewhere]:
    from semantic_layer.engines.spark import SparkEngine

    def opened(file: str, database: Any) -> Engine:
        engine = SparkEngine("local[2]", limits=Limits(seconds=60), timezone=ZONE)
        for table in tables_of(database):
            names = ", ".join(map(SPARK.name, (one.name for one in table.columns)))
            cast = ", ".join(
                f"CAST({SPARK.name(one.name)} AS {SPARK.type(one.kind)}) AS {SPARK.name(one.name)}"
                for one in table.columns
            )
            empty = "(" + ", ".join("NULL" for _ in table.columns) + ")"
            rows = f"SELECT {cast} FROM VALUES {SPARK.values(table) or empty} AS t ({names})"
            rows += "" if table.rows else " WHERE FALSE"
            if table.schema is None:
                engine._session.sql(rows).createOrReplaceTempView(SPARK.name(table.name))
            else:
                engine._session.sql(f"CREATE DATABASE IF NOT EXISTS {table.schema}")
                engine._session.sql(f"CREATE TABLE {SPARK.place(table)} AS {rows}")
        return engine

    made = Elsewhere(golden, opened)
    yield made
    made.close()


# ------------------------------------------------------------------------------------------- a workspace on a server

WORKSPACE = """
version: 1
name: shop
timezone: Asia/Shanghai
today: 2025-04-01
engine: {engine}
models:
  - name: orders
    label: {{zh: 订单, en: orders}}
    agg_time_dimension: ordered_at
    columns:
      - {{name: order_id, entity: {{type: primary, name: order}}}}
      - {{name: channel, dimension: {{type: categorical}}, label: {{zh: 渠道, en: channel}}}}
      - {{name: ordered_at, granularity: second, dimension: {{type: time}}, label: {{zh: 时间, en: time}}}}
    metrics:
      - {{name: revenue, type: simple, agg: sum, expr: amount, label: {{zh: 收入, en: revenue}}}}
"""


class Shop:
    """The same workspace but for its `engine:` line, opened and checked on any engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, engine: str) -> Path:
        root = self.folder / "shop"
        root.mkdir(exist_ok=True)
        (root / "askgrowth.yml").write_text(WORKSPACE.format(engine=engine), encoding="utf-8")
        return root

    def answers(self, engine: str, environ: dict[str, str]) -> dict[str, Any]:
        """What the workspace says of itself and of one question."""
        import semantic_layer
        from semantic_layer.check import check_workspace

        root = self.write(engine)
        report = check_workspace(root, state_dir=self.folder, environ=environ)
        layer = semantic_layer.open(root, state_dir=self.folder, environ=environ)
        try:
            asked = layer.query(metrics=["revenue"], by="channel", period="2025-02-01/2025-03-01")
            span = layer.model_coverage("orders")
            return {
                "problems": [problem.message.en for problem in report.problems],
                "rows": sorted(asked.table.rows, key=str),
                "values": sorted(layer.values("channel"), key=str),
                "span": (str(span.start), str(span.end), span.rows),
                "changed": layer.reload_if_changed().changed,
            }
        finally:
            layer.close()


SHOP = {
    "problems": [],
    "rows": [("O'Hare\"; --", 20), ("baidu", 30), (None, 70)],
    "values": [("O'Hare\"; --", 1), ("baidu", 2), ("douyin", 2), ("小红书", 1)],
    "span": ("2025-01-01", "2025-04-01", 7),
    "changed": False,
}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture(scope="session")
def shop_answers() -> dict[str, Any]:
    """By hand from the tables of `cases/shop.yml`."""
    return SHOP


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A case that is refused says nothing about a database."""
    items[:] = [item for item in items if not _is_refused(item)]


def _is_refused(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    case = call.params.get("case") if call is not None else None
    return HERE in item.path.parents and case is not None and "refused" in case.expected
