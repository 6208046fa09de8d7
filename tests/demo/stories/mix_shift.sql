-- Visit conversion by store in July and August 2025: rate and mix terms add up to the change (centred mix).
WITH monthly AS (
  SELECT month(day) AS month, store, sum(visitors) AS visitors, sum(paying_buyers) AS buyers FROM store_daily
  WHERE day >= DATE '2025-07-01' AND day < DATE '2025-09-01' GROUP BY ALL
), shares AS (
  SELECT *, buyers / visitors AS rate, visitors / sum(visitors) OVER (PARTITION BY month) AS share,
    sum(buyers) OVER (PARTITION BY month) / sum(visitors) OVER (PARTITION BY month) AS overall FROM monthly
), moved AS (
  SELECT a.store, (a.share + b.share) / 2 * (b.rate - a.rate) AS rate_part,
    (b.share - a.share) * ((a.rate + b.rate) / 2 - (a.overall + b.overall) / 2) AS mix_part,
    a.overall AS before, b.overall AS after, a.visitors AS visitors_before, b.visitors AS visitors_after
  FROM shares a JOIN shares b ON a.store = b.store AND a.month = 7 AND b.month = 8
)
SELECT
  any_value(before) AS july, any_value(after) AS august,
  sum(mix_part) AS mix, sum(rate_part) AS rate,
  sum(mix_part) / (sum(mix_part) + sum(rate_part)) AS mix_share,
  max(visitors_after / visitors_before) FILTER (store = 'douyin') - 1 AS douyin_visitor_growth
FROM moved
