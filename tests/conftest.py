"""What holds for every test: no network, a scrubbed environment, one state folder, no silent skip.

A test that cannot run here because something optional is absent (marker `needs_data`, `needs_oracle`,
`needs_program`, `browser`) is deselected and counted aloud in the summary. In CI a missing browser or program and
any `pytest.skip` fail the run.
"""

import importlib.util
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GUARD_DIR = ROOT / "tests" / "network_guard"
ORACLES = ROOT / ".venv-oracles"
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
STATE_VARIABLE = "ASKGROWTH_STATE_DIR"

_deselected_key = pytest.StashKey[Counter[str]]()
_temporary_key = pytest.StashKey[Path]()


# ---- where things are


def _oracle_site_packages() -> list[Path]:
    return [*ORACLES.glob("lib/python3.*/site-packages"), *ORACLES.glob("Lib/site-packages")]


def find_data(name: str) -> Path | None:
    """Folder or file of an optional data set, or None. Data packages live with the oracles."""
    places = [ROOT.parent / "shared" / "data", ROOT.parent / "shared" / "practice", *_oracle_site_packages()]
    return next((place / name for place in places if (place / name).exists()), None)


def find_browser() -> str | None:
    """Path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def find_program(name: str) -> str | None:
    """Path of a program, or None; Debian keeps the servers of PostgreSQL off the path."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(places[-1]) if places else None)


def _missing(item: pytest.Item) -> str | None:
    """What the test needs and this machine lacks, or None."""
    for marker in item.iter_markers("needs_data"):
        if find_data(marker.args[0]) is None:
            return f"data {marker.args[0]}"
    for marker in item.iter_markers("needs_oracle"):
        if not any((site / marker.args[0]).exists() for site in _oracle_site_packages()):
            return f"oracle {marker.args[0]} in .venv-oracles"
    for marker in item.iter_markers("needs_program"):
        if find_program(marker.args[0]) is None:
            if IN_CI:
                raise pytest.UsageError(
                    f"{item.nodeid} needs {marker.args[0]}, and in CI its absence is a failure"
                )
            return f"program {marker.args[0]}"
    if item.get_closest_marker("browser") is not None and find_browser() is None:
        if IN_CI:
            raise pytest.UsageError(f"{item.nodeid} needs Chromium, and in CI a missing browser is a failure")
        return "browser Chromium"
    return None


# ---- the whole run


def _install_network_guard() -> None:
    spec = importlib.util.spec_from_file_location(
        "network_guard_sitecustomize", GUARD_DIR / "sitecustomize.py"
    )
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--deep`: much more made-up data than CI has time for; `--write-snapshots`: what is, is right: read the diff."""
    parser.addoption(
        "--write-snapshots", action="store_true", default=False, help="write the SQL snapshots anew"
    )
    parser.addoption(
        "--deep", action="store_true", default=False, help="thorough comparisons; minutes, not seconds"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Scrub the environment before anything of ours is imported; workers of xdist inherit it."""
    config.stash[_deselected_key] = Counter()
    if not hasattr(config, "workerinput"):
        for name in [n for n in os.environ if n.startswith("ASKGROWTH_")]:
            del os.environ[name]
        temporary = Path(tempfile.mkdtemp(prefix="askgrowth-tests-"))
        config.stash[_temporary_key] = temporary
        # One state folder for the whole run, so that the demo's data are generated once.
        os.environ[STATE_VARIABLE] = str(temporary / "state")
        os.environ["NETWORK_GUARD_LOG"] = str(temporary / "network.log")
        paths = [str(GUARD_DIR), os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        os.environ["TRACELOOP_TELEMETRY"] = "false"
    _install_network_guard()


def pytest_unconfigure(config: pytest.Config) -> None:
    temporary = config.stash.get(_temporary_key, None)
    if temporary is not None:
        shutil.rmtree(temporary, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept, gone = [], []
    for item in items:
        reason = _missing(item)
        if reason is None:
            kept.append(item)
        else:
            gone.append(item)
            config.stash[_deselected_key][reason] += 1
    if gone:
        items[:] = kept
        config.hook.pytest_deselected(items=gone)
    # Playwright keeps an event loop running in its process to the end: no test may start its own after that.
    items.sort(key=lambda item: "e2e" in item.path.parts)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run on a swallowed network attempt and, in CI, on any skip."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["deselected"] = dict(config.stash[_deselected_key])
        return
    if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and (
        _network_attempts() or (IN_CI and _skipped(config))
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Every worker of xdist deselects the same tests: take the counts of one."""
    output = getattr(node, "workeroutput", None)
    if output:
        node.config.stash[_deselected_key] = Counter(output["deselected"])


def _network_attempts() -> list[str]:
    log = Path(os.environ["NETWORK_GUARD_LOG"])
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def _skipped(config: pytest.Config) -> list[object]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return list(reporter.stats.get("skipped", [])) if reporter is not None else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say aloud what did not run and why."""
    counts = config.stash[_deselected_key]
    if counts:
        terminalreporter.section(
            "NOT RUN HERE: something optional is absent", sep="!", yellow=True, bold=True
        )
        for reason, count in sorted(counts.items()):
            terminalreporter.line(f"{count} test(s) deselected: needs {reason}", yellow=True)
    if attempts := _network_attempts():
        terminalreporter.section(
            "NETWORK: a connection was refused, the run fails", sep="!", red=True, bold=True
        )
        for line in attempts[:20]:
            terminalreporter.line(line, red=True)
    if IN_CI and (skipped := _skipped(config)):
        terminalreporter.section("SKIPPED IN CI: the run fails", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"{len(skipped)} test(s) called pytest.skip; deselect with a marker instead", red=True
        )


# ---- fixtures


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def state_dir() -> Path:
    """The product's state folder of this run, shared by all tests: the generated demo lies there."""
    return Path(os.environ[STATE_VARIABLE])


@pytest.fixture(scope="session", name="find_data")
def _find_data() -> Callable[[str], Path]:
    """Find an optional data set by name, for fixtures that outlive one test; goes with `needs_data`."""

    def find(name: str) -> Path:
        path = find_data(name)
        assert path is not None, f"mark the test needs_data({name!r})"
        return path

    return find


@pytest.fixture
def data_set(request: pytest.FixtureRequest) -> Path:
    """Path of the optional data set named by the test's `needs_data` marker."""
    marker = request.node.get_closest_marker("needs_data")
    path = find_data(marker.args[0]) if marker is not None else None
    assert path is not None, "the fixture data_set goes with the marker needs_data(name)"
    return path


@pytest.fixture(scope="session", name="find_program")
def _find_program() -> Callable[[str], Path]:
    """Find a program by name, for fixtures that outlive one test; goes with `needs_program`."""

    def find(name: str) -> Path:
        path = find_program(name)
        assert path is not None, f"mark the test needs_program({name!r})"
        return Path(path)

    return find


@pytest.fixture(scope="session")
def oracle_python() -> Path:
    """Python of .venv-oracles; use it with the marker `needs_oracle`."""
    return ORACLES / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Path of Chromium for Playwright's `executable_path`; use it with the marker `browser`."""
    path = find_browser()
    assert path is not None, "the fixture browser_path goes with the marker browser"
    return path


@pytest.fixture(autouse=True)
def _no_state_leaks_through_the_environment() -> Iterator[None]:
    """An environment variable a test sets without monkeypatch must not reach the next test."""
    before = dict(os.environ)
    yield
    leaked = {k for k in os.environ if k.startswith("ASKGROWTH_") and os.environ[k] != before.get(k)}
    for name in leaked:
        if name in before:
            os.environ[name] = before[name]
        else:
            del os.environ[name]
    assert not leaked, f"the test left {sorted(leaked)} in the environment"
