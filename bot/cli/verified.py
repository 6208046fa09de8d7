"""`askgrowth verified`: what a person has approved. `askgrowth usage`: what a language model cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import JsonOption, TodayOption, UserOption, WorkspaceOption, read_today, say, say_json
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.plan import AnswerablePlan
    from semantic_layer.workspace import SemanticLayer

app = typer.Typer(no_args_is_help=True, help="核对过的问题 / verified questions.")


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="verified")
    root.command("usage")(usage)


@app.callback()
def verified() -> None:
    """核对过的问题 / Questions that a person has approved with their plan."""


@app.command("list")
def list_(*, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """列出核对过的问题 / List them, the newest first; those of the workspace's own files come last."""
    import dataclasses

    from bot.memory.recall import Memory
    from bot.store.database import database_url, open_store
    from bot.store.verified import list_verified
    from bot.wiring import open_layer

    settings = read_settings(workspace)
    engine = open_store(database_url(settings))
    try:
        numbers = {one.question: one.id for one in list_verified(engine, str(settings.workspace))}
    finally:
        engine.dispose()
    pairs = Memory(open_layer(settings), settings).pairs()
    if as_json:
        say_json([{"id": numbers.get(one.question), **dataclasses.asdict(one)} for one in pairs])
        return
    if not pairs:
        say("还没有核对过的问题。 / No question has been approved yet.")
    for one in pairs:
        number = numbers.get(one.question, "")[:8] or "YAML"
        say(f"{number:<8}  {(one.at or '-')[:10]}  {one.by or '-'}  {one.question}")


@app.command("approve")
def approve(
    question: Annotated[str, typer.Argument(help="问题 / the question.")],
    *,
    plan: Annotated[
        str | None,
        typer.Option("--plan", help="计划 JSON;不给则用现在的读法 / its plan; else as it is read now."),
    ] = None,
    like: Annotated[
        str | None, typer.Option("--like", help="用另一个问题的计划 / take the plan of another wording.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="谁核对的 / who approves.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="备注 / a note.")] = None,
    today: TodayOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """核对并保存一个问题 / Approve a question with its plan, after a check of its words and a regression run."""
    from bot.memory.approve import Approver
    from bot.memory.recall import Memory
    from bot.store.database import database_url, open_store
    from bot.store.verified import save_verified
    from bot.wiring import open_layer
    from tools.registry import Registry

    settings = read_settings(workspace)
    layer = open_layer(settings)
    day = layer.today(read_today(today))
    wanted = _plan(plan) if plan is not None else _read(like or question, layer, settings, today, user)
    approver = Approver(layer, Registry.load(), day, user)
    checked = approver.checked(question, wanted, Memory(layer, settings).pairs())
    engine = open_store(database_url(settings))
    try:
        kept = save_verified(
            engine, str(settings.workspace), question, checked, approved_by=by or user, note=note
        )
    finally:
        engine.dispose()
    say(f"已保存 {kept.id[:8]} / Kept as {kept.id[:8]}: {question}")


@app.command("reject")
def reject(
    number: Annotated[str, typer.Argument(help="编号(前几位即可) / its number or the beginning of it.")],
    *,
    workspace: WorkspaceOption = None,
) -> None:
    """撤销核对 / Take an approval back."""
    from bot.store.database import database_url, open_store
    from bot.store.verified import list_verified, withdraw_verified

    settings = read_settings(workspace)
    engine = open_store(database_url(settings))
    try:
        every = list_verified(engine, str(settings.workspace))
        found = [one for one in every if number and one.id.startswith(number)]
        if len(found) == 1:
            withdraw_verified(engine, str(settings.workspace), found[0].id)
    finally:
        engine.dispose()
    if len(found) != 1:
        say(
            f"没有(或不止一个)编号为 {number} 的问题。 / No approved question, or more than one, is numbered {number}."
        )
        raise typer.Exit(2)
    say(f"已撤销 / Taken back: {found[0].question}")


@app.command("check")
def check(*, today: TodayOption = None, user: UserOption = None, workspace: WorkspaceOption = None) -> None:
    """重新检查全部 / Check every one again; exit 1 where one no longer fits the workspace."""
    from bot.memory.approve import Approver
    from bot.memory.recall import Memory
    from bot.wiring import open_layer
    from tools.registry import Registry

    settings = read_settings(workspace)
    layer = open_layer(settings)
    pairs = Memory(layer, settings).pairs()
    broken = Approver(layer, Registry.load(), layer.today(read_today(today)), user).broken(pairs)
    for one, why in broken:
        say(f"{one.question}\n    {why.zh}\n    {why.en}")
    say(f"{len(pairs)} 个问题,{len(broken)} 个有问题 / {len(pairs)} questions, {len(broken)} broken")
    raise typer.Exit(1 if broken else 0)


def usage(*, as_json: JsonOption = False) -> None:
    """语言模型的用量 / What the language model was used for, per user and day."""
    import dataclasses

    from bot.store.database import database_url, open_store
    from bot.store.model_usage import list_used

    engine = open_store(database_url(read_settings()))
    try:
        found = list_used(engine)
    finally:
        engine.dispose()
    if as_json:
        say_json([dataclasses.asdict(one) for one in found])
        return
    if not found:
        say("还没有用过语言模型。 / No language model has been used yet.")
    for one in found:
        money = f"  {one.money:.4f} {one.currency}" if one.currency else ""
        say(
            f"{one.day}  {one.user or '-':<12}  {one.questions} 个问题 / questions  {one.calls} 次调用 / calls  "
            f"{one.tokens_in:,} + {one.tokens_out:,} tokens  {one.seconds:.1f} s{money}"
        )


def _plan(written: str) -> AnswerablePlan:
    from pydantic import ValidationError

    from bot.memory.recall import read_plan

    try:
        return read_plan(json.loads(written))
    except (ValueError, TypeError, ValidationError) as error:
        raise typer.BadParameter("a plan as `askgrowth ask --json` prints it", param_hint="--plan") from error


def _read(
    question: str, layer: SemanticLayer, settings: Settings, today: str | None, user: str | None
) -> AnswerablePlan:
    """Return the plan that the product has for a question now."""
    from bot.pipeline import Pipeline
    from bot.plan import MetadataPlan, MetricPlan, ToolPlan

    answer = Pipeline(layer, settings).ask(question, today=read_today(today), user=user)
    if answer.outcome != "answer" or not isinstance(answer.plan, MetricPlan | ToolPlan | MetadataPlan):
        from bot.terminal import show

        show(answer)
        raise typer.Exit(4)
    if len(answer.parts) > 1:
        raise typer.BadParameter("a question with several plans cannot be approved", param_hint="QUESTION")
    return answer.plan
