"""The jobs of Monday morning: digests that are sent, and suggestions that are measured when they are due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar, get_args

from bot.delivery.message import Attachment, Message
from bot.digests.making import Reader, digest, written
from bot.digests.shelf import new_token, put_page
from bot.jobs.contract import Job, JobContext, JobOutcome, Outgoing, job
from bot.ledger.reviewing import measured
from semantic_layer.errors import QueryError
from semantic_layer.text import LOCALES, Locale, Text
from tools.digests.choosing import Kind, Role
from tools.promises import Promise, Realised
from tools.promises.telling import Seen, told
from tools.registry import ToolContext

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from semantic_layer.workspace import SemanticLayer

MONDAY = "0 9 * * mon"
FIRST_OF_MONTH = "30 9 1 * *"
DAILY = "0 8 * * *"
ATTACHED = "text/html"
OPEN = Text(zh="在浏览器打开", en="Open in the browser")
T = TypeVar("T")


def digest_jobs(layer: SemanticLayer, engine: Engine, workspace: str) -> Iterable[Job]:
    """Return the weekly and the monthly digest for the boss; nobody but where no access rules name a user."""
    del engine, workspace
    if layer.catalog.access is not None:
        return []  # whose numbers they are has to be written down: `jobs:` with a user
    return [
        Job("weekly_digest", "digest", MONDAY, options={"kind": "weekly"}),
        Job("monthly_digest", "digest", FIRST_OF_MONTH, options={"kind": "monthly"}),
    ]


@job(name="digest", label=Text(zh="周报月报", en="Digest"), plan=digest_jobs)
def send_digest(context: JobContext) -> JobOutcome:
    """Make the digest of the period before the due time and write the message; options: kind, role, locale,
    and `ahead: false`, which leaves out what to do.

    Where nobody receives it, nothing is made: not the queries, and no suggestion counts as shown.
    """
    options = context.job.options
    kind: Kind = _one_of(options.get("kind", "weekly"), get_args(Kind), "kind")
    role: Role = _one_of(options.get("role", "boss"), get_args(Role), "role")
    locale: Locale = _one_of(options.get("locale", context.layer.settings.locale), LOCALES, "locale")
    if not context.job.targets and "default" not in context.settings.delivery:
        return JobOutcome(
            Text(
                zh="没有收件人(ASKGROWTH_DELIVERY_DEFAULT),没有出报告",
                en="nobody to send it to, so none was made",
            )
        )
    reader = Reader(context.user, locale, context.today)
    ahead = _one_of(options.get("ahead", True), (True, False), "ahead")
    answer, document = digest(context.pipeline, kind, role, reader, ahead=ahead)
    folder = context.settings.workspace
    page = written(document, ".html", folder)
    text, home, token = written(document, ".md", folder).decode(), context.settings.public_url, new_token()
    if home is not None:
        text = f"{text}\n\n[{OPEN.at(locale)}]({home.rstrip('/')}/digests/{token})"
    message = Message(
        title=document.title,
        markdown=text,
        html=page.decode(),
        attachments=(Attachment.of(f"{kind}-{context.today}.html", ATTACHED, page),),
        locale=locale,
    )
    metrics = [one.name for one in answer.provenance.metrics] if answer.provenance is not None else []

    def write(connection: Connection) -> None:
        now = context.clock.now()
        put_page(connection, context.workspace, token, document.title, page.decode(), metrics, now)

    outgoing = (Outgoing(message, (), key=f"{kind}:{role}:{locale}"),)
    return JobOutcome(Text.same(document.title), outgoing, write if home is not None else None)


def review_jobs(layer: SemanticLayer, engine: Engine, workspace: str) -> Iterable[Job]:
    """Return the daily look at what is due; nobody's where access rules name no user."""
    del engine, workspace
    return [] if layer.catalog.access is not None else [Job("ledger_review", "ledger_review", DAILY)]


@job(name="ledger_review", label=Text(zh="建议验收", en="Review of suggestions"), plan=review_jobs)
def review_ledger(context: JobContext) -> JobOutcome:
    """Measure every accepted suggestion that is due and whose data no longer change; keep the result and tell it."""
    ledger = context.pipeline.ledger
    if ledger is None:
        return JobOutcome(Text(zh="没有建议台账", en="there is no ledger"))
    book = ledger.book(context.user)
    found = measured(context.pipeline, book, context.today, context.user)

    def write(connection: Connection) -> None:
        for one, realised in found:
            book.record(connection, one.id, realised)

    summary = Text(zh=f"验收了 {len(found)} 条建议", en=f"{len(found)} suggestions were measured")
    if not found:
        return JobOutcome(summary)
    return JobOutcome(summary, (Outgoing(_message(context, found), (), key="reviewed"),), write)


def _message(context: JobContext, found: list[tuple[Promise, Realised]]) -> Message:
    locale = context.layer.settings.locale
    tool_context = ToolContext(context.layer, context.today, context.user)
    lines = [f"- {told(Seen(one, realised), tool_context).at(locale)}" for one, realised in found]
    day = context.today - timedelta(days=1)
    title = Text(
        zh=f"{len(found)} 条建议到期验收(数据到 {day})",
        en=f"{len(found)} suggestions measured (data through {day})",
    )
    return Message(title=title.at(locale), markdown="\n".join(lines), locale=locale)


def _one_of(value: object, known: tuple[T, ...], name: str) -> T:
    found = next((one for one in known if one == value), None)
    if found is None:
        listed = ", ".join(map(str, known))
        raise QueryError(
            Text(
                zh=f"任务选项 {name} 不能是 {value!r}。", en=f"The job's option {name} cannot be {value!r}."
            ),
            Text(zh=f"可选:{listed}。", en=f"It is one of: {listed}."),
        )
    return found
