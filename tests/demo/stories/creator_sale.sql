-- Creator sessions ranked on GMV, and on what is left after refunds, commission, fee and the goods themselves.
WITH costs AS (
  SELECT live_session_id, sum(product_cost - cost_recovered + platform_fee + shipping_cost) AS cost
  FROM orders WHERE status = 'paid' AND live_session_id IS NOT NULL GROUP BY 1
), ranked AS (
  SELECT host, started_at, gmv_amount, paid_amount, refund_amount,
    paid_amount - refund_amount - commission_amount - fixed_fee AS after_fees,
    paid_amount - refund_amount - commission_amount - fixed_fee - cost AS profit
  FROM live_sessions JOIN costs USING (live_session_id) WHERE host_kind = 'creator'
), placed AS (
  SELECT *, rank() OVER (ORDER BY gmv_amount DESC) AS gmv_rank,
    rank() OVER (ORDER BY after_fees) AS worst_after_fees, rank() OVER (ORDER BY profit) AS worst_profit FROM ranked
)
SELECT gmv_rank, worst_after_fees, worst_profit, gmv_amount AS gmv, refund_amount / paid_amount AS refund_rate,
  after_fees, profit
FROM placed WHERE host = '林晚儿' AND CAST(started_at AS DATE) = DATE '2025-10-22'
