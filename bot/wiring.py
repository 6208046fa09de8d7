"""Wiring: from settings to an open workspace and a pipeline. Only it knows of the demo's generator."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import DEMO, Settings
from semantic_layer.errors import DataError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.pipeline import Pipeline
    from semantic_layer.workspace import SemanticLayer

Progress = Callable[[Text], None]


def open_layer(settings: Settings, progress: Progress | None = None) -> SemanticLayer:
    """Return the workspace of `settings`, opened; the demo's data are generated on first use.

    Raises:
        SpecProblemsError: the YAML has problems. DataError: data are missing, locked or broken.
    """
    import semantic_layer

    data_dir = demo_data(settings.state_dir, progress) if settings.is_demo else None
    return semantic_layer.open(
        settings.workspace, state_dir=settings.state_dir, data_dir=data_dir, environ=settings.variables
    )


def open_pipeline(settings: Settings, progress: Progress | None = None) -> Pipeline:
    """Return the question-to-answer pipeline over the workspace of `settings`."""
    from bot.ledger.keeping import Ledger
    from bot.memory.recall import Memory
    from bot.pipeline import Pipeline

    layer = open_layer(settings, progress)
    memory = Memory(layer, settings)
    pipeline = Pipeline(layer, settings, approvals=memory, ledger=Ledger(layer, settings))
    pipeline.on_change(memory.use)
    return pipeline


def demo_data(state_dir: Path, progress: Progress | None = None) -> Path:
    """Return the folder of the demo's Parquet files, generating them where this generator has not run yet.

    The folder is named by the generator's source, so that a changed generator makes new data. Safe for
    several processes at once: each writes its own folder and the first to finish wins.
    """
    target = state_dir / f"demo-{_generator_version()}"
    if target.is_dir():
        return target
    if progress is not None:
        progress(
            Text(
                zh="首次使用:正在生成演示数据(约 30 秒内)……",
                en="First use: generating the demo data (under 30 seconds) …",
            )
        )
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="demo-", dir=state_dir))
    except OSError as error:
        raise DataError(
            Text(
                zh=f"无法写入 {state_dir}:{error.strerror}。",
                en=f"Cannot write to {state_dir}: {error.strerror}.",
            ),
            Text(
                zh="设置 ASKGROWTH_STATE_DIR 为可写的文件夹。",
                en="Set ASKGROWTH_STATE_DIR to a writable folder.",
            ),
        ) from error
    try:
        from demo.generate import generate

        generate(scratch)
        try:
            scratch.replace(target)
        except OSError:  # another process finished first: its bytes are the same
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _generator_version() -> str:
    digest = hashlib.sha256()
    for source in sorted(DEMO.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
