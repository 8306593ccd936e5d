-- Of the invoices that somebody tried to post in the last 90 days, a day for each: those that were posted in that day.
WITH tried AS (
  SELECT account_id, invoice_id, epoch_us(min(timestamp)) AS begun FROM events
  WHERE event = 'invoice_post_clicked' AND invoice_id IS NOT NULL AND timestamp < make_timestamptz($now) $staff GROUP BY ALL
),
looked_at AS (
  FROM tried ANTI JOIN (FROM listed WHERE plan IN ('internal', 'test')) USING (account_id)
  WHERE begun >= $held AND begun + 86400000000 <= $final
),
posted AS (
  SELECT account_id, invoice_id, epoch_us(timestamp) AS t FROM events
  WHERE event = 'invoice_posted' AND status = 'ok' AND timestamp >= make_timestamptz($held) AND timestamp < make_timestamptz($now) $staff
),
completed AS (
  SELECT DISTINCT account_id, invoice_id FROM looked_at JOIN posted USING (account_id, invoice_id) WHERE t BETWEEN begun AND begun + 86400000000
)
SELECT (SELECT count(*) FROM completed) / count(*) AS value FROM looked_at
