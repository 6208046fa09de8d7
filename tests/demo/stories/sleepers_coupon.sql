WITH arms AS (
  SELECT variant, avg(converted::INT) AS rate FROM experiment_assignments
  WHERE experiment = 'back50_holdout' GROUP BY variant
)
SELECT
  max(rate) FILTER (variant = 'coupon') AS rate_with,
  max(rate) FILTER (variant = 'holdout') AS rate_without,
  max(rate) FILTER (variant = 'coupon') / max(rate) FILTER (variant = 'holdout') - 1 AS relative_lift
FROM arms
