-- Of the invoices that somebody tried to post in the last four complete weeks, a day for each: those that failed in that day.
WITH tried AS (
  SELECT account_id, invoice_id, epoch_us(min(timestamp)) AS begun FROM events
  WHERE event = 'invoice_post_clicked' AND invoice_id IS NOT NULL AND timestamp < make_timestamptz($now) $staff GROUP BY ALL
),
looked_at AS (
  FROM tried ANTI JOIN (FROM listed WHERE plan IN ('internal', 'test')) USING (account_id)
  WHERE week_of(local_day(begun)) BETWEEN $week_done - 3 AND $week_done AND begun + 86400000000 <= $final
),
failed AS (
  SELECT DISTINCT account_id, invoice_id
  FROM looked_at JOIN (SELECT account_id, invoice_id, epoch_us(timestamp) AS t FROM events
                       WHERE event IN ('invoice_post_failed', 'invoice_post_timed_out') AND timestamp >= make_timestamptz($held)
                         AND timestamp < make_timestamptz($now) $staff) USING (account_id, invoice_id)
  WHERE t BETWEEN begun AND begun + 86400000000
)
SELECT (SELECT count(*) FROM failed) / count(*) AS value FROM looked_at
