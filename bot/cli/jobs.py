"""`askgrowth jobs`: scheduled work by command: what there is, what is due, one job now."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import JsonOption, WorkspaceOption, note, say, say_json
from bot.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="定时任务 / scheduled work.")


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="jobs")


@app.callback()
def jobs() -> None:
    """定时任务 / Scheduled work."""


@app.command("list")
def list_(*, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """列出任务、时间和上次结果 / List the jobs with their times and the last outcome."""
    from bot.jobs.opening import open_runner
    from bot.jobs.overview import overview

    with open_runner(read_settings(workspace), note) as runner:
        found = overview(runner)
    if as_json:
        say_json(found)
        return
    for one in found:
        paused = " · 已暂停 / paused" if one["paused"] else ""
        say(f"{one['name']}  [{one['kind']}]  {one['cron']}  -> {one['next']}{paused}")
        if one["last"]:
            say(
                f"    {one['last']['due']}  {one['last']['state']}: {one['last']['zh']} / {one['last']['en']}"
            )
    say(f"{len(found)} 个任务 / jobs")


@app.command("kinds")
def kinds_() -> None:
    """列出任务类型 / List the kinds of jobs."""
    from bot.jobs.contract import kinds

    for kind in kinds().values():
        say(f"{kind.name}  {kind.label.zh} / {kind.label.en}: {kind.description.splitlines()[0]}")


@app.command("run")
def run(
    name: Annotated[str, typer.Argument(help="任务名 / the job's name.")], workspace: WorkspaceOption = None
) -> None:
    """立即运行一个任务,并发送它的消息 / Run a job now and send its messages."""
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        ran = runner.run(name)
        sent = runner.deliver()
    if ran is None:
        say("这一秒已有人启动了它。 / It was started this very second.")
        raise typer.Exit(1)
    say(f"{ran.job}  {ran.state}: {ran.summary.zh} / {ran.summary.en}")
    say(f"发出 {sent.sent},稍后再试 {sent.later},放弃 {sent.dead} / sent, to be tried again, given up")
    if ran.state != "done" or sent.dead:
        raise typer.Exit(1)


@app.command("due")
def due(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出,不运行 / only list them.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """运行所有到点的任务一次,适合放进系统的 cron / Run all that is due, once; made for the system's cron."""
    from bot.jobs.opening import open_runner

    with open_runner(read_settings(workspace), note) as runner:
        if dry_run:
            waiting = [(one.name, at) for one in runner.jobs() if (at := runner.due(one)) is not None]
            for name, at in waiting:
                say(f"{name}  {at.isoformat(timespec='minutes')}")
            say(f"{len(waiting)} 个到点 / due")
            return
        ran = runner.tick()
    for one in ran:
        say(f"{one.job}  {one.state}: {one.summary.zh} / {one.summary.en}")
    say(f"{len(ran)} 个已运行 / run")
    if any(one.state in ("failed", "waiting") for one in ran):
        raise typer.Exit(1)


@app.command("pause")
def pause(name: str, workspace: WorkspaceOption = None) -> None:
    """暂停一个任务 / Pause a job."""
    _set_paused(name, workspace, paused=True)


@app.command("resume")
def resume(name: str, workspace: WorkspaceOption = None) -> None:
    """恢复一个任务 / Let a job run again."""
    _set_paused(name, workspace, paused=False)


def _set_paused(name: str, workspace: str | None, *, paused: bool) -> None:
    from bot.jobs.claims import set_paused
    from bot.jobs.opening import open_runner
    from bot.jobs.planned import job_called

    with open_runner(read_settings(workspace), note) as runner:
        one = job_called(runner.jobs(), name)
        set_paused(runner.engine, runner.workspace, one.name, runner.clock.now(), paused=paused)
    say(f"{name}: {'已暂停 / paused' if paused else '已恢复 / resumed'}")
