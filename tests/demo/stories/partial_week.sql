WITH daily AS (
  SELECT CAST(paid_at AS DATE) AS day, sum(paid_amount) AS paid FROM orders WHERE status = 'paid' GROUP BY 1
)
SELECT
  (SELECT datediff('day', DATE '2025-11-17', max(day)) + 1 FROM daily) AS days_of_data,
  sum(paid) FILTER (day BETWEEN DATE '2025-11-17' AND DATE '2025-11-19')
    / sum(paid) FILTER (day BETWEEN DATE '2025-11-10' AND DATE '2025-11-16') - 1 AS against_whole_last_week,
  sum(paid) FILTER (day BETWEEN DATE '2025-11-17' AND DATE '2025-11-19')
    / sum(paid) FILTER (day BETWEEN DATE '2025-11-10' AND DATE '2025-11-12') - 1 AS against_same_days_last_week,
  sum(paid) FILTER (day BETWEEN DATE '2025-11-17' AND DATE '2025-11-19')
    / sum(paid) FILTER (day BETWEEN DATE '2024-11-18' AND DATE '2024-11-20') - 1 AS against_same_iso_week_last_year
FROM daily
