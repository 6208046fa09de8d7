"""The YAML page teaches what works: its examples are one workspace that checks, and its key tables are the types'."""

from __future__ import annotations

import re
from pathlib import Path

import semantic_layer
from semantic_layer.check import check_workspace
from semantic_layer.spec.reference import SECTIONS, page, rows

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r"<!-- example: (\S+) -->\n```yaml\n(.*?)```", re.DOTALL)
DATA = {
    "orders.csv": (
        "order_id,customer_id,ordered_at,channel_code,status,amount\n"
        "1,7,2025-11-01,dy,paid,300\n2,8,2025-11-02,xhs,open,50\n3,7,2025-11-03,dy,paid,20\n"
    ),
    "customers.csv": "customer_id,province\n7,广东\n8,北京\n",
    "ads.csv": "day,channel,cost\n2025-11-01,dy,100\n2025-11-02,xhs,10\n",
    "sessions.csv": "session_id,started_at\n1,2025-11-01\n",
}


def workspace(folder: Path) -> Path:
    text = (ROOT / "docs" / "yaml.md").read_text(encoding="utf-8")
    for name, content in EXAMPLE.findall(text):
        path = folder / ("models/dbt.yml" if name == "dbt.yml" else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder / "data").mkdir()
    for name, content in DATA.items():
        (folder / "data" / name).write_text(content, encoding="utf-8")
    return folder


def test_the_examples_of_the_page_are_a_workspace_without_a_problem(tmp_path: Path) -> None:
    report = check_workspace(workspace(tmp_path / "shop"), state_dir=tmp_path / "state")
    assert report.ok, "\n".join(report.lines())
    assert [(w.file, w.line, w.message.en) for w in report.warnings] == []


def test_the_examples_answer_across_both_facts(tmp_path: Path) -> None:
    layer = semantic_layer.open(workspace(tmp_path / "shop"), state_dir=tmp_path / "state")
    result = layer.query(metrics="roas", by="channel", user="wu")
    assert [(row[0], float(row[1])) for row in result.table.rows] == [("xhs", 5.0), ("dy", 3.2)]  # type: ignore[arg-type]


def test_the_key_tables_are_fresh() -> None:
    assert page().strip() in (ROOT / "docs" / "reference" / "yaml.md").read_text(encoding="utf-8")


def test_every_key_has_a_meaning() -> None:
    assert [(title, row[0]) for title, _, kind in SECTIONS for row in rows(title, kind) if not row[3]] == []


def test_every_section_of_the_page_is_in_the_key_tables() -> None:
    text = (ROOT / "docs" / "yaml.md").read_text(encoding="utf-8")
    sections = set(
        re.findall(r"^([a-z_]+):", "\n".join(content for _, content in EXAMPLE.findall(text)), re.MULTILINE)
    )
    tables = {title.partition(":")[0] for title, _, _ in SECTIONS}
    settings = {row[0] for row in rows("askgrowth.yml", SECTIONS[0][2])}
    assert sections <= tables | settings | {"users"}
