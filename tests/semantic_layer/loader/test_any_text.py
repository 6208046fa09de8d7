"""Whatever stands in a file, loading it ends in a catalog or in problems with places: never in an exception."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semantic_layer.loader import load_text

HERE = Path(__file__).parent / "dbt"
SOUND = [
    (HERE / name).read_text(encoding="utf-8")
    for name in ("latest.yml", "older.yml", "semantic_manifest.json")
]
JUNK = ["null", "[]", "{}", "5", "true", "{a: 1}", "[1, [2]]", "{{ x }}", "*a", "!!set {}", "{1: 2}", "[null]",
        '"metric()"', '"a.b.c.d.e"', '"{{ Dimension(1) }}"', '"(((((("', '"1; DROP TABLE x"', "2025-01-01"]  # fmt: skip


def mutated(seed: int) -> str:
    """One sound file with up to four lines dropped, doubled, cut short or given another value."""
    chance = random.Random(seed)
    lines = chance.choice(SOUND).split("\n")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        change = chance.randrange(4)
        if change == 0:
            lines.insert(at, lines[chance.randrange(len(lines))])
        elif change == 1:
            lines[at] = re.sub(r":\s.*", lambda _: ": " + chance.choice(JUNK), lines[at], count=1)
        elif change == 2:
            lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
        elif len(lines) > 1:
            del lines[at]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_file_gives_problems_with_places(seed: int) -> None:
    for error in load_text(mutated(seed)).problems.errors:
        assert error.file == "askgrowth.yml"
        assert error.line is not None or error.code == "yaml_syntax"
        assert "Input should" not in error.message.en


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_a_catalog_or_problems(text: str) -> None:
    load_text(text)
