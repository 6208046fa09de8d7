-- Did the regulars with the coupon buy more than those without? And who used it?
WITH arms AS (
  SELECT variant, count(*) AS customers, avg(converted::INT) AS rate, avg(paid_amount) AS paid
  FROM experiment_assignments WHERE experiment = 'vip30_holdout' GROUP BY variant
), used AS (
  SELECT count(*) AS orders, sum(coupon_amount) AS cost, avg((customer_order_number >= 4)::INT) AS by_regulars,
    sum(paid_amount) / sum(coupon_amount) AS naive_return
  FROM orders WHERE coupon_code = 'VIP30' AND status = 'paid'
)
SELECT
  max(rate) FILTER (variant = 'coupon') AS rate_with,
  max(rate) FILTER (variant = 'holdout') AS rate_without,
  max(rate) FILTER (variant = 'coupon') - max(rate) FILTER (variant = 'holdout') AS difference,
  any_value(cost) AS coupon_cost, any_value(naive_return) AS naive_return, any_value(by_regulars) AS used_by_regulars
FROM arms, used
