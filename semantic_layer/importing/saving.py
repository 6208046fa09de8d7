"""An import as files: a workspace that `askgrowth check` takes, and the report beside it."""

from __future__ import annotations

from pathlib import Path

import yaml

from semantic_layer.errors import DataError
from semantic_layer.importing.report import Imported
from semantic_layer.text import Text

REPORT = "import-report.md"


def save(made: Imported, folder: Path) -> None:
    """Write the files of an import below `folder`, which must be new or empty: nothing of anybody's is overwritten.

    Raises:
        DataError: the folder holds something, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(
            Text(zh=f"{folder} 已有内容。", en=f"{folder} is not empty."),
            Text(zh="换一个新的文件夹。", en="Name a new folder."),
            code="not_empty",
        )
    try:
        for name, content in made.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8"
            )
        (folder / REPORT).write_text(made.markdown(), encoding="utf-8")
    except OSError as error:
        raise DataError(
            Text(
                zh=f"无法写入 {folder}:{error.strerror}。",
                en=f"{folder} cannot be written: {error.strerror}.",
            ),
            Text(zh="检查权限和磁盘空间。", en="Check permissions and free space."),
            code="not_writable",
        ) from error
