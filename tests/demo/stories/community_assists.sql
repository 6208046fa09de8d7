-- Orders of 2025 with their touches in the 30 days before.
WITH journey AS (
  SELECT o.order_id, o.ad_channel AS credited, bool_or(t.ad_channel = 'wecom') AS met,
    arg_max(t.ad_channel, t.touched_at) AS last_touch
  FROM orders o JOIN touchpoints t
    ON t.customer_id = o.customer_id AND t.touched_at < o.ordered_at AND t.touched_at >= o.ordered_at - INTERVAL 30 DAY
  WHERE o.status = 'paid' AND o.paid_at >= DATE '2025-01-01' GROUP BY ALL
), members AS (
  SELECT is_community_member AS member, avg(is_repeat_buyer::INT) AS repeat_share
  FROM customers WHERE first_order_on IS NOT NULL GROUP BY 1
)
SELECT
  avg(met::INT) AS journeys_with_wecom,
  count(*) FILTER (last_touch = 'wecom') AS closed_by_wecom,
  (SELECT count(*) FROM orders WHERE ad_channel = 'wecom') AS credited_to_wecom,
  (SELECT sum(spend) FROM ad_daily WHERE ad_channel = 'wecom' AND day >= DATE '2025-01-01') AS wecom_spend,
  avg((last_touch = credited)::INT) AS last_touch_is_credited,
  (SELECT max(repeat_share) FILTER (member) - max(repeat_share) FILTER (NOT member) FROM members) AS member_repeat_gap
FROM journey
