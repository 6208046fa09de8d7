"""What stands out in paths: where people leave, what leads where, circles, and what changed; corrected for the "
"number.
"""

from __future__ import annotations

from collections.abc import Sequence

from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Text
from tools.numerics.proportions import newcombe, two_shares_p_value, wilson
from tools.numerics.rates import benjamini_hochberg
from tools.numerics.transitions import more_than_chance
from tools.render import percent, points
from tools.result import Finding
from tools.wayfinding.counting import LEFT, WON, Counts
from tools.wayfinding.telling import Flow, Labels, known_of, place_column, said, times_of

HIGHEST_Q = 0.05
LEAST_STEPS = 100  # from a place, before its drop-off is compared
LEAST_APART = 0.02
LEAST_TIMES = 30
LEAST_RATIO = 1.2


def findings(flows: Sequence[Flow], counts: Counts, labels: Labels) -> tuple[Finding, ...]:
    """Return where more leave than elsewhere, what follows each other beyond chance, and the largest circle.

    Every comparison of a kind is corrected for how many were made.
    """
    return (
        *_leaving(flows, counts.events, labels)[:2],
        *_leading(flows, labels)[:3],
        *_circle(counts.triples, labels),
    )


def _leaving(flows: Sequence[Flow], events: Sequence[Row], labels: Labels) -> list[Finding]:
    """Compare exits per event: per visit, a place where people linger would look worse for taking repeats as one."""
    known = known_of(flows)
    each = {str(place): int(str(times)) for place, times in events}
    total, gone = sum(each.values()), sum(times_of(flows, place, LEFT) for place in known)
    all_known = sum(known.values())
    large = [place for place, times in known.items() if LEAST_STEPS <= times < all_known]
    pairs = [
        ((left, each[place]), (gone - left, total - each[place]))
        for place in large
        for left in [times_of(flows, place, LEFT)]
    ]
    q_values = benjamini_hochberg([two_shares_p_value(*pair) for pair in pairs])
    told = []
    for place, (mine, rest), q in zip(large, pairs, q_values, strict=True):
        if q > HIGHEST_Q or mine[0] / mine[1] - rest[0] / rest[1] < LEAST_APART:
            continue
        share, others = mine[0] / known[place], rest[0] / (all_known - known[place])
        name = said(place, labels)
        low, high = wilson(mine[0], known[place])
        statement = Text(
            zh=f"到「{name.zh}」之后就此离开的占 {percent(share)}(其他位置 {percent(others)},n={known[place]:,})。",
            en=f"{percent(share)} leave after “{name.en}” (elsewhere {percent(others)}; n = {known[place]:,}).",
        )
        told.append(
            (
                mine[0] - others * mine[1],
                Finding("segment", statement, value=share, low=low, high=high, at=place),
            )
        )
    return [one for _, one in sorted(told, key=lambda pair: -pair[0])]


def _leading(flows: Sequence[Flow], labels: Labels) -> list[Finding]:
    import numpy as np

    inner = [one for one in flows if one.after not in (LEFT, WON) and one.place != one.after]
    places = sorted({one.place for one in inner} | {one.after for one in inner})
    if len(places) < 3:
        return []  # with two places what comes next is no choice
    at = {place: number for number, place in enumerate(places)}
    counts = np.zeros((len(places), len(places)))
    for one in inner:
        counts[at[one.place], at[one.after]] += one.times
    ratio, p_values = more_than_chance(counts)
    q_values = benjamini_hochberg([float(p_values[at[one.place], at[one.after]]) for one in inner])
    told = []
    for one, q in zip(inner, q_values, strict=True):
        times = float(ratio[at[one.place], at[one.after]])
        if q > HIGHEST_Q or times < LEAST_RATIO or one.times < LEAST_TIMES:
            continue
        begin, end = said(one.place, labels), said(one.after, labels)
        low, high = wilson(one.times, one.known)
        statement = Text(
            zh=f"「{begin.zh}」之后去「{end.zh}」{one.times:,} 次,占 {percent(one.share)},是随机先后的 {times:.1f} "
            "倍。",
            en=f"“{begin.en}” is followed by “{end.en}” {one.times:,} times, {percent(one.share)} of what follows: "
            f"{times:.1f} times as often as by chance.",
        )
        told.append(
            (
                one.times * (1 - 1 / times),
                Finding("driver", statement, value=one.share, low=low, high=high, at=one.place),
            )
        )
    return [one for _, one in sorted(told, key=lambda pair: -pair[0])]


def _circle(triples: Sequence[Row], labels: Labels) -> list[Finding]:
    """Return the most frequent A, B, A where those who came from A go back to it more often than others at B go "
    "there.
    """
    counts = {(str(one), str(two), str(three)): int(str(times)) for one, two, three, times in triples}
    passed: dict[tuple[str, str], int] = {}
    at_via: dict[str, int] = {}
    going: dict[tuple[str, str], int] = {}
    for (one, two, three), times in counts.items():
        passed[one, two] = passed.get((one, two), 0) + times
        at_via[two] = at_via.get(two, 0) + times
        going[two, three] = going.get((two, three), 0) + times
    tests, kept = [], []
    for (one, two, three), back in counts.items():
        size = passed[one, two]
        others = going[two, three] - back, at_via[two] - size
        if one != three or back < LEAST_TIMES or others[1] < LEAST_TIMES:
            continue
        tests.append(two_shares_p_value((back, size), others))
        kept.append((one, two, size, back, others[0] / others[1]))
    for (place, via, size, back, usual), q in zip(kept, benjamini_hochberg(tests), strict=True):
        if q <= HIGHEST_Q and back / size > LEAST_RATIO * usual:
            first, second = said(place, labels), said(via, labels)
            low, high = wilson(back, size)
            return [
                Finding(
                    "segment",
                    Text(
                        zh=f"绕圈:「{first.zh} → {second.zh}」之后又往前走的,{percent(back / size)}回到「{first.zh}」"
                        f"({back:,} 次;从别处到「{second.zh}」的只有 {percent(usual)} 去那里)。",
                        en=f"A circle: of those who went on after “{first.en} → {second.en}”, "
                        f"{percent(back / size)} came "
                        f"back to “{first.en}” ({back:,} times; {percent(usual)} of those who came from elsewhere).",
                    ),
                    value=back / size, low=low, high=high, at=place,
                )
            ]  # fmt: skip
    return []


def change_table(
    now: Sequence[Flow], before: Sequence[Flow], labels: Labels
) -> tuple[Table, tuple[Finding, ...]]:
    """Return one row per transition: its share now and before, the difference with 80 % bounds, q; and what "
    "stands out.
    """
    earlier = {(one.place, one.after): one for one in before}
    known_before = known_of(before)
    rows: list[tuple[Cell, ...]] = []
    tests, pairs = [], []
    for one in now:
        if one.known < LEAST_STEPS or known_before.get(one.place, 0) < LEAST_STEPS:
            continue
        other = earlier.get((one.place, one.after))
        past = (other.times if other else 0, known_before[one.place])
        pairs.append((one, past))
        tests.append(two_shares_p_value(past, (one.times, one.known)))
    told = []
    for (one, past), q in zip(pairs, benjamini_hochberg(tests), strict=True):
        low, high = newcombe(past, (one.times, one.known))
        gap = one.share - past[0] / past[1]
        rows.append((one.place, one.after, one.share, past[0] / past[1], gap, low, high, q))
        if q <= HIGHEST_Q and abs(gap) >= LEAST_APART:
            begin, end, size = said(one.place, labels), said(one.after, labels), points(gap)
            statement = Text(
                zh=f"「{begin.zh}」之后「{end.zh}」的占比{'上升' if gap > 0 else '下降'} {size.zh}(校正后 q={q:.4f})。",
                en=f"After “{begin.en}”, “{end.en}” {'rose' if gap > 0 else 'fell'} by {size.en} (corrected q = "
                f"{q:.4f}).",
            )
            told.append(
                (
                    abs(gap) * one.known,
                    Finding("change", statement, value=gap, low=low, high=high, at=one.place),
                )
            )
    columns = (
        place_column("place", "从", "from", labels),
        place_column("after", "到", "to", labels),
        Column("share", Text(zh="本期占比", en="share now"), "derived", format="0.0%"),
        Column("earlier_share", Text(zh="对比期占比", en="share before"), "derived", format="0.0%"),
        Column("share__delta", Text(zh="变化", en="change"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
        Column("q_value", Text(zh="校正后 q 值", en="corrected q-value"), "derived", format="0.0000"),
    )
    return Table(columns, tuple(rows), len(rows)), tuple(
        one for _, one in sorted(told, key=lambda pair: -pair[0])[:3]
    )
