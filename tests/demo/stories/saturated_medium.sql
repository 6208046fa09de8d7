-- Whole weeks without an event: does more spend bring more attributed revenue, and how much more?
WITH quiet_day AS (
  SELECT day FROM (SELECT DISTINCT day FROM ad_daily)
  WHERE NOT EXISTS (SELECT 1 FROM event_calendar WHERE day BETWEEN starts_on - 1 AND ends_on + 14
                    AND event IN ('e618', 'double_11'))
    AND NOT EXISTS (SELECT 1 FROM event_calendar WHERE day BETWEEN starts_on AND ends_on)
), spent AS (
  SELECT day, sum(spend) AS spend FROM ad_daily WHERE ad_channel = 'wanxiangtai' GROUP BY day
), sold AS (
  SELECT CAST(paid_at AS DATE) AS day, sum(paid_amount) AS paid FROM orders
  WHERE ad_channel = 'wanxiangtai' AND status = 'paid' GROUP BY 1
), weekly AS (
  SELECT CAST(date_trunc('week', day) AS DATE) AS week, sum(spend) AS spend, sum(paid) AS paid
  FROM quiet_day JOIN spent USING (day) JOIN sold USING (day) GROUP BY 1 HAVING count(*) = 7
)
SELECT
  sum(paid) / sum(spend) AS average_roas,
  regr_slope(ln(paid), ln(spend)) AS elasticity,
  regr_slope(paid, spend) AS marginal_roas,
  count(*) AS weeks
FROM weekly
