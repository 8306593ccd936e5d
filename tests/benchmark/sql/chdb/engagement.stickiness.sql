CREATE TABLE worked ENGINE = Memory AS
SELECT account_id, event, ago, max(day) AS last, min(first_at) AS first_at
FROM (
  SELECT account_id, if(core(event, status), event, '') AS event, if(event = '', 0, local_day(t)) AS day, t AS first_at,
         multiIf(event = '', 0, event = 'reconciliation_finished', $month_done - month_of(day), $week_done - week_of(day)) AS ago FROM events
) GROUP BY account_id, event, ago;
WITH changes AS (
  SELECT account_id, day, sum(change) AS change
  FROM (SELECT account_id, first AS day, mrr AS change FROM spans UNION ALL SELECT account_id, last, -mrr FROM spans WHERE last IS NOT NULL) WHERE day < $day GROUP BY account_id, day
),
state AS (SELECT account_id, day, sum(change) OVER (PARTITION BY account_id ORDER BY day) > 0 AS pays FROM changes),
ends AS (SELECT account_id, max(pays) = 1 AND argMax(pays, day) = 0 AS gone FROM state GROUP BY account_id),
seen AS (SELECT account_id, min(first_at) AS first_at FROM worked GROUP BY account_id),
jobs AS (
  SELECT * FROM VALUES('workflow String, event String, cadence String', ('invoicing', 'invoice_posted', 'week'), ('purchasing', 'bill_approved', 'week'),
    ('bank_reconciliation', 'reconciliation_finished', 'month'))
),
members AS (
  SELECT account_id, earlier(created, first_at) AS created_at, civil(min(first_at) OVER ()) AS start, greatest(civil(created_at), start) AS since, plan
  FROM listed FULL JOIN seen USING (account_id)
),
grid AS (
  SELECT account_id, workflow, event, cadence, if(created_at IS NULL, NULL, toInt64(greatest(0, least(12, if(cadence = 'month', $month_done - month_of(since - 1), $week_done - week_of(since - 1)))))) AS expected
  FROM members CROSS JOIN jobs WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND (created_at < $now OR created_at IS NULL)
),
done AS (
  SELECT account_id, event, countIf(ago BETWEEN 0 AND expected - 1) AS active, greatest(0, min(ago)) AS quiet, max(last) AS last_day
  FROM worked JOIN grid USING (account_id, event) GROUP BY account_id, event
),
told AS (
  SELECT account_id, workflow, cadence, expected, quiet, last_day, ifNull(gone, false) AS gone, if(expected IS NULL, NULL, ifNull(active, 0)) AS active_periods
  FROM grid LEFT JOIN done USING (account_id, event) LEFT JOIN ends USING (account_id)
)
SELECT account_id AS account, workflow, cadence,
       multiIf(gone, 'left', expected IS NULL, 'unknown', expected < 3, 'new', last_day IS NULL, 'never', active_periods = 0, 'silent', 'active') AS state,
       if(expected > 0, active_periods / expected, NULL) AS stickiness, active_periods, expected, wilson_low(active_periods, expected) AS low,
       wilson_high(active_periods, expected) AS high, quiet AS quiet_periods, toDate32(toInt32(last_day)) AS last_success
FROM told ORDER BY account, workflow
