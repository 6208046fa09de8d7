"""Rules of the house that no linter knows: sizes, names, the environment, reasons for every exception."""

import ast
import re

import pytest

MOST_LINES = 330  # "about 300"
MOST_STATEMENTS = 50
VAGUE_NAMES = {"utils", "util", "models", "helpers", "helper", "common", "misc"}
SETTINGS = "bot/settings.py"


def statements(function: ast.AST) -> int:
    """Statements of a function, those of inner functions included, its docstring not."""
    count = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return count - (ast.get_docstring(function) is not None)


def lines_of_code(source) -> int:
    """Lines of a file without its tables: a long literal at the top level is data that happens to be Python."""
    tables = 0
    for node in source.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            tables += length if length > 5 else 0
    return len(source.text.splitlines()) - tables


def long_files(source) -> list[str]:
    lines = lines_of_code(source)
    return [f"{source.path}: {lines} lines"] if lines > MOST_LINES else []


def long_functions(source) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(source.tree) if isinstance(node, kinds)]
    return [
        f"{source.path}:{f.lineno} {f.name}: {statements(f)} statements"
        for f in functions
        if statements(f) > MOST_STATEMENTS
    ]


def globals_used(source) -> list[str]:
    return [f"{source.path}:{node.lineno}" for node in ast.walk(source.tree) if isinstance(node, ast.Global)]


def environment_reads(source) -> list[str]:
    """Every mention of the environment that may read it; assigning one variable is not reading."""
    written = {
        id(node.value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    written |= {
        id(node.func.value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "setdefault"
    }
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"):
            if id(node) not in written:
                found.append(f"{source.path}:{node.lineno} {ast.unparse(node)}")
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            names = {alias.name for alias in node.names} & {"environ", "getenv", "environb"}
            found += [f"{source.path}:{node.lineno} imports {name}" for name in names]
    return found


def unexplained_catches(source) -> list[str]:
    """Handlers of everything without a comment that says why, on their line or the next."""
    comments = source.comments()
    found = []
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = ast.unparse(node.type) if node.type else ""
        blind = node.type is None or re.search(r"\b(Base)?Exception\b", caught)
        near = [comments.get(line, "") for line in (node.lineno, node.lineno + 1)]
        reasons = [re.sub(r"#\s*noqa: [A-Z0-9, ]+", "", text).strip(" #-") for text in near]
        if blind and not any(len(reason) > 10 for reason in reasons):
            found.append(f"{source.path}:{node.lineno} except {caught}")
    return found


def unexplained_ignores(source) -> list[str]:
    """`type: ignore` and `noqa` without a code in brackets or after the colon, and a reason after it."""
    found = []
    for line, comment in source.comments().items():
        if re.search(r"#\s*(type:\s*ignore|noqa)\b", comment) and not re.search(
            r"#\s*(type: ignore\[[a-z-]+(, ?[a-z-]+)*\]|noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*)\s*(#|-|—|:)\s*\S.{5,}",
            comment,
        ):
            found.append(f"{source.path}:{line} {comment}")
    return found


def test_a_file_stays_under_about_300_lines(sources):
    assert [finding for source in sources for finding in long_files(source)] == []


def test_a_function_stays_under_50_statements(sources):
    assert [finding for source in sources for finding in long_functions(source)] == []


def test_no_module_is_named_after_nothing(sources):
    stems = {source.path: source.path.rpartition("/")[2].removesuffix(".py") for source in sources}
    assert [path for path, stem in stems.items() if stem in VAGUE_NAMES] == []


def test_no_function_rebinds_a_global(sources):
    assert [finding for source in sources for finding in globals_used(source)] == []


def test_only_settings_read_the_environment(product):
    others = [source for source in product if source.path != SETTINGS]
    assert [finding for source in others for finding in environment_reads(source)] == []


def test_every_blind_except_says_why(sources):
    assert [finding for source in sources for finding in unexplained_catches(source)] == []


def test_every_ignore_names_its_rule_and_its_reason(sources):
    # mypy does not read the tests, and lint is milder there.
    others = [source for source in sources if not source.path.startswith("tests/")]
    assert [finding for source in others for finding in unexplained_ignores(source)] == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (long_files, "x = 1\n" * 331),
        (long_functions, "def f():\n" + "    x = 1\n" * 51),
        (globals_used, "def f():\n    global x\n    x = 1"),
        (environment_reads, "import os\nhome = os.environ['HOME']"),
        (environment_reads, "import os\nhome = os.environ.get('HOME')"),
        (environment_reads, "from os import getenv"),
        (unexplained_catches, "try:\n    f()\nexcept Exception:\n    pass"),
        (unexplained_catches, "try:\n    f()\nexcept (KeyError, BaseException):  # noqa: BLE001\n    pass"),
        (unexplained_catches, "try:\n    f()\nexcept:\n    pass"),
        (unexplained_ignores, "x = 1  # type: ignore"),
        (unexplained_ignores, "x = 1  # type: ignore[arg-type]"),
        (unexplained_ignores, "x = 1  # noqa"),
        (unexplained_ignores, "x = 1  # noqa: E501"),
    ],
)
def test_a_planted_breach_is_found(parse, rule, text):
    assert rule(parse("bot/planted.py", text))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (long_files, "WORDS = [\n" + "    'x',\n" * 400 + "]\n"),
        (long_functions, "def f():\n    '''Said.'''\n" + "    x = 1\n" * 50),
        (environment_reads, "import os\nos.environ['CHAINLIT_APP_ROOT'] = 'x'"),
        (environment_reads, "import os\nos.environ.setdefault('CHAINLIT_APP_ROOT', 'x')"),
        (unexplained_catches, "try:\n    f()\nexcept Exception:  # the chat must not show a trace\n    pass"),
        (unexplained_catches, "try:\n    f()\nexcept KeyError:\n    pass"),
        (unexplained_ignores, "x = 1  # type: ignore[arg-type]  # the stub is wrong"),
        (unexplained_ignores, "x = 1  # noqa: S608 - names are our own"),
        (unexplained_ignores, "x = 1  # noqa: N818 - a reason, never shown as an error"),
    ],
)
def test_what_is_allowed_is_not_reported(parse, rule, text):
    assert not rule(parse("bot/allowed.py", text))
