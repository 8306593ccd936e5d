-- The p95 of the slowest core screen or workflow, week by week.
WITH samples AS (
  SELECT $distinct event, user_id, week_of(local_day(epoch_us(timestamp))) AS week, epoch_us(timestamp) AS t, floor(duration_ms::DECIMAL(18, 6))::BIGINT AS took FROM events
  WHERE (event = 'invoice_posted' AND status = 'ok' OR event = 'bill_approved' AND status IN ('ok', 'ok_after_change') OR event = 'invoice_list_loaded')
    AND duration_ms IS NOT NULL AND timestamp < make_timestamptz($now) $staff
),
each AS (SELECT week, event, CASE WHEN count(*) >= 20 THEN quantile_cont(took, 0.95) END AS p95 FROM samples GROUP BY ALL)
SELECT week, max(p95) AS p95, 'final' AS status FROM each WHERE week <= $week_done GROUP BY week ORDER BY week
