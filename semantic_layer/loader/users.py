"""`users.yml`: the attributes of the users that access rules speak of."""

from __future__ import annotations

from pathlib import Path

from semantic_layer.access import Attribute
from semantic_layer.errors import SpecError
from semantic_layer.files import USERS_FILE, SourceFile
from semantic_layer.loader.files import read_source
from semantic_layer.spec.document import Marked
from semantic_layer.spec.problems import Problems
from semantic_layer.text import Text


def load_users(root: Path, problems: Problems) -> dict[str, dict[str, Attribute]]:
    """Return the attributes by user name; empty where there is no `users.yml`.

    Two forms: `users: {li: {province: 广东}}`, and `users: [{name: li, province: 广东}]`.
    """
    path = root / USERS_FILE
    if not path.is_file():
        return {}
    errors: list[SpecError] = problems.errors
    users: dict[str, dict[str, Attribute]] = {}
    for document in read_source(SourceFile(path, USERS_FILE), errors):
        entries = document.get("users", document)
        if isinstance(entries, Marked):
            items = [(str(name), attributes, entries.line_of(name)) for name, attributes in entries.items()]
        elif isinstance(entries, list):
            items = [
                (str(entry.get("name")), entry.renamed({"name": ""}), entry.line)
                for entry in entries
                if isinstance(entry, Marked)
            ]
        else:
            items = []
        for name, attributes, line in items:
            if name in users:
                errors.append(_duplicate(name, line))
            elif isinstance(attributes, Marked):
                users[name] = {str(key): _value(value) for key, value in attributes.items()}
            elif attributes is None:
                users[name] = {}
            else:
                errors.append(_not_attributes(name, line))
    return users


def _value(value: object) -> Attribute:
    if isinstance(value, list):
        return tuple(item if isinstance(item, (str, int, float, bool)) else str(item) for item in value)
    return value if isinstance(value, (str, int, float, bool)) else ""


def _duplicate(name: str, line: int) -> SpecError:
    return SpecError(
        Text(zh=f"用户 {name!r} 写了两次。", en=f"The user {name!r} is written twice."),
        Text(zh="删去其中一处。", en="Remove one of the two."),
        file=USERS_FILE,
        line=line,
        key=name,
        code="duplicate_name",
    )


def _not_attributes(name: str, line: int) -> SpecError:
    return SpecError(
        Text(
            zh=f"用户 {name!r} 的属性应是映射。", en=f"The attributes of the user {name!r} must be a mapping."
        ),
        Text(zh="写成 li: {province: 广东}。", en="Write li: {province: 广东}."),
        file=USERS_FILE,
        line=line,
        key=name,
        code="wrong_value",
    )
