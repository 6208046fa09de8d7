"""The tables of the app database as they are today; `migrations` says how an older one becomes this.

Column names of the conversations are Chainlit's: its data layer builds inserts from the keys of its own
dictionaries, and a column that is missing here would lose the row. All times are ISO 8601 texts in UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text) for name in names]


users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("identifier", Text, nullable=False, unique=True),
    *_texts("createdAt", "metadata"),
)

passwords = Table(
    "passwords",
    metadata,
    Column("identifier", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("createdAt", Text, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    Column("id", Text, primary_key=True),
    *_texts("createdAt", "name"),
    Column("userId", Text, ForeignKey("users.id", ondelete="CASCADE")),
    *_texts("userIdentifier", "tags", "metadata"),
    Index("threads_by_user", "userId", "createdAt"),
)

steps = Table(
    "steps",
    metadata,
    Column("id", Text, primary_key=True),
    *_texts("name", "type"),
    Column("threadId", Text, ForeignKey("threads.id", ondelete="CASCADE"), nullable=False),
    *_texts("parentId"),
    Column("streaming", Boolean),
    Column("waitForAnswer", Boolean),
    Column("isError", Boolean),
    *_texts("metadata", "tags", "input", "output", "createdAt", "command", "modes", "start", "end"),
    *_texts("generation", "showInput", "language"),
    Column("indent", Integer),
    Column("defaultOpen", Boolean),
    Column("autoCollapse", Boolean),
    *_texts("icon"),
    Index("steps_by_thread", "threadId", "createdAt"),
)

elements = Table(
    "elements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("threadId", Text, ForeignKey("threads.id", ondelete="CASCADE")),
    *_texts("type", "url", "chainlitKey", "name", "display", "objectKey", "size"),
    Column("page", Integer),
    *_texts("language", "forId", "mime", "props"),
    Column("autoPlay", Boolean),
    *_texts("playerConfig", "path"),
    Index("elements_by_thread", "threadId"),
)

feedbacks = Table(
    "feedbacks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("forId", Text, nullable=False),
    *_texts("threadId"),
    Column("value", Integer, nullable=False),
    *_texts("comment", "createdAt", "userIdentifier", "reviewedAt", "reviewNote"),
    Index("feedbacks_by_step", "forId"),
)

verified_questions = Table(
    "verified_questions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column(
        "folded", Text, nullable=False
    ),  # the question as it is looked up: width, case and spaces made alike
    Column("plan", Text, nullable=False),
    Column("plan_hash", Text, nullable=False),
    *_texts("approved_by"),
    Column("approved_at", Text, nullable=False),
    *_texts("note"),
    UniqueConstraint("workspace", "folded", name="verified_once"),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column(
        "scope", Text, nullable=False
    ),  # who may see it: a fingerprint of the rights it was computed under
    Column("topic", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("first_shown", Text, nullable=False),
    Column("last_shown", Text, nullable=False),
    Column("shown_count", Integer, nullable=False),
    *_texts("decided_on", "decided_by", "reason", "assignee", "starts", "ends", "result"),
    UniqueConstraint("workspace", "scope", "topic", "round", name="suggested_once"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("subject", Text, nullable=False),
    *_texts("author"),
    Column("at", Text, nullable=False),
    Column("words", Text, nullable=False),
    Index("comments_by_subject", "workspace", "subject", "at"),
)

open_items = Table(
    "open_items",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("start", Text, nullable=False),  # the period looked back on, half-open
    Column("end", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    PrimaryKeyConstraint("workspace", "scope", "start", "end", "number"),
)

model_usage = Table(
    "model_usage",
    metadata,
    Column("user", Text, primary_key=True),  # empty: nobody was named
    Column("day", Text, primary_key=True),  # the workspace's calendar day
    Column("currency", Text, primary_key=True),  # empty: no prices are set
    Column("questions", BigInteger, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("milliseconds", BigInteger, nullable=False),
    Column("millionths", BigInteger, nullable=False),  # money, in millionths of the currency
)
