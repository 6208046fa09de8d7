"""Recent values as a line of characters, which every group chat shows, and as a small SVG for mail."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH, HEIGHT, EDGE = 320, 90, 8


def spark(values: Sequence[float | None]) -> str:
    """Return one character per value, the lowest the smallest; a gap is a dot."""
    known = [value for value in values if value is not None]
    if not known:
        return "·" * len(values)
    low, span = min(known), max(known) - min(known)
    return "".join(
        "·" if value is None else BLOCKS[round((value - low) / span * 7) if span else 3] for value in values
    )


def line_svg(values: Sequence[float | None], level: float | None = None) -> str:
    """Return the values as a line in a self-contained SVG, with a dashed line at `level`; "" where there are none."""
    known = [value for value in values if value is not None] + ([level] if level is not None else [])
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE)

    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    points = " ".join(
        f"{EDGE + at * step:.1f},{y(value):.1f}" for at, value in enumerate(values) if value is not None
    )
    dashed = (
        f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{y(level):.1f}" y2="{y(level):.1f}" stroke="#b3261e" '
        'stroke-dasharray="4 3"/>'
        if level is not None
        else ""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" role="img">'
        f'{dashed}<polyline fill="none" stroke="#1f5fbf" stroke-width="2" points="{points}"/></svg>'
    )
