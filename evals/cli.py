"""`askgrowth eval`: how often the answers are right."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.settings import read_settings
from evals.case import load_suite
from evals.record import Record, read_log, write_log
from evals.report import markdown, summary_line
from evals.run import Runner, check_gold
from evals.score import compare_runs

SUITES = Path(__file__).resolve().parent / "suites"

app = typer.Typer(invoke_without_command=True, help="评测:答得对不对 / how often the answers are right.")

SuiteOption = Annotated[
    Path | None, typer.Option("--suite", help="用例文件或文件夹 / a file or folder of cases.")
]
DataOption = Annotated[
    list[str] | None, typer.Option("--data", help="工作区=数据文件夹 / WORKSPACE=FOLDER of its data files.")
]


@app.callback()
def evaluate(
    context: typer.Context,
    *,
    suite: SuiteOption = None,
    planner: Annotated[str | None, typer.Option("--planner", help="rules | llm | auto.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1)] = 2,
    baseline: Annotated[Path | None, typer.Option("--baseline", help="以前的日志 / an earlier log.")] = None,
    log: Annotated[Path | None, typer.Option("--log", help="写出 JSONL 日志 / write the log here.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="写出报告 / write the report here.")] = None,
    data: DataOption = None,
) -> None:
    """Run a suite; exit 1 where a question that the baseline got right is wrong now."""
    if context.invoked_subcommand is not None:
        return
    runner = _runner(planner, data)
    records = []
    cases = load_suite(suite or SUITES)
    for record in runner.run(cases, jobs):
        records.append(record)
        _progress(len(records), record)
    sys.stderr.write("\n")
    if log is not None:
        write_log(log, records)
    if report is not None:
        report.write_text(markdown(records, "AskGrowth eval"), encoding="utf-8")
    typer.echo(summary_line(records))
    for record in records:
        if not record.right:
            typer.echo(f"  {record.case}#{record.wording} {record.question} — {record.why}")
    if baseline is not None:
        lost, won, p_value = compare_runs(list(read_log(baseline)), records)
        typer.echo(f"baseline: {len(lost)} lost, {len(won)} won, p = {p_value:.3f}")
        for key in lost:
            typer.echo(f"  lost {key}")
        if lost:
            raise typer.Exit(1)


@app.command("check")
def check(suite: SuiteOption = None, data: DataOption = None) -> None:
    """Check every case's gold by a second route; exit 1 where the routes disagree."""
    runner = _runner(None, data)
    failed = 0
    for case in load_suite(suite or SUITES):
        problem = check_gold(case, runner.pipeline(case.workspace).layer)
        if problem:
            failed += 1
            typer.echo(f"{case.id}: {problem}")
    typer.echo(f"{failed} problem(s)")
    raise typer.Exit(1 if failed else 0)


@app.command("defog")
def foreign(
    practice: Annotated[
        Path, typer.Option("--practice", help="练习数据的文件夹 / the folder of practice data.")
    ],
    *,
    report: Annotated[Path | None, typer.Option("--report", help="写出报告 / write the report here.")] = None,
) -> None:
    """Ask defog's questions over three foreign databases, and those that none of them can answer."""
    from evals.defog import judge, judge_unanswerable, load_questions, open_workspaces, report_of

    pipelines = open_workspaces(practice, read_settings("", "rules"))
    verdicts = [judge(one, pipelines[one.database]) for one in load_questions(practice)]
    text = report_of(verdicts, judge_unanswerable(practice, pipelines))
    typer.echo(text)
    if report is not None:
        report.write_text(text, encoding="utf-8")


@app.command("show")
def show(
    case_id: Annotated[str, typer.Argument(help="用例编号 / the case's id.")],
    *,
    suite: SuiteOption = None,
    data: DataOption = None,
) -> None:
    """Replay one case and explain it slot by slot."""
    found = [case for case in load_suite(suite or SUITES) if case.id == case_id]
    if not found:
        raise typer.BadParameter(f"no case {case_id!r}", param_hint="CASE_ID")
    for record in _runner(None, data).run_case(found[0]):
        mark = "right" if record.right else f"wrong: {record.why}"
        typer.echo(f"#{record.wording} {record.locale} {record.question}\n  {record.outcome}, {mark}")
        typer.echo(f"  headline: {record.headline}")
        if record.wrong_slots:
            typer.echo(f"  slots that differ from the gold plan: {', '.join(record.wrong_slots)}")
        typer.echo(f"  plan: {record.plan}")


def _runner(planner: str | None, data: list[str] | None) -> Runner:
    folders = {}
    for item in data or []:
        workspace, equals, folder = item.partition("=")
        if not equals or not Path(folder).is_dir():
            raise typer.BadParameter(f"{item!r}: WORKSPACE=FOLDER", param_hint="--data")
        folders[workspace] = Path(folder)
    return Runner(read_settings("", planner), folders)


def _progress(count: int, record: Record) -> None:
    sys.stderr.write(f"\r{count} {'.' if record.right else 'x'}")
    sys.stderr.flush()
