"""Paths in tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semantic_layer.catalog import AnalysisBinding, Catalog, Window
from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Text
from tools.bindings import name_of
from tools.numerics.proportions import wilson
from tools.render import percent
from tools.result import Method
from tools.wayfinding.counting import LEFT, LONGEST, MARK, OPEN, OTHER, WON, Counts, funnel_names

MOST_LINKS = 20
MOST_PATHS = 20
Labels = Mapping[str, Text]
_UNITS = {
    "second": "秒", "minute": "分钟", "hour": "小时", "day": "天", "week": "周", "month": "个月", "quarter": "个季度",
    "year": "年",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flow:
    """How often `after` came next after `place`, of `known` times that what came next is known."""

    place: str
    after: str
    times: int
    known: int

    @property
    def share(self) -> float:
        """Return the share of what followed."""
        return self.times / self.known if self.known else 0.0


def labels_of(binding: AnalysisBinding, catalog: Catalog) -> Labels:
    """Return words for the places: labels of the touchpoint's values or of a funnel's steps, and for the marks."""
    found: dict[str, Text] = {}
    touchpoint = name_of(binding, "touchpoint")
    if touchpoint is not None and touchpoint in catalog.dimensions:
        found |= {str(one.code): one.label for one in catalog.dimensions[touchpoint].values}
    steps = binding.options.get("steps", ())
    assert isinstance(steps, tuple)
    found |= {str(step["name"]): step["label"] for step in steps}
    conversion = catalog.metrics.get(name_of(binding, "conversion") or "")
    names = funnel_names(binding)
    won = found[names[-1]] if names else conversion.label if conversion else Text(zh="转化", en="conversion")
    return found | {
        WON: Text(zh=f"转化({won.zh})", en=f"converted ({won.en})"),
        LEFT: Text(zh="离开", en="left"),
        OPEN: Text(zh="还没结束", en="not over yet"),
        OTHER: Text(zh="其他", en="other places"),
    }


def said(code: object, labels: Labels) -> Text:
    """Return the words for a place, its code where there are none."""
    return labels.get(str(code), Text.same(str(code) or "-"))


def flows_of(rows: Sequence[Row]) -> tuple[Flow, ...]:
    """Return the transitions, the most frequent first; what is still open is not known yet, and left out."""
    known: dict[str, int] = {}
    for place, after, times in rows:
        if after != OPEN:
            known[str(place)] = known.get(str(place), 0) + int(str(times))
    return tuple(
        Flow(str(place), str(after), int(str(times)), known[str(place)])
        for place, after, times in rows
        if after != OPEN
    )


def place_column(name: str, zh: str, en: str, labels: Labels) -> Column:
    """Return a column of places, read by their words."""
    return Column(name, Text(zh=zh, en=en), "dimension", value_labels=tuple(labels.items()))


def flow_table(flows: Sequence[Flow], labels: Labels) -> Table:
    """Return one row per transition: place, what came next, how often, and its share with 80 % bounds."""
    columns = (
        place_column("place", "从", "from", labels),
        place_column("after", "到", "to", labels),
        Column("times", Text(zh="次数", en="times"), "derived", format="#,##0"),
        Column("share", Text(zh="占从此处出发的", en="share of what followed"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
    )
    rows = tuple((one.place, one.after, one.times, one.share, *wilson(one.times, one.known)) for one in flows)
    return Table(columns, rows, len(rows))


def place_table(flows: Sequence[Flow], triples: Sequence[Row], labels: Labels) -> Table:
    """Return one row per place: how often passed, left from there (80 % bounds), converted next, and returned to."""
    back: dict[str, int] = {}
    for place, _, then, times in triples:
        if place == then:
            back[str(place)] = back.get(str(place), 0) + int(str(times))
    columns = (
        place_column("place", "位置", "place", labels),
        Column("times", Text(zh="经过次数", en="times passed"), "derived", format="#,##0"),
        Column("left_rate", Text(zh="就此离开", en="left from here"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
        Column("won_rate", Text(zh="紧接着转化", en="converted next"), "derived", format="0.0%"),
        Column("back_rate", Text(zh="隔一步又回来", en="back two steps later"), "derived", format="0.0%"),
    )
    rows: list[tuple[Cell, ...]] = []
    for place, known in known_of(flows).items():
        left, won = times_of(flows, place, LEFT), times_of(flows, place, WON)
        rows.append(
            (place, known, left / known, *wilson(left, known), won / known, back.get(place, 0) / known)
        )
    rows.sort(key=lambda row: -float(str(row[1])))
    return Table(columns, tuple(rows), len(rows))


def path_table(counts: Counts, labels: Labels) -> Table:
    """Return the most frequent whole paths with their share and conversion (80 % bounds)."""
    named = tuple((str(at), _way(str(row[0]), labels)) for at, row in enumerate(counts.paths[:MOST_PATHS]))
    columns = (
        Column("path", Text(zh="路径", en="path"), "dimension", value_labels=named),
        Column("times", Text(zh="条数", en="paths"), "derived", format="#,##0"),
        Column("paths_share", Text(zh="占全部路径", en="share of paths"), "derived", format="0.0%"),
        Column("won_rate", Text(zh="走到转化的", en="converted"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
    )
    rows: list[tuple[Cell, ...]] = []
    for at, (_, times, won) in enumerate(counts.paths[:MOST_PATHS]):
        size, converted = int(str(times)), int(str(won))
        rows.append((str(at), size, size / counts.total, converted / size, *wilson(converted, size)))
    return Table(columns, tuple(rows), len(rows))


def links_of(counts: Counts, labels: Labels) -> list[dict[str, object]]:
    """Return the 20 largest flows of the first three steps for a Sankey: places carry their step."""
    links: list[dict[str, object]] = []
    reached = {(1, str(place)) for _, place, _, _ in counts.steps}
    kept = 0
    # From step to step: a flow is drawn only where its place has been drawn as reached. The first step gets most room.
    for step, room in ((1, 12), (2, 17), (3, MOST_LINKS)):
        for nth, place, after, times in counts.steps:
            known = (step, str(place)) in reached
            if int(str(nth)) != step or after == OPEN or not known or kept >= room:
                continue
            kept += 1
            begin, end = said(place, labels), said(after, labels)
            if str(after) not in (LEFT, WON):
                reached.add((step + 1, str(after)))
                end = Text(zh=f"{step + 1}. {end.zh}", en=f"{step + 1}. {end.en}")
            source = Text(zh=f"{step}. {begin.zh}", en=f"{step}. {begin.en}")
            links.append({"source": source, "target": end, "value": int(str(times))})
    return links


def headline(
    counts: Counts, flows: Sequence[Flow], labels: Labels, dates: Text, binding: AnalysisBinding
) -> Text:
    """Return how many paths there are, how many convert, the most frequent one, and where most leave."""
    rate = counts.won / counts.total
    low, high = wilson(counts.won, counts.total)
    first = counts.paths[0]
    way, share = _way(str(first[0]), labels), percent(int(str(first[1])) / counts.total)
    leaving = max(known_of(flows), key=lambda place: times_of(flows, place, LEFT), default=None)
    text = Text(
        zh=f"{dates.zh}「{binding.label.zh}」共 {counts.total:,} 条路径({counts.people:,} 人),{percent(rate)}走到转化"
        f"(八成把握在 {percent(low)}–{percent(high)} 之间)。最常见的是「{way.zh}」,占 {share}。",
        en=f"“{binding.label.en}”, {dates.en}: {counts.total:,} paths of {counts.people:,} people, {percent(rate)} "
        "reach the "
        f"conversion (we are 80 % sure it is between {percent(low)} and {percent(high)}). The most frequent is "
        f"“{way.en}”, "
        f"{share}.",
    )
    if leaving is None or not times_of(flows, leaving, LEFT):
        return text
    gone = sum(times_of(flows, place, LEFT) for place in known_of(flows))
    name, part = said(leaving, labels), percent(times_of(flows, leaving, LEFT) / gone)
    return Text(
        zh=f"{text.zh}离开最多的地方是「{name.zh}」,占全部离开的 {part}。",
        en=f"{text.en} Most leave from “{name.en}”, {part} of all who leave.",
    )


def notes(counts: Counts, dates: Text, pause: Window, *, keep_repeats: bool) -> tuple[Text, ...]:
    """Return the definition, then what could be wrong."""
    length_zh = f"{pause.count}{_UNITS.get(pause.grain.value, '')}"
    length_en = f"{pause.count} {pause.grain.value}{'s' if pause.count > 1 else ''}"
    same_zh = "连续重复的位置逐次计数" if keep_repeats else "连续停在同一位置只算一次"
    same_en = (
        "repeats of a place count one by one" if keep_repeats else "repeats of a place in a row are one visit"
    )
    said_notes: list[Text] = [
        Method(
            zh=f"口径:{dates.zh}的事件;同一人停顿超过 {length_zh} 或转化之后另起一条路径;{same_zh};路径列前 "
            f"{LONGEST} 步。"
            f"平均 {counts.mean_length:.1f} 步。",
            en=f"Definition: events of {dates.en}; a pause of more than {length_en}, or a conversion, ends a path; "
            f"{same_en}; "
            f"paths are listed by their first {LONGEST} places. {counts.mean_length:.1f} places on average.",
        ),
        Text(
            zh="可能出错的地方:先后不是因果;没有编号的访客和没被记录的接触不在内;跨设备的同一人可能被当成几个人。",
            en="What could be wrong: what comes first need not cause what comes next; visitors without a number "
            "and contacts "
            "nobody recorded are missing; one person on two devices may count as two.",
        ),
    ]
    if counts.open:
        said_notes.append(
            Text(
                zh=f"{counts.open:,} 条路径的停顿还没满,不算离开。",
                en=f"{counts.open:,} paths have paused too briefly to be over and do not count as left.",
            )
        )
    if counts.alone:
        said_notes.append(
            Text(
                zh=f"另有 {counts.alone:,} 次转化之前没有任何记录的接触,不在路径内。",
                en=f"A further {counts.alone:,} conversions had no recorded contact before them and are no path.",
            )
        )
    return tuple(said_notes)


def known_of(flows: Sequence[Flow]) -> dict[str, int]:
    """Return how often what came next is known, by place."""
    return {one.place: one.known for one in flows}


def times_of(flows: Sequence[Flow], place: str, after: str) -> int:
    """Return how often one place came right after another."""
    return next((one.times for one in flows if one.place == place and one.after == after), 0)


def _way(path: str, labels: Labels) -> Text:
    places = [said(place, labels) for place in path.split(MARK)]
    return Text(zh=" → ".join(one.zh for one in places), en=" → ".join(one.en for one in places))
