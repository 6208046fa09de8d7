"""Cuts a text into parts that a service takes: between paragraphs, then lines, then characters."""

from __future__ import annotations

from collections.abc import Callable

from semantic_layer.text import Locale

MOST_PARTS = 5
CUT = {"zh-CN": "……(太长,后面省略)", "en-US": "… (too long, the rest is left out)"}
Measure = Callable[[str], int]


def in_bytes(text: str) -> int:
    """Return the length of a text as UTF-8, which is how the group chats of China count."""
    return len(text.encode())


def parts_of(text: str, most: int, locale: Locale, measure: Measure = in_bytes) -> list[str]:
    """Return the text in at most five parts of `most` each; what does not fit is left out, and said so."""
    parts: list[str] = []
    for piece in _pieces(text.strip(), most, measure):
        if parts and measure(parts[-1]) + measure(piece) <= most:
            parts[-1] += piece
        else:
            parts.append(piece)
    parts = [part.strip("\n") for part in parts if part.strip()] or [""]
    if len(parts) <= MOST_PARTS:
        return parts
    note = "\n" + CUT[locale]
    kept = parts[:MOST_PARTS]
    kept[-1] = _head(kept[-1], most - measure(note), measure) + note
    return kept


def _pieces(text: str, most: int, measure: Measure) -> list[str]:
    found: list[str] = []
    for line in text.splitlines(keepends=True):
        rest = line
        while measure(rest) > most:
            head = _head(rest, most, measure)
            found.append(head)
            rest = rest[len(head) :]
        found.append(rest)
    return found


def _head(text: str, most: int, measure: Measure) -> str:
    """Return the longest beginning that fits; never empty, so that a cut always ends."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= most:
            low = middle
        else:
            high = middle - 1
    return text[:low]
