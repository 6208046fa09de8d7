-- The boss's question: paid ROAS and cost per new customer by medium, Monday to Wednesday.
WITH spent AS (
  SELECT ad_channel, sum(spend) AS spend FROM ad_daily WHERE day >= DATE '2025-11-17' GROUP BY 1
), sold AS (
  SELECT ad_channel, sum(paid_amount) AS paid, count(*) AS orders, count(*) FILTER (is_first_order) AS new
  FROM orders WHERE status = 'paid' AND paid_at >= DATE '2025-11-17' GROUP BY 1
), ranked AS (
  SELECT *, paid / spend AS roas, spend / nullif(new, 0) AS cac,
    rank() OVER (ORDER BY paid / spend DESC NULLS LAST) AS roas_rank,
    rank() OVER (ORDER BY spend / nullif(new, 0) NULLS LAST) AS cac_rank
  FROM spent JOIN sold USING (ad_channel)
)
SELECT
  max(roas_rank) FILTER (ad_channel = 'xhs_juguang') AS xiaohongshu_roas_rank,
  max(roas) FILTER (ad_channel = 'xhs_juguang') AS xiaohongshu_roas,
  max(roas) FILTER (roas_rank = 2) AS second_roas,
  max(cac_rank) FILTER (ad_channel = 'qianchuan') AS qianchuan_cac_rank,
  max(cac) FILTER (ad_channel = 'qianchuan') AS qianchuan_cac,
  max(cac) FILTER (ad_channel = 'xhs_juguang') AS xiaohongshu_cac,
  max(orders) FILTER (ad_channel = 'xhs_juguang') AS xiaohongshu_orders
FROM ranked
