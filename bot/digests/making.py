"""Makes the documents: one question to the pipeline, its answer through the templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.documents.content import Document, document_of, without_statements
from bot.documents.render import render
from bot.plan import ToolPlan
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.query import PeriodRange
from semantic_layer.text import Locale, Text
from tools.digests.choosing import Kind, Role
from tools.render_dates import dates_label

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.pipeline import Pipeline

FORMS = (".html", ".md", ".pdf", ".png")


class DocumentError(AskGrowthError):
    """A document that cannot be made: the analysis behind it has no answer."""

    code = "no_document"


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a document is made: rights, language, date and what else it carries."""

    user: str | None = None
    locale: Locale | None = None
    today: date | None = None


def digest(
    pipeline: Pipeline,
    kind: Kind,
    role: Role,
    reader: Reader,
    period: Period | None = None,
    *,
    ahead: bool = True,
) -> tuple[Answer, Document]:
    """Return the answer and the document of a digest; the analyst's has the SQL as its appendix.

    Raises:
        DocumentError: there is no answer, and why.
    """
    inputs: dict[str, object] = {"kind": kind, "role": role}
    if period is not None:
        inputs["period"] = PeriodRange.of(period).model_dump(mode="json")
    if not ahead:
        inputs["ahead"] = False
    answer = _answered(pipeline, "digest", inputs, reader)
    return answer, _document(pipeline, answer, reader, with_sql=role == "analyst", is_brief=role == "boss")


def retrospective(
    pipeline: Pipeline, reader: Reader, period: Period | None = None, *, ahead: bool = True
) -> tuple[Answer, Document]:
    """Return the answer and the document of a retrospective, with the comments that were left on its period.

    Raises:
        DocumentError: there is no answer, and why.
    """
    inputs: dict[str, object] = {} if ahead else {"ahead": False}
    if period is not None:
        inputs["period"] = PeriodRange.of(period).model_dump(mode="json")
    answer = _answered(pipeline, "retrospective", inputs, reader)
    main = next(one for one in answer.periods if one.role == "main")
    label = dates_label(Period.of(main.start, main.end), pipeline.layer.today(reader.today))
    title = Text(zh=f"复盘:{label.zh}", en=f"Retrospective: {label.en}")
    return answer, _document(pipeline, answer, reader, title=title, with_sql=True)


def subject_of(answer: Answer) -> str:
    """Return what comments on a document are kept under: the analysis and its dates, both ends included."""
    plan = answer.parts[0].plan
    name = plan.name if isinstance(plan, ToolPlan) else "answer"
    main = next(one for one in answer.periods if one.role == "main")
    return f"{name}:{main.start}:{main.end - timedelta(days=1)}"


def written(document: Document, form: str, workspace: Path) -> bytes:
    """Return the document as a file of the form `.html`, `.md`, `.pdf` or `.png`.

    Raises:
        BrowserError: PDF or PNG without a browser. TemplateError: the workspace's template is wrong.
    """
    if form == ".png":
        document = without_statements(document)  # a picture is for a phone: statements are in the other forms
    if form == ".md":
        return render(document, "md", workspace).encode()
    html = render(document, "html", workspace)
    if form == ".html":
        return html.encode()
    from bot.documents.browser import print_page

    return print_page(html, "pdf" if form == ".pdf" else "png")


def _answered(pipeline: Pipeline, name: str, inputs: dict[str, object], reader: Reader) -> Answer:
    plan = ToolPlan.model_validate({"kind": "tool", "name": name, "inputs": inputs})
    answer = pipeline.run(plan, locale=reader.locale, today=reader.today, user=reader.user)
    if answer.outcome == "answer":
        return answer
    if answer.error is not None:
        raise DocumentError(answer.error.message, answer.error.mend)
    said = (
        answer.refusal.message
        if answer.refusal is not None
        else Text(zh="没有结果。", en="There is no answer.")
    )
    raise DocumentError(said, Text(zh="换一段时间再试。", en="Try another period."))


def _document(
    pipeline: Pipeline,
    answer: Answer,
    reader: Reader,
    *,
    title: Text | None = None,
    with_sql: bool = False,
    is_brief: bool = False,
) -> Document:
    said = []
    if pipeline.ledger is not None:
        said = [
            f"{one.at[:10]} {one.author or '-'}: {one.words}"
            for one in pipeline.ledger.book(reader.user).comments(subject_of(answer))
        ]
    layer = pipeline.layer
    return document_of(
        answer, layer.catalog, layer.settings.name,
        comments=said, with_sql=with_sql, is_brief=is_brief, title=title,
    )  # fmt: skip
