"""Tokens speak for a user, are kept as a hash, and end when they should."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.pool import StaticPool

from bot.store.migrations.run import migrate
from bot.store.tokens import TokenError, add_token, list_tokens, revoke_token, tokens, user_of


@pytest.fixture
def store():
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
    migrate(engine)
    yield engine
    engine.dispose()


def test_a_token_speaks_for_its_user_and_is_not_kept_itself(store):
    secret, made = add_token(store, "ann", note="report")
    assert user_of(store, secret) == "ann"
    with store.connect() as connection:
        row = connection.execute(select(tokens)).one()
    assert secret not in row
    assert [one.id for one in list_tokens(store)] == [made.id]


def test_an_unknown_a_revoked_and_an_expired_token_speak_for_nobody(store):
    first, one = add_token(store, "ann")
    second, _ = add_token(store, "bob", days=1)
    revoke_token(store, one.id)
    with store.begin() as connection:
        past = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
        connection.execute(update(tokens).where(tokens.c.user == "bob").values(expires_at=past))
    assert [user_of(store, secret) for secret in (first, second, "ag_nothing", "")] == [None] * 4


def test_a_token_that_is_not_in_use_cannot_be_revoked(store):
    with pytest.raises(TokenError):
        revoke_token(store, "none")
