"""Opinions in tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.numerics.proportions import two_shares_p_value, wilson
from tools.numerics.rates import benjamini_hochberg
from tools.numerics.text_opinion import telling_terms
from tools.opinions.aspects import Aspect
from tools.opinions.judging import Clause, Judge
from tools.opinions.surge import FAR, WINDOW_DAYS, Surge
from tools.render import group_label, percent
from tools.render_dates import day_label
from tools.result import Finding, Method

LEAST_MENTIONS = 20
LEAST_APART = 0.05
HIGHEST_Q = 0.05
MOST_QUOTES = 20
LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class AspectCount:
    """One aspect: comments that mention it, that complain of it, bad comments that do, and the clearest complaint."""

    aspect: Aspect
    mentions: int
    bad: int
    in_bad: int
    example: str


def count_aspects(
    clauses: Sequence[Clause], aspects: Sequence[Aspect], bad_comments: Sequence[bool]
) -> list[AspectCount]:
    """Return the aspects that comments mention, the most complaints first; a comment counts once per aspect."""
    mentions: list[set[int]] = [set() for _ in aspects]
    complaints: list[set[int]] = [set() for _ in aspects]
    worst: list[tuple[float, str]] = [(float("-inf"), "") for _ in aspects]
    for one in clauses:
        for at in one.aspects:
            mentions[at].add(one.comment)
            if one.bad:
                complaints[at].add(one.comment)
                worst[at] = max(worst[at], (one.strength, one.text))
    found = [
        AspectCount(
            aspect,
            len(mentions[at]),
            len(complaints[at]),
            sum(bad_comments[one] for one in complaints[at]),
            worst[at][1][:LONGEST_QUOTE],
        )
        for at, aspect in enumerate(aspects)
        if mentions[at]
    ]
    return sorted(found, key=lambda one: (-one.bad, -one.mentions, one.aspect.name))


def _aspect_column(aspects: Sequence[Aspect]) -> Column:
    labels = tuple((one.name, one.label) for one in aspects)
    return Column("aspect", Text(zh="方面", en="aspect"), "dimension", value_labels=labels)


def aspect_table(counts: Sequence[AspectCount], aspects: Sequence[Aspect], bad_comments: int) -> Table:
    """Return one row per aspect: comments about it, complaints, their share with 80 % bounds, an example."""
    columns = (
        _aspect_column(aspects),
        Column(
            "mentions",
            Text(zh="提到的评价", en="comments about it"),
            "derived",
            unit="reviews",
            format="#,##0",
        ),
        Column("bad", Text(zh="其中负面", en="complaints"), "derived", unit="reviews", format="#,##0"),
        Column("bad_rate", Text(zh="负面占比", en="share of complaints"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
        Column("of_bad_rate", Text(zh="占全部差评", en="of all bad comments"), "derived", format="0.0%"),
        Column("example", Text(zh="原话", en="in their words"), "dimension"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.aspect.name, one.mentions, one.bad, one.bad / one.mentions, *wilson(one.bad, one.mentions),
            one.in_bad / bad_comments if bad_comments else None, one.example or None,
        )
        for one in counts
    )  # fmt: skip
    return Table(columns, rows, len(rows))


def term_table(here: Sequence[Clause], elsewhere: Sequence[Clause]) -> Table:
    """Return words that complaints here use and the others do not: in how many clauses, and the z-score."""
    columns = (
        Column("term", Text(zh="说法", en="words"), "dimension"),
        Column("clauses", Text(zh="出现的句子", en="clauses with them"), "derived", format="#,##0"),
        Column("z", Text(zh="突出程度(z)", en="how telling (z)"), "derived", format="0.0"),
    )
    found = telling_terms([one.text for one in here], [one.text for one in elsewhere])
    return Table(columns, tuple(found), len(found))


def quote_table(here: Sequence[Clause]) -> Table:
    """Return the most frequent complaints in the customers' own words; of equally frequent ones the clearest."""
    counted: dict[str, list[float]] = {}
    for one in here:
        counted.setdefault(one.text[:LONGEST_QUOTE], []).append(one.strength)
    ranked = sorted(counted.items(), key=lambda item: (-len(item[1]), -max(item[1]), item[0]))[:MOST_QUOTES]
    columns = (
        Column("quote", Text(zh="原话", en="in their words"), "dimension"),
        Column("times", Text(zh="次数", en="times"), "derived", format="#,##0"),
    )
    rows = tuple((text, len(strengths)) for text, strengths in ranked)
    return Table(columns, rows, len(counted), len(counted) > len(rows))


def quality_table(judge: Judge) -> Table:
    """Return how good the model was on comments it had not seen; one row per measure, none for the word list."""
    labels = (
        ("precision", Text(zh="判为差评的里面确实是差评(精确率)", en="called bad and bad (precision)")),
        ("recall", Text(zh="差评里被找出来的(召回率)", en="bad comments found (recall)")),
        ("accuracy", Text(zh="判对的(准确率)", en="called right (accuracy)")),
    )
    columns = (
        Column("measure", Text(zh="检验", en="check"), "dimension", value_labels=labels),
        Column("rate", Text(zh="数值", en="value"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
        Column("cases", Text(zh="样本", en="cases"), "derived", format="#,##0"),
    )
    quality = judge.quality
    if quality is None:
        return Table(columns, (), 0)
    called, bad = quality.true_bad + quality.false_bad, quality.true_bad + quality.missed
    total = called + quality.missed + quality.true_good
    right = quality.true_bad + quality.true_good
    rows: list[tuple[Cell, ...]] = [
        (name, hit / cases, *wilson(hit, cases), cases)
        for name, hit, cases in (
            ("precision", quality.true_bad, called), ("recall", quality.true_bad, bad), ("accuracy", right, total),
        )
        if cases
    ]  # fmt: skip
    return Table(columns, tuple(rows), len(rows))


def surge_table(found: Sequence[Surge], product: Column) -> Table:
    """Return one row per surge: product, since when, comments, share bad with 80 % bounds, its own past, z, q."""
    columns = (
        product,
        Column("since", Text(zh="开始", en="since"), "time", grain="day"),
        Column("comments", Text(zh="评价条数", en="comments"), "derived", unit="reviews", format="#,##0"),
        Column("bad_rate", Text(zh="差评比例", en="share bad"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
        Column("usual_rate", Text(zh="以往", en="before"), "derived", format="0.0%"),
        Column("z", Text(zh="稳健 z", en="robust z"), "derived", format="0.0"),
        Column("q_value", Text(zh="校正后 q 值", en="corrected q-value"), "derived", format="0.0000"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.product, one.since, one.comments, one.share, one.low, one.high, one.usual, one.z, one.q_value)
        for one in found
    )
    return Table(columns, rows, len(rows))


def headline(
    counts: Sequence[AspectCount],
    comments: int,
    bad: int,
    dates: Text,
    found: Sequence[Surge],
    product: Column,
) -> Text:
    """Return how many comments are bad, what most complaints are about, and the strongest surge."""
    low, high = wilson(bad, comments)
    top = [one for one in counts if one.bad][:2]
    zh = "、".join(f"{one.aspect.label.zh}({one.bad:,} 条)" for one in top) or "无"
    en = ", ".join(f"{one.aspect.label.en} ({one.bad:,})" for one in top) or "nothing in particular"
    text = Text(
        zh=f"{dates.zh}的 {comments:,} 条评价里差评 {bad:,} 条,占 {percent(bad / comments)}(八成把握在 {percent(low)}–"
        f"{percent(high)} 之间)。抱怨最多的是:{zh}。",
        en=f"Of {comments:,} comments of {dates.en}, {bad:,} are bad, {percent(bad / comments)} (we are 80 % sure "
        "it is "
        f"between {percent(low)} and {percent(high)}). Most complaints are about {en}.",
    )
    if not found:
        return text
    name = _surge_name(found[0], product)
    return Text(
        zh=f"{text.zh}预警:{name.zh}的差评比例升到 {percent(found[0].share)}(以往 {percent(found[0].usual)})。",
        en=f"{text.en} Warning: {name.en} has risen to {percent(found[0].share)} bad (before: "
        f"{percent(found[0].usual)}).",
    )


def surge_findings(found: Sequence[Surge], product: Column, today: date) -> tuple[Finding, ...]:
    """Return a warning per surge, at most three."""
    told = []
    for one in found[:3]:
        name, since = _surge_name(one, product), day_label(one.since, today)
        told.append(
            Finding(
                "anomaly",
                Text(
                    zh=f"差评激增:{name.zh}自 {since.zh} 前后起,{one.comments:,} 条评价中差评 {one.bad:,} 条,"
                    f"占 {percent(one.share)}(以往 {percent(one.usual)}),超出平常波动。",
                    en=f"Bad comments surge: {name.en}, since about {since.en}: {one.bad:,} of {one.comments:,} "
                    "comments are "
                    f"bad, {percent(one.share)} (before: {percent(one.usual)}), beyond the usual ups and downs.",
                ),
                value=one.share, low=one.low, high=one.high, at=one.since.isoformat(),
                filters={product.name: one.product} if one.product is not None else {},
            )
        )  # fmt: skip
    return tuple(told)


def aspect_findings(here: Sequence[AspectCount], elsewhere: Sequence[AspectCount]) -> tuple[Finding, ...]:
    """Return aspects with more complaints than the others have: than other comments', or than other aspects here."""
    rest = {one.aspect.name: one for one in elsewhere}
    mentions, bad = sum(one.mentions for one in here), sum(one.bad for one in here)
    pairs = []
    for one in here:
        if one.mentions < LEAST_MENTIONS:
            continue
        if elsewhere:
            other = rest.get(one.aspect.name)
            against = (other.bad, other.mentions) if other is not None else (0, 0)
        else:
            against = (bad - one.bad, mentions - one.mentions)
        if against[1] >= LEAST_MENTIONS:
            pairs.append((one, against))
    q_values = benjamini_hochberg([two_shares_p_value(past, (one.bad, one.mentions)) for one, past in pairs])
    told = []
    for (one, other_counts), q in zip(pairs, q_values, strict=True):
        share, usual = one.bad / one.mentions, other_counts[0] / other_counts[1]
        if q > HIGHEST_Q or share - usual < LEAST_APART:
            continue
        low, high = wilson(one.bad, one.mentions)
        against_zh = "其他评价" if elsewhere else "其他方面"
        against_en = "in other comments" if elsewhere else "for other aspects"
        told.append(
            Finding(
                "driver",
                Text(
                    zh=f"{one.aspect.label.zh}:提到的 {one.mentions:,} 条里 {percent(share)}是抱怨({against_zh} "
                    f"{percent(usual)}),例如「{one.example}」。",
                    en=f"{one.aspect.label.en}: {percent(share)} of the {one.mentions:,} comments about it complain "
                    f"({percent(usual)} {against_en}), for example “{one.example}”.",
                ),
                value=share, low=low, high=high, at=one.aspect.name,
            )
        )  # fmt: skip
    return tuple(told[:3])


def notes(dates: Text, judge: Judge, *, cut: bool, unnamed: float, looked: int) -> tuple[Text, ...]:
    """Return the method, how good it is, then what could be wrong."""
    quality = judge.quality
    if quality is None:
        how = Method(
            zh="方法:没有足够的星级可学,用自带的中英文褒贬词表加否定词判断。词表大约四条对三条,只看方向,不当事实。",
            en="Method: too few stars to learn from, so our word list of both languages with negations decides. "
            "Such lists are "
            "right about three times in four: a direction, not a fact.",
        )
    else:
        judged = quality.true_bad + quality.false_bad + quality.missed + quality.true_good
        called = max(1, quality.true_bad + quality.false_bad)
        low, high = wilson(quality.true_bad, called)
        how = Method(
            zh=f"方法:有星级的评价看星级(不高于 {judge.low:.1f} 为差评);句子和没有星级的评价,用本工作区 "
            f"{judge.trained_on:,} 条"
            f"不同的带星评价训练的模型(1–2 字组 TF-IDF + 逻辑回归)判断。在没见过的 {judged:,} 条上:精确率 "
            f"{percent(quality.precision)}({percent(low)}–{percent(high)}),召回率 {percent(quality.recall)}。",
            en=f"Method: comments with stars by their stars (bad: up to {judge.low:.1f}); clauses and comments "
            "without stars by "
            f"a model trained on {judge.trained_on:,} different rated comments of this workspace (character "
            "1-2-gram TF-IDF, "
            f"logistic). On {judged:,} it had not seen: precision {percent(quality.precision)} ({percent(low)}–"
            f"{percent(high)}), recall {percent(quality.recall)}.",
        )
    said = [
        how,
        Method(
            zh=f"口径:{dates.zh}的评价;按标点断句,句子里出现某方面的词就算提到它,一条评价每个方面最多算一次;"
            f"{percent(unnamed)}的差评没提到任何已知方面。激增:最近 {WINDOW_DAYS} 天一窗、最多三窗,对比自己更早的窗"
            ";看了 "
            f"{looked} 组,校正后 q≤0.05 且稳健 z>{FAR}。",
            en=f"Definition: comments of {dates.en}, cut at punctuation; a clause with a word of an aspect is "
            "about it, and a "
            f"comment counts once per aspect; {percent(unnamed)} of bad comments name no known aspect. Surges: the "
            "last one to "
            f"three windows of {WINDOW_DAYS} days against a product's own past; {looked} were compared, corrected "
            "q up to "
            f"0.05 and robust z above {FAR}.",
        ),
        Text(
            zh="可能出错的地方:反讽和对比句会判错;写评价的人不代表所有客户;星级与文字可能不一致。",
            en="What could be wrong: irony and comparisons are misread; those who write are not all customers; "
            "stars and words "
            "may disagree.",
        ),
    ]
    if cut:
        said.append(
            Text(
                zh="只读了最近的 30,000 条评价。",
                en="Only the latest 30,000 comments were read.",
            )
        )
    return tuple(said)


def _surge_name(one: Surge, product: Column) -> Text:
    if one.product is None:
        return Text(zh="全部评价", en="all comments")
    return group_label(one.product, product)
