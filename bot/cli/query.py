"""`askgrowth query`: the metric layer without language."""

from __future__ import annotations

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


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("query")(query)


def query(
    *,
    metrics: Annotated[str, typer.Option("--metrics", "-m", help="a,b")] = "",
    by: Annotated[str, typer.Option("--by", help="channel,ordered_at:week")] = "",
    where: Annotated[str | None, typer.Option("--where", help="channel = 'x' and …")] = None,
    having: Annotated[str | None, typer.Option("--having", help="gmv > 1000")] = None,
    period: Annotated[str | None, typer.Option("--period", help="last_30_days | 2025-Q1 | START/END")] = None,
    compare: Annotated[str, typer.Option("--compare", help="previous_period,previous_year")] = "",
    order_by: Annotated[str, typer.Option("--order-by", help="gmv | gmv asc")] = "",
    limit: Annotated[int | None, typer.Option("--limit", min=1)] = None,
    totals: Annotated[bool, typer.Option("--totals", help="加上总计 / with totals.")] = False,
    as_json: JsonOption = False,
    as_sql: Annotated[bool, typer.Option("--sql", help="只显示 SQL / show the SQL only.")] = False,
    today: TodayOption = None,
    locale: LocaleOption = None,
    user: UserOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """直接查询指标 / Query metrics by name."""
    from bot.wiring import open_layer

    layer = open_layer(read_settings(workspace), note)
    day = layer.today(read_today(today))
    asked = layer.read_query(
        today=day,
        metrics=metrics,
        by=by,
        where=where,
        having=having,
        period=period,
        compare=compare,
        order_by=order_by,
        limit=limit,
        totals=totals,
    )
    if as_sql:
        say(layer.compile(asked, today=day, user=user).sql + ";")
        return
    result = layer.query(asked, today=day, user=user)
    shown_in = read_locale(locale) or layer.settings.locale
    if as_json:
        from bot.json_out import query_to_json

        say_json(query_to_json(result, shown_in))
    else:
        from bot.terminal import show_table

        show_table(result.table, shown_in)
