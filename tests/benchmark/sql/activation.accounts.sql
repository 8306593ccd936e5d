-- needs: steps_done
, took AS (SELECT *, activated_at - created_at AS days, created_at IS NOT NULL AND NOT old_timer AS known FROM acc),
watched AS (SELECT coalesce(days, $now - created_at) AS duration, days IS NOT NULL AS observed FROM took WHERE known),
counts AS (SELECT duration, count(*) FILTER (observed) AS seen, count(*) AS leaving FROM watched GROUP BY duration),
risk AS (SELECT duration, 1 - seen / sum(leaving) OVER (ORDER BY duration DESC) AS kept FROM counts),
curve AS (SELECT duration, product(kept) OVER (ORDER BY duration) AS survival FROM risk),
quarter AS (SELECT min(duration) AS quarter FROM curve WHERE survival <= 0.75 + 1e-12),
named AS (
  SELECT *, list_filter([CASE WHEN s1 IS NULL THEN 'taxes_set_up' END, CASE WHEN s2 IS NULL THEN 'customer_created' END,
    CASE WHEN s3 IS NULL THEN 'invoice_created' END, CASE WHEN s4 IS NULL THEN 'invoice_posted' END], lambda x: x IS NOT NULL) AS missing FROM took
)
SELECT account_id AS account,
       CASE WHEN known AND days > 1209600000000 THEN 'activated late' WHEN activated_at IS NOT NULL THEN 'activated' WHEN NOT known THEN 'unknown'
            WHEN created_at + 1209600000000 <= $now THEN 'late' ELSE 'waiting' END AS state,
       days / 86400000000 AS days, coalesce(known AND days <= quarter, false) AS quick, steps AS done, missing
FROM named, quarter ORDER BY account
