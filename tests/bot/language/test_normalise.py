"""Folding of questions, and the way back to the user's own words."""

from __future__ import annotations

import pytest

from bot.language.normalise import normalise


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＲＯＡＳ　２０２５", "roas 2025"),
        ("這週銷售額", "这周销售额"),
        ("上個禮拜", "上个礼拜"),
        ("  a \t\n b  ", "a b"),
        ("“双11”", '"双11"'),
        ("don’t", "don't"),
        ("3月—5月", "3月-5月"),
        ("3月～5月", "3月~5月"),
        ("二〇二五", "二零二五"),
        ("a\u200bb\ufeff", "ab"),
        ("a\x00b\x07c", "a b c"),
        ("①½", "11⁄2"),
        ("", ""),
        ("\x00\x01", ""),
    ],
)
def test_text_is_folded(text: str, folded: str) -> None:
    assert normalise(text).text == folded


def test_every_folded_character_leads_back_to_the_original() -> None:
    text = "  這週　ＧＭＶ\u200b是“多少”?"
    folded = normalise(text)
    assert len(folded.starts) == len(folded.text)
    assert folded.words(0, 2) == "這週"
    assert folded.words(3, 6) == "ＧＭＶ"
    assert list(folded.starts) == sorted(folded.starts)


def test_an_empty_span_is_empty_in_the_original() -> None:
    assert normalise("abc").original_span(1, 1) == (1, 1)
    assert normalise("").original_span(0, 0) == (0, 0)


def test_folding_twice_changes_nothing() -> None:
    once = normalise("這週 ＲＯＡＳ “多少”?　①").text
    assert normalise(once).text == once


def test_a_hundred_thousand_characters_are_folded() -> None:
    assert len(normalise("銷售 " * 33_334).text) == 3 * 33_334 - 1
