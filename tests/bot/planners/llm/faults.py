"""What can go wrong between the model and us, with what must come of it: the list behind the table in the docs."""

import json

HARD = "how shiny were the lanterns by hub last month"
PLAN = {
    "kind": "metric",
    "metrics": ["zarn"],
    "group_by": [{"dimension": "hub"}],
    "period": {"start": "2026-02-01", "end": "2026-03-01"},
}
SAID = [("shiny were the lanterns", "zarn"), ("how", "filler")]
ARGUMENTS = {"plans": [PLAN], "readings": [{"words": w, "means": m} for w, m in SAID]}
TEXT = json.dumps(ARGUMENTS)
CALL = json.dumps({"name": "propose_plan", "arguments": ARGUMENTS})
LOOK = json.dumps({"name": "search_catalog", "arguments": {"words": "shiny"}})

ANSWERED = "the model's plan is run"


def rules(reason):
    return f"the rules answer: {reason}"


def listed(wire):
    """Name -> (replies of the server, what comes of it, options of the endpoint). The last reply repeats."""
    good = wire.propose(PLAN, readings=SAID)
    propose = wire.calls(("propose_plan", ARGUMENTS))
    status = wire.Wire
    second = {"retry-after": "0"}
    cut_text = {"role": "assistant", "content": f"<tool_call>{CALL[:90]}"}
    return {
        "429 once, with Retry-After": ([status(429, b"{}", second), good], ANSWERED, {}),
        "500 once": ([status(500, b"{}", second), good], ANSWERED, {}),
        "429 for ever": ([status(429, b"{}", second)], rules("too_many"), {}),
        "429 with Retry-After of ten minutes": (
            [status(429, b"{}", {"retry-after": "600"})], rules("too_many"), {"seconds": 8.0, "max_retries": 1},
        ),
        "500, 502, 503 for ever": ([status(503, b"{}", second)], rules("server"), {}),
        "400": ([status(400, b'{"error": {"message": "no tools"}}')], rules("refused_request"), {}),
        "401 or 403": ([status(401, b"{}")], rules("key"), {}),
        "402: the account is empty": ([status(402, b"{}")], rules("unpaid"), {}),
        "404: a wrong model name": (
            [status(404, b'{"error": {"message": "model not found"}}')], rules("address"), {},
        ),
        "connection reset": ([status(cut=True, body=b"")], rules("connection"), {"max_retries": 0}),
        "TLS where there is none": ([good], rules("certificate"), {"tls": True, "max_retries": 0}),
        "silence": ([status(wait=20.0)], rules("seconds"), {"seconds": 1.5, "max_retries": 0}),
        "one byte at a time": ([status(drip=0.05)], rules("seconds"), {"seconds": 1.5, "max_retries": 0}),
        "a stream of one event at a time, for ever": (
            [status(drip=0.05, events=True)], rules("seconds"), {"seconds": 1.5, "stream": True, "max_retries": 0},
        ),
        "a stream cut off": ([status(message=propose, cut=True)], rules("rejected"), {"stream": True}),
        "an HTML page": ([status(200, b"<html>hi</html>", {"content-type": "text/html"})], rules("unreadable"), {}),
        "JSON that is no reply": ([status(200, b'{"hello": 1}')], rules("unreadable"), {}),
        "broken JSON": ([status(200, b'{"choices": [')], rules("unreadable"), {}),
        "a reply of four million characters": ([wire.text("x" * 4_000_000)], rules("tokens"), {"max_retries": 0}),
        "cut by the length limit (finish_reason length)": (
            [wire.calls(("propose_plan", TEXT[:80]), finish="length")], rules("rejected"), {},
        ),
        "arguments cut off once": ([wire.calls(("propose_plan", TEXT[:80])), good], ANSWERED, {}),
        "arguments in a code fence": ([wire.calls(("propose_plan", f"```json\n{TEXT}\n```"))], ANSWERED, {}),
        "arguments as text within text": ([wire.calls(("propose_plan", json.dumps(TEXT)))], ANSWERED, {}),
        "no arguments at all": ([wire.calls(("propose_plan", "")), good], ANSWERED, {}),
        "a slightly wrong tool name": ([wire.calls(("proposePlan", ARGUMENTS))], ANSWERED, {}),
        "an unknown tool": ([wire.calls(("run_sql", {"sql": "DROP TABLE pulls"})), good], ANSWERED, {}),
        "a call as text in <tool_call> (Qwen, Hermes)": (
            [wire.text(f"<tool_call>\n{CALL}\n</tool_call>")], ANSWERED, {},
        ),
        "two calls as text in <tool_call>": (
            [wire.text(f"<tool_call>{LOOK}</tool_call>\n<tool_call>{CALL}</tool_call>")], ANSWERED, {},
        ),
        "a call as text, cut off": ([cut_text], rules("rejected"), {}),
        "a call as text in a code fence": ([wire.text(f"Sure!\n```json\n{CALL}\n```")], ANSWERED, {}),
        "thinking before the call": ([wire.text(f"<think>{{}} hm</think>{CALL}")], ANSWERED, {}),
        "an empty reply once": ([wire.text(""), good], ANSWERED, {}),
        "empty replies": ([wire.text("")], rules("rejected"), {}),
        "prose with figures": ([wire.text("It rose by 12%.")], rules("rejected"), {}),
        "a reply in another language": ([wire.text("Выручка выросла.")], rules("rejected"), {}),
        "endings that contradict each other": (
            [wire.calls(("propose_plan", ARGUMENTS), ("refuse", {"reason": "out_of_scope"})), good], ANSWERED, {},
        ),
        "endless looking": ([wire.calls(("search_catalog", {"words": "zarn"}))], rules("calls"), {}),
        "an invented metric": ([wire.propose({**PLAN, "metrics": ["gleam"]}, readings=SAID)], rules("rejected"), {}),
        "SQL in a plan": (
            [wire.propose({**PLAN, "where": [{"kind": "expression", "sql": "1=1"}]}, readings=SAID)],
            rules("rejected"), {},
        ),
        "other dates than asked": (
            [wire.propose({**PLAN, "period": {"start": "2026-01-01", "end": "2026-02-01"}}, readings=SAID)],
            rules("rejected"), {},
        ),
    }  # fmt: skip
