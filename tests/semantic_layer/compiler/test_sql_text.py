"""The SQL as a person reads it."""

MAY = {"start": "2025-05-01", "end": "2025-06-01"}


def test_one_fact_reads_as_one_scan_and_one_select(compiled):
    query = compiled(metrics=["revenue"], group_by=[{"dimension": "channel"}], period=MAY, limit={"n": 3})
    assert (
        query.sql
        == """WITH orders_by_channel AS (
  SELECT
    orders.channel AS channel,
    SUM(orders.amount) AS revenue
  FROM orders
  WHERE
    orders.ordered_at >= CAST('2025-05-01' AS DATE)
    AND orders.ordered_at < CAST('2025-06-01' AS DATE)
  GROUP BY
    1
)
SELECT
  orders_by_channel.channel AS channel,
  orders_by_channel.revenue
FROM orders_by_channel
ORDER BY
  revenue DESC,
  channel ASC
LIMIT 3"""
    )


def test_two_facts_meet_in_a_full_outer_join(compiled):
    query = compiled(metrics=["roas"], group_by=[{"dimension": "channel"}])
    assert query.sql.endswith("""SELECT
  COALESCE(orders_by_channel.channel, ad_daily_by_channel.channel) AS channel,
  orders_by_channel.revenue / NULLIF(ad_daily_by_channel.spend, 0) AS roas
FROM orders_by_channel
FULL OUTER JOIN ad_daily_by_channel
  ON orders_by_channel.channel IS NOT DISTINCT FROM ad_daily_by_channel.channel
ORDER BY
  roas DESC,
  channel ASC""")


def test_metrics_of_one_fact_share_its_scan(compiled):
    assert (
        compiled(metrics=["revenue", "orders"]).sql.count("FROM orders") == 2
    )  # the scan, and the CTE's name


def test_names_say_what_a_scan_holds(compiled):
    query = compiled(
        metrics=["revenue"],
        group_by=[{"dimension": "metric_time", "grain": "week"}, {"dimension": "channel"}],
        period=MAY,
        compare=[{"kind": "previous_period"}],
    )
    for name in ("orders_by_week_and_channel AS (", "orders_previous_period AS (", "metrics AS ("):
        assert name in query.sql
