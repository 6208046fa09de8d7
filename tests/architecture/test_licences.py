"""Everything the product needs at run time may be given away with it: no GPL, no AGPL."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

# LGPL is allowed for a library that is imported unchanged and that its user can replace; each is named here
# with the reason, so that it is a decision. None so far.
LGPL_ACCEPTED: dict[str, str] = {}
# Distributions whose metadata say nothing, and where the licence was read instead.
READ_BY_HAND: dict[str, str] = {}

STRONG = re.compile(
    r"\bA?GPL|(?<!lesser )(?<!library )general public license|\bSSPL|business source", re.IGNORECASE
)
WEAK = re.compile(r"\bLGPL|lesser general public|library general public", re.IGNORECASE)


def stated_licence(metadata) -> str:
    """What a distribution says about its licence: expression, short field and classifiers."""
    short = (metadata.get("License") or "").strip()
    classifiers = [c for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    # Some put the whole text into the field; its first lines name it (MPL 2.0 mentions the GPL further down).
    title = " ".join(short.splitlines()[:3])[:200]
    return " | ".join(filter(None, [metadata.get("License-Expression"), title, *classifiers]))


def alternatives(text: str) -> list[str]:
    """The licences one may choose between: `A OR B` needs only one that is acceptable."""
    return re.split(r"\s+OR\s+", text)


def verdict(name: str, licence: str) -> str:
    """An empty text, or what is wrong."""
    if not licence and name not in READ_BY_HAND:
        return f"{name}: no licence stated"
    if all(STRONG.search(part) for part in alternatives(licence)):
        return f"{name}: {licence}"
    if all(STRONG.search(part) or WEAK.search(part) for part in alternatives(licence)):
        return "" if name in LGPL_ACCEPTED else f"{name}: {licence}"
    return ""


@pytest.fixture(scope="module")
def closure(project_root: Path) -> dict[str, str]:
    """Licence of every distribution needed at run time, by name, as installed here."""
    pyproject = tomllib.loads((project_root / "pyproject.toml").read_text("utf-8"))
    waiting = [(Requirement(text), frozenset[str]()) for text in pyproject["project"]["dependencies"]]
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, _ = waiting.pop()
        name, extras = requirement.name.lower().replace("_", "-"), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform
        found[name] = stated_licence(installed.metadata)
        for text in installed.requires or []:
            needed = Requirement(text)
            if not needed.marker or any(needed.marker.evaluate({"extra": e}) for e in (*extras, "")):
                waiting.append((needed, extras))
    return found


def test_no_run_time_dependency_is_gpl_or_says_nothing(closure):
    assert [text for name, licence in sorted(closure.items()) if (text := verdict(name, licence))] == []


def test_the_closure_reaches_the_dependencies_of_dependencies(closure):
    assert {"chainlit", "starlette", "langchain-core", "numpy"} <= set(closure)
    assert len(closure) > 100


@pytest.mark.parametrize(
    ("licence", "accepted"),
    [
        ("MIT", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0", False),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", False),
        ("LGPL-2.1", False),
        ("GPL-2.0 OR MIT", True),
        ("MPL-2.0 AND MIT", True),
        ("", False),
    ],
)
def test_the_verdict_on_a_licence(licence, accepted):
    assert (verdict("some-library", licence) == "") is accepted
