"""What a card asks for beside an answer: choices for its chips, values to pick, changed plans. No Chainlit here."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import DBAPIError

from bot.answer import Answer
from bot.charts.tree import metric_tree, tree_svg
from bot.compose.asking import question_of
from bot.compose.behind import question_behind
from bot.compose.view import Scene
from bot.editing.apply import Edit, edited
from bot.editing.choices import Choice, Chooser, Part
from bot.execution import as_query
from bot.memory.approve import Approver
from bot.memory.recall import Kept
from bot.outcomes import LONGEST_QUESTION
from bot.plan import AnswerablePlan, MetadataPlan, MetricPlan, ToolPlan
from bot.store.database import StoreError
from bot.store.verified import save_verified
from bot.ui.bench_json import comparison_json, pair_json, rows_json
from bot.ui.decisions import decide
from bot.ui.labels import ASK_ADMIN, ASK_AGAIN, BAD_CHOICE, CHANGED, NOT_SAVED, NOTHING_BEHIND, SAVED
from bot.ui.wording import SLOT_LABELS
from bot.workbench.compare import run_beside
from bot.workbench.reconcile import reconciled
from bot.workbench.rows import rows_behind
from bot.workbench.workbook import workbook
from semantic_layer.errors import AskGrowthError, QueryError
from semantic_layer.text import Locale, Text
from tools.registry import Registry
from tools.render import cell

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.ledger.keeping import Ledger
    from semantic_layer.workspace import SemanticLayer

Json = dict[str, object]
PLAN: TypeAdapter[AnswerablePlan] = TypeAdapter(MetricPlan | ToolPlan | MetadataPlan)
_EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)
_PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, slots=True)
class Bench:
    """What else a desk works with: the pipeline's `run`, the app database, the workspace's name in it.

    `approved` gives what was approved so far: a new pair must not change an answer of theirs.
    """

    run: Callable[..., Answer]
    store: Engine
    workspace: str
    approved: Callable[[], Sequence[Kept]] = list
    ledger: Ledger | None = None


class Desk:
    """Serves the cards of one open workspace; every payload comes from a browser and is checked like any input."""

    def __init__(self, layer: SemanticLayer, bench: Bench) -> None:
        """Take the layer that answers come from, and what works on them."""
        self._layer, self._bench = layer, bench

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

    def sql(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return the rows of the `sql` that a person changed, beside those of `plan`."""
        plan = read_plan(payload["plan"]) if payload.get("plan") else None
        original = None
        if isinstance(plan, MetricPlan):
            original = self._layer.query(as_query(plan), user=user).table
        found = run_beside(self._layer, str(payload.get("sql") or ""), original, user=user)
        return comparison_json(found, locale)

    def totals(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return the totals of the table of `plan`, computed anew: a ratio's total is no sum of its rows."""
        plan = read_plan(payload.get("plan"))
        if not isinstance(plan, MetricPlan) or not plan.group_by or plan.limit is not None:
            return {"totals": None}
        query = as_query(plan).model_copy(update={"totals": True, "order_by": ()})
        table = self._layer.query(query, user=user).table
        if table.totals is None:
            return {"totals": None}
        cells = zip(table.totals, table.columns, strict=True)
        return {
            "totals": {
                column.name: cell(value, column, locale)
                for value, column in cells
                if value is not None and column.kind in ("metric", "derived")
            }
        }

    def rows(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return the rows behind the cell of `metric` in the group `group` of `plan`."""
        plan, group = read_plan(payload.get("plan")), payload.get("group")
        if not isinstance(plan, MetricPlan) or not isinstance(group, dict):
            raise _unreadable()
        found = rows_behind(self._layer, as_query(plan), str(payload.get("metric")), group, user=user)
        return {"parts": [rows_json(one, locale) for one in found]}

    def workbook(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return the answer of `plan` as an Excel file, in base 64."""
        plan, question = read_plan(payload.get("plan")), str(payload.get("question") or "")
        answer = self._bench.run(plan, question=question, locale=locale, user=user, row_limit=None)
        if answer.outcome != "answer":
            raise _unreadable()
        return {"file": b64encode(workbook(answer, locale)).decode("ascii")}

    def tree(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return what `metric` is made of as an SVG picture."""
        name, hidden = str(payload.get("metric")), self._layer.rights(user).hidden
        if name not in self._layer.catalog.metrics or name in hidden:
            raise _unreadable()
        return {"svg": tree_svg(metric_tree(self._layer.catalog, name, hidden), locale)}

    def verify(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Keep `question` with `plan` as approved by the person who asks, if its words fit and nothing breaks."""
        plan, question = read_plan(payload.get("plan")), str(payload.get("question") or "").strip()
        if not question or len(question) > LONGEST_QUESTION:
            raise _unreadable()
        approver = Approver(self._layer, Registry.load(), self._layer.today(), user)
        plan = approver.checked(question, plan, self._bench.approved())
        try:
            kept = save_verified(self._bench.store, self._bench.workspace, question, plan, approved_by=user)
        except DBAPIError as error:  # locked, read-only, full: nothing was kept, and the person must know
            raise StoreError(NOT_SAVED, ASK_ADMIN) from error
        return {"saved": SAVED.at(locale), "id": kept.id}

    def decide(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return what was decided on the suggestion `number`: it was accepted, rejected or opened again."""
        return decide(self._bench.ledger, payload, self._layer.today(), user, locale)

    def reconcile(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return the numbers of `plan` beside those that another source reports, where the workspace declares any."""
        plan = read_plan(payload.get("plan"))
        if not isinstance(plan, MetricPlan):
            return {"pairs": []}
        found = reconciled(self._layer, as_query(plan), user=user)
        return {"pairs": [pair_json(one, locale) for one in found]}

    def why(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return the plan and question that show what a suggestion stands on: `about` is what it changes."""
        about = payload.get("about")
        if not isinstance(about, dict):
            raise _unreadable()
        dimension, members = about.get("dimension"), about.get("members")
        named = [str(one) for one in members] if isinstance(members, list) else []
        found = question_behind(
            str(about.get("metric")),
            dimension if isinstance(dimension, str) else None,
            named,
            self._scene(user),
            lambda query: self._layer.compiles(as_query(query), user=user),
        )
        if found is None:
            raise QueryError(NOTHING_BEHIND, ASK_AGAIN, code="no_rows")
        said = Text(zh=found.question.zh, en=found.question.en)
        return {"question": said.at(locale), "plan": found.plan.model_dump(mode="json")}

    def _scene(self, user: str | None) -> Scene:
        catalog = self._layer.catalog
        return Scene(
            catalog=catalog,
            today=self._layer.today(),
            week_start=catalog.week_start,
            fiscal_year_start=catalog.fiscal_year_start,
            hidden=self._layer.rights(user).hidden,
        )

    def _said(self, plan: AnswerablePlan, edit: Edit, user: str | None) -> Text:
        """Return the changed plan as a question, else what was changed."""
        if isinstance(plan, MetricPlan):
            try:
                said = question_of(plan, self._scene(user))
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
