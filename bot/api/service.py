"""What programs may ask, whatever the wire: plain JSON values in and out. HTTP and MCP are both thin over this."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.catalog_view import to_json as catalog_json
from bot.plan import ToolPlan
from bot.settings import PlannerChoice
from semantic_layer.text import Locale
from tools.progress import SILENCE, Progress

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.pipeline import Pipeline
    from bot.planners.base import Conversation

Json = dict[str, Any]
CONVERSATIONS = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, as of which day, in which language, and how many rows come back (None: all that the engine gives)."""

    user: str | None = None
    today: date | None = None
    locale: Locale | None = None
    rows: int | None = 1_000


class Service:
    """Answers programs over one open workspace; safe to call from several threads."""

    def __init__(self, pipeline: Pipeline) -> None:
        """Take the pipeline of the workspace."""
        self.pipeline = pipeline
        self._conversations: OrderedDict[tuple[str | None, str], Conversation] = OrderedDict()

    def ask(
        self,
        question: str,
        asked: Asked,
        *,
        conversation: str | None = None,
        planner: PlannerChoice | None = None,
        progress: Progress = SILENCE,
    ) -> Json:
        """Return the answer to a question per the JSON contract; `conversation` joins the questions of one user."""
        key = (asked.user, conversation or "")
        so_far = self._conversations.get(key) if conversation else None
        answer = self.pipeline.ask(
            question,
            locale=asked.locale,
            today=asked.today,
            user=asked.user,
            conversation=so_far,
            planner=planner,
            row_limit=asked.rows,
            progress=progress,
        )
        if conversation:
            self._conversations[key] = self.pipeline.continue_conversation(so_far, answer)
            self._conversations.move_to_end(key)
            while len(self._conversations) > CONVERSATIONS:
                self._conversations.popitem(last=False)
        return _json(answer)

    def query(self, written: Json, asked: Asked, *, sql_only: bool = False) -> Json:
        """Return the result of a metric query, written as the keyword form of `SemanticLayer.query`.

        Raises:
            AskGrowthError: a name, filter or period is wrong, or the user has no right.
        """
        from bot.json_out import query_to_json

        layer = self.pipeline.layer
        day = layer.today(asked.today)
        query = layer.read_query(today=day, **written)
        if sql_only:
            return {"outcome": "answer", "sql": [layer.compile(query, today=day, user=asked.user).sql]}
        result = layer.query(query, today=day, user=asked.user, row_limit=asked.rows)
        return query_to_json(result, asked.locale or layer.settings.locale)

    def metrics(self, asked: Asked, search: str = "") -> Json:
        """Return the metrics, dimensions and segments that the user may see; `search` narrows them by any word.

        Raises:
            AccessError: the user is unknown where the workspace has access rules.
        """
        layer = self.pipeline.layer
        hidden = layer.rights(asked.user).hidden
        found: dict[str, Any] = catalog_json(layer.catalog)
        return {
            kind: [one for one in listed if _is_shown(one, hidden, search)] for kind, listed in found.items()
        }

    def tools(self, asked: Asked) -> list[Json]:
        """Return the analyses: name, label, what each does, its inputs as a JSON schema, questions that reach it."""
        locale = asked.locale or self.pipeline.layer.settings.locale
        return [
            {
                "name": tool.name,
                "label": tool.label.at(locale),
                "description": tool.description,
                "inputs": tool.inputs.model_json_schema(),
                "examples": list(tool.examples.all()),
            }
            for tool in self.pipeline.registry.tools.values()
        ]

    def run_tool(self, name: str, inputs: Json, asked: Asked, progress: Progress = SILENCE) -> Json:
        """Return the answer of one analysis per the JSON contract; what is wrong with its inputs is an `error`."""
        plan = ToolPlan(kind="tool", name=name, inputs=inputs)
        answer = self.pipeline.run(
            plan,
            locale=asked.locale,
            today=asked.today,
            user=asked.user,
            row_limit=asked.rows,
            progress=progress,
        )
        return _json(answer)


def _is_shown(one: Json, hidden: frozenset[str], search: str) -> bool:
    if one["name"] in hidden:
        return False
    label = one.get("label") or {}
    words = [one["name"], *label.values(), *one.get("synonyms", ())]
    return not search or any(search.casefold() in str(word).casefold() for word in words)


def _json(answer: Answer) -> Json:
    from bot.json_out import to_json

    return to_json(answer, answer.locale)
