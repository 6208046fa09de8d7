"""A workspace of twelve rows, written in the test: every figure below can be added up by hand."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from bot.pipeline import Pipeline
from bot.settings import Settings

ORDERS = """day,booth,buyer,amount
2025-11-10,east,b1,100
2025-11-11,west,b2,50
2025-11-12,east,b3,60
2025-11-17,east,b1,200
2025-11-18,west,b4,90
2025-11-19,west,b5,30
"""
FLYERS = """day,booth,cost,takers
2025-11-10,east,40,4
2025-11-11,west,25,5
2025-11-17,east,50,10
2025-11-18,west,20,10
2025-11-19,west,20,10
"""
YAML = """
version: 1
name: {zh: 茶摊, en: Tea stall}
timezone: Asia/Shanghai
today: 2025-11-20
dimensions:
  - name: booth
    label: {zh: 摊位, en: booth}
    values: {east: {label: {zh: 东门摊, en: East gate}}, west: {label: {zh: 西门摊, en: West gate}}}
models:
  - name: orders
    label: {zh: 订单, en: orders}
    agg_time_dimension: ordered_on
    columns:
      - {name: booth, dimension: {type: categorical, conformed: booth}}
      - name: day
        granularity: day
        dimension: {type: time, name: ordered_on}
        label: {zh: 下单日, en: order day}
    metrics:
      - {name: takings, agg: sum, expr: amount, label: {zh: 进账, en: takings}, unit: CNY, good_direction: up}
      - {name: cups, agg: count, expr: "1", label: {zh: 杯数, en: cups}, unit: orders, good_direction: up}
  - name: flyers
    label: {zh: 传单, en: flyers}
    agg_time_dimension: handed_on
    columns:
      - {name: booth, dimension: {type: categorical, conformed: booth}}
      - name: day
        granularity: day
        dimension: {type: time, name: handed_on}
        label: {zh: 发放日, en: hand-out day}
    metrics:
      - {name: flyer_cost, agg: sum, expr: cost, label: {zh: 传单费, en: flyer cost}, unit: CNY}
      - {name: takers, agg: sum, expr: takers, label: {zh: 领单人数, en: takers}, unit: people}
metrics:
  - name: yield_ratio
    type: ratio
    numerator: takings
    denominator: flyer_cost
    label: {zh: 传单回报, en: flyer return}
    format: "0.00x"
    good_direction: up
  - name: taker_cost
    type: ratio
    numerator: flyer_cost
    denominator: takers
    label: {zh: 领单成本, en: cost per taker}
    unit: CNY
    good_direction: down
concepts:
  - {name: value, words: {zh: [最划算], en: [best value]}, metric: yield_ratio, also: [taker_cost]}
"""


def write_workspace(folder: Path, yaml: str = YAML, users: str | None = None, **files: str) -> Path:
    """Write a workspace folder; `files` replaces or adds data files by stem."""
    (folder / "data").mkdir(parents=True)
    (folder / "models").mkdir()
    if users is not None:
        (folder / "users.yml").write_text(users, encoding="utf-8")
    settings, models = yaml.split("dimensions:", 1)
    (folder / "askgrowth.yml").write_text(settings, encoding="utf-8")
    (folder / "models" / "stall.yml").write_text("dimensions:" + models, encoding="utf-8")
    for stem, text in {"orders": ORDERS, "flyers": FLYERS, **files}.items():
        (folder / "data" / f"{stem}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def stall_maker(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Pipeline]:
    """Open a pipeline over a changed stall: `stall_maker(yaml=…, orders=…)`."""

    def make(yaml: str = YAML, users: str | None = None, **files: str) -> Pipeline:
        folder = write_workspace(tmp_path_factory.mktemp("stall") / "workspace", yaml, users, **files)
        state = folder.parent / "state"
        layer = semantic_layer.open(folder, state_dir=state)
        return Pipeline(layer, Settings(workspace=folder, is_demo=False, state_dir=state))

    return make


@pytest.fixture(scope="session")
def stall(stall_maker: Callable[..., Pipeline]) -> Pipeline:
    return stall_maker()


@pytest.fixture(scope="session")
def thursday() -> date:
    return date(2025, 11, 20)


@pytest.fixture(scope="session")
def stall_yaml() -> str:
    return YAML
