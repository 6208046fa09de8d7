"""What can be wrong with YAML text before any key is read, said to a person."""

from __future__ import annotations

import re

import yaml

from semantic_layer.errors import SpecError
from semantic_layer.text import Text

# No text, no file and no SQL may hold them: control characters, and halves of a character.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def duplicate_key(file: str, line: int, key: str, first: int) -> SpecError:
    """Return the error of a key that a mapping has already."""
    return SpecError(
        Text(
            zh=f"键 {key!r} 写了两次(第一次在第 {first} 行)。",
            en=f"The key {key!r} is written twice (first on line {first}).",
        ),
        Text(zh="删去其中一处。", en="Remove one of the two."),
        file=file,
        line=line,
        key=key,
        code="duplicate_key",
    )


def not_a_mapping(file: str, line: int) -> SpecError:
    """Return the error of a file whose top is a list or a single value."""
    return SpecError(
        Text(zh="文件的最外层不是“键: 值”。", en="The top of the file is not a list of `key: value` pairs."),
        Text(
            zh="最外层应是 models:、metrics:、dimensions: 等键。",
            en="Start with keys such as models:, metrics: or dimensions:.",
        ),
        file=file,
        line=line,
    )


def unquoted_braces(file: str, line: int) -> SpecError:
    """Return the error of Jinja that YAML took for a mapping."""
    return SpecError(
        Text(zh="花括号没有加引号,被当成了映射。", en="Braces without quotes were read as a mapping."),
        Text(
            zh="把整个表达式放进双引号,例如 \"{{ Dimension('customer__country') }} = 'CN'\"。",
            en="Put the whole expression into double quotes: \"{{ Dimension('customer__country') }} = 'CN'\".",
        ),
        file=file,
        line=line,
        code="unquoted_braces",
    )


def unknown_tag(file: str, line: int, tag: str) -> SpecError:
    """Return the error of a tag that nobody needs here."""
    return SpecError(
        Text(zh=f"不认识的 YAML 标签 {tag!r}。", en=f"The YAML tag {tag!r} is not known."),
        Text(zh="去掉标签,直接写值。", en="Remove the tag and write the plain value."),
        file=file,
        line=line,
    )


def control_character(file: str, line: int | None) -> SpecError:
    """Return the error of a character that no text may hold."""
    return SpecError(
        Text(zh="这里有看不见的控制字符。", en="There is an invisible control character here."),
        Text(zh="删去它,重新输入这一行。", en="Remove it: type the line anew."),
        file=file,
        line=line,
        code="control_character",
    )


def too_large(file: str, line: int) -> SpecError:
    """Return the error of a document that expands too far or nests too deep."""
    return SpecError(
        Text(
            zh="文件展开后过大或嵌套过深(通常是 & 和 * 互相引用)。",
            en="The file expands too far or nests too deep (usually & and * that refer to each other).",
        ),
        Text(zh="去掉别名,或拆成几个文件。", en="Remove the aliases, or split the file."),
        file=file,
        line=line,
        code="too_large",
    )


_TAB = "tab character"
# What the YAML reader says, by a part of its message, and what it means to a person.
_SYNTAX: tuple[tuple[str, Text, Text], ...] = (
    (
        _TAB,
        Text(zh="这里有制表符(Tab)。", en="There is a tab character here."),
        Text(zh="YAML 只能用空格缩进。", en="Indent with spaces only."),
    ),
    (
        "mapping values are not allowed",
        Text(
            zh="这里不该出现冒号:缩进不齐,或值里含有“: ”。",
            en="A colon is not expected here: the indent is off, or a value contains `: `.",
        ),
        Text(zh="对齐缩进,或给含冒号的值加引号。", en="Align the indent, or quote the value."),
    ),
    (
        "could not find expected ':'",
        Text(zh="缺少冒号。", en="A colon is missing."),
        Text(zh="写成“键: 值”,冒号后留一个空格。", en="Write `key: value`, with a space after the colon."),
    ),
    (
        "did not find expected ',' or",
        Text(zh="括号没有闭合,或缺少逗号。", en="A bracket is not closed, or a comma is missing."),
        Text(zh="检查 [ ] 和 { } 是否成对。", en="Check that every [ and { has its partner."),
    ),
    (
        "while scanning a quoted scalar",
        Text(zh="引号没有闭合。", en="A quotation mark is not closed."),
        Text(zh="补上结尾的引号。", en="Add the closing quotation mark."),
    ),
    (
        "undefined alias",
        Text(zh="* 引用了不存在的 & 锚点。", en="A * refers to an & anchor that does not exist."),
        Text(zh="在前面定义该锚点,或去掉引用。", en="Define the anchor above it, or remove the alias."),
    ),
    (
        "block",
        Text(zh="缩进与上文不一致。", en="The indent does not fit the lines above."),
        Text(zh="同一层的键要从同一列开始。", en="Keys of one level start in the same column."),
    ),
)


def syntax_error(error: yaml.YAMLError, file: str, text: str) -> SpecError:
    """Return the error of text that is no YAML, in words."""
    if isinstance(error, yaml.reader.ReaderError):
        found = CONTROL.search(text)
        return control_character(file, text.count("\n", 0, found.start()) + 1 if found else None)
    raw = str(error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else None
    if mark is not None and "token" in raw and "\t" in text.split("\n")[mark.line]:
        raw = _TAB
    for part, message, mend in _SYNTAX:
        if part in raw:
            return SpecError(message, mend, file=file, line=line, code="yaml_syntax")
    return SpecError(
        Text(zh="这里不是合法的 YAML。", en="This is not valid YAML."),
        Text(zh="检查缩进、引号和特殊字符。", en="Check the indent, the quotes and special characters."),
        file=file,
        line=line,
        code="yaml_syntax",
    )
