-- usage, times of the activation steps, durations: for every rule of the definition, from the rows of any rule.
CREATE TEMP TABLE hits AS
SELECT $distinct account_id, user_id, event, epoch_us(timestamp) AS t, status, amount, duration_ms
FROM events WHERE event IN (SELECT event FROM rules) $staff;
CREATE TEMP TABLE usage AS
SELECT account_id, user_id, rule, local_day(t) AS day, count(*) AS n, min(t) AS first_at, max(t) AS last_at,
       sum(CASE WHEN valued THEN (amount * 10000)::BIGINT ELSE 0 END) AS value
FROM hits JOIN rules USING (event)
WHERE CASE name WHEN 'invoice_posted' THEN status = 'ok' WHEN 'large_invoice' THEN status = 'ok' AND amount > 1000
      WHEN 'bill_approved' THEN status IN ('ok', 'ok_after_change') ELSE true END
GROUP BY ALL;
CREATE TEMP TABLE moments AS
SELECT account_id, rule, t, count(*) AS n FROM hits JOIN rules USING (event)
WHERE name IN ('taxes_configured', 'customer_created', 'invoice_drafted') OR name = 'invoice_posted' AND status = 'ok'
GROUP BY ALL;
CREATE TEMP TABLE durations AS
SELECT rule, local_day(t) AS day, duration_ms::BIGINT AS milliseconds, count(*) AS n FROM hits JOIN rules USING (event)
WHERE duration_ms IS NOT NULL AND (name = 'invoice_posted' AND status = 'ok' OR name = 'bill_approved' AND status IN ('ok', 'ok_after_change'))
GROUP BY ALL;
