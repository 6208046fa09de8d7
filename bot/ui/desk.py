"""What a card asks for beside an answer: choices for its chips, values to pick, changed plans. No Chainlit here."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from pydantic import TypeAdapter, ValidationError

from bot.compose.asking import question_of
from bot.compose.view import Scene
from bot.editing.apply import Edit, edited
from bot.editing.choices import Choice, Chooser, Part
from bot.plan import AnswerablePlan, MetadataPlan, MetricPlan, ToolPlan
from bot.ui.labels import BAD_CHOICE, CHANGED
from bot.ui.wording import SLOT_LABELS
from semantic_layer.errors import AskGrowthError, QueryError
from semantic_layer.text import Locale, Text

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer

Json = dict[str, object]
PLAN: TypeAdapter[AnswerablePlan] = TypeAdapter(MetricPlan | ToolPlan | MetadataPlan)
_EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)
_PARTS: tuple[Part, ...] = get_args(Part)


class Desk:
    """Serves the cards of one open workspace; every payload comes from a browser and is checked like any input."""

    def __init__(self, layer: SemanticLayer) -> None:
        """Take the layer that answers come from."""
        self._layer = layer

    def options(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return the choices for `part` of `plan`: `{"choices": [{label, note, value, on}]}`."""
        part = payload.get("part")
        if part not in _PARTS:
            raise _unreadable()
        found = Chooser(self._layer, user).choices(read_plan(payload.get("plan")), part)
        return {"choices": [_choice(one, locale) for one in found]}

    def values(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return the values of `dimension` that `search` finds."""
        plan = read_plan(payload["plan"]) if payload.get("plan") else None
        search = str(payload.get("search") or "")[:200]
        found = Chooser(self._layer, user).values(str(payload.get("dimension")), search, plan)
        return {"choices": [_choice(one, locale) for one in found]}

    def changed(self, payload: Json, user: str | None) -> tuple[AnswerablePlan, Text]:
        """Return the plan with `edit` made to it, and the question that it answers now.

        Raises:
            QueryError: the payload cannot be read, or the plan has no such part.
        """
        plan = read_plan(payload.get("plan"))
        try:
            edit = _EDIT.validate_python(payload.get("edit"))
        except ValidationError as error:
            raise _unreadable() from error
        chooser = Chooser(self._layer, user)
        new = edited(plan, edit, chooser.calendar(plan))
        return new, self._said(new, edit, user)

    def _said(self, plan: AnswerablePlan, edit: Edit, user: str | None) -> Text:
        """Return the changed plan as a question, else what was changed."""
        if isinstance(plan, MetricPlan):
            catalog = self._layer.catalog
            scene = Scene(
                catalog=catalog,
                today=self._layer.today(),
                week_start=catalog.week_start,
                fiscal_year_start=catalog.fiscal_year_start,
                hidden=self._layer.rights(user).hidden,
            )
            try:
                said = question_of(plan, scene)
            except KeyError:  # a metric that is not there: running the plan says so
                said = None
            if said is not None:
                return Text(zh=said.zh, en=said.en)
        label = SLOT_LABELS[edit.part]
        return Text(zh=CHANGED.zh.format(part=label.zh), en=CHANGED.en.format(part=label.en.lower()))


def read_plan(payload: object) -> AnswerablePlan:
    """Return the plan that a card sent back.

    Raises:
        QueryError: it is no plan.
    """
    try:
        return PLAN.validate_python(payload)
    except ValidationError as error:
        raise _unreadable() from error


def problem(error: AskGrowthError, locale: Locale) -> Json:
    """Return an error as a card shows it beside what was tried."""
    return {"problem": error.message.at(locale), "mend": error.mend.at(locale), "code": error.code}


def _choice(choice: Choice, locale: Locale) -> Json:
    return {
        "label": choice.label.at(locale),
        "note": choice.note.at(locale) if choice.note else None,
        "value": choice.value,
        "on": choice.on,
    }


def _unreadable() -> QueryError:
    return QueryError(
        BAD_CHOICE, Text(zh="再问一遍即可。", en="Asking again is enough."), code="invalid_choice"
    )
