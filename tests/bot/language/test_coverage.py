from bot.language.coverage import unaccounted
from bot.language.normalise import normalise


def test_words_outside_the_used_spans_are_named_as_the_user_wrote_them():
    question = normalise("Zarn in NARNIA by hub")
    used = [(0, 4), (15, 17), (18, 21)]
    assert unaccounted(question, used, frozenset({"in"})) == ("NARNIA",)


def test_neighbouring_words_are_one_and_signs_never_count():
    question = normalise("各灯驿的客户满意度?!")
    assert unaccounted(question, [(0, 4)], frozenset()) == ("客户满意度",)


def test_a_fully_used_question_leaves_nothing():
    question = normalise("灯费额")
    assert unaccounted(question, [(0, 3)], frozenset()) == ()
