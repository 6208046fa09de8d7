"""The guard in bot/__init__.py: AskGrowth's `tools` and `semantic_layer`, or a clear refusal."""

import os
import subprocess
import sys
from pathlib import Path


def import_bot(first_on_path: Path, root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{first_on_path}{os.pathsep}{root}"}
    return subprocess.run(
        [sys.executable, "-c", "import bot"],
        cwd=first_on_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_foreign_package_named_tools_is_named_in_the_error(tmp_path: Path, project_root: Path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").touch()
    done = import_bot(tmp_path, project_root)
    assert done.returncode == 1
    assert "ImportError: AskGrowth needs its own package 'tools'" in done.stderr
    assert str(tmp_path / "tools") in done.stderr


def test_without_a_stranger_the_package_is_imported(tmp_path: Path, project_root: Path):
    done = import_bot(tmp_path, project_root)
    assert done.returncode == 0, done.stderr
