"""Which writer writes which node, and sqlglot for all the others; how lines are indented and arguments listed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generator import Generator

WIDE = 80  # characters; sqlglot puts longer arguments on lines of their own
BREAK = "\x00"  # a line break inside a value while lines are indented; no SQL text holds a NUL

Writer = Callable[[exp.Expr], str | None]
WRITERS: dict[type[exp.Expr], Writer] = {}


class _Fallback(threading.local):
    """A generator of sqlglot for each thread: it holds state while it writes."""

    def __init__(self) -> None:
        generator: Any = DuckDB().generator(pretty=True, comments=False)
        # sqlglot's own mark is a word: a value or a name that holds it would get a line break.
        generator.SENTINEL_LINE_BREAK = BREAK
        self.generator: Generator = generator


_FALLBACK = _Fallback()


def text_of(node: exp.Expr) -> str:
    """Return the node's text; line breaks inside values stand as BREAK."""
    write = WRITERS.get(node.__class__)
    made = write(node) if write is not None else None
    return by_sqlglot(node) if made is None else made


def by_sqlglot(node: exp.Expr) -> str:
    """Return the text that sqlglot's own generator gives a node and all below it.

    A copy is written: the generator moves the parts of some nodes (percentiles), and a statement is written again
    for the row behind its limit.
    """
    generator = _FALLBACK.generator
    generator.unsupported_messages = []
    copy = node.copy()
    copy.parent = node.parent
    return generator.sql(copy)


def only(node: exp.Expr, *keys: str) -> bool:
    """Return whether the node has no argument but these."""
    return not any(value for key, value in node.args.items() if key not in keys)


def indented(sql: str) -> str:
    """Return the lines two spaces further right."""
    return "  " + sql.replace("\n", "\n  ")


def lines(texts: Iterable[str]) -> str:
    """Return each text on lines of its own, indented, with a comma between."""
    return indented(",\n".join(texts))


def arguments(texts: list[str]) -> str:
    """Return the arguments of a function: on one line, or each on its own where they are long."""
    return f"\n{lines(texts)}\n" if sum(map(len, texts)) > WIDE else ", ".join(texts)


def identifier(node: exp.Expr) -> str:
    """Return a name, in quotes where it needs them."""
    return _name(node.args["this"], bool(node.args.get("quoted")))


@lru_cache(maxsize=16_384)
def _name(text: str, quoted: bool) -> str:
    return by_sqlglot(exp.Identifier(this=text, quoted=quoted))
