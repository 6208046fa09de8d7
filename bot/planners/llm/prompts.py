"""The prompts: Markdown files per language with `$placeholders`, equal in both."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template

from semantic_layer.text import Locale

FOLDER = Path(__file__).resolve().parent.parent.parent / "prompts"


@lru_cache(maxsize=32)
def _read(name: str, language: str) -> Template:
    return Template((FOLDER / language / f"{name}.md").read_text(encoding="utf-8").strip())


def prompt(name: str, locale: Locale, **values: object) -> str:
    """Return a prompt in the language of `locale`, filled in.

    Raises:
        KeyError: a placeholder has no value.
    """
    return _read(name, locale[:2]).substitute(values)


def tool_description(name: str, locale: Locale) -> str:
    """Return the description of one of the model's tools: its section of `tools.md`."""
    for section in prompt("tools", locale).split("## ")[1:]:
        title, _, body = section.partition("\n")
        if title.strip() == name:
            return body.strip()
    raise KeyError(name)


def as_data(text: str) -> str:
    """Return a text as it may stand between our tags: it can neither close one nor open another."""
    return text.replace("<", "‹").replace(">", "›").strip()
