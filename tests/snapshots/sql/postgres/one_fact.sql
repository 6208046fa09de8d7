WITH orders_by_country AS (
  SELECT
    customers.country AS country,
    SUM(orders.amount) AS revenue,
    COUNT(*) AS orders
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
  orders_by_country.country AS country,
  orders_by_country.revenue,
  orders_by_country.orders
FROM orders_by_country
ORDER BY
  revenue DESC NULLS LAST,
  country ASC;
