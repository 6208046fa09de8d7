"""The chat client: LangChain's, with what two dialects need: arguments that are no object, and reasoning sent back."""

from __future__ import annotations

import json
from typing import Any

import openai
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from bot.endpoint import Endpoint
from bot.planners.llm.replies import THINKING, read_json

REASONING = "reasoning_content"


class CompatibleChat(ChatOpenAI):
    """A client for OpenAI-compatible servers.

    Arguments encoded twice, or written as a list, break LangChain before anyone can mend them. A server that
    thinks and gives its reasoning (DeepSeek) wants it back with the tool calls it led to; LangChain drops it.
    """

    def _create_chat_result(
        self, response: dict[str, Any] | openai.BaseModel, generation_info: dict[str, Any] | None = None
    ) -> ChatResult:
        if not isinstance(response, dict | openai.BaseModel):
            raise TypeError("the endpoint's reply is no JSON object")
        plain = response if isinstance(response, dict) else response.model_dump(warnings=False)
        messages = [choice.get("message") or {} for choice in plain.get("choices") or ()]
        for message in messages:
            for call in message.get("tool_calls") or ():
                function = call.get("function") or {}
                function["arguments"] = as_object(function.get("arguments"))
        result = super()._create_chat_result(plain, generation_info)
        for generation, message in zip(result.generations, messages, strict=False):
            if message.get(REASONING):
                generation.message.additional_kwargs[REASONING] = message[REASONING]
        return result

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        converted = super()._convert_chunk_to_generation_chunk(
            chunk, default_chunk_class, base_generation_info
        )
        choices = chunk.get("choices") or ()
        delta = (choices[0].get("delta") or {}) if choices else {}
        if converted is not None and delta.get(REASONING):
            converted.message.additional_kwargs[REASONING] = delta[REASONING]
        return converted

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        payload: dict[str, Any] = super()._get_request_payload(input_, stop=stop, **kwargs)
        written = self._convert_input(input_).to_messages()
        for message, sent in zip(written, payload.get("messages", ()), strict=False):
            reasoning = message.additional_kwargs.get(REASONING)
            if isinstance(message, AIMessage) and message.tool_calls and reasoning:
                sent[REASONING] = reasoning
        return payload


def as_object(arguments: Any) -> str:
    """Return a call's arguments as the text of a JSON object where they mean one; anything else as it is."""
    if not isinstance(arguments, str):
        return json.dumps(arguments or {}, ensure_ascii=False)
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments  # LangChain sets it aside as invalid, and it is mended later
    if isinstance(value, dict):
        return arguments
    inner = read_json(value) if isinstance(value, str) else value
    if isinstance(inner, dict):
        return json.dumps(inner, ensure_ascii=False)
    return json.dumps({"plans": inner} if isinstance(inner, list) else {}, ensure_ascii=False)


def client_of(endpoint: Endpoint, seconds: float) -> CompatibleChat:
    """Return a client whose single call lasts no longer than `seconds`."""
    return CompatibleChat(
        openai_api_base=endpoint.base_url,
        model_name=endpoint.model,
        openai_api_key=SecretStr(endpoint.api_key or "none"),
        request_timeout=max(0.1, seconds),
        max_retries=endpoint.max_retries,
        streaming=endpoint.stream,
        stream_usage=endpoint.stream,
        extra_body=dict(endpoint.extra_body) or None,
        use_responses_api=False,
    )


def plain_reply(endpoint: Endpoint, asked: str, seconds: float) -> tuple[str, int, int]:
    """Return the text of a reply without tools, its thinking left out, and the tokens in and out (0: not reported)."""
    reply = client_of(endpoint, seconds).invoke([HumanMessage(asked)], config={"callbacks": []})
    usage = reply.usage_metadata
    text = THINKING.sub("", str(reply.text)).strip()
    return text, usage["input_tokens"] if usage else 0, usage["output_tokens"] if usage else 0
