-- Orders per click of two media in 2025, over all and within each audience.
WITH clicked AS (
  SELECT a.ad_channel, c.audience, sum(a.clicks) AS clicks FROM ad_daily a JOIN campaigns c USING (campaign_id)
  WHERE a.day >= DATE '2025-01-01' AND a.ad_channel IN ('baidu', 'tencent_ads') GROUP BY ALL
), ordered AS (
  SELECT o.ad_channel, c.audience, count(*) AS orders FROM orders o JOIN campaigns c USING (campaign_id)
  WHERE o.status = 'paid' AND o.paid_at >= DATE '2025-01-01' GROUP BY ALL
), cells AS (
  SELECT * FROM clicked JOIN ordered USING (ad_channel, audience)
)
SELECT
  sum(orders) FILTER (ad_channel = 'baidu') / sum(clicks) FILTER (ad_channel = 'baidu') AS baidu_overall,
  sum(orders) FILTER (ad_channel = 'tencent_ads') / sum(clicks) FILTER (ad_channel = 'tencent_ads') AS tencent_overall,
  max(orders / clicks) FILTER (ad_channel = 'baidu' AND audience = 'prospecting') AS baidu_prospecting,
  max(orders / clicks) FILTER (ad_channel = 'tencent_ads' AND audience = 'prospecting') AS tencent_prospecting,
  max(orders / clicks) FILTER (ad_channel = 'baidu' AND audience = 'retargeting') AS baidu_retargeting,
  max(orders / clicks) FILTER (ad_channel = 'tencent_ads' AND audience = 'retargeting') AS tencent_retargeting
FROM cells
