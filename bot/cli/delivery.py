"""`askgrowth delivery`: where messages go, and a test message. Addresses are never shown."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import say
from bot.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="消息发送 / delivery of messages.")


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="delivery")


@app.callback()
def delivery() -> None:
    """消息发送 / Delivery of messages."""


@app.command("list")
def list_() -> None:
    """列出发送目标(只显示服务名) / List the targets by service."""
    from bot.delivery.sending import service_of
    from bot.delivery.targets import targets_of

    addresses = read_settings().delivery
    for target in targets_of(addresses, addresses):
        say(f"{target.name}  {service_of(target)}")
    if not addresses:
        say("没有发送目标。 / There is no delivery target.")
        say(
            "ASKGROWTH_DELIVERY_BOSS=wecombot://KEY | dingtalk://TOKEN | feishu://TOKEN | slack://… | mailto://…"
        )


@app.command("test")
def send_test(name: Annotated[str, typer.Argument(help="目标名 / the target's name.")]) -> None:
    """发一条测试消息 / Send a test message."""
    from bot.delivery import send
    from bot.delivery.message import Message
    from bot.delivery.targets import targets_of

    targets = targets_of(read_settings().delivery, [name])
    message = Message(
        title="问增长测试消息 / AskGrowth test",
        markdown="收到这条消息,说明发送设置正确。\n\nIf you can read this, delivery works.",
    )
    receipts = send(message, targets)
    for one in receipts:
        state = "已送达 / sent" if one.state == "sent" else f"未送达 / not sent: {one.problem}"
        say(f"{one.target}  {one.service}  {state}")
    if any(one.state != "sent" for one in receipts):
        raise typer.Exit(1)
