"""defog's questions over three foreign databases, where the practice data are present; the scorer always."""

from pathlib import Path

import pytest

from bot.settings import DEMO, Settings
from evals.defog import WORKSPACES, holds, judge, judge_unanswerable, load_questions, open_workspaces
from semantic_layer.table import Column, Table
from semantic_layer.text import Text


def _table(kinds: str, *rows: tuple[object, ...]) -> Table:
    names = {"d": "dimension", "m": "metric"}
    columns = tuple(Column(f"c{at}", Text.same("c"), names[kind]) for at, kind in enumerate(kinds))
    return Table(columns, rows, len(rows))


@pytest.mark.parametrize(
    ("table", "gold", "expected"),
    [
        (_table("dm", ("a", 1), ("b", 2)), [["b", 2], ["a", 1]], True),
        (_table("dm", ("a", 1), ("b", 2)), [["a", 2], ["b", 1]], False),
        (_table("dmm", ("a", 1, 9), ("b", 2, 8)), [["a", 1], ["b", 2]], True),
        (_table("dm", ("Ann Lee", 3),), [["Ann", "Lee", 3]], True),
        (_table("dm", ("Ann Lee", 3),), [["C1", "Ann Lee", 3]], True),
        (_table("dm", ("a", 0.5),), [["a", 50.0]], True),
        (_table("dm", ("a", 1)), [["a", 1], ["b", 2]], False),
        (_table("dm", ("a", 1), (None, 5)), [["a", 1]], True),
        (_table("m", (7,)), [[8]], False),
    ],
)  # fmt: skip
def test_a_table_holds_the_gold_when_every_number_stands_in_its_row(
    table: Table, gold: list[list[object]], expected: bool
) -> None:
    assert holds(table, gold) is expected


@pytest.mark.needs_data("defog")
def test_seven_of_ten_questions_for_a_metric_layer_come_out_right(data_set: Path, tmp_path: Path) -> None:
    practice = data_set.parent
    settings = Settings(workspace=DEMO, is_demo=True, state_dir=tmp_path)
    pipelines = open_workspaces(practice, settings)
    assert set(pipelines) == set(WORKSPACES)
    verdicts = [judge(one, pipelines[one.database]) for one in load_questions(practice)]
    able = [one for one in verdicts if one.question.why_not is None]
    assert sum(one.right for one in able) / len(able) >= 0.70
    assert sum(one.confidently_wrong for one in able) / len(able) <= 0.03
    assert sum(one.confidently_wrong for one in verdicts) <= 3
    outcomes = [outcome for _, _, outcome in judge_unanswerable(practice, pipelines)]
    assert sum(outcome == "refuse" for outcome in outcomes) / len(outcomes) >= 0.95
