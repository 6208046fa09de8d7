"""Bilingual text: every message, label and error carries Chinese and English side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Locale = Literal["zh-CN", "en-US"]

LOCALES: tuple[Locale, ...] = ("zh-CN", "en-US")


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages; a missing language is a construction error.

    A name that is the same in both languages is written once: `Text.same("GMV")`.
    """

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh.strip() or not self.en.strip():
            raise ValueError(f"a bilingual text needs both languages: zh={self.zh!r}, en={self.en!r}")

    @staticmethod
    def same(text: str) -> Text:
        """Return a text that reads the same in both languages."""
        return Text(zh=text, en=text)

    def at(self, locale: Locale) -> str:
        """Return the text in the language of `locale`."""
        return self.zh if locale == "zh-CN" else self.en


@dataclass(frozen=True, slots=True)
class Words:
    """Further words for one thing, per language; either may be empty. Order is the author's."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        """Return the words of both languages, Chinese first."""
        return self.zh + self.en
