"""YAML text into plain values that remember where they were written: file, and line of every key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from semantic_layer.errors import SpecError
from semantic_layer.spec.yaml_problems import (
    CONTROL,
    control_character,
    duplicate_key,
    not_a_mapping,
    syntax_error,
    too_large,
    unknown_tag,
    unquoted_braces,
)

# An alias can repeat its anchor without end ("billion laughs"); no honest workspace file comes near this.
NODE_LIMIT = 400_000
DEPTH_LIMIT = 60

_CORE = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]*)\Z")
_DIGITS = 40  # a longer number is no number of anything, and Python refuses to read one of thousands
_TEXT_TAGS = frozenset({f"{_CORE}str", f"{_CORE}timestamp", f"{_CORE}value"})
_READER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        for node in yaml.compose_all(text, Loader=_Loader):
            value = _Builder(file, problems).build(node)
            if isinstance(value, Marked):
                documents.append(value)
            elif value is not None:
                problems.append(not_a_mapping(file, node.start_mark.line + 1))
    except yaml.YAMLError as error:
        problems.append(syntax_error(error, file, text))
    except _TooLargeError as error:
        problems.append(too_large(file, error.line))
    return documents


class _TooLargeError(Exception):
    """The document expands to more nodes, or nests deeper, than any workspace needs."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Loader(_READER):  # type: ignore[valid-type, misc]  # which reader there is is known at run time
    """A reader that stops at a depth: libyaml's own composing ends the process where it nests too deep."""

    _depth = 0

    def descend_resolver(self, current_node: yaml.Node | None, _index: Any) -> None:
        """Note that a node begins; every reader calls this once per node."""
        self._depth += 1
        if self._depth > DEPTH_LIMIT + 2:
            raise _TooLargeError(current_node.start_mark.line + 1 if current_node is not None else 1)

    def ascend_resolver(self) -> None:
        """Note that a node ends."""
        self._depth -= 1


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
                self.problems.append(unquoted_braces(self.file, line))
                continue
            key = self.scalar(key_node)
            if key in mapping:
                self.problems.append(duplicate_key(self.file, line, str(key), mapping.line_of(key)))
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
                        for pair in self.pairs(source, depth + 1):
                            self.nodes += 1  # a merge of merges grows tenfold with every line
                            merged.append(pair)
                        if self.nodes > NODE_LIMIT:
                            raise _TooLargeError(node.start_mark.line + 1)
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
        if not text.isprintable() and CONTROL.search(text):
            self.problems.append(control_character(self.file, node.start_mark.line + 1))
            text = CONTROL.sub("", text)
        if node.tag in _TEXT_TAGS or node.style:  # quoted, or a block of text
            return text
        if node.tag == f"{_CORE}null":
            return None
        if node.tag == f"{_CORE}bool":
            folded = text.casefold()
            return folded == "true" if folded in {"true", "false"} else text
        if node.tag == f"{_CORE}int":
            is_whole = _INTEGER.match(text) and len(text) <= _DIGITS
            return int(text.replace("_", "")) if is_whole else text
        if node.tag == f"{_CORE}float":
            try:
                return float(text)
            except ValueError:
                return text
        if node.tag != f"{_CORE}merge":
            self.problems.append(unknown_tag(self.file, node.start_mark.line + 1, node.tag))
        return text
