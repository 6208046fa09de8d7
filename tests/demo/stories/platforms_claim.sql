WITH claimed AS (
  SELECT CAST(date_trunc('quarter', day) AS DATE) AS quarter, sum(claimed_revenue) AS claimed FROM ad_daily GROUP BY 1
), paid AS (
  SELECT CAST(date_trunc('quarter', paid_at) AS DATE) AS quarter, sum(paid_amount) AS paid,
    sum(paid_amount) FILTER (ad_channel <> 'none') AS attributed
  FROM orders WHERE status = 'paid' GROUP BY 1
)
SELECT
  sum(claimed) / sum(paid) AS claimed_share,
  max(claimed / paid) FILTER (quarter = DATE '2025-07-01') AS claimed_share_2025_q3,
  sum(attributed) / sum(paid) AS attributed_share
FROM claimed JOIN paid USING (quarter)
