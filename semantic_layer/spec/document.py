"""YAML text into plain values that remember where they were written: file, and line of every key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from semantic_layer.errors import SpecError
from semantic_layer.text import Text

# An alias can repeat its anchor without end ("billion laughs"); no honest workspace file comes near this.
NODE_LIMIT = 400_000
DEPTH_LIMIT = 60

_CORE = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]*)\Z")
_TEXT_TAGS = frozenset({f"{_CORE}str", f"{_CORE}timestamp", f"{_CORE}value"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Marked(dict[Any, Any]):
    """A mapping that knows its file, its own line and the line of each key."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[Any, int] = {}

    def put(self, key: object, value: object, line: int) -> None:
        """Set a key together with the line it stands on."""
        self[key] = value
        self.lines[key] = line

    def line_of(self, key: object) -> int:
        """Return the line of `key`, else the line of the mapping."""
        return self.lines.get(key, self.line)

    def renamed(self, names: dict[str, str]) -> Marked:
        """Return a copy whose keys are renamed by `names`; a value of "" drops the key. Lines stay."""
        copy = Marked(self.file, self.line)
        for key, value in self.items():
            new = names.get(key, key) if isinstance(key, str) else key
            if new != "":
                copy.put(new, value, self.line_of(key))
        return copy


class MarkedList(list[Any]):
    """A sequence that knows its file, its own line and the line of each item."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: list[int] = []

    def put(self, value: object, line: int) -> None:
        """Append an item together with the line it stands on."""
        self.append(value)
        self.lines.append(line)


def read_documents(text: str, file: str, problems: list[SpecError]) -> list[Marked]:
    """Return the mappings of a (multi-document) YAML text; empty documents are left out.

    Whatever is wrong is appended to `problems` with its line, and the document it is in is left out:
    broken syntax, a duplicate key, an unknown tag, something other than a mapping at the top.
    """
    documents: list[Marked] = []
    try:
        for node in yaml.compose_all(text, Loader=_LOADER):
            value = _Builder(file, problems).build(node)
            if isinstance(value, Marked):
                documents.append(value)
            elif value is not None:
                problems.append(_not_a_mapping(file, node.start_mark.line + 1))
    except yaml.YAMLError as error:
        problems.append(_syntax(error, file))
    except _TooLargeError as error:
        problems.append(_too_large(file, error.line))
    return documents


class _TooLargeError(Exception):
    """The document expands to more nodes, or nests deeper, than any workspace needs."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Builder:
    """Builds one document's values from its node tree."""

    def __init__(self, file: str, problems: list[SpecError]) -> None:
        self.file = file
        self.problems = problems
        self.nodes = 0

    def build(self, node: yaml.Node, depth: int = 0) -> object:
        self.nodes += 1
        if self.nodes > NODE_LIMIT or depth > DEPTH_LIMIT:
            raise _TooLargeError(node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if isinstance(node, yaml.SequenceNode):
            items = MarkedList(self.file, node.start_mark.line + 1)
            for child in node.value:
                items.put(self.build(child, depth + 1), child.start_mark.line + 1)
            return items
        mapping = Marked(self.file, node.start_mark.line + 1)
        for key_node, value_node in self.pairs(node, depth):
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(_unquoted_braces(self.file, line))
                continue
            key = self.scalar(key_node)
            if key in mapping:
                self.problems.append(_duplicate(self.file, line, str(key), mapping.line_of(key)))
                continue
            mapping.put(key, self.build(value_node, depth + 1), line)
        return mapping

    def pairs(self, node: yaml.Node, depth: int) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """Yield the pairs of a mapping; `<<` adds those of its anchor that are not written here."""
        merged: list[tuple[yaml.Node, yaml.Node]] = []
        written: set[str] = set()
        for key_node, value_node in node.value:
            if key_node.tag == f"{_CORE}merge":
                if depth > DEPTH_LIMIT:
                    raise _TooLargeError(node.start_mark.line + 1)
                sources = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                for source in sources:
                    if isinstance(source, yaml.MappingNode):
                        merged.extend(self.pairs(source, depth + 1))
            else:
                if isinstance(key_node, yaml.ScalarNode):
                    written.add(key_node.value)
                yield key_node, value_node
        for key_node, value_node in merged:
            if isinstance(key_node, yaml.ScalarNode) and key_node.value not in written:
                written.add(key_node.value)
                yield key_node, value_node

    def scalar(self, node: yaml.ScalarNode) -> object:
        """Return a scalar's value. Dates, `yes`, `on`, `1:30` and `007` stay text: the field's type decides."""
        text: str = node.value
        if node.tag in _TEXT_TAGS or node.style:  # quoted, or a block of text
            return text
        if node.tag == f"{_CORE}null":
            return None
        if node.tag == f"{_CORE}bool":
            folded = text.casefold()
            return folded == "true" if folded in {"true", "false"} else text
        if node.tag == f"{_CORE}int":
            return int(text.replace("_", "")) if _INTEGER.match(text) else text
        if node.tag == f"{_CORE}float":
            try:
                return float(text)
            except ValueError:
                return text
        if node.tag != f"{_CORE}merge":
            self.problems.append(_unknown_tag(self.file, node.start_mark.line + 1, node.tag))
        return text


def _duplicate(file: str, line: int, key: str, first: int) -> SpecError:
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


def _not_a_mapping(file: str, line: int) -> SpecError:
    return SpecError(
        Text(zh="文件的最外层不是“键: 值”。", en="The top of the file is not a list of `key: value` pairs."),
        Text(
            zh="最外层应是 models:、metrics:、dimensions: 等键。",
            en="Start with keys such as models:, metrics: or dimensions:.",
        ),
        file=file,
        line=line,
    )


def _unquoted_braces(file: str, line: int) -> SpecError:
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


def _unknown_tag(file: str, line: int, tag: str) -> SpecError:
    return SpecError(
        Text(zh=f"不认识的 YAML 标签 {tag!r}。", en=f"The YAML tag {tag!r} is not known."),
        Text(zh="去掉标签,直接写值。", en="Remove the tag and write the plain value."),
        file=file,
        line=line,
    )


def _too_large(file: str, line: int) -> SpecError:
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


# What the YAML reader says, by a part of its message, and what it means to a person.
_SYNTAX: tuple[tuple[str, Text, Text], ...] = (
    (
        "\\t",
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


def _syntax(error: yaml.YAMLError, file: str) -> SpecError:
    raw = str(error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else None
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
