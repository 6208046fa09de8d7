"""The MCP server, asked by the SDK's own client: over standard input and output, and over loopback with tokens."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client

FILES = {
    "askgrowth.yml": "version: 1\nname: Shop\ntoday: data\nengine: duckdb\naccess:\n"
    "  rows: [{model: sales, where: \"town = '{user.town}'\"}]\n  hidden: [cost]\n",
    "users.yml": "users: {ann: {town: East}, bob: {town: West}}\n",
    "models/sales.yml": """
models:
  - name: sales
    semantic_model: {enabled: true}
    agg_time_dimension: day
    columns:
      - {name: day, granularity: day, dimension: {type: time}}
      - {name: town, dimension: {type: categorical}, label: {zh: 城镇, en: town}}
    metrics:
      - {name: takings, type: simple, agg: sum, expr: amount, label: {zh: 营业额, en: takings}}
      - {name: cost, type: simple, agg: sum, expr: cost, label: {zh: 进价, en: cost}}
""",
    "data/sales.csv": "day,town,amount,cost\n2024-01-01,East,10,1\n2024-01-02,East,5,1\n2024-01-01,West,7,2\n",
}


@pytest.fixture
def shop(tmp_path, project_root):
    for name, text in FILES.items():
        (tmp_path / "shop" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / name).write_text(text, encoding="utf-8")
    path = os.pathsep.join([str(project_root), os.environ.get("PYTHONPATH", "")])
    return {
        **os.environ,
        "PYTHONPATH": path,
        "ASKGROWTH_STATE_DIR": str(tmp_path / "state"),
        "ASKGROWTH_WORKSPACE": str(tmp_path / "shop"),
    }


async def asked(read, write) -> dict[str, object]:
    async with ClientSession(read, write) as session:
        await session.initialize()
        calls = {
            "ask": {"question": "total takings", "locale": "en-US"},
            "query": {"metrics": ["takings"], "by": ["town"]},
            "metrics": {},
            "run_analysis": {"name": "nonsense"},
        }
        said = {name: await session.call_tool(name, given) for name, given in calls.items()}
        listed = {tool.name for tool in (await session.list_tools()).tools}
    return {"listed": listed, **{name: json.loads(one.content[0].text) for name, one in said.items()}}


def check(said: dict, takings: float, town: str) -> None:
    assert said["listed"] == {"ask", "query", "metrics", "run_analysis"}
    assert said["ask"]["table"]["rows"] == [[takings]]
    assert said["query"]["table"]["rows"] == [[town, takings]]
    assert [one["name"] for one in said["metrics"]["metrics"]] == ["takings"]
    assert said["run_analysis"]["outcome"] in ("refuse", "error")


def test_over_standard_input_and_output_under_the_users_rights(shop):
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "bot", "mcp", "--user", "bob"], env=shop
    )

    async def run():
        async with stdio_client(server) as (read, write):
            return await asked(read, write)

    check(asyncio.run(run()), 7, "West")


def test_over_http_under_the_rights_of_the_token_and_not_without(shop):
    command = [sys.executable, "-m", "bot"]
    made = subprocess.run(
        [*command, "token", "add", "ann"], env=shop, capture_output=True, text=True, check=True
    )
    secret = made.stdout.splitlines()[0]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*command, "mcp", "--http", "--port", str(port)], env=shop, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)

        async def run(headers):
            async with streamablehttp_client(f"http://127.0.0.1:{port}/mcp", headers=headers) as (
                read,
                write,
                _,
            ):
                return await asked(read, write)

        check(asyncio.run(run({"Authorization": f"Bearer {secret}"})), 15, "East")
        import httpx

        assert httpx.post(f"http://127.0.0.1:{port}/mcp", json={}).status_code == 401
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not come up")
