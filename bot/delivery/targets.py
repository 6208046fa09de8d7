"""Delivery targets by name: ASKGROWTH_DELIVERY_BOSS=wecombot://… is the target `boss`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.delivery.message import Target
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text


class TargetError(AskGrowthError):
    """A delivery target that is not set."""

    code = "unknown_target"


def targets_of(addresses: Mapping[str, str], names: Iterable[str]) -> tuple[Target, ...]:
    """Return the targets of `names`; each may hold several addresses, divided by spaces.

    Raises:
        TargetError: a name has no address.
    """
    found: list[Target] = []
    for name in dict.fromkeys(names):
        urls = addresses.get(name.lower(), "").split()
        if not urls:
            raise _unknown(name, addresses)
        for at, url in enumerate(urls):
            found.append(Target(name if at == 0 else f"{name}#{at + 1}", url))
    return tuple(found)


def target_of(addresses: Mapping[str, str], name: str) -> Target | None:
    """Return the target called `boss` or `boss#2`, None where it is no longer set."""
    base, _, at = name.partition("#")
    urls = addresses.get(base.lower(), "").split()
    place = int(at) - 1 if at.isdigit() else 0
    return Target(name, urls[place]) if 0 <= place < len(urls) else None


def _unknown(name: str, addresses: Mapping[str, str]) -> TargetError:
    variable = f"ASKGROWTH_DELIVERY_{name.upper()}"
    known = ", ".join(sorted(addresses)) or "-"
    return TargetError(
        Text(
            zh=f"没有设置发送目标 {name!r};已有:{known}。",
            en=f"The delivery target {name!r} is not set; set are: {known}.",
        ),
        Text(
            zh=f"在环境变量 {variable} 里写地址,例如 wecombot://KEY、dingtalk://TOKEN、feishu://TOKEN、mailto://…。",
            en=f"Put its address into {variable}: wecombot://KEY, slack://A/B/C, mailto://… and the like.",
        ),
    )
