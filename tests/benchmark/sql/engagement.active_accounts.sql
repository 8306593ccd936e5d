-- The weeks of core work as bits, beside the first event of any kind: one pass. 63 weeks are enough for the data.
WITH worked AS (
  SELECT account_id, epoch_us(min(timestamp)) AS first_at, bit_or(CASE
    WHEN event = 'invoice_posted' AND status = 'ok' OR event = 'bill_approved' AND status IN ('ok', 'ok_after_change')
         OR event = 'reconciliation_finished'
    THEN 1::BIGINT << (week_of(local_day(epoch_us(timestamp))) - week_of($day) + 60)::INT END) AS weeks
  FROM events WHERE timestamp < make_timestamptz($now) $staff GROUP BY account_id
),
members AS (
  SELECT civil(least(created, first_at)) AS created_day, coalesce(weeks, 0) AS weeks,
         coalesce(least(created, first_at) + 604800000000 < (SELECT min(first_at) FROM worked), false) AS old_timer
  FROM listed FULL JOIN worked USING (account_id)
  WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND (least(created, first_at) < $now OR least(created, first_at) IS NULL)
),
bits AS (
  SELECT bit, bit + week_of($day) - 60 AS week, 1::BIGINT << bit::INT AS here, 1::BIGINT << greatest(0, bit - 1)::INT AS just, (1::BIGINT << bit::INT) - 1 AS earlier
  FROM range(1, week_of($day - 1) - week_of($day) + 61) AS b (bit)
),
told AS (
  SELECT week, count(*) FILTER (weeks & here <> 0) AS active, count(*) FILTER (weeks & here <> 0 AND weeks & earlier = 0 AND NOT old_timer) AS new,
         count(*) FILTER (weeks & here <> 0 AND weeks & just <> 0) AS back,
         count(*) FILTER (weeks & here <> 0 AND weeks & just = 0 AND weeks & earlier <> 0) AS resurrected,
         count(*) FILTER (weeks & here <> 0 AND weeks & earlier = 0 AND old_timer) AS unclear,
         count(*) FILTER (weeks & here = 0 AND weeks & just <> 0) AS dormant, count(*) FILTER (week_of(created_day) <= week) AS existing
  FROM members, bits GROUP BY week
)
SELECT DATE '1970-01-01' + (week * 7 - 3)::INT AS period, active, new, back AS "returning", resurrected, unclear,
       CASE WHEN week <= $week_done THEN dormant END AS dormant, existing, CASE WHEN existing > 0 THEN active / existing END AS share,
       CASE WHEN week <= $week_done THEN 'final' ELSE 'provisional' END AS status
FROM told WHERE week >= (SELECT min(week) FROM told WHERE active > 0) ORDER BY week
