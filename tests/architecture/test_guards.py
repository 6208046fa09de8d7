"""The guards of the test run itself work: the network, what is deselected aloud, what fails in CI."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def log_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Send what the guard writes down elsewhere: these attempts must not fail this run."""
    log = tmp_path / "aside.log"
    monkeypatch.setenv("NETWORK_GUARD_LOG", str(log))
    return log


@pytest.mark.parametrize(
    "reach",
    [
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
        lambda: socket.getaddrinfo("example.com", 80),
        lambda: socket.gethostbyname("example.com"),
        lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80)),
        lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    ],
    ids=["connect", "getaddrinfo", "gethostbyname", "IPv6", "datagram"],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_that_leaves_the_machine_is_refused_and_written_down(log_aside, reach):
    with pytest.raises(RuntimeError, match="loopback only"):
        reach()
    assert "socket." in log_aside.read_text("utf-8")


def test_loopback_is_allowed(log_aside):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
    assert not log_aside.exists()


def test_a_python_that_a_test_starts_is_guarded_too(log_aside):
    code = "import socket; socket.getaddrinfo('example.com', 80)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "loopback only" in done.stderr
    assert log_aside.exists()


def test_no_setting_of_the_developer_reaches_a_test(state_dir: Path):
    assert [name for name in os.environ if name.startswith("ASKGROWTH_")] == ["ASKGROWTH_STATE_DIR"]
    assert state_dir.is_absolute()


@pytest.fixture
def nested(project_root: Path, tmp_path: Path):
    """Run our conftest over a test file of its own, with or without CI; returns exit code and output."""
    tests = tmp_path / "project" / "tests"
    shutil.copytree(project_root / "tests" / "network_guard", tests / "network_guard")
    shutil.copy(project_root / "tests" / "conftest.py", tests)
    shutil.copy(project_root / "pyproject.toml", tests.parent)

    def run(test: str, *arguments: str, ci: bool = False, path: str | None = None) -> tuple[int, str]:
        (tests / "test_nested.py").write_text(f"import pytest, socket\n{test}\n", "utf-8")
        environment = {k: v for k, v in os.environ.items() if k not in ("CI", "PYTEST_XDIST_WORKER")}
        environment |= {"PYTHONPATH": "", "CI": "true" if ci else ""}
        # Only the plugins our options name: the others cost a second at each start.
        environment |= {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": "xdist.plugin,pytest_asyncio.plugin",
        }
        environment |= {"PATH": path} if path is not None else {}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(
            command, cwd=tests.parent, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    return run


NEEDS_DATA = "@pytest.mark.needs_data('absent_set')\ndef test_a(): assert False\ndef test_b(): pass"
NEEDS_ORACLE = "@pytest.mark.needs_oracle('absent')\ndef test_a(): assert False\ndef test_b(): pass"
NEEDS_BROWSER = "@pytest.mark.browser\ndef test_a(): assert False\ndef test_b(): pass"
SKIPS = "def test_a(): pytest.skip('not today')\ndef test_b(): pass"
SWALLOWS = "def test_a():\n    with pytest.raises(RuntimeError): socket.getaddrinfo('example.com', 80)"


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["one process", "two workers"])
@pytest.mark.parametrize(
    ("test", "said"),
    [(NEEDS_DATA, "needs data absent_set"), (NEEDS_ORACLE, "needs oracle absent in .venv-oracles")],
)
def test_what_cannot_run_is_deselected_and_counted_aloud(nested, test, said, arguments):
    code, output = nested(test, *arguments)
    assert code == 0, output
    assert f"1 test(s) deselected: {said}" in output
    assert "1 passed" in output


def test_a_missing_browser_deselects_at_home_and_fails_in_ci(nested, tmp_path):
    code, output = nested(NEEDS_BROWSER, path=str(tmp_path))
    assert code == 0
    assert "1 test(s) deselected: needs browser" in output
    code, output = nested(NEEDS_BROWSER, ci=True, path=str(tmp_path))
    assert code != 0
    assert "in CI a missing browser is a failure" in output


def test_a_skip_fails_the_run_in_ci_only(nested):
    assert nested(SKIPS)[0] == 0
    code, output = nested(SKIPS, ci=True)
    assert code == 1
    assert "SKIPPED IN CI" in output


def test_a_swallowed_network_attempt_fails_the_run(nested):
    code, output = nested(SWALLOWS)
    assert code == 1
    assert "1 passed" in output
    assert "NETWORK: a connection was refused" in output


def test_an_unknown_marker_is_an_error(nested):
    assert nested("@pytest.mark.neds_data('x')\ndef test_a(): pass")[0] != 0
