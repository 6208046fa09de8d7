"""The index of the analyses that is kept between processes: the same tools, imported only when they are run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.finding import find_tools
from tools.registry import Registry


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """The folder of an index that another process has written."""
    find_tools(tmp_path)
    return tmp_path


def test_the_index_names_the_same_tools_with_the_same_words(index: Path):
    assert find_tools(index) == find_tools()


def test_a_tool_of_the_index_checks_its_inputs_as_ever(index: Path):
    kept, imported = Registry.load(index), Registry.load()
    assert kept.get("growth").inputs is imported.get("growth").inputs
    assert tuple(kept.get("growth").inputs.model_fields) == kept.get("growth").fields


def test_routing_by_the_index_imports_no_analysis(index: Path, project_root: Path):
    code = (
        "import sys, pathlib; from tools.registry import Registry; "
        f"found = Registry.load(pathlib.Path({str(index)!r})); "
        "known = [name for name in found.tools if f'tools.{name}' in sys.modules]; print(len(found.tools), known)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project_root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(len(find_tools())), "[]"]


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"stamp": 1}', '{"tools": [1]}', "null"], ids=lambda damage: damage or "empty"
)
def test_a_damaged_index_is_written_anew(index: Path, damage: str):
    (index / "tools.json").write_text(damage, encoding="utf-8")
    assert find_tools(index) == find_tools()
    assert json.loads((index / "tools.json").read_text(encoding="utf-8"))["tools"]


def test_an_index_of_other_code_is_not_believed(index: Path):
    known = json.loads((index / "tools.json").read_text(encoding="utf-8"))
    known |= {"stamp": "older", "tools": known["tools"][:1]}
    (index / "tools.json").write_text(json.dumps(known), encoding="utf-8")
    assert find_tools(index) == find_tools()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    assert find_tools(tmp_path / "file") == find_tools()
