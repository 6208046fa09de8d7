-- Rules of the demo's world. Each query counts the rows that break the rule named above it.

-- rule: the lines of an order add up to its paid amount
SELECT
  COUNT(*)
FROM (
  SELECT
    order_id,
    SUM(line_paid) AS paid,
    SUM(line_gmv) AS gmv,
    SUM(line_refund) AS refund
  FROM order_lines
  GROUP BY
    1
)
JOIN orders
  USING (order_id)
WHERE
  paid <> paid_amount OR gmv <> gmv_amount OR refund <> refund_amount;

-- rule: every order has a line
SELECT
  COUNT(*)
FROM orders
ANTI JOIN order_lines
  USING (order_id);

-- rule: refunds add up to the orders' refunds
SELECT
  COUNT(*)
FROM (
  SELECT
    order_id,
    SUM(refund_amount) AS given
  FROM refunds
  GROUP BY
    1
) AS r
FULL JOIN orders AS o
  USING (order_id)
WHERE
  COALESCE(given, 0) <> o.refund_amount;

-- rule: nobody gets more back than he paid
SELECT
  COUNT(*)
FROM orders
WHERE
  refund_amount > paid_amount OR refund_amount < 0;

-- rule: paid is GMV less coupon
SELECT
  COUNT(*)
FROM orders
WHERE
  status = 'paid' AND paid_amount <> gmv_amount - coupon_amount;

-- rule: only paid orders have a payment, and all of them
SELECT
  COUNT(*)
FROM orders
WHERE
  (
    status = 'paid'
  ) <> (
    NOT paid_at IS NULL
  )
  OR (
    paid_at IS NULL AND paid_amount <> 0
  );

-- rule: deposit and balance make the paid amount of a pre-sale
SELECT
  COUNT(*)
FROM orders
WHERE
  is_presale AND status = 'paid' AND deposit_amount + balance_amount <> paid_amount;

-- rule: order, payment, shipping, refund in that order
SELECT
  COUNT(*)
FROM orders
WHERE
  paid_at < ordered_at
  OR shipped_at < paid_at
  OR first_refunded_at < paid_at
  OR deposit_paid_at < ordered_at
  OR balance_paid_at < deposit_paid_at;

-- rule: refunds come after payment
SELECT
  COUNT(*)
FROM refunds AS r
JOIN orders AS o
  USING (order_id)
WHERE
  r.refunded_at <= o.paid_at;

-- rule: campaign and medium of an order agree
SELECT
  COUNT(*)
FROM orders AS o
JOIN campaigns AS c
  USING (campaign_id)
WHERE
  o.ad_channel <> c.ad_channel;

-- rule: orders without a medium have no campaign, and the others have one
SELECT
  COUNT(*)
FROM orders
WHERE
  (
    ad_channel = 'none'
  ) <> (
    campaign_id IS NULL
  );

-- rule: campaign and medium of delivery agree
SELECT
  COUNT(*)
FROM ad_daily AS a
JOIN campaigns AS c
  USING (campaign_id)
WHERE
  a.ad_channel <> c.ad_channel OR NOT day BETWEEN starts_on AND ends_on;

-- rule: creatives belong to the campaign of their row
SELECT
  COUNT(*)
FROM ad_daily AS a
JOIN creatives AS c
  USING (creative_id)
WHERE
  a.campaign_id <> c.campaign_id;

-- rule: clicks are among impressions, reach too
SELECT
  COUNT(*)
FROM ad_daily
WHERE
  clicks > impressions OR reach > impressions OR spend <= 0;

-- rule: the first order of a customer is marked, and only it
SELECT
  COUNT(*)
FROM (
  SELECT
    customer_id,
    COUNT(*) FILTER(WHERE
      is_first_order) AS firsts,
    MIN(paid_at) = MIN(paid_at) FILTER(WHERE
      is_first_order) AS earliest
  FROM orders
  WHERE
    status = 'paid'
  GROUP BY
    1
)
WHERE
  firsts <> 1 OR NOT earliest;

-- rule: customers agree with their orders
SELECT
  COUNT(*)
FROM customers AS c
LEFT JOIN (
  SELECT
    customer_id,
    COUNT(*) AS n,
    CAST(MIN(paid_at) AS DATE) AS first,
    CAST(MAX(paid_at) AS DATE) AS last,
    SUM(paid_amount - refund_amount) AS net
  FROM orders
  WHERE
    status = 'paid'
  GROUP BY
    1
) AS o
  USING (customer_id)
WHERE
  COALESCE(n, 0) <> paid_orders
  OR first IS DISTINCT FROM first_order_on
  OR last IS DISTINCT FROM last_order_on
  OR COALESCE(net, 0) <> net_paid_to_date;

-- rule: live sessions agree with their orders
SELECT
  COUNT(*)
FROM live_sessions AS l
LEFT JOIN (
  SELECT
    live_session_id,
    SUM(gmv_amount) AS gmv,
    SUM(paid_amount) AS paid,
    SUM(refund_amount) AS refund,
    SUM(commission_amount) AS commission,
    COUNT(*) FILTER(WHERE
      status = 'paid') AS n
  FROM orders
  GROUP BY
    1
) AS o
  USING (live_session_id)
WHERE
  COALESCE(gmv, 0) <> gmv_amount
  OR COALESCE(paid, 0) <> paid_amount
  OR COALESCE(refund, 0) <> refund_amount
  OR COALESCE(commission, 0) <> commission_amount
  OR COALESCE(n, 0) <> orders;

-- rule: live orders are placed while the session runs
SELECT
  COUNT(*)
FROM orders AS o
JOIN live_sessions AS l
  USING (live_session_id)
WHERE
  o.status = 'paid'
  AND NOT o.ordered_at BETWEEN started_at AND started_at + duration_minutes * INTERVAL '1' MINUTE;

-- rule: the steps of a session come in order
SELECT
  COUNT(*)
FROM (
  SELECT
    occurred_at,
    LAG(occurred_at) OVER (
      PARTITION BY session_id
      ORDER BY LIST_POSITION(['visit', 'view_product', 'add_to_cart', 'submit_order', 'pay'], event)
    ) AS before
  FROM session_events
)
WHERE
  occurred_at < before;

-- rule: a payment on the own mall is one event, and the other way round
SELECT
  COUNT(*)
FROM (
  SELECT
    order_id
  FROM session_events
  WHERE
    event = 'pay'
) AS e
FULL JOIN (
  SELECT
    order_id
  FROM orders
  WHERE
    store = 'mini_program' AND status = 'paid' AND paid_at >= '2025-05-25'
) AS o
  USING (order_id)
WHERE
  o.order_id IS NULL
  AND (
    SELECT
      paid_at
    FROM orders AS x
    WHERE
      x.order_id = e.order_id
  ) >= '2025-05-25'
  OR e.order_id IS NULL;

-- rule: visitors of the own mall are those of its sessions
SELECT
  COUNT(*)
FROM (
  SELECT
    CAST(started_at AS DATE) AS day,
    traffic_source,
    COUNT(DISTINCT visitor_id) AS n
  FROM sessions
  GROUP BY ALL
) AS s
JOIN store_daily AS d
  USING (day, traffic_source)
WHERE
  d.store = 'mini_program' AND n > visitors;

-- rule: nobody buys in a store without visiting it
SELECT
  COUNT(*)
FROM store_daily
WHERE
  paying_buyers > visitors;

-- rule: nothing lies after the last day
SELECT
  (
    SELECT
      COUNT(*)
    FROM orders
    WHERE
      GREATEST(ordered_at, paid_at, shipped_at, first_refunded_at) >= '2025-11-20'
  ) + (
    SELECT
      COUNT(*)
    FROM refunds
    WHERE
      refunded_at >= '2025-11-20'
  ) + (
    SELECT
      COUNT(*)
    FROM touchpoints
    WHERE
      touched_at >= '2025-11-20'
  ) + (
    SELECT
      COUNT(*)
    FROM session_events
    WHERE
      occurred_at >= '2025-11-20'
  ) + (
    SELECT
      COUNT(*)
    FROM reviews
    WHERE
      reviewed_at >= '2025-11-20'
  ) + (
    SELECT
      COUNT(*)
    FROM ad_daily
    WHERE
      day > '2025-11-19'
  ) + (
    SELECT
      COUNT(*)
    FROM store_daily
    WHERE
      day > '2025-11-19'
  );

-- rule: the last touch before an order is the medium it is credited with
SELECT
  COUNT(*)
FROM (
  SELECT
    o.order_id,
    o.ad_channel,
    ARG_MAX(t.ad_channel, t.touched_at) AS last
  FROM orders AS o
  LEFT JOIN touchpoints AS t
    ON t.customer_id = o.customer_id
    AND t.touched_at < o.ordered_at
    AND t.touched_at >= o.ordered_at - INTERVAL '30' DAY
  WHERE
    o.status = 'paid' AND o.paid_at >= '2024-11-20'
  GROUP BY ALL
)
WHERE
  last IS DISTINCT FROM ad_channel;

-- rule: nobody buys a product before its launch
SELECT
  COUNT(*)
FROM order_lines
JOIN products
  USING (product_id)
WHERE
  paid_on < launched_on;

-- rule: reviews come after shipping
SELECT
  COUNT(*)
FROM reviews AS r
JOIN orders AS o
  USING (order_id)
WHERE
  r.reviewed_at < o.shipped_at OR o.shipped_at IS NULL;

-- rule: coupons are used while they run, above their threshold
SELECT
  COUNT(*)
FROM orders AS o
JOIN coupons AS c
  USING (coupon_code)
WHERE
  o.gmv_amount < c.threshold
  OR o.coupon_amount <> c.face_value
  OR NOT CAST(o.paid_at AS DATE) BETWEEN starts_on AND ends_on + 1;
