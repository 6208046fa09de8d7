#!/usr/bin/env python3
"""Set AskGrowth up and run it: `python run.py demo | test | check | bench [NAME] | setup | lock`.

Only the standard library, because it runs before anything is installed. It makes `.venv` beside this file,
installs exactly what requirements.lock says, and the project itself as an editable install. A stamp remembers
what was installed: while it fits, nothing is installed and no network is touched.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
ORACLES = ROOT / ".venv-oracles"
LOCK = ROOT / "requirements.lock"
ORACLES_LOCK = ROOT / "requirements-oracles.lock"
PYPROJECT = ROOT / "pyproject.toml"
PACKAGES = ("bot", "semantic_layer", "tools", "evals", "demo")
LOADED_BY_A_QUESTION = (
    "annotated_types", "duckdb", "numpy", "platformdirs", "pydantic", "pydantic_core", "rapidfuzz", "rich",
    "sqlglot", "typer", "typing_inspection", "yaml",
)  # fmt: skip
TESTS_FAILED = 1  # pytest's exit code
NOTHING_TO_RUN = 5  # pytest's exit code where every browser test was deselected aloud, for want of a browser
OLDEST, NEWEST = (3, 11), (3, 13)
QUESTION = "这周哪个渠道最有效?"
HOST = "127.0.0.1"
PORT = 8000

USAGE = """\
python run.py demo [--port N]   生成演示数据,回答一个问题,打开聊天服务 / demo data, one answer, the chat
python run.py test [ARGS]       运行全部测试(参数传给 pytest)/ all tests (arguments go to pytest)
python run.py check             格式、检查、类型、导入方向、文档 / format, lint, types, import rule, docs
python run.py bench [NAME]      运行一个基准测试,不带名字则列出 / one bench, or their list
python run.py setup [--oracles] 只安装环境 / only make the environment
python run.py lock [--upgrade]  重新生成两个锁文件 / write both lock files anew
"""


class SetupError(Exception):
    """The environment cannot be made; the text says what to do, in both languages."""


say = functools.partial(print, flush=True)  # a progress line appears at once, also in a pipe


# ---- the environment


def python_of(folder: Path) -> Path:
    """Path of the interpreter in a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def child_environment() -> dict[str, str]:
    """Environment for what we start: no other virtual environment, and UTF-8 wherever the text goes."""
    skip = {"VIRTUAL_ENV", "PYTHONHOME", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT"}
    return {**{k: v for k, v in os.environ.items() if k not in skip}, "PYTHONUTF8": "1"}


def quietly(command: list[str]) -> tuple[bool, str]:
    """Run a command, showing only that it is alive. Returns success and its output."""
    started = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=child_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        output: bytes | None = None
        while output is None:
            try:
                output = process.communicate(timeout=10)[0]
            except subprocess.TimeoutExpired:
                say(f"      … {time.monotonic() - started:.0f} s")
    return process.returncode == 0, output.decode(errors="replace")


def make_venv(folder: Path) -> None:
    """Make the virtual environment, or keep the one there is when it runs this Python's version."""
    config = folder / "pyvenv.cfg"
    if config.exists() and python_of(folder).exists():
        text = config.read_text("utf-8")
        version = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
        if version and (int(version[1]), int(version[2])) == sys.version_info[:2]:
            return
    say(f"[1/3] 建立环境 {folder.name} / Creating {folder.name} …")
    try:
        venv.create(folder, with_pip=True, clear=True, symlinks=os.name != "nt")
    except (subprocess.CalledProcessError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        hint = "Debian/Ubuntu: apt install python3-venv"
        raise SetupError(f"无法建立虚拟环境 / Cannot make a virtual environment: {error}\n{hint}") from error


def pip(folder: Path) -> list[str]:
    """The command line of the environment's own pip, up to the subcommand's name."""
    return [str(python_of(folder)), "-m", "pip", "--disable-pip-version-check", "--quiet"]


def uv(folder: Path) -> list[str]:
    """The command line of the environment's uv; empty where uv cannot be had and pip does the work."""
    command = [str(python_of(folder)), "-m", "uv"]
    locked = re.search(r"^uv==[^\s;]+", LOCK.read_text("utf-8") if LOCK.exists() else "", re.MULTILINE)
    wanted = locked.group() if locked else "uv"
    there = quietly([*command, "--version"])[0] or quietly([*pip(folder), "install", wanted])[0]
    return command if there else []


def install(folder: Path, *what: str) -> None:
    """Install with uv, else with pip, which takes the same arguments and about five times as long."""
    output, command = "", uv(folder)
    if command:
        target = ["--quiet", "--python", str(python_of(folder))]
        done, output = quietly([*command, "pip", "install", *target, *what])
        if done:
            return
        say("      uv 未成功,改用 pip / uv did not succeed, trying pip …")
    done, pip_output = quietly([*pip(folder), "install", *what])
    if not done:
        raise SetupError(f"{output}\n{pip_output}\n安装失败,见上 / The installation failed, see above.")


def precompile(folder: Path) -> None:
    """Write the bytecode that a question loads, so that even the first one starts quickly.

    Installers leave it out, and where PYTHONDONTWRITEBYTECODE is set it would be made anew at every start.
    """
    places = [str(ROOT / package) for package in PACKAGES]
    sites = [*folder.glob("lib/python3.*/site-packages"), *folder.glob("Lib/site-packages")]
    places += [str(site / name) for site in sites for name in LOADED_BY_A_QUESTION if (site / name).is_dir()]
    quietly([str(python_of(folder)), "-m", "compileall", "-q", "-j", "0", *places])


def setup(folder: Path, lock_file: Path, *more: Path) -> None:
    """Make the environment fit its lock; nothing is done while the stamp fits."""
    # What was installed: the files' content, this Python, and where the project lies (its path is installed).
    parts = [sys.version, str(ROOT), *(file.read_text("utf-8") for file in (lock_file, *more))]
    stamp, wanted = folder / "askgrowth.stamp", hashlib.sha256("\0".join(parts).encode()).hexdigest()
    if python_of(folder).exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    started = time.monotonic()
    make_venv(folder)
    stamp.unlink(missing_ok=True)
    count = len(lock_file.read_text("utf-8").splitlines())
    say(f"[2/3] 安装 {count} 个锁定的依赖 / Installing {count} locked packages …")
    install(folder, "-r", str(lock_file))
    if folder == VENV:
        say("[3/3] 安装 AskGrowth / Installing AskGrowth …")
        # The build backend is in the lock: without isolation, nothing is downloaded to build.
        install(folder, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
        precompile(folder)
    stamp.write_text(wanted, "utf-8")
    say(f"环境就绪 / Ready ({time.monotonic() - started:.0f} s)")


# ---- the commands


def run(*arguments: str) -> int:
    """Run `.venv`'s Python in the checkout and return its exit code."""
    return subprocess.call([str(python_of(VENV)), *arguments], cwd=ROOT, env=child_environment())


def test(arguments: list[str]) -> int:
    """Run the tests: all of them, or what pytest is told to. Return the first exit code that is not 0.

    The browser tests run in processes of their own: Playwright keeps an event loop running that no other test
    can share.
    """
    if arguments:
        return run("-m", "pytest", *arguments)
    parallel = ["-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
    others = run(*parallel, "-m", "not browser")
    browser = run(*parallel, "-m", "browser")
    alone = ["-n", "0", "--last-failed", "--last-failed-no-failures", "none"]
    for _ in range(2 if browser == TESTS_FAILED else 0):
        # Two browsers and their servers on two cores: what failed beside another one must pass alone.
        say("再单独运行失败的浏览器测试 / The browser tests that failed, once more, alone")
        browser = browser and run("-m", "pytest", "-q", "-m", "browser", *alone)
    return others or (0 if browser == NOTHING_TO_RUN else browser)


def lock(arguments: list[str]) -> int:
    """Write both lock files from pyproject.toml; versions already locked stay unless `--upgrade` is given."""
    make_venv(VENV)
    command = uv(VENV)
    if not command:
        raise SetupError("需要 uv / uv is needed to write the locks: pip install uv")
    command += ["pip", "compile", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate"]
    for target, sources in (
        (LOCK, ["pyproject.toml", "--group", "dev"]),
        (ORACLES_LOCK, ["--group", "pyproject.toml:oracles"]),
    ):
        done, output = quietly([*command, *sources, "-o", target.name, *arguments])
        lines = target.read_text("utf-8").splitlines() if target.exists() else []
        odd = [line for line in lines if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[^\s;:/]+( ; .+)?", line)]
        if not done or odd:
            raise SetupError(f"{output}\n{odd}\n{target.name}: 未能锁定 / could not be locked")
        say(f"{target.name}: {len(lines)}")
    return 0


def check(_arguments: list[str]) -> int:
    """Run every static check, all of them even when one fails, and say which failed."""
    steps = {
        "format": ["-m", "ruff", "format", "--check", "."],
        "lint": ["-m", "ruff", "check", "."],
        "types": ["-m", "mypy"],
        "import rule": ["-c", "from importlinter.cli import lint_imports_command as c; c()"],
        "generated docs": ["docs/generate.py", "--check"],
    }
    failed = []
    for name, arguments in steps.items():
        say(f"== {name}")
        if run(*arguments) != 0:
            failed.append(name)
    say(f"未通过 / FAILED: {', '.join(failed)}" if failed else "全部通过 / All checks passed")
    return 1 if failed else 0


def port_is_taken(port: int) -> bool:
    """True if something listens there; a port in TIME_WAIT is free, as it is for the server."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the chat server and whatever it started."""
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        with contextlib.suppress(OSError):  # gone already
            if os.name == "nt":
                server.terminate()
            else:
                os.killpg(server.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=8)
            return


def end_with_parent() -> None:
    """Run in a child: the system stops it once this process is gone, even where that was killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def serve(port: int) -> int:
    """Serve the chat until it is stopped; the server says its address once it answers."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    # A closed terminal or a plain `kill` must not leave the server behind.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), leave)
    environment = child_environment()
    environment.pop("ASKGROWTH_WORKSPACE", None)
    command = [str(python_of(VENV)), "-m", "bot", "serve", "--port", str(port)]
    ending = end_with_parent if os.name != "nt" else None
    own: dict[str, Any] = {"start_new_session": True, "preexec_fn": ending}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **own) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:
            say("\n已停止 / Stopped")
            return 0
        finally:
            stop(server)


def demo(arguments: list[str]) -> int:
    """Answer one question on the demo data in the terminal, then serve the chat."""
    port = PORT
    if arguments[:1] == ["--port"] and arguments[1:] and arguments[1].isdigit():
        port = int(arguments[1])
    if port_is_taken(port):
        say(f"端口 {port} 已被占用,请换一个 / Port {port} is in use, take another:")
        say(f"  python run.py demo --port {port + 1}")
        return 1
    os.environ.pop("ASKGROWTH_WORKSPACE", None)  # the demo is what is asked for
    say(f"\n$ askgrowth ask {QUESTION}")
    return run("-m", "bot", "ask", QUESTION) or serve(port)


def setup_oracles(arguments: list[str]) -> int:
    """After `.venv`, with `--oracles`: other people's engines that check our answers, apart from ours."""
    if "--oracles" in arguments:
        setup(ORACLES, ORACLES_LOCK)
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": lambda arguments: run("-m", "evals.bench", *arguments),
    "setup": setup_oracles,
    "lock": lock,
}


def main(arguments: list[str]) -> int:
    """Exit code of the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        say(f"需要 Python 3.11–3.13 / Python 3.11 to 3.13 is needed; this is {sys.version.split()[0]}.")
        return 2
    name, rest = "".join(arguments[:1]), arguments[1:]
    if name not in COMMANDS:
        say(USAGE)
        return 2
    try:
        if name != "lock":
            setup(VENV, LOCK, PYPROJECT)
        return COMMANDS[name](rest)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\n已停止 / Stopped")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
