"""Conversations in the app database, the same on SQLite and PostgreSQL: kept, reopened, searched, private, removed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from chainlit.context import ChainlitContext, context_var
from chainlit.element import CustomElement
from chainlit.session import HTTPSession
from chainlit.types import Pagination, ThreadFilter
from chainlit.user import User
from sqlalchemy import Engine

from bot.store.database import open_conversations, open_store
from bot.store.feedback import list_feedback, rate
from bot.store.schema import metadata
from bot.store.statements import Statements
from bot.store.users import add_user, is_password
from bot.ui.data_layer import StoreDataLayer

CARD = {
    "question": "上周退款率?",
    "headline": "本周最有效的是小红书",
    "plan": {"kind": "metric", "metrics": ["roas"]},
    "tables": [[1, None]],
}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_program("postgres"))])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'app.sqlite'}"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture
def engine(url: str):
    engine = open_store(url)
    yield engine
    engine.dispose()


@pytest.fixture
async def layer(engine: Engine, url: str) -> AsyncIterator[StoreDataLayer]:
    opened = StoreDataLayer(Statements(open_conversations(url)))
    yield opened
    await opened.close()


def step(thread: str, kind: str, output: str, at: str, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "threadId": thread,
        "name": "on_message" if kind == "run" else "x",
        "type": kind,
        "output": output,
        "createdAt": at,
        "start": at,
        "end": at,
        "streaming": False,
        "metadata": {"a": [1]},
        "tags": ["boss"],
        **more,
    }


async def converse(layer: StoreDataLayer, name: str, question: str) -> tuple[str, str]:
    """Keep a question with its answer and card; return the conversation and what its thumbs rate."""
    # Chainlit asks which session writes; here it is one over HTTP, which nothing is queued for.
    context_var.set(ChainlitContext(HTTPSession(id="test", client_type="webapp", thread_id="none")))
    user = await layer.create_user(User(identifier=name))
    assert user is not None
    thread = str(uuid4())
    await layer.update_thread(thread, name=question, user_id=user.id, tags=["boss"])
    asked = step(thread, "user_message", question, "2026-11-20T08:00:00Z")
    run = step(thread, "run", "", "2026-11-20T08:00:01Z", parentId=asked["id"])
    said = step(thread, "assistant_message", "答案 100%_!", "2026-11-20T08:00:02Z", parentId=run["id"])
    for one in (asked, run, said):
        await layer.create_step(one)
    card = CustomElement(name="AnswerCard", props=CARD, display="inline", url="/card", thread_id=thread)
    card.for_id = said["id"]
    await layer.create_element(card)
    return thread, run["id"]


def test_the_schema_is_the_declared_one(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


async def test_a_conversation_reopens_with_its_card(layer: StoreDataLayer) -> None:
    thread, _ = await converse(layer, "王经理", "这周哪个渠道最有效?")

    found = await layer.get_thread(thread)

    assert found is not None
    assert [one["output"] for one in found["steps"]] == ["这周哪个渠道最有效?", "", "答案 100%_!"]
    assert found["steps"][0]["metadata"] == {"a": [1]}
    assert (found["name"], found["userIdentifier"], found["tags"]) == (
        "这周哪个渠道最有效?",
        "王经理",
        ["boss"],
    )
    assert [one["props"] for one in found["elements"]] == [CARD]


async def test_everybody_sees_their_own_conversations_only(layer: StoreDataLayer) -> None:
    own, _ = await converse(layer, "a", "one")
    await converse(layer, "b", "two")
    user = await layer.get_user("a")
    assert user is not None

    listed = await layer.list_threads(Pagination(first=20), ThreadFilter(userId=user.id))

    assert [one["id"] for one in listed.data] == [own]


async def test_a_search_takes_signs_of_patterns_as_they_are(layer: StoreDataLayer) -> None:
    own, _ = await converse(layer, "searcher", "one")
    user = await layer.get_user("searcher")
    assert user is not None

    async def found(words: str) -> list[str]:
        page = await layer.list_threads(Pagination(first=20), ThreadFilter(userId=user.id, search=words))
        return [one["id"] for one in page.data]

    assert await found("100%_!") == [own]
    assert await found("1%0") == []


async def test_a_rating_with_its_reason_reaches_the_review_list(
    layer: StoreDataLayer, engine: Engine
) -> None:
    _, rated = await converse(layer, "rater", "上周退款率?")

    theirs = rate(engine, "somebody else", rated, 0, "x")
    own = rate(engine, "rater", rated, 0, "应该看退后金额")

    assert (theirs is None, own is None) == (True, False)
    mine = [one for one in list_feedback(engine) if one.user == "rater"]
    assert [(one.question, one.comment) for one in mine] == [("上周退款率?", "应该看退后金额")]


async def test_a_removed_conversation_leaves_nothing(layer: StoreDataLayer) -> None:
    thread, _ = await converse(layer, "a", "gone")

    await layer.delete_thread(thread)

    assert await layer.get_thread(thread) is None
    for table in ("steps", "elements"):
        assert await layer.execute_sql(f'SELECT 1 FROM {table} WHERE "threadId" = :id', {"id": thread}) == []


async def test_a_progress_line_that_a_stopped_server_left_is_not_shown(layer: StoreDataLayer) -> None:
    thread, _ = await converse(layer, "a", "slow")
    await layer.create_step(step(thread, "tool", "", "2026-11-20T08:00:03Z", end=None))

    found = await layer.get_thread(thread)

    assert found is not None
    assert "tool" not in [one["type"] for one in found["steps"]]


def test_passwords_are_checked(engine: Engine) -> None:
    add_user(engine, "pg", "correct horse")
    add_user(engine, "pg", "battery staple")

    assert [is_password(engine, "pg", one) for one in ("correct horse", "battery staple")] == [False, True]
