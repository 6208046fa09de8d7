import pytest

from semantic_layer.errors import QueryError
from semantic_layer.expression import column_names, guard_divisions, metric_calls, parse_expression


@pytest.mark.parametrize(
    "sql",
    [
        "cost_cny",
        "1",
        "price * quantity - coalesce(discount, 0)",
        "case when status in ('paid', 'done') then amount end",
        "date_diff('day', created_at, paid_at)",
        "amount::decimal(18, 2)",
        "json_extract_string(payload, '$.kind')",
        "name ilike '%a%'",
        "渠道 = '抖音'",
        '"order" is not null',
        "list_contains(tags, 'x')",
    ],
)
def test_an_author_may_write_any_scalar_expression(sql):
    assert parse_expression(sql).sql(dialect="duckdb")


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "a; drop table orders",
        "a b",
        "a, b",
        "select 1",
        "(select max(x) from t)",
        "exists(select 1)",
        "a in (select b from t)",
        "sum(x)",
        "row_number() over ()",
        "read_text('/etc/passwd')",
        "getenv('HOME')",
        "$1",
        "?",
        "drop table x",
        "a = ",
        "random()",
        "*",
        "(" * 5_000 + "1" + ")" * 5_000,
        "a + " * 10_000 + "1",
        "unnest(a)",
    ],
)
def test_whatever_is_not_one_scalar_over_the_row_is_refused(sql):
    with pytest.raises(QueryError) as caught:
        parse_expression(sql)
    assert caught.value.code == "invalid_expression"


@pytest.mark.parametrize(
    "sql",
    [
        "channel = 'x' and not (age > 3 or city is null)",
        "day >= date '2025-01-01'",
        "lower(name) like 'a%'",
        "extract(year from day) = 2025",
        "channel in ('a', 'b')",
    ],
)
def test_a_user_may_compare_columns_with_constants(sql):
    assert parse_expression(sql, source="user")


@pytest.mark.parametrize(
    "sql", ["f(x)", "regexp_matches(a, '(a+)+$')", "repeat(a, 1000000000) = 'x'", "list_value(1)"]
)
def test_a_user_may_not_call_a_function_that_is_not_listed(sql):
    with pytest.raises(QueryError):
        parse_expression(sql, source="user")


def test_comments_do_not_survive():
    assert parse_expression("a /* x */ = 1 -- drop").sql() == "a = 1"


def test_each_parse_gives_a_tree_of_its_own():
    first = parse_expression("a + 1")
    first.set("this", None)
    assert parse_expression("a + 1").sql() == "a + 1"


@pytest.mark.parametrize(
    ("sql", "guarded"),
    [
        ("a / b", "a / NULLIF(b, 0)"),
        ("a / (b + c)", "a / NULLIF(b + c, 0)"),
        ("a / 100", "a / 100"),
        ("a / 0", "a / NULLIF(0, 0)"),
        ("a / nullif(b, 0)", "a / NULLIF(b, 0)"),
        ("a / (b / c)", "a / NULLIF(b / NULLIF(c, 0), 0)"),
        ("a % b", "a % NULLIF(b, 0)"),
    ],
)
def test_every_division_by_something_that_may_be_zero_is_guarded(sql, guarded):
    assert guard_divisions(parse_expression(sql)).sql(dialect="duckdb") == guarded


def test_the_columns_and_metrics_of_a_filter_can_be_listed():
    tree = parse_expression("metric('orders', 'customer') > 2 and customer__country = 'CN'")
    assert column_names(tree) == ("customer__country",)
    assert list(metric_calls(tree)) == [("orders", ("customer",))]


@pytest.mark.parametrize(
    "sql",
    [
        "(" * 100 + "x" + ")" * 100,
        "1" + " + 1 - 1" * 100,
        "x" + "::INT" * 100,
        "x" + " || 'a'" * 1_000,
        "x BETWEEN 1 AND " * 100 + "1",
        ".".join(["a"] * 100),
    ],
    ids=["brackets", "mixed operators", "casts", "one operator", "between", "dots"],
)
def test_what_nests_too_deep_for_any_database_is_refused(sql):
    with pytest.raises(QueryError) as refused:
        parse_expression(sql)
    assert refused.value.code == "invalid_expression"


@pytest.mark.parametrize(
    "sql", ["x = 1" + " AND x = 2 OR x = 3" * 500, "x" + " + 1" * 500, f"x IN ({', '.join(['1'] * 5_000)})"]
)
def test_a_long_expression_that_is_not_deep_is_read(sql):
    assert parse_expression(sql).sql(dialect="duckdb") == sql


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("comment = 'x'", ("comment",)),
        ("comment='x'", ("comment",)),
        ("load", ("load",)),
        ("set + update", ("set", "update")),
        ("(call) > 1", ("call",)),
    ],
)
def test_a_column_may_be_called_like_a_statement(sql, columns):
    assert column_names(parse_expression(sql, source="user")) == columns


@pytest.mark.parametrize(
    "sql",
    ["drop table x", "set x = 1", "load 'x.so'", "comment on table t is 'x'", "call pragma_version()", "use a, b",
     "use from t", "update t set a = 1", "delete from t", "comment; drop table t", "comment where a limit 1"],
)  # fmt: skip
def test_a_statement_is_no_expression_even_where_its_word_may_be_a_column(sql):
    with pytest.raises(QueryError):
        parse_expression(sql)
