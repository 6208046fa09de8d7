"""Tokens of folded text: one per Chinese character, Latin word, number or sign, with a key that folds inflection."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

TokenKind = Literal["han", "word", "sign"]

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f\u3040-\u30ff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+(?:'s\b)?|[^\w\s]|_")
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:'s\b)?")


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a folded text: `[start, end)` in it, and the key that terms are compared by."""

    start: int
    end: int
    key: str
    kind: TokenKind


def tokenise(text: str) -> tuple[Token, ...]:
    """Return the tokens of a folded text (`normalise(...).text`) in order; white space makes none."""
    tokens = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        if len(word) == 1 and not word.isalnum():
            tokens.append(Token(match.start(), match.end(), word, "sign"))
        elif is_han(word[0]):
            tokens.append(Token(match.start(), match.end(), word, "han"))
        else:
            tokens.append(Token(match.start(), match.end(), fold_word(word), "word"))
    return tuple(tokens)


def is_han(char: str) -> bool:
    """Return whether a character stands for itself as a token (Chinese, kana, hangul)."""
    return "\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ufaff" or char >= "\U00020000"


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """Return the key of one Latin word: possessive, accents and plural endings folded away.

    Both sides of every comparison are folded, so that a fold need not be a word: it must only be the
    same for `category` and `categories`.
    """
    word = word.removesuffix("'s")
    if not word.isascii():
        word = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    if word == "ids":
        return "id"
    if len(word) <= 3 or not word.endswith("s") or any(char.isdigit() for char in word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def join_key(tokens: Sequence[Token]) -> str:
    """Return the key of a run of tokens; signs between them are left out, two words keep a space."""
    parts: list[str] = []
    before_word = False
    for token in tokens:
        if token.kind == "sign":
            continue
        is_word = token.kind == "word"
        if is_word and before_word:
            parts.append(" ")
        parts.append(token.key)
        before_word = is_word
    return "".join(parts)


def parts_of(text: str) -> list[str]:
    """Return the keys of a folded text's tokens without its signs, as `tokenise` would give them, only faster."""
    parts: list[str] = []
    for run in _RUN.findall(text):
        if is_han(run[0]):
            parts += run
        else:
            parts.append(fold_word(run))
    return parts


def key_of(text: str) -> str:
    """Return the key of a folded text, the same as joining its tokens; empty when it holds only signs."""
    parts: list[str] = []
    before_word = False
    for run in _RUN.findall(text):
        is_word = not is_han(run[0])
        if is_word and before_word:
            parts.append(" ")
        parts.append(fold_word(run) if is_word else run)
        before_word = is_word
    return "".join(parts)
