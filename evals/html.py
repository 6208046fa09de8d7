"""The report of a run as one self-contained HTML page: figures, charts drawn as SVG, every failure with its diff."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import log10

from evals.explain import slots
from evals.record import Record
from evals.report import figures, proof_text, rate_text
from evals.score import Rate, by, score

MOST_FAILURES = 300
MOST_TICKS = 12
_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;color:#1f2933;
 background:#fff; max-width:1080px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}
h2{margin-top:2.2rem;font-size:1.15rem}
.cards{display:flex;gap:1rem;flex-wrap:wrap}
.card{border:1px solid #d5dde5;border-radius:8px;padding:.8rem 1.1rem;min-width:13rem}
.card b{display:block;font-size:1.9rem;line-height:1.2}
.card small{color:#52606d}
.bad b{color:#b5532b}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e4e9ee; vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}
details{border:1px solid #e4e9ee;border-radius:6px; margin:.4rem 0;padding:.4rem .7rem}
summary{cursor:pointer}
pre{background:#f5f7fa;padding:.5rem;overflow:auto;font-size:12.5px; white-space:pre-wrap}
.two{display:grid;grid-template-columns:1fr 1fr;gap:.8rem}
.two h4{margin:.3rem 0}
.no{color:#b5532b}
.yes{color:#2f7f5f}
svg text{font:12px system-ui,"Noto Sans CJK SC",sans-serif;fill:#1f2933}
@media(max-width:700px){.two{grid-template-columns:1fr}
}
"""


def html(
    records: Sequence[Record],
    title: str,
    left_out: Mapping[str, int] | None = None,
    further: Sequence[tuple[str, Sequence[Sequence[str]]]] = (),
) -> str:
    """Return the page. `further` are more tables (title, rows with the header first): comparisons, effects."""
    whole = score(records)
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{len(records)} 个问题 / questions · {len({r.case for r in records})} 个用例 / cases</p>",
        '<div class="cards">',
        _card("答错却自信 / confidently wrong", whole.confidently_wrong, "bad"),
        _card("答对 / right", whole.right),
        _card("不同说法同一读法 / same plan from every wording", whole.invariance),
        _card("文中数字有出处 / numbers in text accounted for", whole.faithful),
        "</div>",
        f"<p>{escape(proof_text(whole))}</p>",
        *(f"<p>缺数据未跑 / left out: {escape(name)}, {n} cases</p>" for name, n in (left_out or {}).items()),
        "<h2>各类问题 / by class</h2>",
        _bars(records, "klass"),
        "<h2>语言与工作区 / by language and workspace</h2>",
        _bars(records, "locale"),
        _bars(records, "workspace"),
        "<h2>用时 / time per question</h2>",
        _histogram([record.seconds * 1000 for record in records if record.seconds]),
        "<h2>全部指标 / all figures</h2>",
        _table([("figure", "rate"), *figures(whole)]),
    ]
    for name, rows in further:
        parts += [f"<h2>{escape(name)}</h2>", _table(rows)]
    failed = [record for record in records if not record.right]
    parts.append(f"<h2>没答对的 / failures ({len(failed)})</h2>")
    parts += [_failure(record) for record in failed[:MOST_FAILURES]]
    if len(failed) > MOST_FAILURES:
        parts.append(f"<p>… {len(failed) - MOST_FAILURES} more in the log.</p>")
    untold = [record for record in records if record.right and (record.unfaithful or record.chart_problem)]
    if untold:
        parts.append(
            f"<h2>答对了,但文字或图有问题 / right, with a flaw in text or chart ({len(untold)})</h2>"
        )
        parts.append(
            _table([("case", "text", "flaw"), *(_flaw(record) for record in untold[:MOST_FAILURES])])
        )
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><body>\n{body}\n</body></html>\n"
    )


def _flaw(record: Record) -> tuple[str, str, str]:
    numbers = f"no source for {', '.join(record.unfaithful)}" if record.unfaithful else ""
    return (
        f"{record.case}#{record.wording}",
        record.headline or "",
        "; ".join(filter(None, (numbers, record.chart_problem))),
    )


def _card(name: str, rate: Rate, kind: str = "") -> str:
    low, high = rate.interval
    value = "–" if rate.value is None else f"{rate.value:.1%}"
    return (
        f'<div class="card {kind}"><small>{escape(name)}</small><b>{value}</b>'
        f"<small>95 % {low:.1%}–{high:.1%}, n = {rate.of}</small></div>"
    )


def _bars(records: Sequence[Record], attribute: str) -> str:
    """Return a bar of the share that is right per group with its interval, and what is confidently wrong in red."""
    groups = sorted(by(records, attribute).items(), key=lambda item: item[0])
    high, left, width = 24, 190, 560
    lines = []
    for at, (name, group) in enumerate(groups):
        scores, y = score(group), at * high + 4
        share, wrong = scores.right.value or 0.0, scores.confidently_wrong.value or 0.0
        low, top = scores.right.interval
        lines.append(
            f'<text x="0" y="{y + 13}">{escape(name.removeprefix("evals/workspaces/"))}</text>'
            f'<rect x="{left}" y="{y}" width="{share * width:.1f}" height="15" fill="#7db8da"/>'
            f'<rect x="{left + width * (1 - wrong):.1f}" y="{y}" width="{wrong * width:.1f}" height="15" '
            f'fill="#b5532b"/>'
            f'<line x1="{left + low * width:.1f}" x2="{left + top * width:.1f}" y1="{y + 7.5}" y2="{y + 7.5}" '
            f'stroke="#1f2933" stroke-width="1.5"/>'
            f'<text x="{left + width + 10}" y="{y + 13}">{share:.1%} · {wrong:.1%} wrong · n = {len(group)}</text>'
        )
    return (
        f'<svg role="img" aria-label="right by {attribute}" width="100%" viewBox="0 0 960 {len(groups) * high + 8}">'
        + "".join(lines)
        + "</svg>"
    )


def _histogram(milliseconds: Sequence[float]) -> str:
    """Return how many questions took how long, in bins of a fifth of a power of ten."""
    if not milliseconds:
        return "<p>–</p>"
    bins: dict[int, int] = {}
    for one in milliseconds:
        at = int(log10(max(one, 0.1)) * 5 // 1)
        bins[at] = bins.get(at, 0) + 1
    first, last = min(bins), max(bins)
    tallest = max(bins.values())
    width = 900 / (last - first + 1)
    every = 1 + (last - first) // MOST_TICKS  # so many labels that none runs into the next
    bars = "".join(
        f'<rect x="{(at - first) * width:.1f}" y="{140 - 120 * bins.get(at, 0) / tallest:.1f}" width="{width - 3:.1f}" '
        f'height="{120 * bins.get(at, 0) / tallest:.1f}" fill="#7db8da"/>'
        + (
            f'<text x="{(at - first) * width:.1f}" y="155">{10 ** (at / 5):.0f} ms</text>'
            if (at - first) % every == 0
            else ""
        )
        for at in range(first, last + 1)
    )
    return f'<svg role="img" aria-label="time per question" width="100%" viewBox="0 0 910 165">{bars}</svg>'


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *rest = rows
    cells = "".join(f"<th>{escape(one)}</th>" for one in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(one)}</td>" for one in row) + "</tr>" for row in rest)
    return f"<table><tr>{cells}</tr>{lines}</table>"


def _failure(record: Record) -> str:
    key = escape(f"{record.case}-{record.wording}")
    asked = escape(f"{record.workspace} · today {record.today} · user {record.user or '-'}")
    mark = "自信答错 / confidently wrong" if record.confidently_wrong else record.outcome
    return "".join(
        [
            f'<details id="{key}"><summary><b>{key}</b> '
            f'{escape(record.question)} <span class="no">{escape(mark)}</span> {escape(record.why)}</summary>',
            *(f"<p>先前 / earlier: {escape(turn)}</p>" for turn in record.conversation),
            f"<p>{asked}</p>",
            f"<p>{escape(record.headline or record.said)}</p>",
            *_plans(record),
            *_side("SQL", "\n\n".join(record.sql), record.gold_sql or ""),
            *_side("结果 / rows", _rows(record.rows), _rows(record.gold_rows)),
            "</details>",
        ]
    )


def _plans(record: Record) -> Iterator[str]:
    rows = list(slots(record))
    if rows:
        yield "<table><tr><th>slot</th><th>came out</th><th>expected</th></tr>"
        for slot, got, gold, same in rows:
            mark = "yes" if same else "no"
            yield f'<tr><td class="{mark}">{escape(slot)}</td><td>{escape(got)}</td><td>{escape(gold)}</td></tr>'
        yield "</table>"
    got_plan, gold_plan = (
        json.dumps(plan, ensure_ascii=False, indent=1, default=str).splitlines() if plan is not None else []
        for plan in (record.plan, record.gold_plan)
    )
    if gold_plan:
        diff = "\n".join(difflib.unified_diff(gold_plan, got_plan, "expected", "came out", lineterm="", n=2))
        yield f"<pre>{escape(diff or 'the plans are equal')}</pre>"
    elif got_plan:
        yield f"<pre>{escape(chr(10).join(got_plan))}</pre>"


def _side(name: str, got: str, gold: str) -> Iterator[str]:
    if got or gold:
        yield (
            f'<div class="two"><div><h4>{name}</h4><pre>{escape(got or "–")}</pre></div>'
            f"<div><h4>预期 / expected</h4><pre>{escape(gold or '–')}</pre></div></div>"
        )


def _rows(rows: object) -> str:
    if not isinstance(rows, list):
        return ""
    return "\n".join(" | ".join("null" if cell is None else str(cell) for cell in row) for row in rows)


def rate_row(name: str, *rates: Rate) -> tuple[str, ...]:
    """Return a row of a further table: a name and rates as text."""
    return (name, *(rate_text(rate) for rate in rates))
