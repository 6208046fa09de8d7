"""run.py, as far as it can be tried without making an environment (`.ci/run` makes one)."""

import ast
import importlib.util
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def run_py(project_root: Path):
    spec = importlib.util.spec_from_file_location("run_under_test", project_root / "run.py")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_parses_on_python_3_7_so_that_its_message_about_the_version_is_seen(project_root: Path):
    assert ast.parse((project_root / "run.py").read_text("utf-8"), feature_version=(3, 7))


def test_it_imports_the_standard_library_only(project_root: Path):
    tree = ast.parse((project_root / "run.py").read_text("utf-8"))
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_an_older_python_is_told_which_one_is_needed(run_py, monkeypatch, capsys):
    monkeypatch.setattr(run_py, "OLDEST", (3, 99))
    monkeypatch.setattr(run_py, "NEWEST", (3, 99))
    assert run_py.main(["test"]) == 2
    assert "Python 3.11 to 3.13 is needed" in capsys.readouterr().out


def test_an_unknown_command_lists_the_commands(run_py, capsys):
    assert run_py.main(["tset"]) == 2
    assert "python run.py demo" in capsys.readouterr().out


def test_a_port_in_use_is_said_before_anything_is_generated(run_py, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run_py.demo(["--port", str(port)]) == 1
    assert f"Port {port} is in use" in capsys.readouterr().out


def test_nothing_is_installed_while_the_stamp_fits(run_py, tmp_path, monkeypatch):
    lock, folder = tmp_path / "lock", tmp_path / "venv"
    lock.write_text("a==1\n", "utf-8")
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(run_py, "make_venv", lambda made: run_py.python_of(made).parent.mkdir(parents=True))
    monkeypatch.setattr(run_py, "install", lambda _, *what: commands.append(what))
    run_py.setup(folder, lock)
    run_py.python_of(folder).touch()
    assert len(commands) == 1
    run_py.setup(folder, lock)
    assert len(commands) == 1


def test_a_changed_lock_is_installed(run_py, tmp_path, monkeypatch):
    lock, folder = tmp_path / "lock", tmp_path / "venv"
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        run_py, "make_venv", lambda made: run_py.python_of(made).parent.mkdir(parents=True, exist_ok=True)
    )
    monkeypatch.setattr(run_py, "install", lambda _, *what: commands.append(what))
    for version in ("a==1\n", "a==2\n"):
        lock.write_text(version, "utf-8")
        run_py.setup(folder, lock)
        run_py.python_of(folder).touch()
    assert len(commands) == 2


def test_a_failed_installation_leaves_no_stamp(run_py, tmp_path, monkeypatch):
    lock, folder = tmp_path / "lock", tmp_path / "venv"
    lock.write_text("a==1\n", "utf-8")

    def fail(*_):
        raise run_py.SetupError("no network")

    monkeypatch.setattr(run_py, "make_venv", lambda made: made.mkdir())
    monkeypatch.setattr(run_py, "install", fail)
    with pytest.raises(run_py.SetupError):
        run_py.setup(folder, lock)
    assert not list(folder.glob("*.stamp"))


def test_the_server_ends_with_a_run_py_that_is_killed(project_root: Path):
    program = (
        "import subprocess, sys, time, run\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True, preexec_fn=run.end_with_parent)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=project_root, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = Path("/proc") / parent.stdout.readline().strip()
        assert "sleep" in (child / "cmdline").read_text()
        parent.kill()

    for _ in range(200):
        if not child.exists() or "Z" in (child / "stat").read_text().split(")")[1][:3]:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the child outlived its parent")


@pytest.mark.parametrize(
    ("codes", "ends_with"),
    [([0, 0], 0), ([0, 1, 0], 0), ([0, 1, 1, 0], 0), ([0, 1, 1, 1], 1), ([1, 1, 0], 1), ([0, 5], 0)],
)
def test_a_browser_test_that_failed_beside_others_must_pass_alone(run_py, monkeypatch, codes, ends_with):
    ran = []
    monkeypatch.setattr(run_py, "run", lambda *arguments: ran.append(arguments) or codes[len(ran) - 1])
    assert run_py.test([]) == ends_with
    assert len(ran) == len(codes)
