WITH arms AS (
  SELECT variant, count(*) AS n, avg(converted::INT) AS rate FROM experiment_assignments
  WHERE experiment = 'pdp_video' GROUP BY variant
)
SELECT
  max(n) FILTER (variant = 'A') / sum(n) AS control_share,
  (max(n) FILTER (variant = 'A') - max(n) FILTER (variant = 'B')) ** 2 / sum(n) AS chi_square,
  max(rate) FILTER (variant = 'B') / max(rate) FILTER (variant = 'A') - 1 AS naive_relative_lift
FROM arms
