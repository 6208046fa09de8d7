"""Chainlit's data layer over our schema, with the defects of its SQL layer on SQLite mended.

The original drops rows whose parameters are lists or dictionaries, gives JSON columns back as text (a reopened
card then has no content), pastes thread ids into SQL, and reads every message of every thread for the history.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from chainlit.context import ChainlitContextException, context
from chainlit.data import get_data_layer
from chainlit.data.sql_alchemy import SQLAlchemyDataLayer
from chainlit.data.utils import queue_until_user_message
from chainlit.element import CustomElement, Element
from chainlit.session import WebsocketSession
from chainlit.types import PageInfo, PaginatedResponse, Pagination, ThreadDict, ThreadFilter
from chainlit.user import PersistedUser, User
from sqlalchemy.exc import SQLAlchemyError

from bot.store.statements import Statements
from bot.ui.keeping import Keeper, Reader
from bot.ui.labels import WRITTEN_NOW
from bot.ui.notices import notice
from semantic_layer.text import Text

LOG = logging.getLogger("askgrowth.chat")
PAGE_LIMIT = 50
MOST_KNOWN = 10_000  # conversations
_THREADS = 'SELECT "id", "createdAt", "name", "userId", "userIdentifier", "tags", "metadata" FROM threads'
_STEPS = """SELECT s.*, f."id" AS feedback_id, f."value" AS feedback_value, f."comment" AS feedback_comment
FROM steps s LEFT JOIN feedbacks f ON f."forId" = s."id" WHERE s."threadId" = :id ORDER BY s."createdAt", s."start" """
_LIST = """SELECT t."id", t."createdAt", t."name", t."userId", t."userIdentifier", t."tags", t."metadata",
COALESCE((SELECT MAX(s."createdAt") FROM steps s WHERE s."threadId" = t."id"), t."createdAt") AS updated
FROM threads t WHERE t."userId" = :user
AND (CAST(:search AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM steps s
     WHERE s."threadId" = t."id" AND s."output" LIKE :search ESCAPE '!'))
AND (CAST(:feedback AS INTEGER) IS NULL OR EXISTS (SELECT 1 FROM steps s JOIN feedbacks f ON f."forId" = s."id"
     WHERE s."threadId" = t."id" AND f."value" = :feedback))
ORDER BY updated DESC, t."id" LIMIT :limit OFFSET :offset"""


class StoreDataLayer(SQLAlchemyDataLayer):
    """Users, threads, steps, cards and feedback. A card's content is a column, so no file storage is needed."""

    def __init__(self, statements: Statements) -> None:
        # Chainlit's own constructor opens a pool of connections for the event loop: every statement there takes
        # several turns of the loop, and on SQLite the connections lock each other out.
        self.storage_provider, self.show_logger, self.user_thread_limit = None, False, None
        self._statements = statements
        self.keeper = Keeper(statements.write)
        self._known: OrderedDict[str, None] = OrderedDict()  # conversations that have their row
        self._new_users: dict[str, PersistedUser] = {}  # made while the database took no writes

    async def execute_sql(self, query: str, parameters: Mapping[str, Any]) -> Any:
        """Return the rows of a statement; list and dictionary parameters are stored as JSON.

        A write that the database refuses is held and made good later, and the reader is told.
        """
        values = {name: _stored(value) for name, value in parameters.items()}
        if query.lstrip()[:6].upper() != "SELECT":
            return await self.keeper.write(query, values, _reader())
        try:
            return await self._statements.read(query, values)
        except (SQLAlchemyError, OSError) as error:  # as Chainlit's own layer does
            LOG.warning("the app database cannot be read: %s", error)
            return None

    async def close(self) -> None:
        """Write what waits, and give back the connections."""
        await self.keeper.close()
        await asyncio.to_thread(self._statements.close)

    async def get_user(self, identifier: str) -> PersistedUser | None:
        """Return a user, also one whose row still waits to be written."""
        return await super().get_user(identifier) or self._new_users.get(identifier)

    async def create_user(self, user: User) -> PersistedUser | None:
        """Return the user, made if there was none."""
        found = await self.get_user(user.identifier)
        if found is not None:
            return found
        made = PersistedUser(
            id=str(uuid4()),
            identifier=user.identifier,
            createdAt=await self.get_current_timestamp(),
            metadata=user.metadata,
        )
        self._new_users[user.identifier] = made
        await self.execute_sql(
            'INSERT INTO users ("id", "identifier", "createdAt", "metadata") '
            'VALUES (:id, :identifier, :createdAt, :metadata) ON CONFLICT ("identifier") DO NOTHING',
            {
                "id": made.id,
                "identifier": made.identifier,
                "createdAt": made.createdAt,
                "metadata": made.metadata,
            },
        )
        return await self.get_user(user.identifier)

    async def _get_user_identifer_by_id(self, user_id: str) -> str:  # Chainlit's spelling
        for user in self._new_users.values():
            if user.id == user_id:
                return user.identifier
        return await super()._get_user_identifer_by_id(user_id)

    async def update_thread(
        self,
        thread_id: str,
        name: str | None = None,
        user_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        tags: list[str] | None = None,
    ) -> None:
        """Make or change the row of a conversation; called before every step, which mostly changes nothing."""
        changes = any(value is not None for value in (name, user_id, metadata, tags))
        if changes or thread_id not in self._known:
            await super().update_thread(thread_id, name, user_id, metadata, tags)
        self._known[thread_id] = None
        self._known.move_to_end(thread_id)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    async def delete_thread(self, thread_id: str) -> None:
        """Remove a conversation with everything in it."""
        self._known.pop(thread_id, None)
        await super().delete_thread(thread_id)

    @queue_until_user_message()  # type: ignore[untyped-decorator]  # Chainlit's decorator has no types
    async def create_element(self, element: Element) -> None:
        """Keep a card with its content. Other elements are not used by this chat and not kept."""
        if not isinstance(element, CustomElement) or not element.for_id:
            return
        await self.update_thread(element.thread_id)
        await self.execute_sql(
            'INSERT INTO elements ("id", "threadId", "type", "url", "name", "display", "forId", "mime", "props") '
            "VALUES (:id, :thread, :type, :url, :name, :display, :for_id, :mime, :props) "
            'ON CONFLICT ("id") DO UPDATE SET "props" = :props WHERE elements."threadId" = :thread',
            {
                "id": element.id,
                "thread": element.thread_id,
                "type": element.type,
                "url": element.url,
                "name": element.name,
                "display": element.display,
                "for_id": element.for_id,
                "mime": element.mime,
                "props": element.props,
            },
        )

    async def get_thread(self, thread_id: str) -> ThreadDict | None:
        """Return one thread with its steps and cards, JSON decoded; None where there is none."""
        await self.keeper.settled()
        found = await self.execute_sql(f'{_THREADS} WHERE "id" = :id', {"id": thread_id})
        if not found:
            return None
        steps = await self.execute_sql(_STEPS, {"id": thread_id}) or []
        steps = [row for row in steps if not _is_left_over(row)]
        elements = (
            await self.execute_sql('SELECT * FROM elements WHERE "threadId" = :id', {"id": thread_id}) or []
        )
        return _thread(found[0], [_step(row) for row in steps], [_decoded(row, "props") for row in elements])

    async def get_all_user_threads(
        self, user_id: str | None = None, thread_id: str | None = None
    ) -> list[ThreadDict] | None:
        """Return the threads asked for; the base class calls this for one thread only."""
        if thread_id is None:
            page = await self.list_threads(Pagination(first=PAGE_LIMIT), ThreadFilter(userId=user_id))
            return list(page.data)
        thread = await self.get_thread(thread_id)
        return [thread] if thread else []

    async def list_threads(
        self, pagination: Pagination, filters: ThreadFilter
    ) -> PaginatedResponse[ThreadDict]:
        """Return one page of a user's threads, newest first, without their messages.

        Raises:
            ValueError: no user; the history is always somebody's.
        """
        if not filters.userId:
            raise ValueError("userId is required")
        offset = int(pagination.cursor) if pagination.cursor and pagination.cursor.isdigit() else 0
        size = min(pagination.first, PAGE_LIMIT)
        rows = await self.execute_sql(
            _LIST,
            {
                "user": filters.userId,
                "search": _pattern(filters.search) if filters.search else None,
                "feedback": filters.feedback,
                "limit": size + 1,
                "offset": offset,
            },
        )
        rows = rows if isinstance(rows, list) else []
        threads = [_thread(row, [], []) for row in rows[:size]]
        page = PageInfo(
            hasNextPage=len(rows) > size, startCursor=str(offset), endCursor=str(offset + len(threads))
        )
        return PaginatedResponse(pageInfo=page, data=threads)


async def writes_wait() -> bool:
    """Return whether this conversation may not be written in full yet; if so, the window is told."""
    layer, reader = get_data_layer(), _reader()
    if not isinstance(layer, StoreDataLayer) or not layer.keeper.held:
        return False
    if reader is not None:
        await layer.keeper.tell(reader)
    return True


def _reader() -> Reader | None:
    """Return the window whose conversation is written now; None outside a conversation."""
    try:
        session = context.session
    except ChainlitContextException:
        return None
    if not isinstance(session, WebsocketSession):
        return None

    async def tell(what: Text) -> None:
        await notice(session, what)

    return Reader(session.id, tell, lambda: tell(WRITTEN_NOW))


def _thread(row: Mapping[str, Any], steps: list[Any], elements: list[Any]) -> ThreadDict:
    content = _decoded(row)
    return ThreadDict(
        id=content["id"],
        createdAt=content["createdAt"],
        name=content["name"],
        userId=content["userId"],
        userIdentifier=content["userIdentifier"],
        tags=content["tags"],
        metadata=content["metadata"],
        steps=steps,
        elements=elements,
    )


def _stored(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def _decoded(row: Mapping[str, Any], *more: str) -> dict[str, Any]:
    content = dict(row)
    for name in ("metadata", "tags", "generation", "modes", *more):
        if isinstance(content.get(name), str):
            content[name] = json.loads(content[name])
    return content


def _is_left_over(row: Mapping[str, Any]) -> bool:
    """Return whether a step is the progress line of a question that a stopped server never took away."""
    return row["type"] == "tool" and not row["end"]


def _step(row: Mapping[str, Any]) -> dict[str, Any]:
    step = _decoded(row)
    feedback_id, value, comment = (step.pop(f"feedback_{part}") for part in ("id", "value", "comment"))
    step["feedback"] = (
        {"id": feedback_id, "forId": step["id"], "value": value, "comment": comment} if feedback_id else None
    )
    for name in ("streaming", "waitForAnswer", "isError", "defaultOpen", "autoCollapse"):
        step[name] = bool(step.get(name))
    step["metadata"] = step["metadata"] or {}
    step["input"] = step["input"] if step.get("showInput") not in (None, "false") else ""
    step["output"] = step["output"] or ""
    return step


def _pattern(search: str) -> str:
    escaped = search.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"
