"""What an analyst reads in each dialect: the whole text of a few queries, beside tests/golden/engines, which runs all.

After a change that is meant: `pytest tests/golden/test_dialect_snapshots.py --write-snapshots`, and read the diff.
"""

from pathlib import Path

import pytest

from semantic_layer.compiler.dialects import EXECUTED, PRINTED

SNAPSHOTS = Path(__file__).resolve().parents[1] / "snapshots" / "sql"
SHOWN = {
    "one_fact": "shop:a joined dimension, orphans and rows without a key in the null group",
    "two_facts": "shop:a ratio over two facts is sum by sum, and null over zero",
    "filtered_inputs": "shop:metric filters share the scan and count nothing as zero",
}


@pytest.mark.parametrize("dialect", [*EXECUTED, *PRINTED])
@pytest.mark.parametrize("name", SHOWN)
def test_the_sql_reads_as_it_did(golden, request, name, dialect):
    case = next(case for case in golden.cases() if str(case) == SHOWN[name])
    sql = golden.compiled(case, dialect=dialect).sql + ";\n"
    file = SNAPSHOTS / dialect / f"{name}.sql"
    if request.config.getoption("--write-snapshots"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(sql, encoding="utf-8")
    assert sql == file.read_text(encoding="utf-8")


def test_no_snapshot_is_left_over():
    wanted = {f"{dialect}/{name}.sql" for dialect in [*EXECUTED, *PRINTED] for name in SHOWN}
    assert {file.relative_to(SNAPSHOTS).as_posix() for file in SNAPSHOTS.rglob("*.sql")} == wanted
