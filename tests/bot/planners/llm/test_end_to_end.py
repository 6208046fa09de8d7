"""From the question to the answer with a model behind real HTTP: pipeline, provenance, rights and command line."""

import json
import os
import subprocess
import sys

import pytest

import semantic_layer
from bot.pipeline import Pipeline
from bot.planners.llm import ModelPlanner
from bot.planners.rules import RulesPlanner
from bot.settings import Endpoint, Settings, SettingsError, read_settings
from tools.registry import Registry

SURE = "zarn by hub last month"
HARD = "how shiny were the lanterns by hub last month"
FEBRUARY = {"start": "2026-02-01", "end": "2026-03-01"}
PLAN = {"kind": "metric", "metrics": ["zarn"], "group_by": [{"dimension": "hub"}], "period": FEBRUARY}
SAID = [("shiny were the lanterns", "zarn"), ("how", "filler")]


@pytest.fixture
def good(wire):
    return wire.propose(PLAN, readings=SAID)


def rows(answer):
    return answer.parts[0].table.rows


@pytest.mark.parametrize("planner", ["llm", "auto"])
def test_a_hard_question_is_answered_by_the_layers_numbers(pipeline, server, good, planner):
    asked = pipeline(server.script("m", good))
    answer = asked.ask(HARD, planner=planner)
    assert answer.outcome == "answer"
    assert answer.planner == "llm"
    assert rows(answer) == rows(asked.ask(SURE, planner="rules"))
    extra = answer.provenance.extra
    assert extra["model"] == "m"
    assert extra["tokens_in"] > 1_000
    assert any("was read as zarn" in warning.en for warning in answer.warnings)


def test_the_rules_answer_with_the_reason_where_the_endpoint_fails(pipeline, server, wire):
    answer = pipeline(server.script("m", wire.Wire(500, b"{}")), max_retries=0).ask(SURE, planner="llm")
    assert answer.outcome == "answer"
    assert answer.planner == "rules"
    assert answer.provenance.planner == "rules"
    assert answer.provenance.extra["fallback"] == "server"
    assert "the endpoint failed" in answer.provenance.why.en


def test_a_question_of_the_rules_costs_no_token(pipeline, server, good):
    answer = pipeline(server.script("m", good)).ask(SURE)
    assert answer.planner == "rules"
    assert server.requests == []


def test_the_sql_alone_comes_from_the_compiler(pipeline, server, good):
    answer = pipeline(server.script("m", good)).explain(HARD, planner="llm")
    assert answer.planner == "llm"
    assert answer.parts[0].sql[0].lstrip().startswith(("WITH", "SELECT"))


def test_the_model_planner_without_an_endpoint_is_a_typed_error(lamps, tmp_path):
    settings = Settings(lamps.settings.path, is_demo=False, state_dir=tmp_path)
    answer = Pipeline(lamps, settings).ask(SURE, planner="llm")
    assert answer.outcome == "error"
    assert answer.error.code == "invalid_settings"


def test_auto_without_an_endpoint_is_the_rules_planner(lamps, tmp_path):
    settings = Settings(lamps.settings.path, is_demo=False, state_dir=tmp_path)
    assert Pipeline(lamps, settings).ask(SURE, planner="auto").planner == "rules"


# ---- rights: the model plans as the asking user


@pytest.fixture
def guarded(tmp_path, server):
    """A workspace where one dimension is hidden and rows are filtered by the user's booth."""
    folder = tmp_path / "guarded"
    (folder / "models").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "data" / "sales.csv").write_text(
        "day,booth,wage,amount\n2025-11-10,east,9,100\n2025-11-11,west,8,50\n"
    )
    (folder / "askgrowth.yml").write_text(
        "version: 1\nname: {zh: 摊, en: Stall}\ntoday: 2025-11-20\n"
        "access:\n  rows: {sales: \"booth = '{user.booth}'\"}\n  hidden: [wage]\n"
    )
    (folder / "users.yml").write_text("users:\n  ann: {booth: east}\n")
    (folder / "models" / "sales.yml").write_text(
        "models:\n  - name: sales\n    agg_time_dimension: day\n    columns:\n"
        "      - {name: day, granularity: day, dimension: {type: time}}\n"
        "      - {name: booth, dimension: {type: categorical}, label: {zh: 摊位, en: booth}}\n"
        "      - {name: wage, dimension: {type: categorical}, label: {zh: 工钱, en: wage}}\n"
        "    metrics:\n      - {name: takings, agg: sum, expr: amount, label: {zh: 进账, en: takings}}\n"
    )
    layer = semantic_layer.open(folder, state_dir=tmp_path / "state")
    yield lambda model: Pipeline(
        layer,
        Settings(
            folder, is_demo=False, state_dir=tmp_path, endpoint=Endpoint(server.url, model, "k", seconds=20)
        ),
    )
    layer.close()


def test_rows_of_others_stay_hidden_from_the_models_plan(guarded, server, wire):
    plan = {"kind": "metric", "metrics": ["takings"], "group_by": [{"dimension": "booth"}]}
    model = server.script("m", wire.propose(plan, readings=[("lolly", "takings")]))
    answer = guarded(model).ask("lolly by booth", planner="llm", user="ann")
    assert rows(answer) == (("east", 100),)


def test_a_hidden_dimension_is_neither_shown_to_the_model_nor_accepted(guarded, server, wire):
    plan = {"kind": "metric", "metrics": ["takings"], "group_by": [{"dimension": "wage"}]}
    look = wire.calls(
        ("search_catalog", {"words": "wage"}), ("look_up_values", {"dimension": "wage", "text": "9"})
    )
    model = server.script("m", look, wire.propose(plan, readings=[("lolly", "takings"), ("wage", "wage")]))
    answer = guarded(model).ask("lolly by wage", planner="llm", user="ann")
    assert answer.outcome == "refuse"
    first, second = server.requests[:2]
    catalog = first["messages"][-1]["content"].split("</catalog>")[0]
    assert "wage" not in catalog
    looked = [one["content"] for one in second["messages"] if one["role"] == "tool"]
    assert looked[0] == "nothing"
    assert looked[1].startswith("no dimension")


# ---- settings and the command line


def test_the_endpoint_is_read_from_the_environment():
    settings = read_settings(
        environ={
            "ASKGROWTH_LLM_BASE_URL": "http://localhost/v1",
            "ASKGROWTH_LLM_MODEL": "m",
            "ASKGROWTH_LLM_SECONDS": "12",
            "ASKGROWTH_LLM_STREAM": "true",
            "ASKGROWTH_LLM_EXTRA_BODY": '{"enable_thinking": false}',
        }
    )
    found = settings.endpoint
    assert (found.seconds, found.stream, found.extra_body) == (12.0, True, {"enable_thinking": False})


@pytest.mark.parametrize(
    ("name", "value"), [("SECONDS", "soon"), ("SECONDS", "0"), ("EXTRA_BODY", "{"), ("EXTRA_BODY", "[1]")]
)
def test_an_endpoint_setting_that_cannot_be_used_is_said(name, value):
    environ = {"ASKGROWTH_LLM_BASE_URL": "x", "ASKGROWTH_LLM_MODEL": "m", f"ASKGROWTH_LLM_{name}": value}
    with pytest.raises(SettingsError, match=f"ASKGROWTH_LLM_{name}"):
        read_settings(environ=environ)


@pytest.mark.parametrize("planner", ["llm", "auto"])
def test_the_command_answers_through_the_model(project_root, lamps, server, good, planner):
    environ = {
        **os.environ,
        "ASKGROWTH_LLM_BASE_URL": server.url,
        "ASKGROWTH_LLM_MODEL": server.script("m", good),
        "ASKGROWTH_LLM_API_KEY": "sk-very-secret",
        "PYTHONUTF8": "1",
    }
    command = [
        sys.executable,
        "-m",
        "bot",
        "ask",
        HARD,
        "--json",
        "--planner",
        planner,
        "--today",
        "2026-03-19",
    ]
    command += ["--workspace", str(lamps.settings.path)]
    done = subprocess.run(
        command,
        cwd=project_root,
        env=environ,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["planner"] == "llm"
    assert answer["plan"]["metrics"] == ["zarn"]
    assert answer["provenance"]["extra"]["model"] == "m"
    assert "sk-very-secret" not in done.stdout + done.stderr


def test_the_planner_alone_loads_no_langchain(project_root):
    code = "import sys, bot.planners.llm; sys.exit(any(n.startswith(('langchain', 'openai')) for n in sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=project_root, check=False, timeout=60).returncode
        == 0
    )


def test_questions_at_the_same_time_do_not_mix(lamps, server, wire):
    from concurrent.futures import ThreadPoolExecutor

    from bot.planners.base import PlanRequest

    def plan_of(metric):
        return wire.propose(
            {**PLAN, "metrics": [metric]}, readings=[("shiny were the lanterns", metric), ("how", "filler")]
        )

    rules = RulesPlanner(lamps, registry=Registry.of([]))

    def one(metric):
        endpoint = Endpoint(server.url, server.script(f"m-{metric}", plan_of(metric)), "k", seconds=20)
        planner = ModelPlanner(lamps, rules, endpoint, Registry.load, "llm")
        from datetime import date

        return planner.plan(PlanRequest(HARD, "en-US", date(2026, 3, 19), lamps)).plan.metrics

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, ["zarn", "oil", "pull_count"])) == [("zarn",), ("oil",), ("pull_count",)]
