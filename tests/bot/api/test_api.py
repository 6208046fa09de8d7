"""The HTTP interface answers as the command line does, under the rights of the token's user."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from bot.programs import mount_programs
from bot.store.migrations.run import migrate
from bot.store.tokens import add_token


@pytest.mark.parametrize(("token", "takings"), [("token-ann", 15), ("token-bob", 7)])
def test_a_question_is_answered_with_the_rows_of_its_user(post, token, takings):
    answer = post("/ask", {"question": "total takings", "locale": "en-US"}, token).json()
    assert answer["outcome"] == "answer"
    assert answer["table"]["rows"] == [[takings]]
    assert answer["plan_hash"]


def test_a_query_by_name_gives_the_same_numbers(post):
    answer = post(
        "/query", {"metrics": ["takings"], "by": ["day:day"], "period": "2024-01-01/2024-01-03"}
    ).json()
    assert answer["table"]["rows"] == [["2024-01-01", 10], ["2024-01-02", 5]]


def test_sql_only_runs_nothing(post):
    answer = post("/query", {"metrics": ["takings"], "sql_only": True}).json()
    assert "SUM" in answer["sql"][0]
    assert "table" not in answer


def test_questions_of_one_conversation_refer_to_each_other(post):
    post("/ask", {"question": "total takings", "conversation": "c"})
    answer = post("/ask", {"question": "by town?", "conversation": "c"}).json()
    assert answer["plan"]["metrics"] == ["takings"]
    assert answer["table"]["rows"] == [["East", 15]]


def test_a_conversation_is_its_users_own(post):
    post("/ask", {"question": "total takings", "conversation": "mine"})
    answer = post("/ask", {"question": "by town?", "conversation": "mine"}, "token-bob").json()
    assert (answer["plan"] or {}).get("metrics") != ["takings"]


def test_hidden_metrics_are_neither_listed_nor_told(client, post):
    listed = client.get("/metrics", headers={"Authorization": "Bearer token-ann"}).json()
    assert [one["name"] for one in listed["metrics"]] == ["takings"]
    refused = post("/query", {"metrics": ["cost"]})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "unknown_name"


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic token-ann"}]
)
def test_without_a_token_nothing_is_told(client, headers):
    for method, path in (("POST", "/ask"), ("POST", "/query"), ("GET", "/metrics"), ("GET", "/tools")):
        found = client.request(
            method, path, headers=headers, json={"question": "takings"} if method == "POST" else None
        )
        assert found.status_code == 401
        assert found.json()["error"]["code"] == "unauthorized"


def test_a_token_of_somebody_without_rights_is_refused(post):
    assert post("/query", {"metrics": ["takings"]}, "token-eve").status_code == 403


def test_more_requests_than_a_minute_allows_are_refused(post):
    codes = [post("/query", {"metrics": ["takings"]}).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]


def test_an_unknown_field_is_refused(post):
    assert post("/ask", {"question": "takings", "user": "bob"}).status_code == 422


def test_analyses_are_listed_and_run(client, post):
    names = [
        one["name"] for one in client.get("/tools", headers={"Authorization": "Bearer token-ann"}).json()
    ]
    assert "forecast" in names
    assert post("/tools/forecast", {"inputs": {"nonsense": 1}}).json()["error"]["code"] == "invalid_inputs"


@pytest.mark.parametrize(
    ("language", "word"), [("zh-CN", "回答一个问题"), ("en-US", "Answer a question in words")]
)
def test_the_page_describes_every_path_and_loads_nothing_from_elsewhere(client, language, word):
    schema = client.get("/openapi.json").json()
    page = client.get("/docs", headers={"Accept-Language": language}).text
    assert word in page
    assert all(f"/api{path}" in page for path in schema["paths"])
    assert "<script" not in page
    assert "https://" not in page


def test_mounted_beside_an_application_that_catches_every_path_it_still_answers(service):
    store = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
    migrate(store)
    secret, _ = add_token(store, "ann")
    outer = FastAPI()

    @outer.get("/{path:path}")
    async def everything(path: str) -> str:
        return "the chat"

    mount_programs(outer, service.pipeline, store)
    with TestClient(outer) as client:
        assert client.get("/anything").json() == "the chat"
        answer = client.post(
            "/api/ask", json={"question": "total takings"}, headers={"Authorization": f"Bearer {secret}"}
        )
    store.dispose()
    assert answer.json()["table"]["rows"] == [[15]]
