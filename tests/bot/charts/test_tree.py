"""The picture of what a metric is made of."""

from itertools import pairwise
from xml.etree import ElementTree as ET

from bot.charts.tree import metric_tree, tree_svg
from semantic_layer.catalog import Catalog, Metric, MetricInput, Model, RatioMetric, SimpleMetric
from semantic_layer.text import Text

MODELS = {"orders": Model("orders", Text(zh="订单", en="orders"), "orders", "table", ())}


def simple(name: str, label: str) -> Metric:
    return Metric(name, SimpleMetric("orders", "sum", name, None), Text.same(label), "1")


METRICS = {
    "paid": simple("paid", "paid <b>&"),
    "buyers": simple("buyers", "buyers"),
    "aov": Metric("aov", RatioMetric(MetricInput("paid"), MetricInput("buyers")), Text.same("AOV"), "1"),
}
CATALOG = Catalog(MODELS, {}, METRICS, {}, (), (), (), None)


def test_a_ratio_has_both_sides_and_each_the_table_it_reads() -> None:
    tree = metric_tree(CATALOG, "aov")

    assert [child.label.en for child in tree.children] == ["paid <b>&", "buyers"]
    assert [[leaf.label.en for leaf in child.children] for child in tree.children] == [["orders"], ["orders"]]


def test_what_is_hidden_from_the_reader_is_not_drawn() -> None:
    assert [child.label.en for child in metric_tree(CATALOG, "aov", frozenset({"paid"})).children] == [
        "buyers"
    ]


def test_the_picture_is_well_formed_whatever_names_hold_and_boxes_do_not_overlap() -> None:
    svg = ET.fromstring(tree_svg(metric_tree(CATALOG, "aov"), "en-US"))

    boxes = [(float(r.get("x") or 0), float(r.get("y") or 0)) for r in svg.iter("rect")]
    assert len(boxes) == 5
    for level in {x for x, _ in boxes}:
        tops = sorted(y for x, y in boxes if x == level)
        assert all(below - above >= 40 for above, below in pairwise(tops))
    assert "paid <b>&" in [text.text for text in svg.iter("text")]
