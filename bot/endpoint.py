"""The model's endpoint as configured: address, prices, and what a question and a day may cost. Reads no environment."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

PREFIX = "ASKGROWTH_LLM_"
DEFAULT_SECONDS = 30.0
MOST_SECONDS = 600
YES = ("1", "true", "yes")
UNITS = ("calls", "tokens", "seconds", "money")
_PRICE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*([A-Za-z]{3})?\s*")


class SettingsError(AskGrowthError):
    """An option or environment variable with a value that cannot be used."""

    code = "invalid_settings"


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, in and out."""

    tokens_in: float
    tokens_out: float
    currency: str = "CNY"

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """Return what these tokens cost, in `currency`."""
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / 1_000_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most that may be used; None is no limit. Money is in the price's currency."""

    calls: int | None = None
    tokens: int | None = None  # in and out together
    seconds: float | None = None
    money: float | None = None

    @property
    def is_open(self) -> bool:
        """Return whether nothing is limited."""
        return all(getattr(self, unit) is None for unit in UNITS)


PER_QUESTION = Allowance(calls=6, tokens=20_000)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint. The key never appears in a representation or a log.

    `seconds` is the ceiling per question, retries included; `extra_body` goes into every request as it is (a
    server's own switches); `stream` reads the reply as it is written; `per_day` holds for every user; `see_rows`
    lets the model read the first rows of a plan it tries; `prose` asks it for a summary beside the answer.
    """

    base_url: str
    model: str
    api_key: str = field(repr=False)
    seconds: float = DEFAULT_SECONDS
    stream: bool = False
    max_retries: int = 2
    extra_body: Mapping[str, object] = field(default_factory=dict)
    price: Price | None = None
    per_question: Allowance = PER_QUESTION
    per_day: Allowance = field(default_factory=Allowance)
    see_rows: bool = False
    prose: bool = False


def read_endpoint(env: Mapping[str, str]) -> Endpoint | None:
    """Return the endpoint that variables describe; None where address or model is missing.

    Raises:
        SettingsError: a variable has a value that cannot be used.
    """
    base_url, model = env.get(f"{PREFIX}BASE_URL"), env.get(f"{PREFIX}MODEL")
    if not base_url or not model:
        return None
    price = _price(env.get(f"{PREFIX}PRICE"))
    per_question = _allowance("PER_QUESTION", env.get(f"{PREFIX}PER_QUESTION"), PER_QUESTION)
    per_day = _allowance("PER_DAY", env.get(f"{PREFIX}PER_DAY"), Allowance())
    if price is None and (per_question.money is not None or per_day.money is not None):
        raise _unusable("PRICE", "", Text(zh="限制金额时要写价格,例如 2/8 CNY。",
                                          en="A limit of money needs prices, for example 2/8 CNY."))  # fmt: skip
    return Endpoint(
        base_url,
        model,
        env.get(f"{PREFIX}API_KEY", ""),
        seconds=_seconds(env.get(f"{PREFIX}SECONDS")),
        stream=_is_on(env, "STREAM"),
        extra_body=_extra_body(env.get(f"{PREFIX}EXTRA_BODY")),
        price=price,
        per_question=per_question,
        per_day=per_day,
        see_rows=_is_on(env, "SEE_ROWS"),
        prose=_is_on(env, "PROSE"),
    )


def _is_on(env: Mapping[str, str], name: str) -> bool:
    return env.get(f"{PREFIX}{name}", "").strip().lower() in YES


def _seconds(written: str | None) -> float:
    try:
        seconds = float(written) if written else DEFAULT_SECONDS
    except ValueError:
        seconds = 0.0
    if 0 < seconds <= MOST_SECONDS:
        return seconds
    mend = Text(zh=f"写 1 到 {MOST_SECONDS} 之间的秒数。", en=f"Write seconds from 1 to {MOST_SECONDS}.")
    raise _unusable("SECONDS", written or "", mend)


def _extra_body(written: str | None) -> Mapping[str, object]:
    try:
        value = json.loads(written) if written else {}
    except ValueError:
        value = None
    if isinstance(value, dict):
        return value
    example = '{"thinking": {"type": "disabled"}}'
    mend = Text(zh=f"写一个 JSON 对象,例如 {example}。", en=f"Write a JSON object, for example {example}.")
    raise _unusable("EXTRA_BODY", written or "", mend)


def _price(written: str | None) -> Price | None:
    if not written:
        return None
    read = _PRICE.fullmatch(written)
    if read is None:
        mend = Text(
            zh="写每百万输入/输出令牌的价格和币种,例如 2/8 CNY。",
            en="Write the price of a million tokens in / out and the currency, for example 2/8 CNY.",
        )
        raise _unusable("PRICE", written, mend)
    return Price(float(read[1]), float(read[2]), (read[3] or "CNY").upper())


def _allowance(name: str, written: str | None, default: Allowance) -> Allowance:
    """Return `calls=6, tokens=20000` as an allowance; what is not named stays as by default."""
    limits: dict[str, float | int | None] = {unit: getattr(default, unit) for unit in UNITS}
    for part in (written or "").replace(";", ",").split(","):
        unit, _, amount = (text.strip() for text in part.partition("="))
        if not unit and not amount:
            continue
        try:
            value = float(amount)
        except ValueError:
            value = -1.0
        if unit not in UNITS or not 0 <= value < 1e15:
            mend = Text(
                zh="写成 calls=200, tokens=500000, money=5,可用的有 calls、tokens、seconds、money。",
                en="Write calls=200, tokens=500000, money=5; there are calls, tokens, seconds and money.",
            )
            raise _unusable(name, written or "", mend)
        limits[unit] = value if unit in ("seconds", "money") else int(value)
    return Allowance(**limits)  # type: ignore[arg-type]  # whole numbers where they must be


def _unusable(name: str, written: str, mend: Text) -> SettingsError:
    said = Text(
        zh=f"{PREFIX}{name} 是 {written!r},不能用。",
        en=f"{PREFIX}{name} is {written!r}, which cannot be used.",
    )
    return SettingsError(said, mend)
