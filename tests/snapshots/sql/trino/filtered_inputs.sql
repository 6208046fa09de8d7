WITH orders_by_channel AS (
  SELECT
    orders.channel AS channel,
    COUNT(*) AS orders,
    SUM(orders.amount) FILTER(WHERE
      orders.is_first) AS new_revenue,
    COUNT(*) FILTER(WHERE
      customers.vip) AS member_orders,
    SUM(orders.amount) AS revenue
  FROM orders
  LEFT JOIN customers
    ON orders.customer_id = customers.customer_id
  WHERE
    (
      orders.ordered_at < CAST('2030-01-02' AS DATE) OR orders.ordered_at IS NULL
    )
  GROUP BY
    1
)
SELECT
  orders_by_channel.channel AS channel,
  orders_by_channel.orders,
  orders_by_channel.new_revenue,
  orders_by_channel.member_orders,
  CAST(orders_by_channel.new_revenue AS DOUBLE) / NULLIF(orders_by_channel.revenue, 0) AS new_share
FROM orders_by_channel
ORDER BY
  orders DESC,
  channel ASC;
