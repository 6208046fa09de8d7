WITH arms AS (
  SELECT variant, count(*) AS n, avg(converted::INT) AS rate FROM experiment_assignments
  WHERE experiment = 'free_shipping_99' GROUP BY variant
)
SELECT
  (max(n) FILTER (variant = 'A') - max(n) FILTER (variant = 'B')) ** 2 / sum(n) AS chi_square,
  (max(rate) FILTER (variant = 'B') - max(rate) FILTER (variant = 'A'))
    / sqrt(sum(rate * (1 - rate) / n)) AS z
FROM arms
