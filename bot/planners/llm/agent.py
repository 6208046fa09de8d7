"""The agent: LangChain over an OpenAI-compatible endpoint. The one module that imports it; loaded on the first call.

Every ending is a tool call with `tool_choice: auto` and no response format, which every server understands. The
client retries 429, 5xx and broken connections by itself; nothing above it retries, so that calls can be counted.
"""

from __future__ import annotations

import json
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, AgentState, hook_config
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.tools import BaseTool, StructuredTool
from langgraph.runtime import Runtime

from bot.endpoint import Endpoint
from bot.planners.llm.budget import estimate_tokens
from bot.planners.llm.chat import REASONING, client_of
from bot.planners.llm.prompts import prompt, tool_description
from bot.planners.llm.replies import (
    Call,
    calls_in_text,
    merged,
    normalised_arguments,
    read_arguments,
    tool_name,
)
from bot.planners.llm.schema import parameters
from bot.planners.llm.session import Session

STEPS_PER_CALL = 4  # before, model, after, tools
ONE_CALL = 0.8  # of the seconds that are left: a call that hangs leaves time for another


def converse(session: Session, endpoint: Endpoint, system: str, question: str) -> None:
    """Let the model work on the session until it is settled or stopped.

    Raises whatever a foreign server or its client library raises; the caller turns it into a reason.
    """
    limits = session.usage.limits
    model = client_of(endpoint, ONE_CALL * session.usage.seconds_left)
    agent = create_agent(model, _tools(session), system_prompt=system, middleware=[_Warden(session, system)])
    agent.invoke(
        {"messages": [HumanMessage(question)]},
        config={"recursion_limit": STEPS_PER_CALL * limits.calls + STEPS_PER_CALL, "callbacks": []},
    )


def _tools(session: Session) -> list[BaseTool]:
    return [
        StructuredTool.from_function(
            session.tools[name],
            name=name,
            description=tool_description(name, session.request.locale),
            args_schema=parameters(name),
        )
        for name in session.offered
    ]


class _Warden(AgentMiddleware[AgentState[Any], None]):
    """Counts, ends and mends: no call once the session is over, no reply that ends the run by being unreadable."""

    def __init__(self, session: Session, system: str) -> None:
        super().__init__()
        self._session = session
        self._fixed = estimate_tokens(system) + sum(
            estimate_tokens(json.dumps(parameters(name), ensure_ascii=False)) for name in session.offered
        )

    @hook_config(can_jump_to=["end"])
    def before_model(
        self,
        state: AgentState[Any],
        runtime: Runtime[None],  # noqa: ARG002 - the signature is LangChain's
    ) -> dict[str, Any] | None:
        """End the run where the session is over; else count the call."""
        if self._session.must_end():
            return {"jump_to": "end"}
        usage = self._session.usage
        usage.calls += 1
        # A reply that never comes was worked on all the same: what was sent counts until the reply says better.
        usage.waiting = self._fixed + sum(estimate_tokens(str(one.content)) for one in state["messages"])
        return None

    @hook_config(can_jump_to=["model"])
    def after_model(
        self,
        state: AgentState[Any],
        runtime: Runtime[None],  # noqa: ARG002 - the signature is LangChain's
    ) -> dict[str, Any] | None:
        """Replace the reply by the calls it means; where there is none, ask once more."""
        *before, reply = state["messages"]
        assert isinstance(reply, AIMessage)
        self._count(before, reply)
        calls, problem = readable_calls(reply)
        if calls:
            named = [
                {
                    "name": call.name,
                    "args": dict(call.arguments),
                    "id": f"{reply.id}-{at}",
                    "type": "tool_call",
                }
                for at, call in enumerate(calls)
            ]
            kept = {key: value for key, value in reply.additional_kwargs.items() if key == REASONING}
            whole = AIMessage(content="", id=reply.id, tool_calls=named, additional_kwargs=kept)
            return {"messages": [whole]}
        self._session.reject("unreadable", problem)
        again = prompt(
            "no_call", self._session.request.locale, problem=problem, tools=", ".join(self._session.offered)
        )
        said = AIMessage(content=str(reply.text)[:300] or "-", id=reply.id)
        return {"messages": [said, HumanMessage(again)], "jump_to": "model"}

    def _count(self, before: list[AnyMessage], reply: AIMessage) -> None:
        """Add the tokens the server reports, or a conservative estimate where it reports none."""
        usage, reported = self._session.usage, reply.usage_metadata
        usage.waiting = 0
        if reported and reported["input_tokens"]:
            usage.tokens_in += reported["input_tokens"]
            usage.tokens_out += reported["output_tokens"]
            return
        usage.estimated = True
        usage.tokens_in += self._fixed + sum(estimate_tokens(str(one.content)) for one in before)
        usage.tokens_out += estimate_tokens(str(reply.content) + str(reply.tool_calls))


def readable_calls(reply: AIMessage) -> tuple[list[Call], str]:
    """Return the tool calls that a reply means, and what is wrong with it where there is none."""
    written = [(call["name"], call["args"]) for call in reply.tool_calls]
    written += [(call["name"] or "", call["args"] or "") for call in reply.invalid_tool_calls]  # type: ignore[misc]  # their arguments are text
    calls: list[Call] = []
    problem = "no tool call"
    for raw_name, raw in written:
        name, arguments = tool_name(raw_name), read_arguments(raw)
        if name is None:
            problem = "unknown tool"
        elif arguments is None:
            problem = "arguments are not complete JSON"
        else:
            calls.append(normalised_arguments(Call(name, arguments)))
    if not written:
        calls = [normalised_arguments(found) for found in calls_in_text(str(reply.text))]
        problem = problem if str(reply.text).strip() else "empty reply"
    together = merged(calls)
    return (together, problem) if together is not None else ([], "several endings that contradict each other")
