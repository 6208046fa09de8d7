"""The season: half a year lived by `server.py` once, for all files of this folder; see test_half_a_year.py."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from bot.wiring import demo_data

HERE = Path(__file__).parent
FIRST, LAST = date(2025, 5, 23), date(2025, 11, 23)  # the data end on 19 November


class Hook(ThreadingHTTPServer):
    """A webhook that takes everything and keeps (place, key, body)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.got: list[tuple[str, str, dict]] = []


class _Post(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((self.path.strip("/"), self.headers["Idempotency-Key"], json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep the test's output clean."""


@dataclass
class Season:
    """What the half year left behind."""

    folder: Path
    data: Path
    kills: int
    got: list[tuple[str, str, dict]]
    events: list[tuple[str, date, str]] = field(default_factory=list)  # alert or alert/member, day, kind

    def rows(self, sql: str) -> list[tuple]:
        with sqlite3.connect(self.folder / "app.sqlite") as database:
            return database.execute(sql).fetchall()

    def fired(self, prefix: str) -> dict[str, list[date]]:
        """Return the days on which the series of an alert fired, by the member ("" without)."""
        found: dict[str, list[date]] = {}
        for name, day, kind in self.events:
            base, _, member = name.partition("/")
            if base == prefix and kind == "fired":
                found.setdefault(member, []).append(day)
        return found


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory, project_root: Path, state_dir: Path) -> Season:
    folder = tmp_path_factory.mktemp("season")
    shutil.copytree(project_root / "demo" / "models", folder / "shop" / "models")
    shutil.copy(HERE / "watch.yml", folder / "shop" / "models")
    _keep_one_target(folder / "shop" / "models")
    settings = (project_root / "demo" / "askgrowth.yml").read_text(encoding="utf-8")
    live = settings.replace("today: data", "today: clock")
    assert live != settings
    (folder / "shop" / "askgrowth.yml").write_text(live, encoding="utf-8")
    (folder / "data").symlink_to(demo_data(state_dir))
    with Hook() as hook:
        threading.Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        asked = [sys.executable, str(HERE / "server.py"), str(folder), str(hook.server_address[1])]
        ran = subprocess.run(
            [*asked, FIRST.isoformat(), LAST.isoformat()],
            check=False, capture_output=True, text=True, cwd=project_root, env=_environ(project_root),
        )  # fmt: skip
        hook.shutdown()
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = Season(folder, folder / "data", int(ran.stdout.split()[-1]), hook.got)
    asked_events = found.rows("SELECT alert, day, kind FROM alert_events ORDER BY day, alert")
    found.events = [(name, date.fromisoformat(day), kind) for name, day, kind in asked_events]
    return found


def _keep_one_target(models: Path) -> None:
    """Leave new customers their target: forecasting four of them for each of 32 digests takes most of the time."""
    for file in models.glob("*.yml"):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        content.pop("targets", None)
        metrics = [
            *content.get("metrics", []),
            *(m for one in content.get("models", []) for m in one.get("metrics", [])),
        ]
        for one in metrics:
            if one["name"] != "new_customers":
                one.pop("targets", None)
        file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _environ(project_root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(project_root)}
