"""Against the toy: the demo with every table, label and value renamed must answer the same questions the same way."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import semantic_layer
from bot.answer import Answer
from bot.pipeline import Pipeline
from bot.settings import DEMO, read_settings
from bot.wiring import demo_data

# Wordings whose content words are labels, synonyms or values of the demo; the rest is grammar.
QUESTIONS = (
    ("zh-CN", "这周哪个{投放渠道}最有效?"),
    ("en-US", "which {ad channel} worked best this week?"),
    ("zh-CN", "上个月{支付金额}是多少"),
    ("en-US", "what was {paid amount} last month"),
    ("zh-CN", "最近30天各{店铺}的{支付金额}"),
    ("en-US", "{paid amount} by {store} in the last 30 days"),
    ("zh-CN", "2025年每月{投放花费}"),
    ("en-US", "monthly {ad spend} in 2025"),
    ("zh-CN", "2025年10月{支付金额}同比"),
    ("en-US", "{paid amount} in October 2025 vs the same month last year"),
    ("zh-CN", "2025年第三季度{投产比}最高的3个{投放渠道}"),
    ("en-US", "top 3 {ad channel} by {ROAS} in Q3 2025"),
    ("zh-CN", "2025年{千川}的{投放花费}"),
    ("en-US", "{ad spend} of {Qianchuan} in 2025"),
    ("zh-CN", "上周各{店铺}{支付金额}占比"),
    ("en-US", "share of {paid amount} by {store} last week"),
)


@pytest.fixture(scope="session")
def renamer() -> ModuleType:
    path = Path(__file__).with_name("conftest.py")
    spec = importlib.util.spec_from_file_location("rename_workspace", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rename_workspace"] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def both(state_dir: Path, tmp_path_factory: pytest.TempPathFactory, renamer: ModuleType) -> SimpleNamespace:
    """The demo's pipeline, the renamed one's, and what became what."""
    settings = read_settings(environ={"ASKGROWTH_STATE_DIR": str(state_dir)}, folder=DEMO)
    data = demo_data(state_dir)
    target = tmp_path_factory.mktemp("renamed")
    renaming = renamer.rename_workspace(DEMO, data, target)
    demo = semantic_layer.open(DEMO, state_dir=state_dir, data_dir=data)
    renamed = semantic_layer.open(target, state_dir=state_dir, data_dir=target / "data")
    return SimpleNamespace(
        demo=Pipeline(demo, settings), renamed=Pipeline(renamed, settings), renaming=renaming, module=renamer
    )


def names_back(text: str, both: SimpleNamespace) -> str:
    for old, new in sorted(both.renaming.names.items(), key=lambda pair: len(pair[1]), reverse=True):
        text = text.replace(new, old)
    return text


def rows(answer: Answer, recode: object = None) -> list[tuple[object, ...]]:
    table = answer.parts[0].table
    assert table is not None
    kinds = [column.kind for column in table.columns]
    return sorted(
        (
            tuple(
                recode(cell) if callable(recode) and kind == "dimension" and isinstance(cell, str) else cell
                for cell, kind in zip(row, kinds, strict=True)
            )
            for row in table.rows
        ),
        key=str,
    )


@pytest.mark.parametrize(("locale", "template"), QUESTIONS)
def test_a_question_about_the_renamed_demo_gives_the_same_plan_and_numbers(
    both: SimpleNamespace, locale: str, template: str
) -> None:
    question = template.replace("{", "").replace("}", "")
    words = {part.split("}")[0] for part in template.split("{")[1:]}
    renamed_question = template
    for word in words:
        assert word in both.renaming.words, f"{word} is no word of the demo's YAML"
        renamed_question = renamed_question.replace(f"{{{word}}}", both.renaming.words[word])
    one = both.demo.ask(question, locale=locale)
    other = both.renamed.ask(renamed_question, locale=locale)
    assert one.outcome == "answer", (question, one.refusal, one.clarification, one.error)
    assert other.outcome == "answer", (renamed_question, other.refusal, other.clarification, other.error)
    assert one.plan is not None
    assert other.plan is not None
    plan = one.plan.model_dump_json()
    for value in {cell for part in getattr(one.plan, "where", ()) for cell in getattr(part, "values", ())}:
        plan = plan.replace(f'"{value}"', f'"{both.module.new_value(str(value))}"')
    assert names_back(other.plan.model_dump_json(), both) == plan
    assert rows(one, both.module.new_value) == rows(other)


def test_the_renamed_demo_keeps_no_word_of_the_demo(both: SimpleNamespace) -> None:
    catalog = both.renamed.layer.catalog
    labels = {metric.label.zh for metric in catalog.metrics.values()}
    originals = {metric.label.zh for metric in both.demo.layer.catalog.metrics.values()}
    assert len(labels) == len(originals)
    assert not labels & originals
    assert not set(catalog.metrics) & set(both.demo.layer.catalog.metrics)
