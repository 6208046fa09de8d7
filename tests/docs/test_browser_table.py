"""The table of the chat's handlers is what handlers.py proves, and every test it names is there."""

import ast
import importlib.util
import sys

import pytest


@pytest.fixture(scope="module")
def handlers(project_root):
    path = project_root / "tests/e2e/handlers.py"
    spec = importlib.util.spec_from_file_location("e2e_handlers", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_table_is_the_list_of_handlers(handlers, project_root) -> None:
    written = (project_root / "tests/e2e/README.md").read_text(encoding="utf-8")

    assert written.endswith(handlers.table())


def test_every_named_test_exists_once_per_handler_name(handlers, project_root) -> None:
    names = [one.name for one in handlers.HANDLERS]
    missing = []
    for one in handlers.HANDLERS:
        file, _, test = one.test.partition("::")
        tree = ast.parse((project_root / "tests/e2e" / file).read_text(encoding="utf-8"))
        tests = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        missing += [] if test.partition("[")[0] in tests else [one.test]

    assert missing == []
    assert len(names) == len(set(names))


def test_what_is_taken_out_of_the_browser_s_code_is_in_it(handlers, project_root) -> None:
    public = project_root / "bot/ui/public"
    card = "\n".join(path.read_text(encoding="utf-8") for path in sorted((public / "elements").glob("*.jsx")))
    gone = []
    for one in handlers.HANDLERS:
        if isinstance(one.how, handlers.Source):
            source = (
                card if one.how.file == "elements/" else (public / one.how.file).read_text(encoding="utf-8")
            )
            gone += [] if one.how.old in source else [one.name]
        elif isinstance(one.how, handlers.Component):
            gone += [] if f"function {one.how.name}(" in card else [one.name]

    assert gone == []


def test_every_request_of_a_card_is_a_handler_of_the_table(handlers) -> None:
    """A new key of the server's table without a browser test would go unnoticed."""
    from bot.ui.looks import LOOKS, OWN_LOOKS

    listed = {one.how.key for one in handlers.HANDLERS if isinstance(one.how, handlers.Entry)}

    assert set(LOOKS) | set(OWN_LOOKS) == listed
