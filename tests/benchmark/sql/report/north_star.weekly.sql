-- Invoices posted, week by week.
WITH posted AS (
  SELECT $distinct account_id, user_id, epoch_us(timestamp) AS t FROM events
  WHERE event = 'invoice_posted' AND status = 'ok' AND timestamp < make_timestamptz($now) $staff
)
SELECT week_of(local_day(t)) AS week, count(*) AS n, CASE WHEN week_of(local_day(t)) <= $week_done THEN 'final' ELSE 'provisional' END AS status
FROM posted ANTI JOIN (FROM listed WHERE plan IN ('internal', 'test')) USING (account_id) GROUP BY ALL ORDER BY week
