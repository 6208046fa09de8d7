import random

import pytest

from bot.language.terms.values import build_index, open_index

VALUES = [
    ("city", "上海市"),
    ("city", "上海港"),
    ("city", "Port Vellum"),
    ("city", "Port-Said"),
    ("code", "G1"),
    ("code", 7),
    ("shop", "上海市"),
]


def test_a_value_is_found_by_its_folded_key_in_every_dimension_that_holds_it():
    index = build_index(VALUES)
    assert [(hit.dimension, hit.code) for hit in index.exact("上海市")] == [
        ("city", "上海市"),
        ("shop", "上海市"),
    ]
    assert [hit.code for hit in index.exact("port vellum")] == ["Port Vellum"]
    assert [hit.code for hit in index.exact("7")] == [7]
    assert index.exact("上海") == ()


def test_a_look_up_says_whether_a_longer_value_starts_so():
    index = build_index(VALUES)
    assert index.look_up("上海") == ((), True)
    assert index.look_up("port vellum")[1] is False


def test_values_that_start_with_a_prefix_come_in_order_and_no_more_than_asked():
    index = build_index(VALUES)
    assert [hit.key for hit in index.starting_with("port", 9)] == ["port said", "port vellum"]
    assert len(index.starting_with("上海", 2)) == 2
    assert index.starting_with("x", 9) == ()


def test_every_one_of_many_values_is_found_and_nothing_else():
    chance = random.Random(5)
    words = {"".join(chance.choice("abcde") for _ in range(chance.randint(1, 6))) for _ in range(3_000)}
    index = build_index([("d", word) for word in words])
    for word in words:
        assert any(
            hit.code == word for hit in index.exact(index.starting_with(word, 1)[0].key)
        ) or index.exact(word)
    assert index.exact("zz") == ()


def test_the_index_file_is_used_again_without_reading_the_values(tmp_path):
    open_index(tmp_path, "v1", iter(VALUES))

    def never():
        raise AssertionError("the values were read although the file is there")
        yield

    again = open_index(tmp_path, "v1", never())
    assert [hit.code for hit in again.exact("g1")] == ["G1"]


def test_a_new_data_version_replaces_the_file(tmp_path):
    open_index(tmp_path, "v1", iter(VALUES))
    index = open_index(tmp_path, "v2", iter([("city", "Oslo")]))
    assert len(index) == 1
    assert len(list(tmp_path.glob("values-*.index"))) == 1


@pytest.mark.parametrize(
    "content", [b"", b"AGVALUE2", b"something else altogether, long enough to be a header"]
)
def test_a_broken_file_is_built_anew(tmp_path, content):
    open_index(tmp_path, "v1", iter(VALUES))
    (file,) = tmp_path.glob("values-*.index")
    file.write_bytes(content)
    assert len(open_index(tmp_path, "v1", iter(VALUES))) == len(VALUES)


def test_truth_values_and_free_text_are_not_indexed():
    assert len(build_index([("flag", True), ("text", "x" * 500), ("text", "!!!")])) == 0
