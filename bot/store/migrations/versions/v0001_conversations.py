"""Users, passwords, threads, steps, elements and feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text) for name in names]


def upgrade() -> None:
    """Make what Chainlit's data layer writes, and the passwords of the chat's users."""
    op.create_table(
        "users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("identifier", sa.Text, nullable=False, unique=True),
        *_texts("createdAt", "metadata"),
    )
    op.create_table(
        "passwords",
        sa.Column("identifier", sa.Text, primary_key=True),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("createdAt", sa.Text, nullable=False),
    )
    op.create_table(
        "threads",
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("createdAt", "name"),
        sa.Column("userId", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE")),
        *_texts("userIdentifier", "tags", "metadata"),
    )
    op.create_table(
        "steps",
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("name", "type"),
        sa.Column("threadId", sa.Text, sa.ForeignKey("threads.id", ondelete="CASCADE"), nullable=False),
        *_texts("parentId"),
        sa.Column("streaming", sa.Boolean),
        sa.Column("waitForAnswer", sa.Boolean),
        sa.Column("isError", sa.Boolean),
        *_texts("metadata", "tags", "input", "output", "createdAt", "command", "modes", "start", "end"),
        *_texts("generation", "showInput", "language"),
        sa.Column("indent", sa.Integer),
        sa.Column("defaultOpen", sa.Boolean),
        sa.Column("autoCollapse", sa.Boolean),
        *_texts("icon"),
    )
    op.create_table(
        "elements",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("threadId", sa.Text, sa.ForeignKey("threads.id", ondelete="CASCADE")),
        *_texts("type", "url", "chainlitKey", "name", "display", "objectKey", "size"),
        sa.Column("page", sa.Integer),
        *_texts("language", "forId", "mime", "props"),
        sa.Column("autoPlay", sa.Boolean),
        *_texts("playerConfig", "path"),
    )
    op.create_table(
        "feedbacks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("forId", sa.Text, nullable=False),
        *_texts("threadId"),
        sa.Column("value", sa.Integer, nullable=False),
        *_texts("comment"),
    )
    op.create_index("steps_by_thread", "steps", ["threadId", "createdAt"])
    op.create_index("elements_by_thread", "elements", ["threadId"])
    op.create_index("threads_by_user", "threads", ["userId", "createdAt"])
    op.create_index("feedbacks_by_step", "feedbacks", ["forId"])
