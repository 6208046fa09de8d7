WITH cohort AS (
  SELECT CAST(date_trunc('month', first_order_on) AS DATE) AS month, first_store, returned_in_90_days::INT AS back
  FROM customers WHERE first_order_on BETWEEN DATE '2024-09-01' AND DATE '2025-08-21'
)
SELECT
  avg(back) FILTER (month = DATE '2025-03-01') AS march_2025,
  avg(back) FILTER (month <> DATE '2025-03-01') AS other_months,
  avg(back) FILTER (month = DATE '2025-03-01' AND first_store = 'douyin') AS march_2025_douyin,
  avg(back) FILTER (month <> DATE '2025-03-01' AND first_store = 'douyin') AS other_months_douyin,
  count(*) FILTER (month = DATE '2025-03-01') AS customers_in_march
FROM cohort
