-- Same dates, or same day of the event? The sale began on 21 October in 2024 and on 15 October in 2025.
WITH daily AS (
  SELECT CAST(paid_at AS DATE) AS day, sum(paid_amount) AS paid FROM orders WHERE status = 'paid' GROUP BY 1
), numbered AS (
  SELECT e.year, d.paid, datediff('day', e.starts_on, d.day) + 1 AS event_day
  FROM daily d JOIN event_calendar e ON e.event = 'double_11' AND d.day BETWEEN e.starts_on AND e.ends_on
)
SELECT
  (SELECT sum(paid) FILTER (day BETWEEN DATE '2025-11-01' AND DATE '2025-11-11')
        / sum(paid) FILTER (day BETWEEN DATE '2024-11-01' AND DATE '2024-11-11') - 1 FROM daily) AS same_dates_november,
  (SELECT sum(paid) FILTER (day BETWEEN DATE '2025-10-15' AND DATE '2025-10-20')
        / sum(paid) FILTER (day BETWEEN DATE '2024-10-15' AND DATE '2024-10-20') - 1 FROM daily) AS same_dates_opening,
  sum(paid) FILTER (year = 2025 AND event_day <= 22) / sum(paid) FILTER (year = 2024) - 1 AS same_event_days,
  sum(paid) FILTER (year = 2025) / sum(paid) FILTER (year = 2024) - 1 AS whole_event,
  max(event_day) FILTER (year = 2024) AS days_2024, max(event_day) FILTER (year = 2025) AS days_2025
FROM numbered
