"""From text to symbolic time tokens; no date is worked out here."""

from __future__ import annotations

import itertools
from dataclasses import replace

from bot.language.normalise import Normalised, normalise
from bot.language.time.calendars import CalendarEvent
from bot.language.time.cursor import Cursor
from bot.language.time.expressions import AllTime, Between, Event, Expression, Open, Point, Ref
from bot.language.time.fields import finest, with_finest
from bot.language.time.lexer import lex
from bot.language.time.lexicon import Lexicon, lexicon
from bot.language.time.ranges import inherit, read_range
from bot.language.time.reading import TimeToken
from bot.language.time.signals import AFTER_MARKER, MARKER, WITH, Signal, find_signals, find_wants
from semantic_layer.period import Grain

_BLANK = "\x00"
_DIGIT_ORDER = "一二三四五六七八九"


def scan_time(text: Normalised | str, events: tuple[CalendarEvent, ...] = ()) -> tuple[TimeToken, ...]:
    """Return the time words of a question in order, symbolic and without a clock.

    `events` adds the words of a workspace's own calendar. Words that are about time but cannot be read
    (前段时间, recently) come back as kind `unresolved`.
    """
    folded = normalise(text) if isinstance(text, str) else text
    signals = find_signals(folded.text)
    cursor = _cursor(folded, signals, _lexicon(events))
    tokens = [_signal_token(folded, signal) for signal in signals]
    tokens += _share_parts(_expressions(folded, cursor))
    tokens.sort(key=lambda token: token.start)
    compared = _mark_comparisons(folded.text, tokens)
    wants = find_wants(folded.text)
    return tuple(replace(token, wants=wants) if token.kind == "comparison" else token for token in compared)


def _lexicon(events: tuple[CalendarEvent, ...]) -> Lexicon:
    words = tuple(
        (
            event.name,
            tuple(normalise(word).text for word in (event.label.zh, event.label.en, *event.synonyms)),
        )
        for event in events
    )
    return lexicon(words)


def _cursor(folded: Normalised, signals: list[Signal], words: Lexicon) -> Cursor:
    """Return the lexemes of the text without its signals, which are blanked by a mark that is no word."""
    parts, at = [], 0
    for signal in signals:
        parts += [folded.text[at : signal.start], _BLANK * (signal.end - signal.start)]
        at = signal.end
    text = "".join((*parts, folded.text[at:]))
    if "compar" in text and " from " not in text:
        text = text.replace(" to ", f" {_BLANK * 2} ")  # "compare May to June" is no range
    return Cursor.over(text, folded.original, folded.starts, lex(text, words))


def _signal_token(folded: Normalised, signal: Signal) -> TimeToken:
    kind = signal.kind
    assert kind in ("comparison", "grain", "recurrence", "unresolved")
    return TimeToken(
        signal.start,
        signal.end,
        folded.words(signal.start, signal.end),
        kind,  # type: ignore[arg-type]  # one of the kinds asserted above
        grain=signal.grain,
        average=signal.average,
        comparison=signal.comparison,
        back=signal.back,
        weekdays=signal.weekdays,
    )


def _expressions(folded: Normalised, cursor: Cursor) -> list[tuple[TimeToken, int, int]]:
    """Return the period and unresolved tokens with the lexemes they cover."""
    found: list[tuple[TimeToken, int, int]] = []
    index = 0
    while index < len(cursor.lexemes):
        read = _listed(cursor, index) or read_range(cursor, index) or _alone(cursor, index)
        if read is not None:
            expressions, after = (read[0], read[1]) if isinstance(read[0], tuple) else ((read[0],), read[1])
            found += [(_token(folded, cursor, index, after, one), index, after) for one in expressions]
            index = after
            continue
        if _is_unresolved(cursor, index):
            after = index + 3 if cursor.has(index + 1, "number") and cursor.unit(index + 2) else index + 1
            found.append((_unresolved(folded, cursor, index, after), index, after))
            index = after - 1
        index += 1
    return found


def _token(folded: Normalised, cursor: Cursor, first: int, after: int, expression: Expression) -> TimeToken:
    if not isinstance(expression, Between | Open) and cursor.word(first) == "from":
        first += 1
    while first < after - 1 and cursor.word(first) in ("the", "in", "on", "for", "during", "of", "的"):
        first += 1
    start, end = cursor.lexemes[first].start, cursor.lexemes[after - 1].end
    return TimeToken(start, end, folded.words(start, end), "period", expression)


def _listed(cursor: Cursor, index: int) -> tuple[tuple[Expression, ...], int] | None:
    """Return 6、7月 or 6和7月: bare numbers before a number with its unit."""
    numbers: list[int] = []
    at = index
    while True:
        number = cursor.entry(at, "number", glued=at > index)
        joined = cursor.has(at + 1, "and") or cursor.has(at + 1, "comma")
        if number is None or not joined or cursor.lexemes[at].counted:
            break
        numbers.append(number.number)
        at += 2
    run = _run_of_digits(cursor, index) if not numbers else None
    if run is not None:
        return run
    if (
        not numbers
        or not cursor.has(at, "number")
        or cursor.word(at + 1) not in ("月", "日", "号", "季度", "年", "月份")
    ):
        return None
    last = read_range(cursor, at)
    if (
        last is None
        or not isinstance(last[0], Point)
        or finest(last[0]) not in ("month", "day", "quarter", "year")
    ):
        return None
    points = [with_finest(last[0], number) for number in numbers]
    if any(point is None for point in points):
        return None
    return (*(point for point in points if point is not None), last[0]), last[1]


def _run_of_digits(cursor: Cursor, index: int) -> tuple[tuple[Expression, ...], int] | None:
    """Return 一二季度, 七八月: neighbouring digits written without a mark."""
    number = cursor.first(index, "number")
    if number is None or len(number.text) not in (2, 3) or not set(number.text) <= set(_DIGIT_ORDER):
        return None
    places = [_DIGIT_ORDER.index(char) + 1 for char in number.text]
    if places != list(range(places[0], places[0] + len(places))):
        return None
    if cursor.word(index + 1) == "月":
        return tuple(Point(month=Ref(place)) for place in places), index + 2
    if cursor.word(index + 1) == "季度" and places[-1] <= 4:
        return tuple(Point(quarter=Ref(place)) for place in places), index + 2
    return None


def _alone(cursor: Cursor, index: int) -> tuple[Expression, int] | None:
    """Return a month and day in digits where nothing speaks for another reading, and all-time words."""
    maybe = cursor.first(index, "maybe_date")
    if maybe is not None and isinstance(maybe.expression, Point) and not cursor.lexemes[index].counted:
        context = index > 0 and cursor.lexemes[index].glued and any(
            cursor.first(index - 1, kind) for kind in ("of", "from", "since", "until", "before", "after", "week_of")
        )  # fmt: skip
        if _reads_as_date(maybe.text) or context or cursor.whole(index, index + 1):
            return maybe.expression, index + 1
    if cursor.first(index, "all") is not None:
        return AllTime(), index + 1
    ends_now = cursor.first(index, "since_after") is not None
    if ends_now and cursor.word(index).startswith(("截", "until ", "up to ", "through ", "as of ")):
        return AllTime(), index + 1
    whole_year = cursor.first(index, "of_year") is not None and not any(
        cursor.lexemes[at].get("point") or cursor.lexemes[at].get("number") for at in range(index)
    )
    return (Point(year=Ref(0, True)), index + 1) if whole_year else None


def _reads_as_date(digits: str) -> bool:
    """Return whether digits can hardly be anything else: 11/16 and 11-16, not 1/2, 5.12 or 24/7."""
    mark = "/" if "/" in digits else "-" if "-" in digits else "."
    first, _, second = digits.partition(mark)
    if mark == "/":
        return (
            int(second) > 12 or (len(first) == 2 and len(second) == 2) or int(first) > 12
        ) and digits != "24/7"
    return mark == "-" and len(first) == 2 and len(second) == 2 and int(second) > 12


def _is_unresolved(cursor: Cursor, index: int) -> bool:
    """Return whether the word is about time and was not read."""
    lexeme = cursor.lexemes[index]
    if lexeme.get("clock") is not None or lexeme.get("vague") is not None:
        return lexeme.get("noise") is None
    if lexeme.word == "以来":
        return True
    roll = lexeme.get("roll") or lexeme.get("last")
    unit = cursor.unit(index + 2) if cursor.has(index + 1, "number") else ""
    return roll is not None and unit in ("hour", "workday", "fiscal_year", "fiscal_quarter", "weekend")


def _unresolved(folded: Normalised, cursor: Cursor, first: int, after: int) -> TimeToken:
    start, end = cursor.lexemes[first].start, cursor.lexemes[after - 1].end
    return TimeToken(start, end, folded.words(start, end), "unresolved")


def _share_parts(found: list[tuple[TimeToken, int, int]]) -> list[TimeToken]:
    """Return the tokens with shared parts filled in: 2024年6月和7月, May and June 2024, 上周三和周五.

    Only neighbours share: nothing but one joining word may stand between them.
    """
    tokens = [token for token, _, _ in found]
    linked = [
        later[1] - earlier[2] in (0, 1) and later[0].start - earlier[0].end <= 5
        for earlier, later in itertools.pairwise(found)
    ]
    for index, joined in enumerate(linked):
        if joined:
            tokens[index + 1] = _inherited(tokens[index + 1], tokens[index])
    for index in range(len(linked) - 1, -1, -1):
        if linked[index]:
            tokens[index] = _inherited(tokens[index], tokens[index + 1], backwards=True)
    return tokens


def _inherited(token: TimeToken, other: TimeToken, *, backwards: bool = False) -> TimeToken:
    mine, theirs = token.expression, other.expression
    if isinstance(mine, Event) and isinstance(theirs, Event | Point):
        year = theirs.year
        return replace(token, expression=replace(mine, year=year)) if mine.year is None and year else token
    if not isinstance(mine, Point) or not isinstance(theirs, Point):
        return token
    same = finest(mine) == finest(theirs)
    if not same or (backwards and (theirs.year is None or theirs.year.relative)):
        return token
    return replace(token, expression=inherit(mine, theirs))


# ---- which periods are the baseline of a comparison

_UNIT_OF = {
    "day": Grain.DAY,
    "week": Grain.WEEK,
    "month": Grain.MONTH,
    "quarter": Grain.QUARTER,
    "year": Grain.YEAR,
}


def _mark_comparisons(text: str, tokens: list[TimeToken]) -> list[TimeToken]:
    """Return the tokens with the periods that follow 比, vs, "compared to" turned into comparisons."""
    out: list[TimeToken] = []
    periods = sum(token.kind == "period" for token in tokens)
    main_end: int | None = None
    for token in tokens:
        if token.kind != "period":
            out.append(token)
            continue
        if _is_baseline(text, token, main_end, only=periods == 1):
            between = text[main_end : token.start].strip(" .") if main_end is not None else ""
            equals = between in ("vs", "versus", "对比", "against")
            out.append(replace(as_baseline(token), symmetric=equals))
        else:
            out.append(token)
        main_end = token.end
    return _symmetric(text, out)


def _is_baseline(text: str, token: TimeToken, main_end: int | None, *, only: bool) -> bool:
    """Return whether a period is what something is compared with; `main_end` is where the one before it ends."""
    before = text[max(0, token.start - 28) : token.start]
    if before.endswith(" to ") and main_end is not None and "compar" in text[: token.start]:
        return True
    marked = MARKER.search(before)
    if marked is not None:
        # 对比6月和7月 puts both on one level; 比6月 has a baseline
        return not (marked.group().startswith(("对比", "compare ")) and main_end is None)
    if WITH.search(before) is None or AFTER_MARKER.match(text, token.end) is None:
        return False
    # 本月和上月对比 names two equals; 本月销售额和上月对比 names a baseline
    return only if main_end is None else len(text[main_end : token.start].strip()) > 1


def as_baseline(token: TimeToken) -> TimeToken:
    """Return the comparison token of a baseline; 上周, 去年 stay symbolic so that they can follow the main."""
    expression = token.expression
    grain = None
    if isinstance(expression, Point):
        name = finest(expression)
        if expression.days == -1:
            grain = Grain.DAY
        elif (
            name in _UNIT_OF
            and getattr(expression, name) in (Ref(-1, True), Ref(-2, True))
            and expression == Point(**{name: getattr(expression, name)})
        ):
            grain = _UNIT_OF[name]
    return replace(token, kind="comparison", comparison="period", grain=grain)


def _symmetric(text: str, tokens: list[TimeToken]) -> list[TimeToken]:
    """Return the tokens with the first of "6月和7月对比" as the baseline, where two stand side by side."""
    periods = [token for token in tokens if token.kind == "period"]
    if len(periods) != 2 or any(token.kind == "comparison" for token in tokens):
        return tokens
    first, second = periods
    between = text[first.end : second.start].strip()
    before = text[max(0, first.start - 12) : first.start]
    joined = between in ("和", "与", "跟", "、", "and", "to", "with", "同", ",", "对")
    compare = AFTER_MARKER.match(text, second.end) is not None or any(
        word in before for word in ("对比", "比较", "compare", "difference between")
    )
    if not (joined and compare):
        return tokens
    return [replace(as_baseline(token), symmetric=True) if token is first else token for token in tokens]
