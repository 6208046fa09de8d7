"""The chat server of a bench: a process of its own on the demo, with an app database of its own."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from bot.settings import read_settings

READY = re.compile(r"http://127\.0\.0\.1:\d+")
STOP_SECONDS = 15


def end_with_parent() -> None:
    """Run in the child: the system stops it once the bench is gone, even where that was killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class ChatServer:
    """One running server; `url` once it answers, `start_seconds` how long that took."""

    def __init__(self, folder: Path) -> None:
        """Start it and wait until it answers."""
        self.folder, self.log = folder, folder / "server.log"
        self.start()

    def start(self) -> None:
        """Start the process and wait until it answers; RuntimeError with its output where it does not."""
        settings = read_settings(None, None)
        environ = {
            **settings.variables,
            "ASKGROWTH_STATE_DIR": str(settings.state_dir),
            "ASKGROWTH_DATABASE_URL": f"sqlite:///{self.folder / 'app.sqlite'}",
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
        began = time.perf_counter()
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                command,
                env=environ,
                stdout=out,
                stderr=out,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - one thread
            )
        self.url = self._wait()
        self.start_seconds = time.perf_counter() - began

    def stop(self) -> float | None:
        """Return how many seconds a stop takes, None where the server had to be killed."""
        began = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        return time.perf_counter() - began

    def megabytes(self) -> float:
        """Return the resident memory; 0 where the system does not say (not Linux)."""
        status = Path(f"/proc/{self.process.pid}/status")
        return int(re.findall(r"VmRSS:\s+(\d+)", status.read_text())[0]) / 1024 if status.exists() else 0.0

    def cpu_seconds(self) -> float:
        """Return the processor time used so far; 0 where the system does not say (not Linux)."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def said(self) -> str:
        """Return what the server has written, without its greeting."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(line for line in lines if not READY.search(line))

    def _wait(self) -> str:
        while True:
            text = self.log.read_text(encoding="utf-8", errors="replace")
            if found := READY.search(text):
                return found[0]
            if self.process.poll() is not None:
                raise RuntimeError(text[-2_000:])
            time.sleep(0.02)
