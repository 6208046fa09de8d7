"""Who may see what: row filters with the user's attributes filled in, hidden and masked names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semantic_layer.catalog import Access, Filter
from semantic_layer.errors import AccessError
from semantic_layer.text import Text

Attribute = str | int | float | bool | tuple[str | int | float | bool, ...]
Users = Mapping[str, Mapping[str, Attribute]]

_PLACE = "{user."


@dataclass(frozen=True, slots=True)
class Rights:
    """What one user may see. Empty: everything."""

    row_filters: Mapping[str, tuple[str, ...]]
    hidden: frozenset[str]
    masked: frozenset[str]


OPEN = Rights({}, frozenset(), frozenset())


def rights_of(access: Access | None, users: Users, user: str | None) -> Rights:
    """Return the rights of a user; a user's `role` attribute chooses the role's rules instead of the general ones.

    Raises:
        AccessError: the workspace has access rules and the user is unknown, has an unknown role, or lacks an
            attribute that a rule needs.
    """
    if access is None:
        return OPEN
    attributes = users.get(user) if user is not None else None
    if attributes is None:
        raise AccessError(
            Text(zh="没有权限:用户未知。", en="No access: the user is not known."),
            Text(zh="用 --user 指定 users.yml 中的用户。", en="Name a user of users.yml with --user."),
            code="unknown_user",
        )
    rules = access
    role = attributes.get("role")
    if role is not None and access.roles:
        chosen = access.roles.get(str(role))
        if not isinstance(chosen, Access):
            raise AccessError(
                Text(zh="没有权限:用户的角色未定义。", en="No access: the user's role is not defined."),
                Text(zh="在 access.roles 中定义该角色。", en="Define the role under access.roles."),
                code="unknown_role",
            )
        rules = chosen
    filters: dict[str, list[str]] = {}
    for model, where in rules.rows:
        filters.setdefault(model, []).append(_filled(where, attributes))
    return Rights({m: tuple(f) for m, f in filters.items()}, frozenset(rules.hidden), frozenset(rules.masked))


def _filled(where: Filter, attributes: Mapping[str, Attribute]) -> str:
    """Return a row rule with the user's values in it, put in as literals of the tree."""
    if _PLACE not in where.sql:
        return where.sql
    from sqlglot import exp

    from semantic_layer.expression import parse_expression

    tree = parse_expression(where.sql)
    for literal in list(tree.find_all(exp.Literal)):
        text = str(literal.this)
        if not (literal.is_string and text.startswith(_PLACE) and text.endswith("}")):
            continue
        name = text[len(_PLACE) : -1].strip()
        if name not in attributes:
            raise AccessError(
                Text(
                    zh=f"没有权限:用户缺少属性 {name}。", en=f"No access: the user has no attribute {name}."
                ),
                Text(zh="在 users.yml 中补上。", en="Add it in users.yml."),
                code="missing_attribute",
            )
        _put(literal, attributes[name])
    return tree.sql(dialect="duckdb")


def _put(place: object, value: Attribute) -> None:
    from sqlglot import exp

    assert isinstance(place, exp.Literal)
    values: Sequence[object] = value if isinstance(value, tuple) else (value,)
    literals = [exp.convert(item) for item in values]
    if isinstance(place.parent, exp.In) and place.arg_key == "expressions":
        others = [item for item in place.parent.expressions if item is not place]
        place.parent.set("expressions", [*others, *(literals or [exp.Null()])])
    elif len(literals) == 1:
        place.replace(literals[0])
    else:  # `= '{user.provinces}'` with several values would be a type error: refuse rather than guess
        raise AccessError(
            Text(
                zh="没有权限:属性有多个值,规则应写 IN。",
                en="No access: the attribute has several values; the rule needs IN.",
            ),
            Text(zh="写成 province IN ('{user.provinces}')。", en="Write province IN ('{user.provinces}')."),
            code="invalid_rule",
        )
