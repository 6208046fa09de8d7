"""The text of a workspace's files as documents."""

from __future__ import annotations

from semantic_layer.errors import SpecError
from semantic_layer.files import SourceFile
from semantic_layer.spec.document import Marked, read_documents
from semantic_layer.text import Text

MAX_BYTES = 20_000_000


def read_source(source: SourceFile, problems: list[SpecError]) -> list[Marked]:
    """Return the documents of one file; what is wrong with it is appended to `problems`."""
    text = read_text_file(source, problems)
    return [] if text is None else read_documents(text, source.name, problems)


def read_text_file(source: SourceFile, problems: list[SpecError]) -> str | None:
    """Return a file's text (UTF-8, with or without a byte order mark), or None after noting why not."""
    try:
        if source.path.stat().st_size > MAX_BYTES:
            problems.append(
                SpecError(
                    Text(zh="文件过大。", en="The file is too large."),
                    Text(
                        zh="YAML 文件应小于 20 MB;数据放在 data/。",
                        en="YAML files are under 20 MB; data belong in data/.",
                    ),
                    file=source.name,
                    code="too_large",
                )
            )
            return None
        return source.path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(
            SpecError(
                Text(zh="文件不是 UTF-8 文本。", en="The file is not UTF-8 text."),
                Text(zh="以 UTF-8 编码另存。", en="Save it as UTF-8."),
                file=source.name,
                code="not_utf8",
            )
        )
    except OSError as error:
        problems.append(
            SpecError(
                Text(zh=f"无法读取文件:{error.strerror}。", en=f"The file cannot be read: {error.strerror}."),
                Text(zh="检查文件的权限。", en="Check the file's permissions."),
                file=source.name,
                code="unreadable",
            )
        )
    return None
