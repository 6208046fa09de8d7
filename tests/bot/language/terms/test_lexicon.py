from dataclasses import replace

import pytest

from bot.language.terms.lexicon import build_lexicon
from semantic_layer.catalog import Catalog, Concept, Dimension, DimensionValue, Metric, SimpleMetric
from semantic_layer.text import Text, Words


def metric(name, zh, en, **more):
    kind = SimpleMetric(model="facts", agg="sum", expr=name, agg_time_dimension="day")
    return Metric(name=name, type=kind, label=Text(zh=zh, en=en), version="1", **more)


CATALOG = Catalog(
    models={},
    dimensions={
        "lane": Dimension(
            name="lane",
            kind="categorical",
            label=Text(zh="引路", en="lane"),
            bindings=(),
            qualified=("pull__lane",),
            values=(DimensionValue("kx", Text(zh="纸鸢", en="Kite mail"), Words(en=("kites",))),),
        ),
        "secret": Dimension(name="secret", kind="categorical", label=Text.same("secret"), bindings=(), hidden=True),
    },
    metrics={
        "zarn": metric("zarn", "灯费额", "lamp takings (zarn)", synonyms=Words(zh=("灯资",), en=("takings",))),
        "pull_count": metric("pull_count", "取灯数", "number of pulls"),
    },
    segments={},
    concepts=(Concept("worth", Words(zh=("最灵",), en=("worked best",)), metric="zarn"),),
    events=(),
    analyses=(),
    access=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("key", "named", "source"),
    [
        ("灯费额", "zarn", "label"),
        ("灯资", "zarn", "synonym"),
        ("lamp taking", "zarn", "synonym"),  # the label without its brackets
        ("zarn", "zarn", "synonym"),  # a written synonym is more than the bare name
        ("灯费总额", "zarn", "variant"),
        ("取灯量", "pull_count", "variant"),
        ("pull", "pull_count", "variant"),
        ("引路", "lane", "label"),
        ("pull lane", "lane", "name"),
        ("worked best", "worth", "label"),
    ],
)
def test_words_name_things_by_label_synonym_name_and_variant(key, named, source):
    (term,) = build_lexicon(CATALOG).at(key)
    assert (term.name, term.source) == (named, source)


@pytest.mark.parametrize("key", ["纸鸢", "kite mail", "kite", "kx", "kitemail"])
def test_a_declared_value_is_named_by_label_synonym_and_code(key):
    (term,) = build_lexicon(CATALOG).at(key)
    assert (term.kind, term.name, term.code) == ("value", "lane", "kx")


def test_hidden_things_have_no_words():
    assert build_lexicon(CATALOG).at("secret") == ()


def _refunds(**more):
    by_payment = metric("by_payment", "退灯费(按取灯日)", "refunds by pull date", **more)
    by_refund = metric("by_refund", "退灯费(按退灯日)", "refunds by refund date")
    return replace(CATALOG, metrics={"by_payment": by_payment, "by_refund": by_refund})


def test_two_labels_that_differ_in_their_brackets_share_their_name():
    terms = build_lexicon(_refunds()).at("退灯费")
    assert {(term.name, term.source) for term in terms} == {
        ("by_payment", "synonym"),
        ("by_refund", "synonym"),
    }


def test_a_synonym_says_which_of_two_labels_is_meant_without_their_brackets():
    terms = build_lexicon(_refunds(synonyms=Words(zh=("退灯费",)))).at("退灯费")
    assert [(term.name, term.source) for term in terms] == [
        ("by_payment", "synonym"),
        ("by_refund", "variant"),
    ]
