"""What lies in the repository: plain locks that fit pyproject.toml, no addresses, no paths of one machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

# Written in pieces, so that this file does not hold what it looks for.
REGISTRY = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", r"/sim" + r"ple/?\b", "--ind" + "ex-url"])
)
MACHINE = re.compile(
    "|".join([r"(?<![\w./])/wo" + r"rk/", r"(?<![\w.])/ro" + "ot/", r"(?<![\w.])/ho" + r"me/\w+/"])
)
LOCKED = re.compile(r"([a-z0-9][a-z0-9._-]*)==([^\s;:/]+)(?: ; (.+))?")
LOCKS = ("requirements.lock", "requirements-oracles.lock")


@pytest.fixture(scope="session")
def texts(project_root: Path, files: list[Path]) -> dict[str, str]:
    """Text of every file of the project that is text."""
    found = {}
    for path in files:
        content = (project_root / path).read_bytes()
        if b"\0" not in content[:4096]:
            found[path.as_posix()] = content.decode("utf-8")
    return found


@pytest.fixture(scope="session")
def pyproject(project_root: Path) -> dict:
    return tomllib.loads((project_root / "pyproject.toml").read_text("utf-8"))


def matches(pattern: re.Pattern[str], texts: dict[str, str]) -> list[str]:
    return [
        f"{path}:{number}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def locked(text: str) -> dict[str, list[str]]:
    """Versions of each package; a universal lock may hold several, told apart by markers."""
    versions: dict[str, list[str]] = {}
    for line in text.splitlines():
        found = LOCKED.fullmatch(line)
        assert found, f"not a plain lock line: {line!r}"
        versions.setdefault(found[1], []).append(found[2])
    return versions


def unlocked(requirements: list[str], lock: dict[str, list[str]]) -> list[str]:
    """Requirements that the lock does not satisfy."""
    wanted = [Requirement(text) for text in requirements]
    return [
        str(r)
        for r in wanted
        if not (versions := lock.get(r.name.lower())) or not all(r.specifier.contains(v) for v in versions)
    ]


def test_no_file_holds_a_registry_address(texts):
    assert matches(REGISTRY, texts) == []


def test_no_file_holds_a_path_of_one_machine(texts):
    assert matches(MACHINE, texts) == []


def test_a_planted_address_or_path_is_found():
    assert matches(REGISTRY, {"a": "x\nhttps://py" + "pi.org/x"}) == ["a:2"]
    assert matches(REGISTRY, {"a": "https://mirror.example/sim" + "ple"}) == ["a:1"]
    assert matches(MACHINE, {"a": "cd /wo" + "rk/main"}) == ["a:1"]
    assert matches(MACHINE, {"a": "see docs/wo" + "rk/of.md"}) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_plain_name_version_marker_lines(texts, name):
    assert locked(texts[name])


def test_the_lock_satisfies_every_requirement(texts, pyproject):
    wanted = pyproject["project"]["dependencies"] + pyproject["dependency-groups"]["dev"]
    assert unlocked(wanted, locked(texts["requirements.lock"])) == []


def test_the_oracles_lock_satisfies_its_group(texts, pyproject):
    wanted = pyproject["dependency-groups"]["oracles"]
    assert unlocked(wanted, locked(texts["requirements-oracles.lock"])) == []


def test_a_requirement_the_lock_misses_is_found():
    assert unlocked(["a>=2", "b", "c"], {"a": ["1.0"], "b": ["1.0"]}) == ["a>=2", "c"]


def test_the_build_backend_is_locked_so_that_an_offline_set_up_can_build(texts, pyproject):
    assert unlocked(pyproject["build-system"]["requires"], locked(texts["requirements.lock"])) == []


def test_nothing_generated_is_tracked(texts):
    generated = re.compile(r"(^|/)(uv\.lock|\.venv[^/]*|\.files|\.chainlit|__pycache__|[^/]+\.egg-info)(/|$)")
    assert [path for path in texts if generated.search(path)] == []


def test_the_changelog_has_an_unreleased_section_with_numbers(texts):
    headings = re.findall(r"^(##+) (.+)$", texts["CHANGELOG.md"], re.MULTILINE)
    titles = [title for _, title in headings]
    assert titles[0] == "[Unreleased]"
    allowed = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Numbers"}
    assert {title for level, title in headings if level == "###"} <= allowed
    assert "Numbers" in titles


def test_the_changelog_names_the_released_version(texts, pyproject):
    released = re.findall(r"^## \[(\d[^\]]*)\]", texts["CHANGELOG.md"], re.MULTILINE)
    # Before the first release there is none; afterwards the newest is the version of the package.
    assert not released or released[0] == pyproject["project"]["version"]


def test_every_folder_of_python_code_is_installed(pyproject, project_root):
    assert set(pyproject["tool"]["hatch"]["build"]["only-include"]) >= {
        path.parent.name for path in project_root.glob("*/__init__.py")
    }
