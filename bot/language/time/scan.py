"""From text to symbolic time tokens; no date is worked out here."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from bot.language.normalise import Normalised, folded_name, normalise
from bot.language.rule import Rule
from bot.language.time.anaphora import as_reference, referring
from bot.language.time.calendars import CalendarEvent
from bot.language.time.compared import mark_comparisons
from bot.language.time.cursor import Cursor
from bot.language.time.expressions import AllTime, Between, Event, Expression, Open, Point, Ref
from bot.language.time.fields import finest, with_finest
from bot.language.time.joined import closed, recurring
from bot.language.time.lexer import lex
from bot.language.time.lexicon import Lexicon, lexicon
from bot.language.time.qualifiers import attach, blanked, find_qualifiers
from bot.language.time.ranges import inherit, read_range
from bot.language.time.reading import TimeToken
from bot.language.time.signals import Signal, find_signals, find_wants

# what only says a period once more: 10月份, 去年全年, 去年一年
_TAILS = {
    "month": Rule(r"份|整月|整个月|全月|一整个?月"),
    "year": Rule(r"度?(?:的)?(?:全年|整年|一整年|一年|整个年度)(?!内|里|前|后|级|以)|度(?![一-鿿]?[假过])"),
}
_BLANK = "\x00"
_DIGIT_ORDER = "一二三四五六七八九"


def scan_time(
    text: Normalised | str,
    events: tuple[CalendarEvent, ...] = (),
    names: Sequence[tuple[int, int]] = (),
) -> tuple[TimeToken, ...]:
    """Return the time words of a question in order, symbolic and without a clock.

    `events` adds the words of a workspace's own calendar. Words that are about time but cannot be read
    (前段时间, recently) come back as kind `unresolved`. `names` are the spans of other known words: the last
    character of 占比 or of a metric 投产比 is part of a name and compares with nothing.
    """
    folded = normalise(text) if isinstance(text, str) else text
    tokens = _scan(folded, events, names, ())
    periods = [token for token in tokens if token.kind in ("period", "unresolved")]
    cut = [name for name in names if any(token.start < name[0] < token.end < name[1] for token in periods)]
    return tuple(_scan(folded, events, names, cut) if cut else tokens)  # 5月初级班 is not the start of May


def _scan(
    folded: Normalised,
    events: tuple[CalendarEvent, ...],
    names: Sequence[tuple[int, int]],
    cut: Sequence[tuple[int, int]],
) -> list[TimeToken]:
    """Return the tokens; the names in `cut` are no time words at all."""
    qualifiers = find_qualifiers(folded.text)
    text = blanked(folded.text, qualifiers)
    for start, end in cut:
        text = text[:start] + _BLANK * (end - start) + text[end:]
    signals = find_signals(text)
    cursor = _cursor(folded, text, signals, _lexicon(events))
    tokens = [_signal_token(folded, signal) for signal in signals]
    tokens += closed(folded, _share_parts(_expressions(folded, cursor)))
    tokens = recurring(tokens)
    tokens.sort(key=lambda token: token.start)
    tokens = attach(folded, tokens, qualifiers)
    compared = [as_reference(token, folded.text) for token in mark_comparisons(folded.text, tokens, names)]
    alone = not any(token.kind in ("period", "comparison") for token in compared)
    refers = referring(folded, text, alone=alone)
    if refers:  # 之前呢 says when, after all
        compared = [token for token in compared if token.kind != "unresolved"]
    compared = sorted([*compared, *refers], key=lambda token: token.start)
    wants = find_wants(folded.text)
    return [replace(token, wants=wants) if token.kind == "comparison" else token for token in compared]


def _lexicon(events: tuple[CalendarEvent, ...]) -> Lexicon:
    words = tuple(
        (
            event.name,
            tuple(folded_name(word) for word in (event.label.zh, event.label.en, *event.synonyms)),
        )
        for event in events
    )
    return lexicon(words)


def _cursor(folded: Normalised, read: str, signals: list[Signal], words: Lexicon) -> Cursor:
    """Return the lexemes of the text without its signals, which are blanked by a mark that is no word."""
    parts, at = [], 0
    for signal in signals:
        parts += [read[at : signal.start], _BLANK * (signal.end - signal.start)]
        at = signal.end
    text = "".join((*parts, read[at:]))
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


_PARTS_OF_A_YEAR = {"月": 12, "月份": 12, "季度": 4}


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
        if _is_impossible(cursor, index):
            found.append((_unresolved(folded, cursor, index, index + 2), index, index + 2))
            index += 1
        elif _is_unresolved(cursor, index):
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
    whole = expression.last if isinstance(expression, Between) else expression  # 一到三月份
    tail = _TAILS.get(finest(whole)) if isinstance(whole, Point) else None
    restated = tail.match(folded.text, end) if tail is not None else None
    end = restated.end() if restated is not None else end
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


def _is_impossible(cursor: Cursor, index: int) -> bool:
    """Return whether a number names a month or quarter that no year has: 13月, 0月, 第五季度."""
    entry = cursor.first(index, "ordinal") or cursor.first(index, "number")
    last = _PARTS_OF_A_YEAR.get(cursor.word(index + 1))
    if entry is None or last is None or cursor.lexemes[index].counted or 1 <= entry.number <= last:
        return False
    unit = cursor.lexemes[index + 1]
    apart = cursor.text[cursor.lexemes[index].end : unit.start].strip()  # 零售月
    return not apart and not cursor.text.startswith("龄", unit.end)  # 13月龄, a child's age


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
        if backwards and year is not None and year.relative:
            return token  # National Day against last year's: the first is this year's
        return replace(token, expression=replace(mine, year=year)) if mine.year is None and year else token
    if not isinstance(mine, Point) or not isinstance(theirs, Point):
        return token
    if backwards and finest(mine) == "year" and finest(theirs) != "year" and theirs.year is not None:
        both = mine.year is not None and mine.year.relative and theirs.year.relative
        if both and mine.year != theirs.year:
            return replace(token, expression=replace(theirs, year=mine.year))  # 今年和去年10月
    same = finest(mine) == finest(theirs)
    if not same or (backwards and (theirs.year is None or theirs.year.relative)):
        return token
    return replace(token, expression=inherit(mine, theirs))
