"""Mutations of the tree that becomes SQL: values, names, types, dates, and what a group or a sum of nothing is."""

import pytest
from sqlglot import exp

import semantic_layer.compiler.compile as compile_stage

BUGS = {}


def rewritten(change):
    """A bug that changes every node of the finished tree with `change(node) -> node`."""

    def plant(patch):
        real = compile_stage.written
        patch.setattr(
            compile_stage,
            "written",
            lambda tree, *how, **more: real(tree.copy().transform(change), *how, **more),
        )

    BUGS[change.__name__] = plant
    return change


def literal(node):
    return isinstance(node, exp.Literal) and node.is_string


@rewritten
def values_lose_their_marks(node):
    return (
        exp.Literal.string(node.this.translate({ord(mark): None for mark in "'\"\\%_;-"}))
        if literal(node)
        else node
    )


@rewritten
def values_lose_all_but_ascii(node):
    return exp.Literal.string(node.this.encode("ascii", "ignore").decode()) if literal(node) else node


@rewritten
def values_are_folded(node):
    return exp.Literal.string(node.this.lower()) if literal(node) else node


@rewritten
def a_value_is_pasted(node):
    """`= 'x' OR 1=1` as somebody typed it, up to the first semicolon."""
    if isinstance(node, exp.EQ) and literal(node.expression) and "'" in node.expression.this:
        typed = node.expression.this.split(";")[0]
        return exp.maybe_parse(f"({node.this.sql()} = '{typed})", dialect="duckdb")
    return node


@rewritten
def a_text_search_minds_case(node):
    return exp.Like(this=node.this, expression=node.expression) if isinstance(node, exp.ILike) else node


@rewritten
def null_is_compared(node):
    return exp.EQ(this=node.this, expression=node.expression) if isinstance(node, exp.Is) else node


@rewritten
def integers_divide_as_integers(node):
    return exp.IntDiv(this=node.this, expression=node.expression) if isinstance(node, exp.Div) else node


@rewritten
def nothing_divides_as_one(node):
    if isinstance(node, exp.Nullif):
        return exp.func("COALESCE", node.copy(), exp.Literal.number(1))
    return node


@rewritten
def averages_keep_two_digits(node):
    return exp.func("ROUND", node.copy(), exp.Literal.number(2)) if isinstance(node, exp.Avg) else node


@rewritten
def the_sum_of_no_rows_is_zero(node):
    return exp.func("COALESCE", node.copy(), exp.Literal.number(0)) if isinstance(node, exp.Sum) else node


@rewritten
def equal_rows_are_counted_once(node):
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Literal | exp.Star):
        return exp.Count(this=exp.Distinct(expressions=[exp.Literal.number(1)]))
    return node


@rewritten
def weeks_are_counted_from_1970(node):
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc) and node.text("unit").upper().startswith("WEEK"):
        return exp.maybe_parse(
            f"DATE '1970-01-05' + 7 * CAST(TRUNC(date_diff('day', DATE '1970-01-05', CAST({node.this.sql('duckdb')} "
            "AS DATE)) / 7) AS INTEGER)",
            dialect="duckdb",
        )
    return node


@rewritten
def dates_end_in_2149(node):
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc) and node.text("unit").upper() == "YEAR":
        return exp.maybe_parse(f"LEAST({node.sql('duckdb')}, DATE '2149-01-01')", dialect="duckdb")
    return node


@rewritten
def months_are_quarters(node):
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc) and node.text("unit").upper() == "MONTH":
        node.set("unit", exp.var("QUARTER"))
    return node


@rewritten
def days_of_the_week_start_on_sunday(node):
    if isinstance(node, exp.Extract) and node.name.upper() in ("ISODOW", "DAYOFWEEKISO", "DAYOFWEEK_ISO"):
        node.set("this", exp.var("DOW"))
    return node


@rewritten
def days_between_count_both_ends(node):
    return (
        exp.maybe_parse(f"({node.sql('duckdb')} + 1)", dialect="duckdb")
        if isinstance(node, exp.DateDiff)
        else node
    )


@rewritten
def names_are_cut(node):
    if isinstance(node, exp.Identifier):
        node.set("this", node.this[:63])
    return node


@rewritten
def only_the_first_condition_counts(node):
    if isinstance(node, exp.Where) and isinstance(node.this, exp.And):
        node.set("this", next(node.this.flatten()))
    return node


@rewritten
def a_table_joins_every_row(node):
    if isinstance(node, exp.Join) and node.side.upper() == "LEFT":
        node.set("on", exp.true())
    return node


@rewritten
def a_group_without_a_name_is_lost(node):
    if isinstance(node, exp.Select) and node.args.get("group"):
        first = node.selects[0]
        return node.where(exp.Not(this=exp.Is(this=first.unalias().copy(), expression=exp.null())))
    return node


@rewritten
def a_row_that_joins_nothing_is_lost(node):
    if isinstance(node, exp.Join) and node.side.upper() == "LEFT":
        node.set("side", None)
        node.set("kind", "INNER")
    return node


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught_by_a_golden_case(name, golden, monkeypatch):
    with monkeypatch.context() as patch, golden.fresh_memory():
        BUGS[name](patch)
        assert any(golden.notices(case) for case in golden.cases()), f"no golden case notices: {name}"
