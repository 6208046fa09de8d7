"""The prompts in both languages, and what a question costs at most."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from bot.endpoint import Endpoint
from bot.planners.base import PlanRequest
from bot.planners.llm import ModelPlanner
from bot.planners.llm.budget import estimate_tokens
from bot.planners.llm.planner import tools_tokens
from bot.planners.llm.prompts import FOLDER, tool_description
from bot.planners.llm.schema import PLANS, TOOLS, parameters, plans_schema
from bot.planners.rules import RulesPlanner
from tools.registry import Registry

NAMES = sorted(path.name for path in (FOLDER / "en").glob("*.md"))


def test_both_languages_have_the_same_prompts():
    assert sorted(path.name for path in (FOLDER / "zh").glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_placeholders(name):
    found = [
        sorted(re.findall(r"\$\w+", (FOLDER / language / name).read_text("utf-8")))
        for language in ("zh", "en")
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_every_tool_is_described(locale):
    assert all(tool_description(name, locale) for name in TOOLS)


def test_every_reference_of_the_schema_has_its_definition():
    text = json.dumps(parameters("propose_plan"))
    assert set(re.findall(r"#/\$defs/(\w+)", text)) <= set(plans_schema()["$defs"])


def test_every_plan_has_its_tag_required():
    for name in ("MetricPlan", "ToolPlan", "MetadataPlan", "Where"):
        assert "kind" in plans_schema()["$defs"][name]["required"]


def test_a_model_is_offered_no_sql():
    assert "sql" not in json.dumps([parameters(name) for name in TOOLS]).lower()


def wide_workspace(folder: Path, metrics: int) -> Path:
    """A workspace of one table and many metrics with long labels, synonyms and descriptions in both languages."""
    (folder / "models").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "data" / "facts.csv").write_text(
        "day,place,amount\n2025-11-10,p1,1\n2025-11-11,p2,2\n", "utf-8"
    )
    (folder / "askgrowth.yml").write_text(
        "version: 1\nname: {zh: 宽, en: Wide}\ntoday: 2025-11-20\n", "utf-8"
    )
    lines = ["models:", "  - name: facts", "    agg_time_dimension: day", "    columns:"]
    lines += ["      - {name: day, granularity: day, dimension: {type: time}}"]
    lines += [
        "      - {name: place, dimension: {type: categorical}, label: {zh: 地点, en: place}}",
        "    metrics:",
    ]
    for number in range(metrics):
        lines.append(
            f"      - {{name: lantern_brightness_{number}, agg: sum, expr: amount, "
            f"label: {{zh: 灯笼亮度第{number}号, en: lantern brightness {number}}}, "
            f"synonyms: {{zh: [灯笼光{number}], en: [lantern glow {number}]}}, description: "
            f"{{zh: 每一盏灯笼在当天所发出的光亮之和按编号统计, en: sum of the light of every lantern on a day}}}}"
        )
    (folder / "models" / "facts.yml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("locale", "question"),
    [
        (
            "en-US",
            "how did the lantern light and brightness at our best place develop month over month last month",
        ),
        ("zh-CN", "上个月我们最好的地点灯笼的光亮和亮度环比上上个月到底变化了多少呢,分地点看一下灯笼光"),
    ],
)
@pytest.mark.parametrize("size", [20, 200, 2_000])
def test_a_question_stays_under_3000_input_tokens(tmp_path, server, wire, size, locale, question):
    layer = semantic_layer.open(wide_workspace(tmp_path / "wide", size), state_dir=tmp_path / "state")
    rules = RulesPlanner(layer, registry=Registry.of([]))
    model = server.script("m", wire.calls(("refuse", {"reason": "out_of_scope"})))
    planner = ModelPlanner(layer, rules, Endpoint(server.url, model, "k"), Registry.load, "llm")
    planned = planner.plan(PlanRequest(question, locale, date(2025, 11, 20), layer))
    layer.close()
    (request,) = server.requests
    sent = json.dumps([request["messages"], request["tools"]], ensure_ascii=False, separators=(",", ":"))
    print(size, locale, estimate_tokens(sent), len(sent) // 3, planned.extra["tokens_in"])
    assert estimate_tokens(sent) < 3_000
    assert planned.extra["tokens_in"] < 3_000
    assert "lantern_brightness" in request["messages"][-1]["content"]


def sent_for(ask, server, wire, question, *replies):
    """The messages of the last request that a question led to."""
    refuse = wire.calls(("refuse", {"reason": "out_of_scope"}))
    ask(question, server.script("m", *replies, refuse))
    return server.sent("m")[-1]["messages"]


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_every_feature_of_a_plan_is_said_where_a_model_reads_it(locale):
    told = ("previous_period", "previous_year", "same_weekday", "share", "running_total", "rolling", "average_per",
            "within", "offset", "other", "per", "having", "any", "tool", "metadata")  # fmt: skip
    text = tool_description("propose_plan", locale)
    assert [word for word in told if word not in text] == []


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_example_in_the_prompt_is_a_plan_that_loads(locale):
    written = tool_description("propose_plan", locale).rpartition("-> ")[2]
    (plan,) = PLANS.validate_python(json.loads(written)["plans"])
    assert (plan.limit.n, plan.limit.per) == (2, ("place",))


def test_the_tools_are_counted_as_the_client_sends_them(ask, server, wire):
    sent_for(ask, server, wire, "how shiny")
    tools = server.sent("m")[-1]["tools"]
    assert estimate_tokens(json.dumps(tools, ensure_ascii=False, separators=(",", ":"))) == tools_tokens(
        tuple(tool["function"]["name"] for tool in tools), "en-US"
    )


def test_an_analysis_tells_what_it_takes(ask, server, wire):
    look = wire.calls(("get_metric_definition", {"name": "forecast"}))
    said = sent_for(ask, server, wire, "how shiny were the lanterns", look)[-1]["content"]
    assert "inputs:" in said
    assert "period ({start, end})" in said


def test_leading_metrics_are_shown_to_a_question_that_names_none(ask, server, wire):
    said = sent_for(ask, server, wire, "bang for the buck")[-1]["content"]
    assert "zarn |" in said


def test_a_comparison_is_said_as_a_plan_writes_it(ask, server, wire):
    said = sent_for(ask, server, wire, "how shiny last week vs the same weekday last week")[-1]["content"]
    assert "compare same_weekday\n" in said
