WITH daily AS (
  SELECT CAST(paid_at AS DATE) AS day, sum(paid_amount) AS paid, sum(refund_amount) AS refunded
  FROM orders WHERE status = 'paid' GROUP BY 1
), claimed AS (
  SELECT day, sum(claimed_revenue) / sum(clicks) AS per_click FROM ad_daily GROUP BY 1
)
SELECT
  sum(refunded) FILTER (day >= DATE '2025-11-17') / sum(paid) FILTER (day >= DATE '2025-11-17') AS last_three_days,
  sum(refunded) FILTER (day BETWEEN DATE '2025-08-01' AND DATE '2025-10-10')
    / sum(paid) FILTER (day BETWEEN DATE '2025-08-01' AND DATE '2025-10-10') AS mature_days,
  (SELECT max(per_click) FILTER (day = DATE '2025-11-19') / avg(per_click) FILTER (day BETWEEN DATE '2025-11-15' AND DATE '2025-11-16')
   FROM claimed) AS last_day_claimed_per_click
FROM daily
