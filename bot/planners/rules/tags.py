"""The grammar words' tags: what a word that is no term does in a question."""

from __future__ import annotations

from enum import StrEnum


class Tag(StrEnum):
    """One part of the grammar of questions. The comment gives the payload of its words, if any."""

    STOP = "stop"  # politeness, filler, function words: carries nothing
    OF = "of"  # 的, of, in, for: joins a part to its head
    AND = "and"
    OR = "or"
    BY = "by"  # before (or, 分布, after) a dimension to group by
    WHICH = "which"
    LIST = "list"
    HOW_MANY = "how_many"
    COUNT = "count"  # after or before a counted thing
    AGG = "agg"  # sum, avg, min, max, median
    TOP = "top"  # desc, asc
    SUPER = "super"  # desc, asc, best, worst
    MORE = "more"  # desc, asc, best, worst: the higher of two; middle, which no slot reads
    ORDINAL = "ordinal"  # 2, 3 … as text
    ORDER = "order"  # desc, asc, rank
    TREND = "trend"
    SHARE = "share"
    NOT = "not"
    NOT_END = "not_end"  # 之外
    OTHER = "other"  # 其他: the rest, behind an exception
    IS = "is"
    TEXT_OP = "text_op"  # contains, starts with, ends with
    EMPTY = "empty"  # is null, is not null
    CMP = "cmp"  # >, >=, <, <=, =, !=
    CMP_AFTER = "cmp_after"  # behind the number: 以上, or more
    BETWEEN = "between"
    SIGNED = "signed"  # < or >: negative, positive
    COMPARE = "compare"
    POP = "pop"
    YOY = "yoy"
    GROWTH = "growth"  # rate, change
    GREW = "grew"  # up, down: a verb
    GROW_MOST = "grow_most"  # up, down
    AVERAGE_PER = "average_per"  # day, week, month, quarter, year
    RUNNING = "running"
    MOVING = "moving"
    EACH = "each"  # 分别: keep the named members apart
    TOTAL = "total"
    CHART = "chart"  # line, bar, pie, table, area
    META_METRICS = "meta_metrics"
    META_DIMENSIONS = "meta_dimensions"
    DEFINITION = "definition"
    FRESHNESS = "freshness"
    HELP = "help"
    INTENT = "intent"  # the analysis asked for
    NEVER = "never"  # no rows at all: never sold
    HAD = "had"  # rows at all: had sales
    ONLY = "only"
    VERB = "verb"  # what customers and shops do; carries the question only where no metric is named
    OVERVIEW = "overview"  # strong: asks for the whole picture by itself; weak: how is …
    PROFIT = "profit"  # gain, loss
    ORIGIN = "origin"  # where … come from
    FOLLOW = "follow"
    CORRECT = "correct"
