from bot.language.normalise import normalise
from bot.planners.rules.words_en import WORDS_EN
from bot.planners.rules.words_zh import WORDS_ZH


def test_the_grammar_words_are_written_as_questions_are_folded():
    words = [word for _, _, words in WORDS_ZH for word in words.split()]
    words += [word for _, _, words in WORDS_EN for word in words.split("|")]
    assert [word for word in words if normalise(word).text != word] == []


def test_a_payload_stands_for_one_thing_per_word():
    for table, mark in ((WORDS_ZH, None), (WORDS_EN, "|")):
        seen = {}
        for tag, payload, words in table:
            for word in words.split(mark):
                assert seen.setdefault((tag, word), payload) == payload, (tag, word)
