WITH basket AS (
  SELECT order_id, bool_or(product_code = 'CY101')::INT AS cleanser, bool_or(product_code = 'CY401')::INT AS cream
  FROM order_lines JOIN products USING (product_id) WHERE paid_on IS NOT NULL GROUP BY 1 HAVING count(*) >= 2
)
SELECT avg(cleanser * cream) / (avg(cleanser) * avg(cream)) AS lift, avg(cleanser * cream) AS support FROM basket
