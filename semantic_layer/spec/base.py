"""What every section shares: the base type, and the small value types (label, words, window, filter, name)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from semantic_layer.catalog import Window
from semantic_layer.period import Grain
from semantic_layer.spec.document import Marked
from semantic_layer.text import Text, Words

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_WINDOW = re.compile(r"(\d+)\s*([a-zA-Z]+)\Z")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")

# Short forms of grains in a window: 7d, 2w, 12h, 3mo.
_GRAIN_SHORT = {
    "s": "second", "sec": "second", "min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week",
    "mo": "month", "mon": "month", "q": "quarter", "y": "year", "yr": "year",
}  # fmt: skip

_OURS = "askgrowth"


def refuse(zh: str, en: str, mend_zh: str, mend_en: str) -> NoReturn:
    """Fail the field being read with a bilingual message; `problems` adds file, line and key."""
    context = {"zh": zh, "en": en, "mend_zh": mend_zh, "mend_en": mend_en}
    raise PydanticCustomError(_OURS, "refused", context)


class Spec(BaseModel):
    """Base of every YAML mapping: immutable, unknown keys refused.

    `ignored` lists dbt keys that mean nothing here: they are taken out, and listed in the validation
    context for `askgrowth check`. Our own keys inside a dbt project (`config.meta.askgrowth`, or
    `meta.askgrowth`) are merged in first; a key written directly wins.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    ignored: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _read(cls, raw: Any, info: ValidationInfo) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        ignored = cls.ignored
        if not ignored or (ignored.isdisjoint(raw) and "config" not in raw and "meta" not in raw):
            return raw
        kept = {key: value for key, value in raw.items() if key not in ignored}
        if info.context is not None:
            info.context["ignored"].extend(
                (raw, key) for key in raw if key in ignored and _is_foreign(raw, key)
            )
        for key, value in our_keys(raw).items():
            kept.setdefault(key, value)
        return kept


def our_keys(raw: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return what stands under `config.meta.askgrowth` or `meta.askgrowth`; empty where nothing does."""
    config = raw.get("config")
    for holder in (config if isinstance(config, Mapping) else {}, raw):
        meta = holder.get("meta")
        if isinstance(meta, Mapping) and isinstance(meta.get(_OURS), Mapping):
            found: Mapping[Any, Any] = meta[_OURS]
            return found
    return {}


def _is_foreign(raw: Mapping[Any, Any], key: str) -> bool:
    """Return whether an ignored key holds more than our own keys."""
    value = raw[key]
    if not isinstance(value, Mapping) or key not in {"config", "meta"}:
        return True
    inner = value.get("meta", {}) if key == "config" else value
    only_ours = isinstance(inner, Mapping) and set(inner) <= {_OURS}
    return not (only_ours and set(value) <= ({"meta", "enabled"} if key == "config" else {_OURS}))


def is_enabled(raw: Mapping[Any, Any]) -> bool:
    """Return False where dbt's `config: {enabled: false}` turns a thing off."""
    config = raw.get("config")
    return not (isinstance(config, Mapping) and config.get("enabled") is False)


def has_han(text: str) -> bool:
    """Return whether the text holds a Chinese character."""
    return _HAN.search(text) is not None


# ------------------------------------------------------------------------------------------------ readers of values


def read_text(raw: object) -> Text:
    """Return a label: `{zh: …, en: …}`, or a plain string that is the same in both languages."""
    if isinstance(raw, Text):
        return raw
    if isinstance(raw, str) and raw.strip():
        return Text.same(raw.strip())
    if isinstance(raw, Mapping) and raw:
        other = [str(key) for key in raw if key not in {"zh", "en"}]
        if other and all(raw[key] is None for key in raw if str(key) in other):
            refuse(
                f"花括号里的逗号把文字切断了:{other[0]!r} 成了一个键。",
                f"A comma inside the braces cut the text: {other[0]!r} became a key.",
                '给含逗号的文字加引号:{zh: "退款前,按下单日", en: "before refunds, by order day"}。',
                'Quote the text: {zh: "退款前,按下单日", en: "before refunds, by order day"}.',
            )
        if other:
            refuse(
                f"这里只能写 zh 和 en,没有 {other[0]!r}。",
                f"Only zh and en may stand here, not {other[0]!r}.",
                "写成 {zh: 渠道, en: channel}。",
                "Write {zh: 渠道, en: channel}.",
            )
        missing = [key for key in ("zh", "en") if not isinstance(raw.get(key), str) or not raw[key].strip()]
        if not missing:
            return Text(zh=raw["zh"].strip(), en=raw["en"].strip())
        refuse(
            f"缺少 {missing[0]} 的文字。",
            f"The {missing[0]} text is missing.",
            "两种语言都要写;两者相同时写成一个字符串。",
            "Write both languages, or one plain string where they are the same.",
        )
    refuse(
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
            refuse(
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
            refuse(
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
    if isinstance(raw, str) and (match := _WINDOW.match(raw.strip())):
        word = match.group(2).lower()
        word = _GRAIN_SHORT.get(word, word[:-1] if word.endswith("s") and len(word) > 1 else word)
        if word in set(Grain) and int(match.group(1)) > 0:
            return Window(count=int(match.group(1)), grain=Grain(word))
    refuse(
        f"{_shown(raw)} 不是时间长度。",
        f"{_shown(raw)} is not a length of time.",
        "写成 7d、7 days、1 week 或 12h。",
        "Write 7d, 7 days, 1 week or 12h.",
    )


def read_grain(raw: object) -> Grain:
    """Return a time grain, in any case, singular or plural."""
    if isinstance(raw, str):
        word = raw.strip().lower()
        word = word.removesuffix("s")
        if word in set(Grain):
            return Grain(word)
    grains = ", ".join(Grain)
    refuse(
        f"{_shown(raw)} 不是时间粒度。",
        f"{_shown(raw)} is not a time grain.",
        f"可用:{grains}。",
        f"Choose one of: {grains}.",
    )


def read_name(raw: object) -> str:
    """Return an identifier: ASCII letters, digits and underscores, not starting with a digit."""
    if isinstance(raw, str) and _NAME.match(raw) and len(raw) <= 250:
        return raw
    refuse(
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
    refuse(
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


def read_period_text(raw: object) -> str:
    """Return a period as text; a bare year may be written without quotes."""
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw  # type: ignore[return-value]


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
GrainText = Annotated[Grain, PlainValidator(read_grain)]
Name = Annotated[str, PlainValidator(read_name)]
Sql = Annotated[str, PlainValidator(read_expression)]
Filters = Annotated[tuple[str, ...], PlainValidator(read_filters)]
PeriodText = Annotated[str, BeforeValidator(read_period_text)]
Names = Annotated[tuple[Name, ...], BeforeValidator(listed)]


def marked_line(raw: object, *keys: str | int) -> int | None:
    """Return the line of the deepest of `keys` that is written in `raw`, following our dbt place too."""
    line = getattr(raw, "line", None)
    at: Any = raw
    for key in keys:
        if isinstance(at, Marked):
            holder: Any = at if key in at else our_keys(at)
            if not isinstance(holder, Marked) or key not in holder:
                break
            line, at = holder.line_of(key), holder[key]
        elif isinstance(at, list) and isinstance(key, int) and key < len(at):
            line = at.lines[key] if hasattr(at, "lines") else line
            at = at[key]
        else:
            break
    return line
