"""A scripted model that errs at a known rate, behind a real OpenAI-compatible server on loopback: for ablations.

It knows the gold plan of each question. With `error_rate` its first proposal has one mistake of a kind that models
make; told what is wrong, it proposes the gold plan with `mend_rate`, else the same mistake again.
"""

from __future__ import annotations

import importlib
import json
import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
Mistake = Callable[[Json, random.Random, list[str]], Json]


def _invented(plan: Json, _: random.Random, __: list[str]) -> Json:
    if plan["kind"] == "tool":
        return {**plan, "name": plan["name"] + "_pro"}
    return {**plan, "metrics": [name + "_total" for name in plan["metrics"]]}


def _other_metric(plan: Json, chance: random.Random, names: list[str]) -> Json:
    if plan["kind"] == "tool":
        return plan
    others = [name for name in names if name not in plan["metrics"]]
    return {**plan, "metrics": [chance.choice(others)], "order_by": [], "transforms": [], "having": []}


def _without(key: str) -> Mistake:
    return lambda plan, _, __: {name: value for name, value in plan.items() if name != key}


def _other_dates(plan: Json, _: random.Random, __: list[str]) -> Json:
    return {
        **plan,
        **({} if plan["kind"] == "tool" else {"period": {"start": "2024-01-01", "end": "2024-02-01"}}),
    }


MISTAKES: Mapping[str, Mistake] = {
    "a metric that does not exist": _invented,
    "another metric": _other_metric,
    "a filter left out": _without("where"),
    "a split left out": _without("group_by"),
    "no dates": _without("period"),
    "other dates": _other_dates,
    "a comparison left out": _without("compare"),
    "a limit left out": _without("limit"),
}


def _as_text(call: Json) -> Json:
    function = call["tool_calls"][0]["function"]
    written = {"name": function["name"], "arguments": json.loads(function["arguments"])}
    return {
        "role": "assistant",
        "content": f"<tool_call>{json.dumps(written, ensure_ascii=False)}</tool_call>",
    }


def _cut(call: Json) -> Json:
    function = call["tool_calls"][0]["function"]
    half = {**function, "arguments": function["arguments"][: len(function["arguments"]) // 2]}
    return {**call, "tool_calls": [{**call["tool_calls"][0], "function": half}]}


# What servers and models do to a reply, by what it is called.
FAULTS: Mapping[str, Callable[[Json], Json]] = {
    "an empty reply": lambda _: {"role": "assistant", "content": ""},
    "prose with a figure": lambda _: {"role": "assistant", "content": "It rose by 12%."},
    "arguments cut off": _cut,
    "a call written as text": _as_text,
    "an unknown tool": lambda _: _call("run_sql", {"sql": "SELECT 1"}, 0),
}


class ImperfectModel:
    """The model's knowledge and its dice; every question always gets the same reply."""

    def __init__(
        self,
        gold: Mapping[str, Json],
        metrics: list[str],
        error_rate: float,
        mend_rate: float,
        seed: int = 7,
        fault_rate: float = 0.0,
        sql: Mapping[str, str] | None = None,
    ) -> None:
        self._gold = gold
        self._sql = sql or {}  # what it answers with where it is offered SQL instead of plans
        self._metrics = metrics
        self._rates = (error_rate, mend_rate, fault_rate)
        self._seed = seed

    def reply(self, request: Json) -> Json:
        """Return the assistant's message to a request of the chat completions API."""
        messages = request["messages"]
        if any(tool["function"]["name"] == "run_sql" for tool in request.get("tools", ())):
            return self._in_sql(messages)
        asked = next(str(one["content"]) for one in messages if one["role"] == "user")
        text = asked.rpartition("<question>")[2].partition("</question>")[0].strip()
        chance = random.Random(f"{self._seed} {text}")
        plan = self._gold.get(text)
        if plan is None:
            return _call("refuse", {"reason": "not_in_catalog", "missing": []}, len(messages))
        errs = chance.random() < self._rates[0]
        wrong = self._mistaken(plan, chance)
        mends = chance.random() < self._rates[1]
        told = sum(1 for one in messages if one["role"] == "tool")
        chosen = wrong if errs and not (told and mends) else plan
        unknown = str(asked).rpartition(": ")[2].strip()
        means = (chosen.get("metrics") or [chosen.get("name", "filler")])[0]
        readings = [{"words": word, "means": means} for word in unknown.split(", ") if word not in ("", "-")]
        call = _call("propose_plan", {"plans": [chosen], "readings": readings}, len(messages))
        is_first = not any(one["role"] == "assistant" for one in messages)
        if is_first and chance.random() < self._rates[2]:
            return FAULTS[chance.choice(list(FAULTS))](call)
        return call

    def _in_sql(self, messages: list[Json]) -> Json:
        """Return the next step of a naive SQL agent: look, run one statement, be done; its mistake is a lost WHERE."""
        text = next(str(one["content"]) for one in messages if one["role"] == "user").strip()
        sql, chance = self._sql.get(text), random.Random(f"{self._seed} {text}")
        told = sum(1 for one in messages if one["role"] == "tool")
        if told == 0:
            return _call("list_tables", {}, 0)
        if told == 1 and sql is not None:
            errs = chance.random() < self._rates[0]
            return _call(
                "run_sql", {"query": re.sub(r"WHERE .*?(?=GROUP BY|ORDER BY|$)", "", sql) if errs else sql}, 1
            )
        return {"role": "assistant", "content": "done" if sql is not None else "UNANSWERABLE"}

    def _mistaken(self, plan: Json, chance: random.Random) -> Json:
        kinds = list(MISTAKES.values())
        chance.shuffle(kinds)
        return next(made for kind in kinds if (made := kind(plan, chance, self._metrics)) != plan)


@contextmanager
def serving(reply: Callable[[Json], Json], port: int = 0) -> Iterator[str]:
    """Serve a model on loopback; yields the base URL. LangChain is loaded first: that is no part of a question."""
    importlib.import_module("bot.planners.llm.agent")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            body = json.dumps(_completion(request, reply(request)), ensure_ascii=False).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def _call(name: str, arguments: Json, number: int) -> Json:
    function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
    call = {"id": f"call_{number}", "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _completion(request: Json, message: Json) -> Json:
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
    }
