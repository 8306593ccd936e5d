-- needs: counted paying
, periods AS (
  SELECT account_id, event, CASE event WHEN 'reconciliation_finished' THEN $month_done - month_of(day) ELSE $week_done - week_of(day) END AS ago, max(day) AS day
  FROM (
    SELECT account_id, event, local_day(epoch_us(timestamp)) AS day FROM events
    WHERE event IN ('invoice_posted', 'bill_approved', 'reconciliation_finished') AND timestamp < make_timestamptz($now) $staff
      AND CASE event WHEN 'invoice_posted' THEN status = 'ok' WHEN 'bill_approved' THEN status IN ('ok', 'ok_after_change') ELSE true END
  ) GROUP BY ALL
),
ends AS (SELECT account_id, max_by(last IS NOT NULL, first) AS gone FROM spells GROUP BY account_id),
jobs AS (
  SELECT * FROM (VALUES ('invoicing', 'invoice_posted', 'week'), ('purchasing', 'bill_approved', 'week'), ('bank_reconciliation', 'reconciliation_finished', 'month')) AS j (workflow, event, cadence)
),
grid AS (
  SELECT account_id, workflow, event, cadence, coalesce(gone, false) AS gone, CASE WHEN created_day IS NOT NULL THEN
           greatest(0, least(12, CASE cadence WHEN 'month' THEN $month_done - month_of(greatest(created_day, local_day(start)) - 1)
                                              ELSE $week_done - week_of(greatest(created_day, local_day(start)) - 1) END)) END AS expected
  FROM counted LEFT JOIN ends USING (account_id), jobs
),
done AS (
  SELECT account_id, event, count(*) FILTER (ago BETWEEN 0 AND expected - 1) AS active, greatest(0, min(ago)) AS quiet, max(day) AS last_day
  FROM periods JOIN grid USING (account_id, event) GROUP BY ALL
),
told AS (SELECT *, CASE WHEN expected IS NOT NULL THEN coalesce(active, 0) END AS active_periods FROM grid LEFT JOIN done USING (account_id, event))
SELECT account_id AS account, workflow, cadence,
       CASE WHEN gone THEN 'left' WHEN expected IS NULL THEN 'unknown' WHEN expected < 3 THEN 'new' WHEN last_day IS NULL THEN 'never'
            WHEN active_periods = 0 THEN 'silent' ELSE 'active' END AS state,
       CASE WHEN expected > 0 THEN active_periods / expected END AS stickiness, active_periods, expected,
       wilson_low(active_periods, expected) AS low, wilson_high(active_periods, expected) AS high, quiet AS quiet_periods, DATE '1970-01-01' + last_day::INT AS last_success
FROM told ORDER BY account, workflow
