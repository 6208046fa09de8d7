WITH orders_by_channel AS (
  SELECT
    orders.channel AS channel,
    SUM(orders.amount) AS revenue
  FROM orders
  WHERE
    (
      orders.ordered_at < toDateTime64('2030-01-02 00:00:00', 6, timezone())
      OR orders.ordered_at IS NULL
    )
  GROUP BY
    1
), ad_daily_by_channel AS (
  SELECT
    ad_daily.channel AS channel,
    SUM(ad_daily.cost) AS spend
  FROM ad_daily
  WHERE
    (
      ad_daily.day < toDateTime64('2030-01-02 00:00:00', 6, timezone())
      OR ad_daily.day IS NULL
    )
  GROUP BY
    1
)
SELECT
  COALESCE(orders_by_channel.channel, ad_daily_by_channel.channel) AS channel,
  CAST(orders_by_channel.revenue AS Nullable(Float64)) / nullIf(ad_daily_by_channel.spend, 0) AS roas
FROM orders_by_channel
FULL OUTER JOIN ad_daily_by_channel
  ON orders_by_channel.channel IS NOT DISTINCT FROM ad_daily_by_channel.channel
ORDER BY
  2 DESC,
  1 ASC;
