"""How long the rules planner takes per question, warm: on the demo, and over 1,000 metrics and a million values."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from semantic_layer.catalog import Binding, Catalog, Dimension, Entity, Metric, Model, SimpleMetric
from semantic_layer.coverage import Coverage
from semantic_layer.text import Text, Words
from tools.registry import Registry

if TYPE_CHECKING:
    from semantic_layer import SemanticLayer

BUDGETS = {"demo": (2.0, 8.0), "large": (20.0, 20.0)}  # milliseconds: p50, p95
METRICS, VALUES = 1_000, 1_000_000

DEMO = (
    "这周哪个渠道最有效?",
    "which channel worked best this week?",
    "上个月各渠道的花费",
    "spend by channel last month, top 3",
    "近30天支付金额趋势",
    "paid amount trend over the last 30 days",
    "2025年各省份支付金额前5名",
    "top 5 provinces by paid amount in 2025",
    "抖音和天猫的支付金额对比",
    "双11支付金额同比",
    "各渠道投产比环比增长最快的是哪个",
    "ROAS by channel vs last month",
    "除了短信之外各渠道的花费占比",
    "支付金额大于10万的省份",
    "客单价是怎么算的",
    "数据更新到哪天",
)
LARGE = (
    "各店的指标甲17上个月是多少",
    "metric alpha 512 by shop last month",
    "店铺编号123456的指标甲88",
    "metric alpha 3 for shop number 654321",
    "指标甲999最高的5个店",
    "top 5 shops by metric alpha 250 in 2025",
    "指标甲5趋势近30天",
    "除了店铺编号77之外的指标甲1",
    "metric alpha 7 where shop is shop number 999999 or shop number 31",
    "不存在的东西的指标甲4",
)


@dataclass
class LargeLayer:
    """A layer without a database: only what a planner asks for."""

    catalog: Catalog
    settings: SimpleNamespace
    opening: SimpleNamespace
    data_version: str = "bench"

    def coverage(self, metrics: Sequence[str]) -> Coverage:
        """Return two years of data for any metric."""
        assert metrics
        return Coverage(date(2024, 1, 1), date(2026, 1, 1))

    def values(self, dimension: str) -> Iterator[tuple[str, int | None]]:
        """Yield a million names, half of them Chinese."""
        assert dimension == "shop"
        for number in range(VALUES // 2):
            yield f"店铺编号{number}", None
            yield f"Shop number {number + VALUES // 2}", None


def run(argv: list[str]) -> int:
    """Print p50 and p95 for both; 0 within the budgets, else 1. The first argument is the rounds (20)."""
    rounds = int(argv[0]) if argv else 20
    with tempfile.TemporaryDirectory() as folder:
        layer = cast(
            "SemanticLayer",
            LargeLayer(_catalog(), SimpleNamespace(path=Path(folder)), SimpleNamespace(stamp="bench")),
        )
        started = time.perf_counter()
        planner = RulesPlanner(layer, Path(folder), Registry.of([]))
        _ask(planner, layer, LARGE[0], date(2026, 1, 1))
        print(f"index of {VALUES:,} values built in {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        planner = RulesPlanner(layer, Path(folder), Registry.of([]))
        _ask(planner, layer, LARGE[0], date(2026, 1, 1))
        print(f"opened again and first question in {time.perf_counter() - started:.3f} s")
        within = _measure("large", planner, layer, LARGE, date(2026, 1, 1), rounds)
    demo = _demo()
    if demo is None:
        print("demo: no data yet; run `askgrowth ask` once")
        return 0 if within else 1
    return 0 if _measure("demo", RulesPlanner(demo), demo, DEMO, demo.today(), rounds) and within else 1


def _demo() -> SemanticLayer | None:
    from bot.settings import read_settings
    from bot.wiring import open_layer
    from semantic_layer.errors import AskGrowthError

    try:
        return open_layer(read_settings(None, None))
    except AskGrowthError as error:
        print(error.at("en-US"), file=sys.stderr)
        return None


def _measure(
    name: str, planner: RulesPlanner, layer: SemanticLayer, questions: Sequence[str], today: date, rounds: int
) -> bool:
    """Print wall and processor time; the budget is for the wall clock of a machine that does nothing else."""
    for question in questions:
        _ask(planner, layer, question, today)
    taken = [_ask(planner, layer, question, today) for _ in range(rounds) for question in questions]
    wall, cpu = sorted(one[0] for one in taken), sorted(one[1] for one in taken)
    at = int(len(taken) * 0.95)
    budget = BUDGETS[name]
    within = statistics.median(wall) <= budget[0] and wall[at] <= budget[1]
    print(
        f"{name:6} p50 {statistics.median(wall):6.2f} ms   p95 {wall[at]:6.2f} ms   "
        f"processor p50 {statistics.median(cpu):6.2f} ms   p95 {cpu[at]:6.2f} ms   "
        f"budget {budget[0]:g} / {budget[1]:g} ms: {'met' if within else 'MISSED'}"
    )
    return within


def _ask(planner: RulesPlanner, layer: SemanticLayer, question: str, today: date) -> tuple[float, float]:
    started, worked = time.perf_counter(), time.process_time()
    planner.plan(PlanRequest(question, "zh-CN", today, layer))
    return (time.perf_counter() - started) * 1e3, (time.process_time() - worked) * 1e3


def _catalog() -> Catalog:
    model = Model(
        "facts",
        Text(zh="事实", en="facts"),
        "facts",
        "table",
        (Entity("line", "primary", "id", "facts"),),
        "day",
    )
    shop = Dimension(
        "shop",
        "categorical",
        Text(zh="店", en="shop"),
        (Binding("facts", "shop"),),
        synonyms=Words(zh=("店铺",)),
    )
    day = Dimension("day", "time", Text(zh="日期", en="day"), (Binding("facts", "day"),))
    metrics = {
        f"alpha_{number}": Metric(
            f"alpha_{number}",
            SimpleMetric("facts", "sum", f"a{number}", "day"),
            Text(zh=f"指标甲{number}", en=f"metric alpha {number}"),
            "1",
        )
        for number in range(METRICS)
    }
    return Catalog({"facts": model}, {"shop": shop, "day": day}, metrics, {}, (), (), (), None)
