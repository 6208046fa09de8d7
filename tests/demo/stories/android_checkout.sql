-- Submitted orders that are then paid, on the own mall's app since the release.
WITH steps AS (
  SELECT device, app_version,
    count(*) FILTER (event = 'visit') AS visits,
    count(*) FILTER (event = 'submit_order') AS submitted,
    count(*) FILTER (event = 'pay') AS paid
  FROM session_events
  WHERE platform = 'app' AND occurred_at >= TIMESTAMP '2025-09-09' GROUP BY ALL
)
SELECT
  max(paid / submitted) FILTER (device = 'android' AND app_version = '5.7.0') AS android_before,
  max(paid / submitted) FILTER (device = 'android' AND app_version = '5.8.0') AS android_after,
  max(paid / submitted) FILTER (device = 'ios' AND app_version = '5.7.0') AS ios_before,
  max(paid / submitted) FILTER (device = 'ios' AND app_version = '5.8.0') AS ios_after,
  max(paid / visits) FILTER (device = 'android' AND app_version = '5.7.0') AS android_visit_conversion_before,
  max(paid / visits) FILTER (device = 'android' AND app_version = '5.8.0') AS android_visit_conversion_after
FROM steps
