"""Every colour of the chat can be read on what it lies on, in both themes, by the formula of WCAG 2.2."""

import colorsys
import json
import re
from pathlib import Path

import pytest

import bot.ui

PUBLIC = Path(bot.ui.__file__).parent / "public"
Colour = tuple[float, ...]
TEXT, SHAPE = 4.5, 3.0  # WCAG 1.4.3 and 1.4.11, level AA

# text colour, background, how much of the background's colour lies over the card
TEXTS = [
    ("foreground", "background", 1),
    ("card-foreground", "card", 1),
    ("muted-foreground", "background", 1),
    ("muted-foreground", "card", 1),
    ("muted-foreground", "secondary", 1),
    ("muted-foreground", "ag-amber-soft", 0.7),
    ("secondary-foreground", "secondary", 1),
    ("accent-foreground", "accent", 1),
    ("primary", "card", 1),
    ("primary", "primary", 0.1),
    ("primary-foreground", "primary", 1),
    ("destructive", "card", 1),
    ("destructive-foreground", "destructive", 1),
    ("sidebar-foreground", "sidebar-background", 1),
    ("sidebar-accent-foreground", "sidebar-accent", 1),
    ("ag-up", "ag-up", 0.1),
    ("ag-down", "ag-down", 0.1),
    ("ag-amber", "ag-amber-soft", 1),
]
SHAPES = [("ring", "card"), ("ring", "background"), ("input", "card"), ("input", "background")]


def colours(theme: str) -> dict[str, Colour]:
    """Return the colours of a theme as shares of red, green and blue."""
    written = dict(json.loads((PUBLIC / "theme.json").read_text(encoding="utf-8"))["variables"][theme])
    style = (PUBLIC / "askgrowth.css").read_text(encoding="utf-8")
    block = re.search(r"^:root \{(.*?)\}" if theme == "light" else r"^\.dark \{(.*?)\}", style, re.MULTILINE)
    assert block is not None
    written |= dict(re.findall(r"(--[\w-]+): ([^;]+);", block[1]))
    found = {name[2:]: re.fullmatch(r"(\d+) (\d+)% (\d+)%", text) for name, text in written.items()}
    return {
        name: colorsys.hls_to_rgb(int(hsl[1]) / 360, int(hsl[3]) / 100, int(hsl[2]) / 100)
        for name, hsl in found.items()
        if hsl
    }


def luminance(colour: Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_published_ratios() -> None:
    grey = (0x77 / 255,) * 3  # WebAIM: #777 on white is 4.48, black on white 21

    assert round(contrast(grey, (1, 1, 1)), 2) == 4.48
    assert round(contrast((0, 0, 0), (1, 1, 1)), 2) == 21


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "below", "share"), TEXTS)
def test_text_can_be_read(theme: str, text: str, below: str, share: float) -> None:
    known = colours(theme)
    mixed = tuple(a * share + b * (1 - share) for a, b in zip(known[below], known["card"], strict=True))

    assert contrast(known[text], mixed) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "below"), SHAPES)
def test_the_focus_and_the_edge_of_a_field_can_be_seen(theme: str, shape: str, below: str) -> None:
    known = colours(theme)

    assert contrast(known[shape], known[below]) >= SHAPE
