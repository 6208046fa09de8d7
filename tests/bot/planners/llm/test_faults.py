"""Faults between the model and us: every one ends in a typed outcome or in the rules' answer, and none hangs."""

import json
import time

import pytest

from bot.plan import ClarifyPlan, MetricPlan, RefusePlan

SURE = "zarn by hub last month"  # the rules planner reads every word
HARD = "how shiny were the lanterns by hub last month"  # it does not know two of them
PLAN = {
    "kind": "metric",
    "metrics": ["zarn"],
    "group_by": [{"dimension": "hub"}],
    "period": {"start": "2026-02-01", "end": "2026-03-01"},
}
SAID = [("shiny were the lanterns", "zarn"), ("how", "filler")]
ARGUMENTS = {"plans": [PLAN], "readings": [{"words": w, "means": m} for w, m in SAID]}
JSON_TEXT = json.dumps(ARGUMENTS)


@pytest.fixture
def good(wire):
    return wire.propose(PLAN, readings=SAID)


def is_models(planned):
    return (
        planned.planner == "llm"
        and isinstance(planned.plan, MetricPlan)
        and planned.plan.metrics == ("zarn",)
    )


# ---- replies that are mended without asking again


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(JSON_TEXT.replace('"kind"', '\n"kind"'), id="line breaks"),
        pytest.param(JSON_TEXT[:-1] + ",}", id="trailing comma"),
        pytest.param(f"```json\n{JSON_TEXT}\n```", id="code fence"),
        pytest.param(str(ARGUMENTS), id="python literals"),
        pytest.param(json.dumps(JSON_TEXT), id="json inside json"),
        pytest.param(f"Here it is: {JSON_TEXT} Done.", id="text around"),
        pytest.param(json.dumps({**ARGUMENTS, "plans": PLAN}), id="one plan instead of a list"),
        pytest.param(json.dumps({**ARGUMENTS, "plans": json.dumps([PLAN])}), id="plans as text"),
        pytest.param(
            json.dumps({"plan": PLAN, "readings": ARGUMENTS["readings"]}), id="plan instead of plans"
        ),
    ],
)
def test_sloppy_arguments_are_mended(ask, server, wire, written):
    planned = ask(HARD, server.script("m", wire.calls(("propose_plan", written))))
    assert is_models(planned)
    assert planned.extra["calls"] == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(JSON_TEXT, id="bare arguments"),
        pytest.param(json.dumps({"name": "propose_plan", "arguments": ARGUMENTS}), id="a call as JSON"),
        pytest.param(
            '<think>the user wants {"x": 1}</think><tool_call>'
            + json.dumps({"name": "propose_plan", "arguments": ARGUMENTS})
            + "</tool_call>",
            id="thinking and call tags",
        ),
        pytest.param(f"Sure!\n```json\n{JSON_TEXT}\n```", id="fenced in prose"),
    ],
)
def test_a_call_written_as_text_is_read(ask, server, wire, content):
    assert is_models(ask(HARD, server.script("m", wire.text(content))))


@pytest.mark.parametrize("name", ["proposePlan", "functions.propose_plan", "propose-plan", "propose_plans"])
def test_a_slightly_wrong_tool_name_is_understood(ask, server, wire, name):
    assert is_models(ask(HARD, server.script("m", wire.calls((name, ARGUMENTS)))))


# ---- replies that are asked for again, then mended by the model


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(lambda w: w.text(""), id="empty reply"),
        pytest.param(lambda w: w.text("灯费额上个月是 12,345。"), id="prose in another language"),
        pytest.param(lambda w: w.calls(("propose_plan", JSON_TEXT[:60])), id="arguments cut off"),
        pytest.param(lambda w: w.calls(("run_sql", {"sql": "DROP TABLE pulls"})), id="unknown tool"),
        pytest.param(
            lambda w: w.calls(("propose_plan", {"plans": [{**PLAN, "kind": "sql"}]})), id="unknown tag"
        ),
        pytest.param(
            lambda w: w.calls(("propose_plan", ARGUMENTS), ("refuse", {"reason": "out_of_scope"})),
            id="two endings that contradict",
        ),
        pytest.param(lambda w: w.calls(("search_catalog", {"words": "shiny lanterns"})), id="a look first"),
        pytest.param(
            lambda w: w.calls(("search_catalog", {}), ("look_up_values", {"x": 1})), id="odd arguments"
        ),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_the_model_gets_another_chance(ask, server, wire, good, first, stream):
    planned = ask(HARD, server.script("m", first(wire), good), stream=stream)
    assert is_models(planned)
    assert planned.extra["calls"] == 2


def test_a_wrong_name_goes_back_with_the_nearest_one(ask, server, wire, good):
    wrong = wire.propose({**PLAN, "metrics": ["zarnn"]}, readings=SAID)
    assert is_models(ask(HARD, server.script("m", wrong, good)))
    told = server.sent("m")[1]["messages"][-1]["content"]
    assert "zarnn" in told
    assert "Nearest: zarn" in told


def test_a_plan_is_sent_back_twice_and_no_more(ask, server, wire):
    planned = ask(HARD, server.script("m", wire.propose({**PLAN, "metrics": ["nonsense"]}, readings=SAID)))
    assert planned.planner == "rules"
    assert planned.extra["fallback"] == "rejected"
    assert len(server.sent("m")) == 3


# ---- the rules planner answers, and says why


FAULTS = {
    "500 for ever": (lambda w: w.Wire(500, b"{}"), "server"),
    "429 for ever": (lambda w: w.Wire(429, b"{}", {"retry-after": "0"}), "too_many"),
    "401": (lambda w: w.Wire(401, b'{"error": {"message": "bad key sk-very-secret"}}'), "key"),
    "404": (lambda w: w.Wire(404, b"{}"), "address"),
    "400": (lambda w: w.Wire(400, b'{"error": {"message": "tools are not supported"}}'), "refused_request"),
    "an HTML page": (
        lambda w: w.Wire(200, b"<html>hello</html>", {"content-type": "text/html"}),
        "unreadable",
    ),
    "JSON that is no reply": (lambda w: w.Wire(200, b'{"hello": 1}'), "unreadable"),
    "broken JSON": (lambda w: w.Wire(200, b'{"choices": ['), "unreadable"),
    "prose for ever": (lambda w: w.text("It rose by 12%."), "rejected"),
    "empty for ever": (lambda w: w.text(""), "rejected"),
    "an endless loop of looks": (lambda w: w.calls(("search_catalog", {"words": "zarn"})), "calls"),
    "cut in the middle": (lambda w: w.Wire(message=w.calls(("propose_plan", ARGUMENTS)), cut=True), None),
}


@pytest.mark.parametrize("question", [SURE, HARD], ids=["rules are sure", "rules are not"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_the_rules_answer_and_says_why(ask, server, wire, rules_alone, fault, question):
    reply, reason = FAULTS[fault]
    planned = ask(question, server.script("m", reply(wire)), max_retries=1)
    assert planned.plan == rules_alone(question).plan
    assert planned.planner == "rules"
    assert reason is None or planned.extra["fallback"] == reason
    assert "language model" in planned.why.en
    assert "语言模型" in planned.why.zh


def test_a_stream_that_is_cut_off_gives_no_plan(ask, server, wire, rules_alone):
    cut = wire.Wire(message=wire.calls(("propose_plan", ARGUMENTS)), cut=True)
    planned = ask(HARD, server.script("m", cut), stream=True, max_retries=0)
    assert planned.planner == "rules"
    assert planned.plan == rules_alone(HARD).plan


@pytest.mark.parametrize(
    "fault", [lambda w: w.Wire(wait=30.0), lambda w: w.Wire(drip=0.05)], ids=["silent", "dripping"]
)
def test_a_server_that_never_ends_is_left_at_the_ceiling(ask, server, wire, fault):
    started = time.monotonic()
    planned = ask(SURE, server.script("m", fault(wire)), seconds=1.0)
    assert time.monotonic() - started < 15.0  # the server would hold us for thirty
    assert planned.extra["fallback"] == "seconds"
    assert isinstance(planned.plan, MetricPlan)


def test_a_server_that_is_not_there_leaves_the_rules_answer(ask, server, wire):
    model = server.script("m", wire.text(""))
    server.server.shutdown()
    server.server.server_close()
    planned = ask(SURE, model, max_retries=0)
    assert planned.extra["fallback"] == "connection"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_one_failure_is_tried_again_by_the_client(ask, server, wire, good, status):
    failed = wire.Wire(status, b"{}", {"retry-after": "0"})
    assert is_models(ask(HARD, server.script("m", failed, good)))


def test_the_tokens_of_a_question_are_limited(ask, server, wire):
    server.usage = False
    long = wire.calls(("search_catalog", {"words": "zarn " * 12_000}))
    planned = ask(HARD, server.script("m", long))
    assert planned.extra["fallback"] == "tokens"
    assert planned.extra["tokens_estimated"] is True


# ---- outcomes other than a plan


def test_a_refusal_of_the_model_is_typed(ask, server, wire):
    refused = wire.calls(("refuse", {"reason": "out_of_scope", "missing": ["shiny", "unheard of"]}))
    planned = ask(HARD, server.script("m", refused))
    assert isinstance(planned.plan, RefusePlan)
    assert planned.planner == "llm"


def test_a_question_back_is_worded_by_us(ask, server, wire):
    asked = wire.calls(("ask_back", {"plans": [PLAN, {**PLAN, "metrics": ["oil"]}]}))
    planned = ask(HARD, server.script("m", asked))
    assert isinstance(planned.plan, ClarifyPlan)
    assert [option.plan.metrics for option in planned.plan.options] == [("zarn",), ("oil",)]
    assert planned.plan.options[0].question.en.startswith("Zarn by hub")


def test_a_question_back_needs_two_plans_that_run(ask, server, wire):
    planned = ask(HARD, server.script("m", wire.calls(("ask_back", {"plans": [PLAN]}))))
    assert planned.extra["fallback"] == "rejected"
