import pytest

from bot.language.terms.tokens import fold_word, join_key, key_of, tokenise


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("category", "categories"),
        ("box", "boxes"),
        ("hub", "hubs"),
        ("class", "classes"),
        ("café", "cafe"),
        ("rider's", "rider"),
    ],
)
def test_inflected_words_share_a_key(one, other):
    assert fold_word(one) == fold_word(other)


@pytest.mark.parametrize(
    ("one", "other"), [("this", "thi"), ("status", "statu"), ("bus", "bu"), ("gas", "ga"), ("b2bs", "b2b")]
)
def test_words_that_only_look_like_plurals_keep_their_form(one, other):
    assert fold_word(one) != fold_word(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("net-revenue", "net revenue"),
        ("net_revenue", "net revenue"),
        ("投放 roas", "投放roa"),
        ("近7天", "近7天"),
        ("(a/b)", "a b"),
        ("!?", ""),
    ],
)
def test_a_key_has_words_and_characters_but_no_signs(text, key):
    assert key_of(text) == key


def test_tokens_keep_their_place_in_the_text():
    text = "近7天 gmv,各城市"
    assert [text[token.start : token.end] for token in tokenise(text)] == [
        "近",
        "7",
        "天",
        "gmv",
        ",",
        "各",
        "城",
        "市",
    ]


@pytest.mark.parametrize(
    "text", ["近7天 gmv,各城市", "rider's net-revenue a/b_c", "3.5万 + c++ 中a文b", "", "  ?! "]
)
def test_the_key_of_a_text_is_that_of_its_tokens(text):
    assert key_of(text) == join_key(tokenise(text))
