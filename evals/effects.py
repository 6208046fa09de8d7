"""What the suggestions and intervals are worth on data whose truth is known: `askgrowth eval effects`.

Suggestions: those of the growth scan of the demo beside its planted stories (`demo/truth.yml`). Intervals: forecasts
made as of past days, each 80 % interval beside what then happened.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from bot.settings import DEMO, read_settings
from evals.report import rate_text
from evals.run import Runner
from evals.score import Rate

if TYPE_CHECKING:
    from bot.pipeline import Pipeline

KEPT = Path(__file__).resolve().parent / "baseline" / "effects.json"
TODAY = date(2025, 11, 20)
# Stories that call for an action and not only for care in reading a number, with a word that only they explain.
STORIES = {
    "saturated_medium": r"万相台",
    "android_checkout": r"5\.8\.0",
    "creator_sale": r"林晚儿",
    "bad_batch": r"屏障修护精华.*退款率",
    "regulars_coupon": r"vip30|老客.*券",
    "sleepers_coupon": r"back50|唤回券|沉睡.*券",
    "community_assists": r"社群|企业微信",
    "one_page_checkout": r"一页结账|checkout_one_page",
    "churning_cohort": r"月首购.*新客.*回来",
    "product_pair": r"一起买|连带|搭配",
}
METRICS = ("paid_amount", "paid_orders", "visitors")
STARTS = tuple(date(2025, 1, 6) + timedelta(weeks=6 * n) for n in range(7))
HORIZON = 14


def suggestions(pipeline: Pipeline) -> tuple[Rate, Rate, list[str], list[str]]:
    """Return precision and recall of the growth scan's suggestions, the stories missed, and what nobody planted."""
    from bot.plan import ToolPlan

    known = {story["id"] for story in yaml.safe_load((DEMO / "truth.yml").read_text("utf-8"))["stories"]}
    unknown = STORIES.keys() - known
    if unknown:
        raise LookupError(f"no such story in truth.yml: {sorted(unknown)}")
    answer = pipeline.run(ToolPlan(kind="tool", name="growth"), today=TODAY)
    told = [one.problem.zh + one.strategy.zh for one in answer.suggestions]
    explained = {
        at: story for at, text in enumerate(told) for story, word in STORIES.items() if re.search(word, text)
    }
    missed = [story for story in STORIES if story not in explained.values()]
    others = [text for at, text in enumerate(told) if at not in explained]
    precision = Rate(len(explained), len(told))
    return precision, Rate(len(STORIES) - len(missed), len(STORIES)), missed, others


def forecasts(pipeline: Pipeline) -> Iterator[tuple[str, date, int, int]]:
    """Yield per metric and day of forecast how many of the days fell into their 80 % interval, of how many."""
    from bot.plan import MetricPlan, ToolPlan
    from semantic_layer.period import Grain
    from semantic_layer.query import GroupBy, PeriodRange
    from tools.render import as_float

    for metric in METRICS:
        for start in STARTS:
            period = PeriodRange(start=start, end=start + timedelta(days=HORIZON))
            inputs = {"metric": metric, "period": period.model_dump(mode="json")}
            answer = pipeline.run(
                ToolPlan.model_validate({"kind": "tool", "name": "forecast", "inputs": inputs}), today=start
            )
            daily = (GroupBy(dimension="metric_time", grain=Grain.DAY),)
            plan = MetricPlan(kind="metric", metrics=(metric,), group_by=daily, period=period)
            then = {row[0]: row[1] for row in pipeline.layer.query(plan, today=TODAY).table.rows}
            ranges = list(_ranges(answer.parts[0].table if answer.parts else None))
            hits = [
                low <= (as_float(then[day]) or 0.0) <= high
                for day, low, high in ranges
                if then.get(day) is not None
            ]
            yield metric, start, sum(hits), len(hits)


def _ranges(table: object) -> Iterator[tuple[date, float, float]]:
    """Yield day, low and high of a forecast's table."""
    names = [column.name for column in getattr(table, "columns", ())]
    low, high = (next((at for at, name in enumerate(names) if end in name), None) for end in ("low", "high"))
    if low is None or high is None:
        return
    for row in getattr(table, "rows", ()):
        if isinstance(row[0], date) and row[low] is not None and row[high] is not None:
            yield row[0], float(row[low]), float(row[high])


def rows(pipeline: Pipeline) -> Sequence[tuple[str, str]]:
    """Return the figures as a table for the report."""
    precision, recall, missed, others = suggestions(pipeline)
    covered = list(forecasts(pipeline))
    days = Rate(sum(one[2] for one in covered), sum(one[3] for one in covered))
    return [
        ("figure", "value"),
        ("Suggestions that a planted story explains (precision)", rate_text(precision)),
        ("Planted stories that call for action and were found (recall)", rate_text(recall)),
        ("Stories missed", ", ".join(missed) or "none"),
        ("Suggestions nobody planted", "; ".join(others) or "none"),
        (f"Days inside the 80 % interval, over {len(covered)} forecasts", rate_text(days)),
    ]


def kept() -> list[tuple[str, ...]]:
    """Return the figures that were kept last, for reports; nothing where there are none."""
    return [tuple(row) for row in json.loads(KEPT.read_text("utf-8"))] if KEPT.exists() else []


def measure() -> Sequence[tuple[str, str]]:
    """Measure on the demo, and keep the figures beside the baseline."""
    found = rows(Runner(read_settings("", "rules")).pipeline("demo"))
    KEPT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return found
