"""The offered questions come from the workspace."""

from bot.ui.starters import starters_of
from semantic_layer.catalog import Binding, Catalog, Concept, Dimension, Metric, SimpleMetric
from semantic_layer.text import Text, Words


def metric(name: str, zh: str, **more: object) -> Metric:
    simple = SimpleMetric("sales", "sum", name, "day")
    return Metric(name=name, type=simple, label=Text(zh=zh, en=name), version="1", **more)  # type: ignore[arg-type]


def catalog(*metrics: Metric, concepts: tuple[Concept, ...] = ()) -> Catalog:
    dimension = Dimension(
        "region", "categorical", Text(zh="地区", en="region"), (Binding("sales", "region"),)
    )
    return Catalog(
        models={},
        dimensions={"region": dimension},
        metrics={one.name: one for one in metrics},
        segments={},
        concepts=concepts,
        events=(),
        analyses=(),
        access=None,
    )


def test_verified_questions_come_first_in_the_languages_they_are_written_in() -> None:
    starters = starters_of(
        catalog(metric("gmv", "成交额")), [("各地区成交额", "GMV by region"), ("本周成交额",)]
    )

    assert starters["zh-CN"][:2] == ("各地区成交额", "本周成交额")
    assert starters["en-US"][0] == "GMV by region"
    assert "本周成交额" not in starters["en-US"]


def test_questions_are_made_of_the_catalog_s_own_labels_strategic_metrics_first() -> None:
    starters = starters_of(catalog(metric("clicks", "点击"), metric("gmv", "成交额", tier="strategic")))

    assert starters["zh-CN"][0] == "最近12周每周的成交额"
    assert starters["en-US"][0] == "Gmv by week for the last 12 weeks"


def test_the_boss_s_question_uses_the_workspace_s_vague_words() -> None:
    concept = Concept("best", Words(zh=("最有效",), en=("worked best",)), metric="gmv")

    starters = starters_of(catalog(metric("gmv", "成交额"), concepts=(concept,)))

    assert starters["zh-CN"][0] == "这周哪个地区最有效?"
    assert starters["en-US"][0] == "Which region worked best this week?"


def test_hidden_metrics_are_not_offered() -> None:
    assert starters_of(catalog(metric("secret", "机密", hidden=True)))["zh-CN"] == ()
