-- The night itself against the same hours of the other days of that month.
WITH night AS (
  SELECT CAST(started_at AS DATE) AS day, network, dwell_seconds, is_bounce, is_paid_session
  FROM sessions WHERE hour(started_at) BETWEEN 1 AND 4 AND started_at >= DATE '2025-09-01' AND started_at < DATE '2025-10-01'
), daily AS (
  SELECT day, count(*) AS sessions, median(dwell_seconds) AS dwell, avg(is_bounce::INT) AS bounce,
    avg(is_paid_session::INT) AS paid FROM night GROUP BY day
)
SELECT
  max(sessions) FILTER (day = DATE '2025-09-12') AS sessions_that_night,
  median(sessions) FILTER (day <> DATE '2025-09-12') AS sessions_other_nights,
  max(dwell) FILTER (day = DATE '2025-09-12') AS median_dwell_that_night,
  max(bounce) FILTER (day = DATE '2025-09-12') AS bounce_that_night,
  max(paid) FILTER (day = DATE '2025-09-12') AS conversion_that_night,
  (SELECT max(n) / sum(n) FROM (SELECT count(*) AS n FROM night WHERE day = DATE '2025-09-12' GROUP BY network)) AS largest_network_share
FROM daily
