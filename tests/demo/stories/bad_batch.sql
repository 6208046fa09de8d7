-- The product's refunds and reviews before and after the new batch; payments of the last 15 days are left out.
WITH sold AS (
  SELECT l.paid_on >= DATE '2025-09-08' AS after, sum(l.line_refund) / sum(l.line_paid) AS refund_rate
  FROM order_lines l JOIN products p USING (product_id)
  WHERE p.product_code = 'CY301' AND l.paid_on BETWEEN DATE '2025-03-01' AND DATE '2025-11-04' GROUP BY 1
), said AS (
  SELECT o.paid_at >= DATE '2025-09-08' AS after, avg(r.stars) AS stars,
    avg((r.review_text LIKE '%漏%' OR r.review_text LIKE '%过敏%' OR r.review_text LIKE '%泵头%')::INT) AS complains
  FROM reviews r JOIN orders o USING (order_id) JOIN products p USING (product_id)
  WHERE p.product_code = 'CY301' AND o.paid_at >= DATE '2025-03-01' GROUP BY 1
), reasons AS (
  SELECT avg((f.reason IN ('leak_or_damage', 'skin_reaction'))::INT) AS share
  FROM refunds f JOIN products p USING (product_id)
  WHERE p.product_code = 'CY301' AND f.refunded_at >= DATE '2025-09-15'
)
SELECT
  max(refund_rate) FILTER (NOT sold.after) AS refund_rate_before,
  max(refund_rate) FILTER (sold.after) AS refund_rate_after,
  max(stars) FILTER (NOT said.after) AS stars_before, max(stars) FILTER (said.after) AS stars_after,
  max(complains) FILTER (said.after) AS complaints_after, any_value(share) AS leak_or_reaction_share
FROM sold, said, reasons
