"""Other ordinary forms of a declared name: order month of order date, 订单量 of 订单数, spend on ads of ad spend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.language.normalise import normalise
from bot.language.rule import Rule
from bot.language.terms.tokens import is_han

_HAN_MEASURES = ("总数量", "总金额", "数量", "金额", "总数", "总量", "总额", "数", "量", "额")


_COUNTED = ("数量", "总数", "总量", "数", "量")


_SUMMED = ("金额", "总额", "额")


_ZH_DATE = Rule(r"^(.{2,}?)(?:日期|时间|日)$")


_EN_DATE = Rule(r"^(.{3,}?) (?:date|day|time|timestamp)$")


_ZH_VERB = Rule(r"^(.{2,4}?)(?:日期|时间|日)$")


_EN_VERB = Rule(r"^([a-z]+(?:ed|en|t)(?: (?:up|in|out|off))?) (?:on|at|date|day|time|timestamp)$")


_EN_DATED = Rule(r"^([a-z]+|sign-?up|check-?(?:in|out)) (?:date|day|time|timestamp)$")


_HAPPENED = {
    "payment": "paid", "pay": "paid", "delivery": "delivered", "arrival": "arrived", "departure": "departed",
    "creation": "created", "cancellation": "cancelled", "registration": "registered", "subscription": "subscribed",
    "hire": "hired", "birth": "born", "sign-up": "signed up", "signup": "signed up", "check-in": "checked in",
    "checkin": "checked in", "check-out": "checked out", "checkout": "checked out", "expiry": "expired",
    "approval": "approved", "completion": "completed", "invoice": "invoiced", "submission": "submitted",
    "admission": "admitted", "graduation": "graduated", "enrollment": "enrolled", "sale": "sold", "sell": "sold",
}  # fmt: skip


_BUCKETS = (
    ("week", ("周", "周次"), "week"),
    ("month", ("月", "月份"), "month"),
    ("quarter", ("季度",), "quarter"),
    ("year", ("年", "年份"), "year"),
)


_EN_LEAD = Rule(r"^(?:total |overall )?(?:number of |count of |no of |amount of |total )(.+)$")


_EN_DONE = Rule(
    r"^(.{3,}?) (?:sold|booked|placed|made|issued)$"
)  # tickets sold: how many tickets did we sell


_EN_RATING = Rule(r"^(?:average |avg |mean )?(?:[a-z]+ )?ratings?$")


_EN_TAIL = Rule(r"^(.+?) (?:count|number|quantity)$")


_PARTICIPLE = Rule(r"^(?!un)[a-z]{2,}(?:ed|en|id|ld|nt|ught)$")  # sealed, open, paid, sold, sent, bought


def opposites(truth: str) -> Iterator[str]:
    """Yield how the opposite is said: returning buyers of new buyer, 老客 of 新客, 复诊 of 初诊, unpaid of paid."""
    if truth.startswith("new "):
        yield from (f"{word} {truth[4:]}" for word in ("returning", "repeat", "existing", "old"))
    elif truth.startswith("新") and len(truth) > 1:
        yield "老" + truth[1:]
    elif truth == "初诊":
        yield "复诊"
    elif _PARTICIPLE.match(truth):
        yield f"un{truth}"


def buckets(surface: str) -> Iterator[tuple[str, str]]:
    """Yield the buckets of a date column with their grain: 首单日期 -> 首单月份, `order date` -> `order month`."""
    folded = normalise(surface).text
    zh, en = _ZH_DATE.match(folded), _EN_DATE.match(folded)
    for grain, words_zh, words_en in _BUCKETS:
        if zh:
            yield from ((zh[1] + word, grain) for word in words_zh)
        elif en:
            yield f"{en[1]} {words_en}", grain
            yield f"{words_en} of {folded}", grain


def verbs(surface: str) -> Iterator[str]:
    """Yield what a date column says that happened: `delivered_on` -> delivered, ship date -> shipped, 送达日期."""
    folded = normalise(surface.replace("_", " ")).text
    if match := _ZH_VERB.match(folded) or _EN_VERB.match(folded):
        yield match[1]
    if match := _EN_DATED.match(folded):
        noun = match[1].removesuffix("ing") if len(match[1]) > 5 else match[1]
        if noun in _HAPPENED:
            yield _HAPPENED[noun]
        elif noun.isalpha():
            yield from (noun + "ed", noun + noun[-1] + "ed") if noun[-1] != "e" else (noun + "d",)


def event_nouns(surface: str) -> Iterator[str]:
    """Yield the noun forms of a date that is named by what happened: `delivered_date` -> delivery date."""
    folded = normalise(surface.replace("_", " ")).text
    match = _EN_VERB.match(folded)
    if match is None:
        return
    yield from (f"{noun} date" for noun, verb in _HAPPENED.items() if verb == match[1])
    if match[1].endswith("ed"):
        yield from (f"{match[1].removesuffix('ed')}{end} date" for end in ("", "ing", "ment"))


def variants(surface: str) -> Iterator[str]:
    """Yield other ordinary forms of a metric's name: 订单数 -> 订单量, `number of orders` -> `orders`."""
    folded = normalise(surface).text
    if folded and is_han(folded[-1]):
        for measure in _HAN_MEASURES:
            stem = folded.removesuffix(measure)
            if stem != folded and len(stem) >= 2:
                family = _COUNTED if measure.removeprefix("总") in _COUNTED else _SUMMED
                yield from (stem + other for other in family)
                yield stem
                return
        return
    if _EN_RATING.match(folded):
        yield "rated"  # the best rated station
    if match := _EN_LEAD.match(folded) or _EN_TAIL.match(folded) or _EN_DONE.match(folded):
        yield match[1]
        yield f"number of {match[1]}"
        yield f"{match[1]} count"


_SHORT = {
    "avg": "average", "max": "maximum", "min": "minimum", "med": "median", "num": "number of", "nbr": "number of",
    "cnt": "count", "qty": "quantity", "amt": "amount", "pct": "percentage", "rev": "revenue", "tot": "total",
    "cust": "customer", "prod": "product", "dept": "department", "emp": "employee", "txn": "transaction",
    "acct": "account",  "inv": "invoice", "disc": "discount", "hrs": "hours", "mins": "minutes",
    "org": "organization", "cat": "category", "desc": "description", "loc": "location", "seg": "segment",
}  # fmt: skip


_EN_AGGREGATE = Rule(r"^(?:average|maximum|minimum|median|mean) (?:of )?([a-z].{2,})$")


_PAST: Mapping[str, tuple[str, ...]] = {
    "spend": ("spent",),
    "spending": ("spent", "spend"),
    "cost": ("spent",),
}


_PREPOSITIONS = ("on", "of", "for", "from")


def persons(label: str) -> tuple[str, ...]:
    """Return what people of a sex are called: female -> women."""
    return {"female": ("women", "woman"), "male": ("men", "man")}.get(label.lower(), ())


def either(surface: str) -> Iterator[str]:
    """Yield how else a choice of two is said: `new or returning` -> new vs returning."""
    words = normalise(surface).text.split()
    if len(words) == 3 and words[1] == "or":
        yield from (f"{words[0]} {joint} {words[2]}" for joint in ("vs", "versus", "and", "against"))


def spelt_out(surface: str) -> Iterator[str]:
    """Yield how people say an English name of a column or metric.

    `avg_resolution_hours` -> average resolution hours, and resolution hours; `ad spend` -> spend on ads.
    """
    folded = normalise(surface.replace("_", " ")).text
    words = folded.split()
    if not words or not folded.isascii():
        return
    full = " ".join(_SHORT.get(word, word) for word in words)
    if full != folded:
        yield full
    match = _EN_AGGREGATE.match(full)
    if match and " " in match[1]:
        yield match[1]
    if len(words) == 2 and all(len(word) > 1 and word.isalpha() for word in words) and match is None:
        heads = (words[1], *_PAST.get(words[1], ()))
        yield from (
            f"{head} {joint} {words[0]}{end}"
            for head in heads
            for joint in _PREPOSITIONS
            for end in ("", "s")
        )
