import pytest

from semantic_layer.engines.statements import limited_select
from semantic_layer.engines.url import address_of, has_plain_password
from semantic_layer.errors import DataError, EngineError
from semantic_layer.loader import load_text


def test_a_password_may_hold_any_character_and_is_never_shown():
    address = address_of("postgres://u:${P}@db:5433/shop?sslmode=require", {"P": "a@b:c/d?e#%41"})
    assert (address.user, address.password, address.host, address.port) == ("u", "a@b:c/d?e#%41", "db", 5433)
    assert (address.database, address.options) == ("shop", {"sslmode": "require"})
    assert "a@b" not in repr(address)


def test_a_url_may_be_one_variable():
    address = address_of("${DATABASE}", {"DATABASE": "clickhouse://u:p%40w@h:8123/d"})
    assert (address.scheme, address.password, address.host) == ("clickhouse", "p@w", "h")


def test_a_missing_variable_is_named():
    with pytest.raises(DataError) as caught:
        address_of("postgres://u:${NOT_SET}@db/shop", {"OTHER": "x"})
    assert caught.value.code == "variable_missing"
    assert "NOT_SET" in caught.value.at("zh-CN")


def test_an_address_that_is_none_is_refused_without_showing_it():
    with pytest.raises(DataError) as caught:
        address_of("postgres://u:${P}@db:port/shop", {"P": "secret"})
    assert caught.value.code == "invalid_url"
    assert "secret" not in caught.value.at("en-US")


def test_a_password_written_out_is_seen():
    assert has_plain_password("postgres://u:geheim@db/shop")
    assert not has_plain_password("postgres://u:${P}@db/shop")
    assert not has_plain_password("postgres://u@db/shop")


def test_a_limit_is_added_only_where_there_is_none():
    assert limited_select("SELECT a FROM t ORDER BY a", "postgres", 5).endswith("ORDER BY a\nLIMIT 5")
    assert limited_select("SELECT a FROM t LIMIT 3", "postgres", 5) == "SELECT a FROM t LIMIT 3"


@pytest.mark.parametrize(
    "sql", ["DROP TABLE t", "SELECT 1; SELECT 2", "SELECT * FROM t FOR UPDATE", "nonsense", ""]
)
def test_what_is_not_one_select_is_refused(sql):
    with pytest.raises(EngineError) as caught:
        limited_select(sql, "postgres", 5)
    assert caught.value.code == "not_a_select"


@pytest.mark.parametrize(
    ("engine", "word"),
    [
        ("{type: postgres}", "url"),
        ("{type: postgres, url: 'postgres://u:geheim@db/shop'}", "password"),
        ("{type: clickhouse, url: 'clickhouse://db/shop', memory: 2GB}", "memory"),
        ("{type: duckdb, url: 'postgres://db/shop'}", "server"),
        ("{type: oracle, url: x}", "type"),
    ],
)
def test_an_engine_that_does_not_fit_is_refused_with_a_mend(engine, word):
    problems = load_text(f"version: 1\nname: x\nengine: {engine}\n").problems.errors
    shown = " ".join(f"{problem.key} {problem.message.en} {problem.mend.en}" for problem in problems)
    assert word in shown
    assert "geheim" not in shown


def test_a_url_alone_names_its_engine():
    loaded = load_text("version: 1\nname: x\nengine: 'postgres://u:${P}@db/shop'\n")
    assert loaded.settings.engine.type == "postgres"
