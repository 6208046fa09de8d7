"""Which language a question is in."""

from __future__ import annotations

import re

from semantic_layer.text import Locale

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def locale_of(question: str, default: Locale) -> Locale:
    """Return the language of a question: Chinese where it has a Chinese character, English where it has letters."""
    if _HAN.search(question):
        return "zh-CN"
    return "en-US" if any(character.isalpha() for character in question) else default
