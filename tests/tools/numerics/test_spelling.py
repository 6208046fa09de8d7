"""Two spellings of one value are found; two values that merely look alike are not."""

import pytest

from tools.numerics.spelling import folded, one_misspelling, variants


def test_width_case_space_and_marks_do_not_tell_values_apart():
    assert folded("  Red  MUG,Ｌ ") == folded("red mug l")


@pytest.mark.parametrize(
    ("first", "second"),
    [("ceramic mug", "cermaic mug"), ("hamburg", "hambrug"), ("christmas box", "chrismas box")],
)
def test_a_misspelt_word_is_close(first, second):
    assert one_misspelling(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("set of 3 bowls", "set of 8 bowls"),  # a size
        ("red mug", "tan mug"),  # another colour
        ("white bowl", "black bowl"),
        ("green bag", "green bags"),  # a plural is another article more often than a slip
        ("old mill road", "new hill road"),  # two words differ
        ("mug", "mugs large"),
    ],
)
def test_two_values_that_look_alike_are_not_one(first, second):
    assert not one_misspelling(first, second)


def test_the_rarer_spelling_points_at_the_commoner_one():
    counts = {"Berlin": 900, "BERLIN ": 12, "Berlni": 4, "Bremen": 850}
    assert variants(counts) == [("BERLIN ", "Berlin"), ("Berlni", "Berlin")]


def test_a_common_look_alike_is_a_value_of_its_own():
    assert variants({"marten": 500, "martin": 400}) == []
