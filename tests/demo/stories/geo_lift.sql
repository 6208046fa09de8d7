-- First orders in the two provinces against all others, six weeks with the lifts against the six weeks before.
WITH counted AS (
  SELECT province IN ('浙江', '江苏') AS treated,
    count(*) FILTER (paid_at >= DATE '2025-06-23' AND paid_at < DATE '2025-08-04') AS during,
    count(*) FILTER (paid_at >= DATE '2025-05-12' AND paid_at < DATE '2025-06-23') AS before
  FROM orders WHERE status = 'paid' AND is_first_order GROUP BY 1
)
SELECT
  max(during / before) FILTER (treated) AS treated_change, max(during / before) FILTER (NOT treated) AS control_change,
  max(during / before) FILTER (treated) / max(during / before) FILTER (NOT treated) - 1 AS effect
FROM counted
