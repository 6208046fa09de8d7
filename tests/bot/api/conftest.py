"""A small workspace with access rules, and the HTTP interface over it."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import semantic_layer
from bot.api.app import build_api
from bot.api.service import Service
from bot.api.work import Bench
from bot.pipeline import Pipeline
from bot.ui.limits import Limits

FILES = {
    "askgrowth.yml": """
version: 1
name: {zh: 店, en: Shop}
today: data
engine: duckdb
access:
  rows: [{model: sales, where: "town = '{user.town}'"}]
  hidden: [cost]
""",
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
TOKENS = {"token-ann": "ann", "token-bob": "bob", "token-eve": "eve"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory):
    root: Path = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    layer = semantic_layer.open(root, state_dir=tmp_path_factory.mktemp("state"))
    yield Service(Pipeline(layer))
    layer.close()


@pytest.fixture
def client(service):
    with TestClient(build_api(service, TOKENS.get, bench=Bench(limits=Limits(per_minute=5)))) as opened:
        yield opened


@pytest.fixture
def post(client):
    def send(path: str, body: dict, token: str = "token-ann"):
        return client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})

    return send
