"""Chat servers as processes of their own, each in an empty working directory."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
READY_SECONDS = 180  # on a busy machine the demo's data take long to make
# With a handler to be taken out (see handlers.py) the product is started through the script that takes it out.
START = [str(HERE / "without.py")] if "CHAT_WITHOUT" in os.environ else ["-m", "bot"]


class Server:
    """One chat server process in an empty working directory."""

    def __init__(
        self, command: list[str], folder: Path, port: int, environ: dict[str, str] | None = None
    ) -> None:
        self.command, self.folder, self.port = command, folder, port
        self.environ = {**os.environ, **(environ or {})}
        self.url = f"http://127.0.0.1:{port}"
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder.parent / f"{folder.name}.log"
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_SECONDS
        while self.url not in self.log.read_text(encoding="utf-8").rpartition("---")[2]:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "the server did not say it was ready"
            time.sleep(0.1)

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Return the exit code after a signal."""
        self.process.send_signal(how)
        try:
            code = self.process.wait(timeout=20)
        finally:
            self.process.kill()
        with self.log.open("a", encoding="utf-8") as log:
            log.write("\n---\n")
        return code


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def written_server(folder: Path) -> Server:
    port = free_port()
    command = [sys.executable, str(HERE / "fake_server.py"), str(folder / "state"), str(port)]
    return Server(command, folder / "cwd", port)


def product_server(
    folder: Path, root: Path, workspace: Path | None, state_dir: Path, more: dict[str, str] | None = None
) -> Server:
    port = free_port()
    command = [sys.executable, *START, "serve", "--port", str(port)]
    environ = {
        "ASKGROWTH_STATE_DIR": str(state_dir),
        "PYTHONPATH": os.pathsep.join([str(root), os.environ["PYTHONPATH"]]),
        **({"ASKGROWTH_WORKSPACE": str(workspace)} if workspace else {}),
        **(more or {}),
    }
    return Server(command, folder / "cwd", port, environ)
