WITH orders_by_channel AS (
  SELECT
    orders.channel AS channel,
    SUM(orders.amount) AS revenue
  FROM orders
  WHERE
    (
      orders.ordered_at < CAST('2030-01-02' AS DATE) OR orders.ordered_at IS NULL
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
      ad_daily.day < CAST('2030-01-02' AS DATE) OR ad_daily.day IS NULL
    )
  GROUP BY
    1
)
SELECT
  COALESCE(orders_by_channel.channel, ad_daily_by_channel.channel) AS channel,
  CAST(orders_by_channel.revenue AS DOUBLE PRECISION) / NULLIF(ad_daily_by_channel.spend, 0) AS roas
FROM orders_by_channel
FULL OUTER JOIN ad_daily_by_channel
  ON ARRAY[orders_by_channel.channel] = ARRAY[ad_daily_by_channel.channel]
ORDER BY
  roas DESC NULLS LAST,
  channel ASC;
