"""Who may import what: the direction of the packages, and one home per heavy or dangerous library."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

# Library -> the only places that may import it. A place is a module or a package, as a path without `.py`.
HOMES = {
    "chainlit": ("bot/ui",),
    "langchain": ("bot/planners/llm",),
    "langchain_core": ("bot/planners/llm",),
    "langchain_openai": ("bot/planners/llm",),
    "langgraph": ("bot/planners/llm",),
    "openai": ("bot/planners/llm",),
    "plotly": ("bot/charts", "bot/ui/charts"),
    # The engine, the warehouse that builds the file it reads, and the benches, which make rows and run SQL by hand.
    "duckdb": (
        "semantic_layer/engines",
        "semantic_layer/warehouse",
        "semantic_layer/rollup_store",
        "evals/bench",
    ),
}
ORDER = ("semantic_layer", "tools", "bot", "evals")


def lines_for_types(source) -> set[int]:
    """Lines below `if TYPE_CHECKING`: what is imported there is named in annotations and never loaded."""
    blocks = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
    ]
    return {line for block in blocks for line in range(block.lineno, block.body[-1].end_lineno + 1)}


def strangers(source) -> list[str]:
    """Imports of a library outside its home."""
    path = source.path.removesuffix(".py")
    annotations = lines_for_types(source)
    found = []
    for line, name in source.imports():
        homes = HOMES.get(name.partition(".")[0])
        if (
            homes
            and line not in annotations
            and not any(path == home or path.startswith(f"{home}/") for home in homes)
        ):
            found.append(f"{source.path}:{line} imports {name}, whose home is {' or '.join(homes)}")
    return found


def climbers(source) -> list[str]:
    """Imports of a package that lies above the file's own."""
    own = ORDER.index(source.package)
    return [
        f"{source.path}:{line} imports {name} from above"
        for line, name in source.imports()
        if name.partition(".")[0] in ORDER[own + 1 :]
    ]


def test_each_library_is_imported_only_in_its_home(product):
    assert [finding for source in product for finding in strangers(source)] == []


def test_plotly_is_imported_by_one_module_at_most(product):
    importers = {s.path for s in product for _, name in s.imports() if name.partition(".")[0] == "plotly"}
    assert len(importers) <= 1, importers


def test_no_package_imports_one_above_it(product):
    assert [finding for source in product for finding in climbers(source)] == []


@pytest.mark.parametrize("package", ORDER)
def test_the_packages_do_not_import_the_demo_or_the_tests(product, package):
    own = [source for source in product if source.package == package]
    names = {name.partition(".")[0] for source in own for _, name in source.imports()}
    # The demo is generated on first use: only bot may start its generator, and nothing knows the tests.
    assert names & {"tests", "demo"} <= ({"demo"} if package == "bot" else set())


def test_import_linter_keeps_its_contracts(project_root: Path):
    code = "from importlinter.cli import lint_imports_command as c; c()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project_root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    "text",
    ["import duckdb", "def f():\n    from duckdb import connect", "import_module('duckdb.typing')"],
)
def test_a_planted_import_outside_its_home_is_found(parse, text):
    assert strangers(parse("bot/answer.py", text))
    assert not strangers(parse("semantic_layer/engines/duck.py", text))


def test_an_import_for_annotations_only_loads_nothing(parse):
    assert not strangers(parse("bot/answer.py", "if TYPE_CHECKING:\n    import duckdb\n"))
    assert strangers(parse("bot/answer.py", "if TYPE_CHECKING:\n    import json\nimport duckdb\n"))


def test_a_planted_import_from_above_is_found(parse):
    assert climbers(parse("tools/growth.py", "def f():\n    import bot.plan"))
    assert not climbers(parse("bot/plan.py", "import tools"))
