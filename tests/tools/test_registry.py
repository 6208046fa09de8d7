"""The extension contract: what a tool is, how it is found, how its inputs are checked."""

import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import DistributionFinder
from pathlib import Path

import pytest
from pydantic import Field

from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.table import Column, Table
from semantic_layer.text import Text, Words
from tools.registry import Registry, ToolContext, ToolInputs, tool
from tools.result import ToolResult


class Inputs(ToolInputs):
    metric: str = Field(description="the metric to look at")
    top: int = 3


@tool(
    name="echo",
    label=Text(zh="回声", en="Echo"),
    examples=Words(zh=("回声一下",), en=("echo this",)),
    inputs=Inputs,
)
def echo(inputs: Inputs, context: ToolContext) -> ToolResult:
    """Return the inputs as a table."""
    column = Column("metric", Text.same("metric"), "dimension")
    headline = Text.same(f"{inputs.metric}/{inputs.top}/{context.today:%m-%d}")
    return ToolResult(headline, (Table((column,), ((inputs.metric,),), 1),))


CONTEXT = ToolContext(layer=None, today=date(2025, 11, 20))  # type: ignore[arg-type]


def test_a_tool_runs_from_plain_inputs_with_its_defaults():
    assert echo.run({"metric": "gmv"}, CONTEXT).headline.en == "gmv/3/11-20"


def test_a_wrong_input_is_a_typed_error_that_names_the_field():
    with pytest.raises(QueryError, match="top") as caught:
        echo.run({"metric": "gmv", "top": "many"}, CONTEXT)
    assert caught.value.code == "invalid_inputs"
    assert "metric, top" in caught.value.mend.en


def test_an_unknown_input_is_refused():
    with pytest.raises(QueryError, match="colour"):
        echo.run({"metric": "gmv", "colour": "red"}, CONTEXT)


def test_an_unknown_tool_names_the_nearest_one():
    with pytest.raises(UnknownNameError) as caught:
        Registry.of([echo]).get("ecko")
    assert caught.value.nearest == ("echo",)


def test_two_tools_of_one_name_are_refused():
    with pytest.raises(TypeError, match="echo"):
        Registry.of([echo, echo])


def test_a_tool_without_an_example_in_each_language_is_refused():
    with pytest.raises(TypeError, match="example"):
        tool(name="x", label=Text.same("x"), examples=Words(zh=("问",)), inputs=Inputs)(echo.work().function)


@pytest.fixture
def installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A foreign distribution with one tool under our entry point group."""
    (tmp_path / "acme_tools.py").write_text(
        "from semantic_layer.text import Text, Words\n"
        "from tools.registry import ToolInputs, tool\n"
        "@tool(name='acme', label=Text.same('Acme'), examples=Words(zh=('问',), en=('ask',)), inputs=ToolInputs)\n"
        "def acme(inputs, context):\n    'Return nothing.'\n",
        encoding="utf-8",
    )
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[askgrowth.tools]\nacme = acme_tools\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for finder in sys.meta_path:
        if isinstance(finder, DistributionFinder):
            finder.invalidate_caches()
    yield
    sys.modules.pop("acme_tools", None)


@pytest.mark.usefixtures("installed_package")
def test_a_tool_of_another_package_is_found_by_its_entry_point():
    assert Registry.load().get("acme").label.en == "Acme"


def test_every_tool_module_of_ours_is_found_without_a_list():
    files = {p.stem for p in Path(sys.modules["tools"].__path__[0]).glob("*.py")}
    modules = {one.home.rpartition(".")[2] for one in Registry.load().tools.values()}
    assert modules <= files - {"__init__", "registry", "result"}
