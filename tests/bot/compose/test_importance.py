"""What is listed begins with what a reader most likely means, and with something to press."""

from dataclasses import replace

from bot.compose.importance import by_importance
from semantic_layer.catalog import Catalog, Concept, Metric, SimpleMetric
from semantic_layer.text import Text, Words


def metric(name: str, **more: object) -> Metric:
    kind = SimpleMetric(model="m", agg="sum", expr=name, agg_time_dimension=None)
    return Metric(name, kind, Text.same(name), "1", **more)  # type: ignore[arg-type]  # fields of a metric


def catalog(*concepts: Concept) -> Catalog:
    return replace(Catalog({}, {}, {}, {}, (), (), (), None), concepts=concepts)


def names(*metrics: Metric, within: Catalog) -> list[str]:
    return [one.name for one in by_importance(metrics, within)]


def test_tiers_come_in_order_and_what_has_none_before_the_operational() -> None:
    some = (
        metric("a", tier="operational"),
        metric("b"),
        metric("c", tier="strategic"),
        metric("d", tier="tactical"),
    )

    assert names(*some, within=catalog()) == ["c", "d", "b", "a"]


def test_within_a_tier_the_certified_and_the_described_lead_and_the_rest_keeps_its_order() -> None:
    some = (metric("z"), metric("a"), metric("d", description=Text.same("d")), metric("c", certified=True))

    assert names(*some, within=catalog()) == ["c", "d", "z", "a"]


def test_what_a_vague_word_means_leads_its_tier() -> None:
    best = Concept("best", Words(), metric="b", also=("c",))

    assert names(metric("a"), metric("b"), metric("c"), within=catalog(best)) == ["b", "c", "a"]
