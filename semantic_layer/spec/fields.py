"""The small value types of the YAML: label, words, window, grain, name, expression, filter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, PlainValidator

from semantic_layer.catalog import Window
from semantic_layer.fiscal import CalendarWindow
from semantic_layer.period import Grain
from semantic_layer.spec.base import refusal
from semantic_layer.text import Text, Words

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


_WINDOW = re.compile(r"(\d+)\s*([a-zA-Z]+)\Z")


_CALENDAR_WINDOW = re.compile(r"(\d+)\s+([A-Za-z][A-Za-z0-9_]*)\Z")


_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")


# Short forms of grains in a window: 7d, 2w, 12h, 3mo.
_GRAIN_SHORT = {
    "s": "second", "sec": "second", "min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week",
    "mo": "month", "mon": "month", "q": "quarter", "y": "year", "yr": "year",
}  # fmt: skip


def has_han(text: str) -> bool:
    """Return whether the text holds a Chinese character."""
    return _HAN.search(text) is not None


def read_text(raw: object) -> Text:
    """Return a label: `{zh: …, en: …}`, or a plain string that is the same in both languages."""
    if isinstance(raw, Text):
        return raw
    if isinstance(raw, str) and raw.strip():
        return Text.same(raw.strip())
    if isinstance(raw, Mapping) and raw:
        other = [str(key) for key in raw if key not in {"zh", "en"}]
        if other and all(raw[key] is None for key in raw if str(key) in other):
            raise refusal(
                f"花括号里的逗号把文字切断了:{other[0]!r} 成了一个键。",
                f"A comma inside the braces cut the text: {other[0]!r} became a key.",
                '给含逗号的文字加引号:{zh: "退款前,按下单日", en: "before refunds, by order day"}。',
                'Quote the text: {zh: "退款前,按下单日", en: "before refunds, by order day"}.',
            )
        if other:
            raise refusal(
                f"这里只能写 zh 和 en,没有 {other[0]!r}。",
                f"Only zh and en may stand here, not {other[0]!r}.",
                "写成 {zh: 渠道, en: channel}。",
                "Write {zh: 渠道, en: channel}.",
            )
        missing = [key for key in ("zh", "en") if not isinstance(raw.get(key), str) or not raw[key].strip()]
        if not missing:
            return Text(zh=raw["zh"].strip(), en=raw["en"].strip())
        raise refusal(
            f"缺少 {missing[0]} 的文字。",
            f"The {missing[0]} text is missing.",
            "两种语言都要写;两者相同时写成一个字符串。",
            "Write both languages, or one plain string where they are the same.",
        )
    raise refusal(
        "这里应是文字。",
        "A text is expected here.",
        "写成 {zh: 渠道, en: channel},或两种语言相同时写一个字符串。",
        "Write {zh: 渠道, en: channel}, or one plain string for both languages.",
    )


def read_optional_text(raw: object) -> Text | None:
    """Return a label, or None for nothing or dbt's empty description."""
    return None if raw is None or raw == "" else read_text(raw)


def read_words(raw: object) -> Words:
    """Return synonyms: `{zh: […], en: […]}`, one list for both (sorted by script), or one word."""
    if isinstance(raw, Words):
        return raw
    if raw is None:
        return Words()
    if isinstance(raw, Mapping):
        other = [str(key) for key in raw if key not in {"zh", "en"}]
        if other:
            raise refusal(
                f"这里只能写 zh 和 en,没有 {other[0]!r}。",
                f"Only zh and en may stand here, not {other[0]!r}.",
                "写成 {zh: [来源], en: [source]}。",
                "Write {zh: [来源], en: [source]}.",
            )
        return Words(zh=_word_list(raw.get("zh")), en=_word_list(raw.get("en")))
    words = _word_list(raw)
    return Words(zh=tuple(w for w in words if has_han(w)), en=tuple(w for w in words if not has_han(w)))


def _word_list(raw: object) -> tuple[str, ...]:
    if raw is None:
        return ()
    items = raw if isinstance(raw, (list, tuple)) else [raw]
    words: list[str] = []
    for item in items:
        if isinstance(item, bool) or not isinstance(item, (str, int, float)) or not str(item).strip():
            raise refusal(
                "同义词应是一串文字。",
                "Synonyms are a list of texts.",
                "写成 [来源, 投放渠道]。",
                "Write [source, medium].",
            )
        if (word := str(item).strip()) not in words:
            words.append(word)
    return tuple(words)


def read_window(raw: object) -> Window:
    """Return a length of time: `7d`, `7 days`, `1 week`, `12h`."""
    if isinstance(raw, Window):
        return raw
    window = _window(raw) if isinstance(raw, str) else None
    if window is not None:
        return window
    raise refusal(
        f"{_shown(raw)} 不是时间长度。",
        f"{_shown(raw)} is not a length of time.",
        "写成 7d、7 days、1 week 或 12h。",
        "Write 7d, 7 days, 1 week or 12h.",
    )


def _window(raw: str) -> Window | None:
    match = _WINDOW.match(raw.strip())
    if match is None:
        return None
    word = match.group(2).lower()
    word = _GRAIN_SHORT.get(word, word[:-1] if word.endswith("s") and len(word) > 1 else word)
    count = int(match.group(1))
    return Window(count, Grain(word)) if word in set(Grain) and count > 0 else None


def read_offset(raw: object) -> Window | CalendarWindow:
    """Return a length of time, or a number of buckets of a calendar: `1 retail_month` (checked against them later)."""
    if isinstance(raw, CalendarWindow):
        return raw
    match = _CALENDAR_WINDOW.match(raw.strip()) if isinstance(raw, str) and _window(raw) is None else None
    if match is not None and int(match.group(1)) > 0:
        return CalendarWindow(int(match.group(1)), match.group(2).lower())
    return read_window(raw)


def read_grain(raw: object) -> Grain:
    """Return a time grain, in any case, singular or plural."""
    if isinstance(raw, str):
        word = raw.strip().lower()
        word = word.removesuffix("s")
        if word in {"millisecond", "microsecond", "nanosecond"}:
            return Grain.SECOND  # dbt also knows finer ones; buckets here begin at the second
        if word in set(Grain):
            return Grain(word)
    grains = ", ".join(Grain)
    raise refusal(
        f"{_shown(raw)} 不是时间粒度。",
        f"{_shown(raw)} is not a time grain.",
        f"可用:{grains}。",
        f"Choose one of: {grains}.",
    )


def read_name(raw: object) -> str:
    """Return an identifier: ASCII letters, digits and underscores, not starting with a digit."""
    if isinstance(raw, str) and _NAME.match(raw) and len(raw) <= 250:
        return raw
    raise refusal(
        f"{_shown(raw)} 不能作名字。",
        f"{_shown(raw)} cannot be a name.",
        "名字用英文字母、数字和下划线(如 new_customers);中文写在 label 和 synonyms。",
        "Use letters, digits and underscores (new_customers); other words go into label and synonyms.",
    )


def read_expression(raw: object) -> str:
    """Return an SQL expression as text; dbt also writes plain numbers and booleans (`expr: 1`)."""
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, (int, float)):
        return str(raw)
    if isinstance(raw, str) and raw.strip():
        return raw.strip()
    raise refusal(
        "这里应是一个 SQL 表达式。",
        "An SQL expression is expected here.",
        "例如 expr: amount - refund。",
        "For example expr: amount - refund.",
    )


def read_filters(raw: object) -> tuple[str, ...]:
    """Return one or several boolean SQL expressions; several must all hold."""
    if raw is None:
        return ()
    if isinstance(raw, Mapping) and "where_filters" in raw:  # as a compiled manifest writes it
        raw = [part.get("where_sql_template", "") for part in raw["where_filters"]]
    items = raw if isinstance(raw, (list, tuple)) else [raw]
    return tuple(read_expression(item) for item in items)


def read_period_text(raw: object) -> object:
    """Return a period as text; a bare year may be written without quotes."""
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


def listed(raw: object) -> object:
    """Return one value as a list of one."""
    return raw if raw is None or isinstance(raw, (list, tuple)) else [raw]


def named(raw: object) -> object:
    """Return a bare name as the mapping `{name: …}` that it is short for."""
    return {"name": raw} if isinstance(raw, str) else raw


def _shown(raw: object) -> str:
    text = repr(raw)
    return text if len(text) <= 60 else f"{text[:57]}…"


Label = Annotated[Text, PlainValidator(read_text)]


OptionalText = Annotated[Text | None, PlainValidator(read_optional_text)]


Synonyms = Annotated[Words, PlainValidator(read_words)]


WindowText = Annotated[Window, PlainValidator(read_window)]


OffsetText = Annotated[Window | CalendarWindow, PlainValidator(read_offset)]


GrainText = Annotated[Grain, PlainValidator(read_grain)]


Name = Annotated[str, PlainValidator(read_name)]


Sql = Annotated[str, PlainValidator(read_expression)]


Filters = Annotated[tuple[str, ...], PlainValidator(read_filters)]


PeriodText = Annotated[str, BeforeValidator(read_period_text)]
