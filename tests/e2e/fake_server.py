"""A chat server over hand-written answers: `python fake_server.py STATE_DIR PORT`. A real asker, no database."""

import os
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.answer import (  # noqa: E402
    Answer,
    Clarification,
    Failure,
    MetricDefinition,
    Part,
    PeriodUsed,
    Provenance,
    Refusal,
    Slot,
)
from bot.pipeline import Pipeline  # noqa: E402
from bot.plan import BilingualMessage, MetricPlan, Option  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.ui.backend import Backend  # noqa: E402
from bot.ui.chat import language_of  # noqa: E402
from semantic_layer.errors import AskGrowthError  # noqa: E402
from semantic_layer.query import Compare, GroupBy, PeriodRange  # noqa: E402
from semantic_layer.table import Column, Table  # noqa: E402
from semantic_layer.text import Text  # noqa: E402
from tools.progress import SILENCE, CancelledError, Step  # noqa: E402
from tools.result import ChartSpec, Check, Effect, Finding, Suggestion, TestPlan  # noqa: E402

CHANNELS = (
    ("xhs", Text(zh="小红书聚光", en="Xiaohongshu")),
    ("qianchuan", Text(zh="千川", en="Qianchuan")),
    ("wxt", Text(zh="万相台", en="Wanxiangtai")),
    ("tencent", Text(zh="腾讯广告", en="Tencent Ads")),
    ("baidu", Text(zh="百度", en="Baidu")),
    ("sms", Text(zh="短信", en="SMS")),
)
COLUMNS = (
    Column("channel", Text(zh="投放渠道", en="Ad channel"), "dimension", value_labels=CHANNELS),
    Column("roas", Text(zh="投产比", en="ROAS"), "metric", format="0.00x", metric="roas"),
    Column(
        "roas__previous_period",
        Text(zh="投产比(上周同期)", en="ROAS, week before"),
        "derived",
        format="0.00x",
    ),
    Column("roas__growth", Text(zh="较上周同期", en="vs same days last week"), "derived", metric="roas"),
    Column("spend", Text(zh="投放花费", en="Ad spend"), "metric", unit="CNY", metric="spend"),
)
ROWS = (
    ("xhs", 2.84, 2.61, 0.0881, 186_000),
    ("qianchuan", 2.31, 2.44, -0.0533, 412_500),
    ("wxt", 1.96, 1.9, 0.0316, 268_900),
    ("tencent", 1.42, 1.55, -0.0839, 97_300),
    ("baidu", 0.87, 0.91, -0.044, 88_120),
    ("sms", None, None, None, 0),
)
TABLE = Table(COLUMNS, ROWS, 6, totals=(None, 1.98, 1.95, 0.0154, 1_052_820))
PLAN = MetricPlan(
    kind="metric",
    metrics=("roas", "spend"),
    group_by=(GroupBy(dimension="channel"),),
    period=PeriodRange(start=date(2025, 11, 17), end=date(2025, 11, 20), requested_end=date(2025, 11, 24)),
    compare=(Compare(kind="previous_period"),),
)
SQL = """WITH ad_daily AS (
  SELECT
    channel,
    SUM(attributed_revenue) AS attributed_revenue,
    SUM(cost_cny) AS spend
  FROM ad_daily
  WHERE day >= DATE '2025-11-17' AND day < DATE '2025-11-20'
  GROUP BY channel
)
SELECT
  channel,
  attributed_revenue / NULLIF(spend, 0) AS roas,
  spend
FROM ad_daily
ORDER BY roas DESC NULLS LAST, channel"""


def option(zh: str, en: str, plan: MetricPlan = PLAN) -> Option:
    return Option(question=BilingualMessage(zh=zh, en=en), plan=plan)


FOLLOW_UPS = (
    option("为什么小红书聚光涨了?", "Why did Xiaohongshu rise?"),
    option("按周看最近 12 周", "By week, last 12 weeks"),
    option("只看新客", "Only new customers"),
    option("比去年同期怎么样?", "How does it compare with last year?"),
)
SUGGESTIONS = (
    Suggestion(
        problem=Text(
            zh="百度投产比 0.87,低于盈亏线 1.6,每天还在花 2.9 万。",
            en="Baidu returns 0.87 per yuan, below the break-even of 1.6, and still spends 29 K a day.",
        ),
        strategy=Text(
            zh="从百度挪 10 万到小红书聚光,试 4 周。",
            en="Move 100 K from Baidu to Xiaohongshu for four weeks.",
        ),
        effect=Effect(
            "paid_amount",
            90_000,
            310_000,
            28,
            Text(
                zh="挪动金额 ×(小红书边际投产比 − 百度边际投产比)", en="amount × (marginal ROAS difference)"
            ),
        ),
        evidence="adjusted",
        checks=(
            Check("volume", True, Text(zh="两边都超过 200 单", en="over 200 orders on both sides")),
            Check("stability", True, Text(zh="94% 的重抽样方向一致", en="94 % of resamples agree")),
            Check("interval", False, Text(zh="区间较宽", en="the interval is wide")),
        ),
        test=TestPlan(
            3800,
            4,
            Text(
                zh="留两个城市不动作对照,每组 3,800 人,4 周;第 2 周低于 2.0 就停。",
                en="Keep two cities as control, 3,800 people per arm, four weeks; stop if week 2 is below 2.0.",
            ),
        ),
    ),
)


def boss_answer(question: str) -> Answer:
    headline = Text(
        zh="本周(11/17–11/19,3天)投产比最高的是小红书聚光,2.84;比上周同期的 2.61 高 8.8%,第二名千川 2.31。",
        en="Xiaohongshu worked best this week (17–19 Nov, 3 days): ROAS 2.84, up 8.8% on the same days last "
        "week (2.61); Qianchuan is second at 2.31.",
    )
    return Answer(
        id="a1",
        question=question,
        locale=language_of(question),
        outcome="answer",
        planner="rules",
        plan=PLAN,
        parts=(Part(PLAN, TABLE, (SQL,)),),
        headline=headline,
        periods=(
            PeriodUsed(
                "main",
                date(2025, 11, 17),
                date(2025, 11, 20),
                date(2025, 11, 24),
                Text(zh="本周(11/17–11/19)", en="this week (17–19 Nov)"),
            ),
            PeriodUsed(
                "comparison",
                date(2025, 11, 10),
                date(2025, 11, 13),
                date(2025, 11, 13),
                Text(zh="上周同期(11/10–11/12)", en="same days last week (10–12 Nov)"),
            ),
        ),
        interpretation=(
            Slot(
                "metric",
                Text(zh="投产比(ROI),最有效的默认口径", en="ROAS, what “best” means here"),
                ("最有效",),
            ),
            Slot("dimension", Text(zh="投放渠道", en="Ad channel"), ("渠道",)),
            Slot("period", Text(zh="本周(11/17–11/19,3天)", en="this week (17–19 Nov, 3 days)"), ("这周",)),
            Slot("comparison", Text(zh="上周同期(11/10–11/12)", en="same days last week (10–12 Nov)"), ()),
        ),
        findings=(
            Finding(
                "winner",
                Text(
                    zh="若看新客成本,企微社群最低(86 元,小红书聚光 112 元),结论不同。",
                    en="By cost per new customer the WeCom groups win instead (86 yuan against 112).",
                ),
            ),
            Finding(
                "change",
                Text(
                    zh="腾讯广告比上周同期下降 8.4%,是跌得最多的渠道。",
                    en="Tencent Ads fell most: down 8.4% on the same days last week.",
                ),
            ),
        ),
        suggestions=SUGGESTIONS,
        chart=ChartSpec(
            "bar",
            Text(zh="投产比,按投放渠道", en="ROAS by ad channel"),
            TABLE,
            x="channel",
            y=("roas", "roas__previous_period"),
        ),
        warnings=(
            Text(
                zh="近 3 天退款未走完,退后投产比会更低。",
                en="Refunds of the last three days are still open, so the net figure will be lower.",
            ),
        ),
        follow_ups=FOLLOW_UPS,
        provenance=Provenance(
            "rules",
            Text(zh="规则规划器完全听懂了这个问题。", en="The rules planner understood the whole question."),
            plan_hash="9f2c4b1a77e0" * 5,
            metrics=(
                MetricDefinition(
                    "roas",
                    Text(zh="投产比", en="ROAS"),
                    Text(
                        zh="归因支付金额 ÷ 投放花费。不是利润。",
                        en="Attributed paid amount over ad spend. Not profit.",
                    ),
                    "v3f2",
                    "投放组",
                    certified=True,
                ),
            ),
            rows_read=18_422,
            data_version="2025-11-19/4c1e",
            data_start=date(2023, 6, 1),
            data_end=date(2025, 11, 20),
        ),
        timings_ms={"plan": 1.4, "compile": 2.2, "query": 18.9, "total": 31.0},
    )


def trend_answer(question: str) -> Answer:
    columns = (
        Column("metric_time__week", Text(zh="周", en="Week"), "time", grain="week"),
        Column("paid", Text(zh="支付金额", en="Paid amount"), "metric", unit="CNY", metric="paid"),
    )
    rows = tuple(
        (date.fromordinal(date(2025, 9, 1).toordinal() + 7 * i), 3_000_000 + i * i * 21_000)
        for i in range(12)
    )
    table = Table(columns, rows, 12)
    plan = MetricPlan(
        kind="metric", metrics=("paid",), group_by=(GroupBy(dimension="metric_time", grain="week"),)
    )
    return replace(
        boss_answer(question),
        plan=plan,
        parts=(Part(plan, table, (SQL,)),),
        headline=Text(
            zh="最近 12 周支付金额从 300万 涨到 554万。",
            en="Paid amount rose from 3 M to 5.54 M over 12 weeks.",
        ),
        chart=ChartSpec(
            "line",
            Text(zh="每周支付金额", en="Paid amount by week"),
            table,
            x="metric_time__week",
            y=("paid",),
            options={"kinds": ("line", "bar")},
        ),
        suggestions=(),
        warnings=(),
        findings=(),
    )


def other(question: str, outcome: str, **fields: object) -> Answer:
    return Answer(
        id=outcome,
        question=question,
        locale=language_of(question),
        outcome=outcome,  # type: ignore[arg-type]
        planner="rules",
        **fields,  # type: ignore[arg-type]
    )


class FakePipeline:
    """Answers by a word in the question."""

    def __init__(self) -> None:
        self.conversations = []

    def ask(
        self,
        question,
        *,
        locale=None,
        today=None,
        user=None,
        conversation=None,
        planner=None,
        progress=SILENCE,
    ):
        self.conversations.append(conversation)
        if "慢" in question or "slow" in question:
            for number in range(40):
                progress.report(Step(Text(zh=f"第{number}步", en=f"Part {number}"), number / 40))
                if progress.is_cancelled():
                    raise CancelledError
                time.sleep(0.2)
        answer = self._answer(question)
        answer = replace(answer, locale=locale) if locale else answer
        if "建议" in question or "advice" in question:
            progress.offer(lambda: replace(answer, suggestions=()))
            deadline = time.monotonic() + 60
            while not (Path(sys.argv[1]) / "advice").exists() and time.monotonic() < deadline:
                time.sleep(0.1)
        return answer

    def _answer(self, question: str) -> Answer:
        if "渠道成本" in question or "clarify" in question:
            return other(
                question,
                "clarify",
                clarification=Clarification(
                    Text(zh="「成本」指的是哪一个?", en="Which cost do you mean?"),
                    (
                        option("投放花费,按渠道", "Ad spend by channel"),
                        option("获客成本,按渠道", "CAC by channel"),
                        option("商品成本,按渠道", "Product cost by channel"),
                    ),
                ),
            )
        if "毛利" in question or "margin" in question:
            return other(
                question,
                "refuse",
                refusal=Refusal(
                    "not_in_catalog",
                    Text(
                        zh="毛利我现在答不了:缺商品成本和达人佣金,猜一个会误导您。",
                        en="I cannot answer gross margin: product cost and commission are missing, and a guess "
                        "would mislead you.",
                    ),
                    ("product_cost", "commission"),
                    (
                        option("本周退后投产比", "Net ROAS this week"),
                        option("本周费比", "Spend ratio this week"),
                    ),
                ),
            )
        if "错" in question or "fail" in question:
            return other(
                question,
                "error",
                error=Failure(
                    "data_problem",
                    Text(
                        zh="数据文件 orders.parquet 不见了。", en="The data file orders.parquet is missing."
                    ),
                    Text(zh="放回文件后运行 askgrowth check。", en="Put it back, then run askgrowth check."),
                ),
            )
        if "12" in question:
            return trend_answer(question)
        return boss_answer(question)

    continue_conversation = staticmethod(Pipeline.continue_conversation)

    def run(self, plan, *, question="", locale=None, today=None, user=None, progress=SILENCE):
        answer = boss_answer(question)
        return replace(answer, plan=plan, locale=locale or answer.locale)


def main() -> None:
    if "CHAT_WITHOUT" in os.environ:
        import without

        without.apply()
    from bot.ui.server import serve

    state = Path(sys.argv[1])
    settings = Settings(workspace=state / "演示品牌", is_demo=False, state_dir=state)
    starters = {
        "zh-CN": (
            "这周哪个渠道最有效?",
            "最近12周每周的支付金额",
            "上个月各渠道的获客成本",
            "昨天支付金额环比",
        ),
        "en-US": (
            "Which channel worked best this week?",
            "Paid amount by week for the last 12 weeks",
            "CAC by channel last month",
        ),
    }
    backend = Backend(FakePipeline(), starters, Text(zh="演示品牌", en="Demo brand"), {"roas": "up"})
    try:
        serve(settings, port=int(sys.argv[2]), backend=backend)
    except AskGrowthError as error:
        sys.exit(f"{error.at('zh-CN')}\n{error.at('en-US')}")


if __name__ == "__main__":
    main()
