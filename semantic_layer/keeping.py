"""What a process works out and keeps for the next: when it still holds, and how it is written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


def code_stamp(*folders: Path) -> str:
    """Return what changes whenever a file of code or data in one of the folders, or Python itself, does."""
    state = sorted(file for folder in folders for file in _files(folder))
    return hashlib.sha256(repr((sys.version, state)).encode()).hexdigest()


def keep_file(file: Path, content: str) -> None:
    """Write a file whole, for the next process; a folder that cannot be written is no error."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(content)
        Path(scratch).replace(file)
    except OSError:
        return


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    below: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                below.append(entry.path)
            elif entry.name.endswith((".py", ".txt")):
                state = entry.stat()
                yield entry.path, state.st_size, state.st_mtime_ns
    for path in below:
        if not path.endswith("__pycache__"):
            yield from _files(Path(path))
