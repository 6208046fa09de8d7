"""The demo's data with its labels dealt out anew: every number is still there, and nothing tells anything apart.

Whoever bought, saw, clicked or was in which group is drawn by lot; so every story of the demo is gone, and what a scan
still finds is a false discovery. A part of the customers is kept, so that a round is cheap.
"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

import semantic_layer
from tools.registry import ToolContext

TODAY = date(2025, 11, 20)
KEPT = 30  # of 100 customers
# Table, columns that are dealt out together, and within what (nothing: over the whole table).
Block = tuple[str, tuple[str, ...], str | None]
BLOCKS: tuple[Block, ...] = (
    ("orders", ("customer_id",), "status"),
    ("orders", ("store", "traffic_source"), None),
    ("orders", ("province",), None),
    ("orders", ("live_session_id",), None),
    ("orders", ("coupon_code", "coupon_amount"), None),
    ("orders", ("is_first_order", "is_new_in_365_days", "customer_order_number"), "status"),
    (
        "orders",
        ("refund_amount", "product_cost", "cost_recovered", "shipping_cost", "platform_fee"),
        "status",
    ),
    ("order_lines", ("product_id",), None),
    ("order_lines", ("store",), None),
    ("order_lines", ("line_refund",), None),
    ("refunds", ("product_id", "reason", "refund_kind"), None),
    ("customers", ("tier",), None),
    ("customers", ("customer_province", "gender", "age_band"), None),
    ("customers", ("acquisition_channel", "first_store"), None),
    ("customers", ("is_community_member", "community_joined_on"), None),
    ("customers", ("is_repeat_buyer", "returned_in_90_days"), None),
    ("ad_daily", ("spend",), None),
    ("store_daily", ("store", "traffic_source"), "day"),
    ("live_sessions", ("host", "host_kind"), None),
    ("touchpoints", ("ad_channel", "campaign_id", "traffic_source", "touch_kind"), None),
    ("touchpoints", ("customer_id",), None),
    ("experiment_assignments", ("variant",), "experiment"),
    ("reviews", ("product_id",), None),
    ("labels", ("platform", "device", "app_version", "traffic_source"), None),
)
OF_CUSTOMERS = ("orders", "customers", "touchpoints", "refunds", "reviews")


def smaller(source: Path, target: Path) -> None:
    """Write a database with 30 of 100 customers, sessions and experiment units of the demo's Parquet files."""
    with duckdb.connect(target) as connection:
        for file in sorted(source.glob("*.parquet")):
            table = file.stem
            key = {**dict.fromkeys(OF_CUSTOMERS, "customer_id"), "experiment_assignments": "unit_id"}.get(
                table
            )
            key = "session_id" if table in ("sessions", "session_events") else key
            kept = f"WHERE {key} IS NULL OR hash({key}) % 100 < {KEPT}" if key else ""
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{file}') {kept}")
        connection.execute("DELETE FROM order_lines WHERE NOT order_id IN (SELECT order_id FROM orders)")
        connection.execute(
            "CREATE TABLE labels AS SELECT session_id, platform, device, app_version, traffic_source FROM sessions"
        )


class Dealer:
    """One opened workspace over a database in memory, whose tables `deal` replaces by shuffled ones."""

    def __init__(self, source: Path, workspace: Path, folder: Path) -> None:
        """Open the workspace over a copy of `source`; what does not change from round to round is made once."""
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1")
        self.connection.execute(f"ATTACH '{source}' AS small (READ_ONLY)")
        found = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'small'"
        for (table,) in self.connection.execute(found).fetchall():
            self.connection.execute(f"CREATE TABLE {table} AS SELECT * FROM small.{table}")
        # Every creative with its campaign and channel: what orders and ad days are drawn from anew.
        self.connection.execute(
            "CREATE TABLE drawn AS SELECT *, ROW_NUMBER() OVER (ORDER BY creative_id) - 1 AS at FROM "
            "(SELECT r.creative_id, r.campaign_id, c.ad_channel FROM creatives AS r JOIN campaigns AS c "
            "ON r.campaign_id = c.campaign_id)"
        )
        layer = semantic_layer.open(workspace, connection=self.connection, state_dir=folder)
        self.context = ToolContext(layer, TODAY)

    def deal(self, seed: int) -> ToolContext:
        """Return the workspace with its labels dealt out anew."""
        for number, (table, blocks) in enumerate(groupby(BLOCKS, key=lambda block: block[0])):
            _deal(self.connection, table, tuple(blocks), seed * 1_000 + 40 * number)
        for number, table in enumerate(("orders", "ad_daily")):
            _redraw(self.connection, table, seed * 1_000 + 900 + number)
        for table in ("sessions", "session_events"):
            names = ("platform", "device", "app_version", "traffic_source")
            swaps = ", ".join(f"l.{one} AS {one}" for one in names)
            self.connection.execute(
                f"CREATE OR REPLACE TABLE {table} AS SELECT t.* REPLACE ({swaps}) FROM small.{table} AS t "
                "JOIN labels AS l ON t.session_id = l.session_id"
            )
        self._same_terms()
        return self.context

    def _same_terms(self) -> None:
        """Give all live sessions the same terms: refunds and fees as one share of what was sold.

        Who lost money has lost it in any order of the labels: a booked loss is no discovery, and so there is none here.
        """
        names = ("commission_amount", "fixed_fee", "refund_amount")
        shares = ", ".join(
            f"ROUND(gmv_amount * SUM({one}) OVER () / SUM(gmv_amount) OVER (), 2) AS {one}" for one in names
        )
        self.connection.execute(
            f"CREATE OR REPLACE TABLE live_sessions AS SELECT * REPLACE ({shares}) FROM live_sessions"
        )


def _deal(connection: duckdb.DuckDBPyConnection, table: str, blocks: tuple[Block, ...], seed: int) -> None:
    """Deal the columns of each block out among all rows (of one value of its `within`), in one pass over the table."""
    within = next((block[2] for block in blocks if block[2]), None)
    order = f"{within}, rowid" if within else "rowid"
    parts, swaps = [], []
    for number, (_, columns, same) in enumerate(blocks):
        lot = f"hash(rowid * 1000003 + {seed + number})"
        by = f"{same}, {lot}" if same else lot
        parts.append(
            f"POSITIONAL JOIN (SELECT {', '.join(columns)} FROM small.{table} ORDER BY {by}) AS b{number}"
        )
        swaps += [f"b{number}.{one} AS {one}" for one in columns]
    connection.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT a.* REPLACE ({', '.join(swaps)}) FROM "
        f"(SELECT * FROM small.{table} ORDER BY {order}) AS a {' '.join(parts)}"
    )


def _redraw(connection: duckdb.DuckDBPyConnection, table: str, seed: int) -> None:
    """Draw the campaign and its channel anew, all campaigns alike: orders and clicks then share one distribution.

    Dealt out among the rows, channels would keep their shares of orders and of clicks, and so rates that differ.
    """
    columns = [str(row[0]) for row in connection.execute(f"DESCRIBE {table}").fetchall()]
    chosen = "CASE WHEN t.ad_channel IS NULL THEN NULL ELSE"
    swaps = f"{chosen} c.ad_channel END AS ad_channel, {chosen} c.campaign_id END AS campaign_id"
    swaps += ", c.creative_id AS creative_id" if "creative_id" in columns else ""
    connection.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT t.* EXCLUDE (pick) REPLACE ({swaps}) FROM "
        f"(SELECT *, CAST(hash(rowid * 1000003 + {seed}) % (SELECT COUNT(*) FROM drawn) AS BIGINT) AS pick "
        f"FROM {table}) AS t JOIN drawn AS c ON c.at = t.pick"
    )
