"""`askgrowth eval`: how often the answers are right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.settings import read_settings
from evals.case import Case, load_suite
from evals.record import Record, RunInfo, append_record, read_info, read_log, write_log
from evals.report import markdown, summary_line
from evals.run import Runner, fingerprint
from evals.score import compare_runs

SUITES = Path(__file__).resolve().parent / "suites"
SHOWN = 60

app = typer.Typer(invoke_without_command=True, help="评测:答得对不对 / how often the answers are right.")

SuiteOption = Annotated[
    Path | None, typer.Option("--suite", help="用例文件或文件夹 / a file or folder of cases.")
]
DataOption = Annotated[
    list[str] | None, typer.Option("--data", help="工作区=数据文件夹 / WORKSPACE=FOLDER of its data files.")
]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", help="跑这个工作区 YAML 里 tests: 的问题 / the questions in a workspace's tests:."
    ),
]
PlannerOption = Annotated[str | None, typer.Option("--planner", help="rules | llm | auto.")]
LogOption = Annotated[Path | None, typer.Option("--log", help="JSONL 日志 / the JSONL log.")]


@app.callback()
def evaluate(
    context: typer.Context,
    *,
    suite: SuiteOption = None,
    workspace: WorkspaceOption = None,
    planner: PlannerOption = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="同时几个进程 / processes at once.")] = 2,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", help="以前的日志,变差则退出码 1 / an earlier log; exit 1 if worse."),
    ] = None,
    log: LogOption = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="接着 --log 里停下的地方跑 / go on where --log stopped.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="写出 Markdown 报告 / write a Markdown report.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="写出 HTML 报告 / write an HTML report.")
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option("--compare", help="同一报告里的对手:gibran、sql-agent / others in one report."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Run a suite; exit 1 where a question that the baseline got right is wrong now, or a workspace's test fails."""
    if context.invoked_subcommand is not None:
        return
    if resume and log is None:
        raise typer.BadParameter("--resume needs --log", param_hint="--resume")
    runner = _runner(planner, data)
    cases = _cases(suite, workspace)
    left_out = runner.without_data(cases)
    for name, n in left_out.items():
        typer.echo(
            f"缺数据,未跑 / left out, its data are not here: {name}, {n} cases (--data {name}=FOLDER)",
            err=True,
        )
    cases = tuple(case for case in cases if case.workspace not in left_out)
    info = _info(runner, left_out)
    records = _run(runner, cases, jobs, log, info, resume=resume)
    if log is not None:
        write_log(log, records, info)
    typer.echo(summary_line(records))
    _list_failures(records)
    _write_reports(runner, records, left_out, compare or [], report, html)
    broken = workspace is not None and any(not record.right for record in records)
    if baseline is not None:
        broken = _against(baseline, records) or broken
    if broken:
        raise typer.Exit(1)


@app.command("check")
def check(
    *,
    suite: SuiteOption = None,
    data: DataOption = None,
    changed: Annotated[
        bool,
        typer.Option(
            "--mutate", help="逐个改动标准计划的每一处,看评分能否发现 / change each slot of each gold plan."
        ),
    ] = False,
) -> None:
    """Check every case's gold by a second route; exit 1 where the routes disagree, or a scorer overlooks changes."""
    from evals.checking import failed_golds, notices

    runner = _runner(None, data)
    cases = load_suite(suite or SUITES)
    left_out = runner.without_data(cases)
    here = [case for case in cases if case.workspace not in left_out]
    failed = failed_golds(runner, here, typer.echo)
    for name, n in left_out.items():
        typer.echo(f"left out, its data are not here: {name}, {n} cases")
    typer.echo(f"{failed} problem(s)")
    overlooked = changed and not notices(runner, here, typer.echo)
    raise typer.Exit(1 if failed or overlooked else 0)


@app.command("baseline")
def write_baseline(
    log: Annotated[Path, typer.Argument(help="一次完整运行的日志 / the log of a whole run.")],
) -> None:
    """Make a log the committed baseline, and write the READMEs' table from it."""
    from evals.summary import BASELINE, write

    write_log(BASELINE, read_log(log), read_info(log), short=True)
    write()
    typer.echo(f"{BASELINE.name}: {summary_line(list(read_log(BASELINE)))}")


@app.command("effects")
def effects() -> None:
    """Suggestions beside the demo's planted stories, and forecasts of past days beside what happened."""
    from evals.effects import measure

    for name, value in measure()[1:]:
        typer.echo(f"{name}: {value}")


@app.command("drafts")
def drafts(
    target: Annotated[Path, typer.Argument(help="写出的 YAML / the YAML file to write.")],
    workspace: Annotated[
        str, typer.Option("--workspace", help="用例里写的工作区 / the workspace of the cases.")
    ] = "demo",
) -> None:
    """Turn bad ratings and unanswered questions of the chat into draft cases."""
    from bot.store.database import database_url, open_store
    from evals.drafts import as_yaml
    from evals.drafts import drafts as find

    engine = open_store(database_url(read_settings()))
    try:
        found = find(engine)
    finally:
        engine.dispose()
    target.write_text(as_yaml(found, workspace), encoding="utf-8")
    typer.echo(f"{len(found)} 个草稿 / drafts: {target}")


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
    workspace: WorkspaceOption = None,
    planner: PlannerOption = None,
    log: LogOption = None,
    data: DataOption = None,
) -> None:
    """Replay one case and explain it slot by slot; with --log, beside what came out in that run."""
    from evals.explain import text

    wanted, _, wording = case_id.partition("#")
    found = [case for case in _cases(suite, workspace) if case.id == wanted]
    if not found:
        raise typer.BadParameter(f"no case {case_id!r}", param_hint="CASE_ID")
    then = {record.key: record for record in read_log(log)} if log is not None else {}
    for record in _runner(planner, data).run_case(found[0]):
        if wording and str(record.wording) != wording:
            continue
        typer.echo(text(record))
        before = then.get(record.key)
        if before is not None:
            same = (before.outcome, before.plan_hash, before.rows) == (
                record.outcome,
                record.plan_hash,
                record.rows,
            )
            typer.echo(
                "  as in the log" if same else f"  in the log: {before.outcome}, {before.why or 'right'}"
            )
            if not same:
                typer.echo(f"  then: {before.headline or before.said}")


def _cases(suite: Path | None, workspace: Path | None) -> tuple[Case, ...]:
    if workspace is None:
        return load_suite(suite or SUITES)
    from evals.own_tests import own_cases

    if not workspace.exists():
        raise typer.BadParameter(f"{workspace} does not exist", param_hint="--workspace")
    return own_cases(workspace)


def _run(
    runner: Runner, cases: Sequence[Case], jobs: int, log: Path | None, info: RunInfo, *, resume: bool
) -> list[Record]:
    """Run the cases that the log does not hold yet, writing each to the log as it comes; all, in the cases' order."""
    from rich.console import Console
    from rich.progress import track

    done: dict[str, list[Record]] = {}
    if resume and log is not None and log.exists():
        if read_info(log) != info:
            raise typer.BadParameter(f"{log} was made by another planner or version", param_hint="--resume")
        for record in read_log(log):
            done.setdefault(record.case, []).append(record)
    whole = {
        case.id: done[case.id]
        for case in cases
        if len(done.get(case.id, [])) == sum(1 for _ in case.wordings())
        and all(record.fingerprint == fingerprint(case) for record in done[case.id])
    }
    if log is not None:
        write_log(log, (record for records in whole.values() for record in records), info)
    missing = [case for case in cases if case.id not in whole]
    total = sum(1 for case in missing for _ in case.wordings())
    console = Console(stderr=True)
    for record in track(
        runner.run(missing, jobs), "eval", total, console=console, disable=not console.is_terminal
    ):
        whole.setdefault(record.case, []).append(record)
        if log is not None:
            append_record(log, record)
    return [record for case in cases for record in whole.get(case.id, [])]


def _write_reports(
    runner: Runner,
    records: Sequence[Record],
    left_out: dict[str, int],
    others: Sequence[str],
    report: Path | None,
    page: Path | None,
) -> None:
    from evals.effects import kept
    from evals.others import compared, compared_markdown

    tables = compared(others, runner) if others else []
    for name, rows in tables:
        typer.echo(compared_markdown(name, rows))
    if kept():
        tables.append(("Suggestions and intervals where the truth is known (the demo)", kept()))
    more = "\n\n".join(compared_markdown(name, rows) for name, rows in tables)
    if report is not None:
        report.write_text(markdown(records, "AskGrowth eval", left_out, more), encoding="utf-8")
    if page is not None:
        from evals.html import html

        page.write_text(html(records, "AskGrowth eval", left_out, tables), encoding="utf-8")


def _against(baseline: Path, records: Sequence[Record]) -> bool:
    """Say what was lost and won since the baseline; return whether anything was lost."""
    lost, won, p_value = compare_runs(list(read_log(baseline)), records)
    typer.echo(f"baseline: {len(lost)} lost, {len(won)} won, McNemar p = {p_value:.3f}")
    for key in lost:
        typer.echo(f"  lost {key}")
    return bool(lost)


def _list_failures(records: Sequence[Record]) -> None:
    failed = [record for record in records if not record.right]
    for record in failed[:SHOWN]:
        typer.echo(f"  {record.case}#{record.wording} {record.question} — {record.why}")
    if len(failed) > SHOWN:
        typer.echo(f"  … {len(failed) - SHOWN} more")


def _info(runner: Runner, left_out: dict[str, int]) -> RunInfo:
    from importlib.metadata import version

    endpoint = runner.settings.endpoint
    return RunInfo(
        planner=runner.settings.planner or ("auto" if endpoint else "rules"),
        model=endpoint.model if endpoint is not None else None,
        version=version("askgrowth"),
        left_out=left_out,
    )


def _runner(planner: str | None, data: list[str] | None) -> Runner:
    folders = {}
    for item in data or []:
        workspace, equals, folder = item.partition("=")
        if not equals or not Path(folder).is_dir():
            raise typer.BadParameter(f"{item!r}: WORKSPACE=FOLDER", param_hint="--data")
        folders[workspace] = Path(folder)
    return Runner(read_settings("", planner), folders)
