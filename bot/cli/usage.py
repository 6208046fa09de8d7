"""`askgrowth usage` and `askgrowth follow`: which metrics are looked at, and what is sent to whom."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import (
    JsonOption,
    LocaleOption,
    UserOption,
    WorkspaceOption,
    note,
    read_locale,
    say,
    say_json,
)
from bot.settings import read_settings

follow_app = typer.Typer(no_args_is_help=True, help="关注指标或问题 / follow a metric or a question.")
LOCAL = "local"


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.command("usage")(usage)
    root.add_typer(follow_app, name="follow")


def usage(
    *,
    days: Annotated[int, typer.Option("--days", min=1, help="多少天内 / in how many days.")] = 90,
    everything: Annotated[bool, typer.Option("--all", help="有人看的也列出 / used ones, too.")] = False,
    digests: Annotated[
        bool, typer.Option("--digests", help="改为列出周报被打开几次 / list how often digests were opened.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出没人看的指标 / List the metrics that nobody has looked at."""
    from bot.following.usage import uses
    from bot.jobs.opening import open_runner

    if digests:
        _digests(workspace, as_json=as_json)
        return
    with open_runner(read_settings(workspace), note) as runner:
        catalog = runner.pipeline.layer.catalog
        today = runner.clock.now().date()
        found = uses(runner.engine, runner.workspace, catalog, today, days)
    shown = found if everything else [one for one in found if one.times == 0]
    if as_json:
        say_json(
            [
                {"metric": one.metric, "times": one.times, "last": one.last.isoformat() if one.last else None}
                for one in shown
            ]
        )
        return
    for one in shown:
        label = catalog.metrics[one.metric].label
        say(f"{one.metric}  {label.zh} / {label.en}  {one.times}  {one.last or '-'}")
    unused = sum(one.times == 0 for one in found)
    say(
        f"{len(found)} 个指标里 {unused} 个在 {days} 天内没人看 / of {len(found)} metrics, {unused} not looked at"
    )


def _digests(workspace: str | None, *, as_json: bool) -> None:
    from bot.digests.shelf import opened
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        found = opened(runner.engine, runner.workspace)
    if as_json:
        say_json(
            [
                {
                    "title": one.title,
                    "made_at": one.made_at,
                    "opens": one.opens,
                    "last_opened": one.last_opened,
                }
                for one in found
            ]
        )
        return
    for one in found:
        say(f"{one.made_at[:10]}  {one.title}  {one.opens}  {one.last_opened or '-'}")
    unread = sum(one.opens == 0 for one in found)
    say(f"{len(found)} 份里 {unread} 份没人打开 / of {len(found)} digests, {unread} never opened")


@follow_app.callback()
def follow() -> None:
    """关注指标或问题 / Follow a metric or a question."""


@follow_app.command("add")
def add(
    what: Annotated[str, typer.Argument(help="指标名,或一句问题 / a metric's name, or a question.")],
    *,
    cron: Annotated[
        str, typer.Option("--cron", help="分 时 日 月 星期 / minute hour day month weekday.")
    ] = "0 9 * * *",
    to: Annotated[list[str] | None, typer.Option("--to", help="发送目标 / a delivery target.")] = None,
    user: UserOption = None,
    locale: LocaleOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """关注 / Follow: its answer is sent at these times."""
    from bot.following.subscriptions import Subscription
    from bot.following.subscriptions import follow as keep
    from bot.jobs.cron import trigger_of
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        layer = runner.pipeline.layer
        trigger_of(cron, layer.settings.timezone)
        shown = read_locale(locale) or layer.settings.locale
        kind = "metric" if what in layer.catalog.metrics else "question"
        if kind == "question":
            answer = runner.pipeline.explain(what, locale=shown, user=user)
            if answer.outcome != "answer":
                why = answer.refusal or answer.error
                say(why.message.at(shown) if why else "请把问题说得更具体。 / Please be more specific.")
                raise typer.Exit(4)
        one = Subscription(kind, what, user or LOCAL, user, cron, tuple(to or ()), shown)
        keep(runner.engine, runner.workspace, one, runner.clock.now())
    say(f"已关注 {what} / Following {what} ({cron})")


@follow_app.command("list")
def list_(workspace: WorkspaceOption = None) -> None:
    """列出关注 / List what is followed."""
    from bot.following.subscriptions import followed
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        found = followed(runner.engine, runner.workspace)
    for one in found:
        say(f"{one.name}  [{one.kind}]  {one.cron}  {one.owner}  -> {' '.join(one.targets) or 'default'}")
    say(f"{len(found)} 项关注 / followed")


@follow_app.command("remove")
def remove(what: str, *, user: UserOption = None, workspace: WorkspaceOption = None) -> None:
    """取消关注 / Stop following."""
    from bot.following.subscriptions import unfollow
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        done = unfollow(runner.engine, runner.workspace, what, user or LOCAL)
    if not done:
        say(f"没有关注 {what}。 / {what} is not followed.")
        raise typer.Exit(2)
    say(f"已取消 / Stopped: {what}")
