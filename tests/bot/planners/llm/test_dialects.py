"""Servers that are not OpenAI: what they refuse is never sent, what they add is not lost."""

import json

import pytest

from bot.plan import MetricPlan

HARD = "how shiny were the lanterns by hub last month"
PLAN = {
    "kind": "metric",
    "metrics": ["zarn"],
    "group_by": [{"dimension": "hub"}],
    "period": {"start": "2026-02-01", "end": "2026-03-01"},
}
SAID = [("shiny were the lanterns", "zarn"), ("how", "filler")]


@pytest.fixture
def good(wire):
    return wire.propose(PLAN, readings=SAID)


def refuses_json_schema(request):
    return "This response_format type is unavailable now" if "response_format" in request else None


def refuses_a_forced_tool(request):
    choice = request.get("tool_choice", "auto")
    return f"thinking mode does not support tool_choice {choice}" if choice != "auto" else None


def refuses_new_parameters(request):
    known = {"model", "messages", "tools", "tool_choice", "stream", "stream_options", "_authorization"}
    odd = sorted(set(request) - known)
    return f"unknown parameters {odd}" if odd else None


def refuses_strict_tools(request):
    return "strict is not supported" if "strict" in json.dumps(request["tools"]) else None


DIALECTS = {
    "no json_schema (DeepSeek, older vLLM)": refuses_json_schema,
    "only tool_choice auto (DeepSeek thinking)": refuses_a_forced_tool,
    "no newer parameters (Ollama, old servers)": refuses_new_parameters,
    "no strict tools (DashScope)": refuses_strict_tools,
}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_gives_a_plan(ask, server, good, dialect, stream):
    server.refusals["m"] = DIALECTS[dialect]
    assert isinstance(ask(HARD, server.script("m", good), stream=stream).plan, MetricPlan)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_reasoning_goes_back_with_the_call_it_led_to(ask, server, wire, good, stream):
    look = wire.calls(("search_catalog", {"words": "shiny"}), reasoning_content="let me look")
    ask(HARD, server.script("m", look, good), stream=stream)
    (sent,) = [one for one in server.sent("m")[1]["messages"] if one["role"] == "assistant"]
    assert sent["reasoning_content"] == "let me look"


def test_a_server_without_reasoning_is_sent_none(ask, server, wire, good):
    ask(HARD, server.script("m", wire.calls(("search_catalog", {"words": "shiny"})), good))
    assert "reasoning_content" not in json.dumps(server.sent("m")[1])


def test_parallel_calls_are_all_answered(ask, server, wire, good):
    looks = wire.calls(
        ("search_catalog", {"words": "zarn"}),
        ("look_up_values", {"dimension": "lane", "text": "kite"}),
        ("get_metric_definition", {"name": "zarn"}),
    )
    assert isinstance(ask(HARD, server.script("m", looks, good)).plan, MetricPlan)
    answers = [one for one in server.sent("m")[1]["messages"] if one["role"] == "tool"]
    assert len(answers) == 3
    assert any("kx" in one["content"] for one in answers)


def test_parallel_proposals_are_parts_of_one_answer(ask, server, wire):
    other = {**PLAN, "metrics": ["oil"]}
    said = [{"words": "shiny", "means": "zarn"}, {"words": "lanterns", "means": "oil"}]
    said += [{"words": word, "means": "filler"} for word in ("how", "were", "the")]
    both = wire.calls(
        ("propose_plan", {"plans": [PLAN], "readings": said}), ("propose_plan", {"plans": [other]})
    )
    planned = ask(HARD, server.script("m", both))
    assert [plan.metrics for plan in planned.plan] == [("zarn",), ("oil",)]


def test_the_tokens_of_a_stream_are_those_the_server_reports(ask, server, good):
    planned = ask(HARD, server.script("m", good), stream=True)
    assert planned.extra["tokens_estimated"] is False
    assert planned.extra["tokens_in"] > 1_000


def test_tokens_are_estimated_where_the_server_reports_none(ask, server, good):
    server.usage = False
    planned = ask(HARD, server.script("m", good))
    assert planned.extra["tokens_estimated"] is True
    assert 1_000 < planned.extra["tokens_in"] < 3_000


def test_a_servers_own_switches_are_passed_through(ask, server, good):
    ask(HARD, server.script("m", good), extra_body={"thinking": {"type": "disabled"}})
    assert server.sent("m")[0]["thinking"] == {"type": "disabled"}
