"""The store's schema, as numbered steps. A step that has been released is never changed; a new one follows it.

Column names are Chainlit's: its data layer builds inserts from the keys of its own dictionaries, and a column
that is missing here would lose the row.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_THREADS = """CREATE TABLE threads (
    "id" TEXT PRIMARY KEY, "createdAt" TEXT, "name" TEXT,
    "userId" TEXT REFERENCES users("id") ON DELETE CASCADE, "userIdentifier" TEXT, "tags" TEXT, "metadata" TEXT)"""
_STEPS = """CREATE TABLE steps (
    "id" TEXT PRIMARY KEY, "name" TEXT, "type" TEXT,
    "threadId" TEXT NOT NULL REFERENCES threads("id") ON DELETE CASCADE, "parentId" TEXT,
    "streaming" BOOLEAN, "waitForAnswer" BOOLEAN, "isError" BOOLEAN, "metadata" TEXT, "tags" TEXT,
    "input" TEXT, "output" TEXT, "createdAt" TEXT, "command" TEXT, "modes" TEXT, "start" TEXT, "end" TEXT,
    "generation" TEXT, "showInput" TEXT, "language" TEXT, "indent" INTEGER, "defaultOpen" BOOLEAN,
    "autoCollapse" BOOLEAN, "icon" TEXT)"""
_ELEMENTS = """CREATE TABLE elements (
    "id" TEXT PRIMARY KEY, "threadId" TEXT REFERENCES threads("id") ON DELETE CASCADE, "type" TEXT, "url" TEXT,
    "chainlitKey" TEXT, "name" TEXT, "display" TEXT, "objectKey" TEXT, "size" TEXT, "page" INTEGER,
    "language" TEXT, "forId" TEXT, "mime" TEXT, "props" TEXT, "autoPlay" BOOLEAN, "playerConfig" TEXT,
    "path" TEXT)"""
_FEEDBACKS = """CREATE TABLE feedbacks (
    "id" TEXT PRIMARY KEY, "forId" TEXT NOT NULL, "threadId" TEXT, "value" INTEGER NOT NULL, "comment" TEXT)"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE users (
            "id" TEXT PRIMARY KEY, "identifier" TEXT NOT NULL UNIQUE, "createdAt" TEXT, "metadata" TEXT)""",
        """CREATE TABLE passwords (
            "identifier" TEXT PRIMARY KEY, "salt" TEXT NOT NULL, "hash" TEXT NOT NULL, "createdAt" TEXT NOT NULL)""",
        _THREADS,
        _STEPS,
        _ELEMENTS,
        _FEEDBACKS,
        'CREATE INDEX steps_by_thread ON steps ("threadId", "createdAt")',
        'CREATE INDEX elements_by_thread ON elements ("threadId")',
        'CREATE INDEX threads_by_user ON threads ("userId", "createdAt")',
        'CREATE INDEX feedbacks_by_step ON feedbacks ("forId")',
    ),
)


async def migrate(engine: AsyncEngine) -> int:
    """Bring the store to the newest schema and return its version; a store that has it is left alone.

    Each step runs in its own transaction together with its number, so a broken run goes on where it stopped.
    """
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"))
    for number in range(len(MIGRATIONS)):
        async with engine.begin() as connection:
            if await _version(connection) > number:
                continue
            for statement in MIGRATIONS[number]:
                await connection.execute(text(statement))
            await connection.execute(text("INSERT INTO schema_version VALUES (:v)"), {"v": number + 1})
    return len(MIGRATIONS)


async def _version(connection: AsyncConnection) -> int:
    found = await connection.execute(text("SELECT MAX(version) FROM schema_version"))
    return int(found.scalar() or 0)
