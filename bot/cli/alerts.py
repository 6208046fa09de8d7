"""`askgrowth alerts`: what is watched, what it would have told, what it has told."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from bot.cli.output import (
    JsonOption,
    LocaleOption,
    TodayOption,
    UserOption,
    WorkspaceOption,
    note,
    read_locale,
    read_today,
    say,
    say_json,
)
from bot.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="预警 / alerts.")
NameArgument = Annotated[str, typer.Argument(help="预警名 / the alert's name.")]


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="alerts")


@app.callback()
def alerts() -> None:
    """预警 / Alerts."""


@app.command("list")
def list_(*, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """列出预警和它们的条件 / List the alerts with their conditions."""
    from bot.alerts.saying import condition_said
    from bot.alerts.store import all_alerts, states_of
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        catalog = runner.pipeline.layer.catalog
        found = [
            (
                one,
                condition_said(one.rule, catalog),
                states_of(runner.engine, runner.workspace, one.rule.name),
            )
            for one in all_alerts(runner.pipeline.layer, runner.engine, runner.workspace)
        ]
    if as_json:
        say_json(
            [
                {"name": one.rule.name, "zh": said.zh, "en": said.en, "paused": one.paused,
                 "bad": any(state.bad for state in states.values()),
                 "members": sorted(member for member, state in states.items() if member and state.bad),
                 "in_yaml": one.in_yaml, "owner": one.owner, "question": one.question}
                for one, said, states in found
            ]
        )  # fmt: skip
        return
    for one, said, states in found:
        bad = [member for member, state in states.items() if state.bad]
        firing = f"触发中 / firing{': ' + ', '.join(sorted(bad)) if any(bad) else ''}"
        marks = [word for word, on in (("已暂停 / paused", one.paused), (firing, bool(bad))) if on]
        say(f"{one.rule.name}  {said.zh} / {said.en}{'  · ' + ' · '.join(marks) if marks else ''}")
    say(f"{len(found)} 条预警 / alerts")


@app.command("test")
def replay_over_history(
    name: NameArgument,
    *,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=260)] = 26,
    today: TodayOption = None,
    user: UserOption = None,
    locale: LocaleOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """在历史上重放:它会触发几次 / Replay over history: how often it would have fired."""
    from bot.alerts.members import replayed
    from bot.alerts.saying import condition_said, statement
    from bot.alerts.store import alert_called, all_alerts
    from bot.jobs.opening import open_runner
    from tools.registry import ToolContext

    with open_runner(read_settings(workspace), note) as runner:
        layer = runner.pipeline.layer
        rule = alert_called(all_alerts(layer, runner.engine, runner.workspace), name).rule
        last = layer.today(read_today(today))
        days = [last - timedelta(back) for back in range(weeks * 7 - 1, -1, -1)]
        asker = user or rule.user
        layer.rights(asker)
        events = replayed(rule, ToolContext(layer, last, asker), days)
        shown = read_locale(locale) or layer.settings.locale
        said = [
            (event, one.today, statement(told_of, event, one, layer.catalog).at(shown))
            for event, told_of, one in events
        ]
        condition = condition_said(rule, layer.catalog)
    fired = sum(event == "fired" for event, _, _ in said)
    if as_json:
        told = [{"kind": event, "day": day.isoformat(), "statement": text} for event, day, text in said]
        say_json({"alert": name, "days": len(days), "fired": fired, "events": told})
        return
    say(f"{name}: {condition.zh} / {condition.en}")
    for event, day, text in said:
        say(f"{day}  {'触发 / fired' if event == 'fired' else '恢复 / recovered'}  {text}")
    say(f"{weeks} 周里触发 {fired} 次 / fired {fired} times in {weeks} weeks")


@app.command("history")
def history(*, workspace: WorkspaceOption = None) -> None:
    """列出已发出的预警 / List what was told, the newest first."""
    from bot.alerts.store import events_of
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        found = events_of(runner.engine, runner.workspace)
    for day, name, kind, said in found:
        say(f"{day}  {name}  {kind}  {said.zh} / {said.en}")
    say(f"{len(found)} 条 / events")


@app.command("say")
def say_(
    words: Annotated[
        str, typer.Argument(help="例如:ROI 低于 2 就叫我 / e.g. alert me when ROAS falls under 2.")
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="直接确认 / confirm at once.")] = False,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """用一句话新建、列出、暂停或删除预警 / Make, list, pause or delete an alert in one sentence."""
    from bot.alerts.talk import AlertTalk
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        addresses = runner.settings.delivery
        talk = AlertTalk(runner.pipeline, runner.engine, runner.workspace, runner.clock, addresses)
        shown = read_locale(locale)
        reply = talk.reply(words, "cli", user=user, locale=shown)
        if reply is not None and reply.asks and yes:
            say(reply.text)
            reply = talk.reply(
                "是" if reply.locale == "zh-CN" else "yes", "cli", user=user, locale=reply.locale
            )
    if reply is None:
        say("这句话不像预警。 / This does not read as an alert.")
        raise typer.Exit(4)
    say(reply.text)
    if reply.asks:
        raise typer.Exit(3)
    if not reply.done:
        raise typer.Exit(4)


@app.command("pause")
def pause(name: NameArgument, workspace: WorkspaceOption = None) -> None:
    """暂停一条预警 / Pause an alert."""
    _set_paused(name, workspace, paused=True)


@app.command("resume")
def resume(name: NameArgument, workspace: WorkspaceOption = None) -> None:
    """恢复一条预警 / Let an alert look again."""
    _set_paused(name, workspace, paused=False)


def _set_paused(name: str, workspace: str | None, *, paused: bool) -> None:
    from bot.alerts.store import alert_called, all_alerts, pause_alert
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        alert_called(all_alerts(runner.pipeline.layer, runner.engine, runner.workspace), name)
        pause_alert(runner.engine, runner.workspace, name, paused=paused)
    say(f"{name}: {'已暂停 / paused' if paused else '已恢复 / resumed'}")


@app.command("delete")
def delete(name: NameArgument, workspace: WorkspaceOption = None) -> None:
    """删除一条在对话里建的预警 / Delete an alert that was made by chat."""
    from bot.alerts.store import delete_alert
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        done = delete_alert(runner.engine, runner.workspace, name)
    if not done:
        say(f"没有在对话里建的预警 {name}(写在 YAML 里的到那里删)。 / No alert of the chat is called {name}.")
        raise typer.Exit(2)
    say(f"已删除 {name} / Deleted {name}")
