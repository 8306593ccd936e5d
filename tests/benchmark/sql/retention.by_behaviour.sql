-- Every behaviour and level; q and the verdict are left out: DuckDB has no error function.
WITH firsts AS (
  SELECT account_id, CASE event WHEN 'invoice_posted' THEN CASE WHEN status = 'ok' THEN CASE WHEN amount > 1000 THEN 'large' ELSE 'small' END END
         WHEN 'bill_approved' THEN CASE WHEN status IN ('ok', 'ok_after_change') THEN event END ELSE event END AS kind, epoch_us(min(timestamp)) AS t
  FROM events WHERE timestamp < make_timestamptz($now) $staff GROUP BY ALL
),
first AS (
  SELECT account_id, min(t) AS first_at, min(t) FILTER (kind = 'taxes_configured') AS taxes, min(t) FILTER (kind = 'customer_created') AS customer,
         min(t) FILTER (kind = 'invoice_drafted') AS drafted, min(t) FILTER (kind IN ('small', 'large')) AS posted, min(t) FILTER (kind = 'large') AS large,
         min(t) FILTER (kind = 'invoice_sent') AS sent, min(t) FILTER (kind = 'invoice_paid') AS paid, min(t) FILTER (kind = 'invoice_reconciled') AS matched,
         min(t) FILTER (kind = 'recurring_invoice_created') AS recurring, min(t) FILTER (kind = 'bill_captured') AS captured,
         min(t) FILTER (kind = 'bill_approved') AS approved, min(t) FILTER (kind = 'bill_paid') AS bill_paid, min(t) FILTER (kind = 'payment_run_exported') AS run,
         min(t) FILTER (kind = 'statement_imported') AS imported, min(t) FILTER (kind = 'reconciliation_finished') AS finished,
         min(t) FILTER (kind = 'reconciliation_rule_applied') AS applied, min(t) FILTER (kind = 'month_closed') AS closed,
         min(t) FILTER (kind = 'approval_chain_saved') AS chain, min(t) FILTER (kind = 'bank_feed_synced') AS feed
  FROM firsts GROUP BY account_id
),
lives AS (
  SELECT f.*, account_id, civil(least(created, first_at)) + 14 AS mark FROM listed FULL JOIN first AS f USING (account_id)
  WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND civil(least(created, first_at)) + 14 <= $settled
    AND NOT coalesce(least(created, first_at) + 604800000000 < (SELECT min(first_at) FROM first), false)
),
work AS MATERIALIZED (
  SELECT account_id, user_id, local_day(t) AS day, count(*) AS n
  FROM (
    SELECT $distinct account_id, user_id, event, epoch_us(timestamp) AS t FROM events
    WHERE event IN ('invoice_posted', 'bill_approved', 'reconciliation_finished') AND timestamp < make_timestamptz($now) $staff
      AND CASE event WHEN 'invoice_posted' THEN status = 'ok' WHEN 'bill_approved' THEN status IN ('ok', 'ok_after_change') ELSE true END
  ) GROUP BY ALL
),
worked AS (
  SELECT account_id, sum(n) FILTER (day < mark) AS before, bool_or(day >= mark AND day < mark + 60) AS present,
         bool_or(day >= mark + 60 AND day < mark + 90) AS retained, max(day) AS last
  FROM work JOIN lives USING (account_id) WHERE day < $settled GROUP BY account_id
),
people AS (
  SELECT account_id, count(*) AS people FROM (
    SELECT account_id, user_id, min(day) AS day FROM work AS w WHERE user_id IS NOT NULL
      AND NOT EXISTS (FROM users AS u WHERE u.role = 'service' AND u.account_id = w.account_id AND u.user_id = w.user_id) GROUP BY ALL
  ) JOIN lives USING (account_id) WHERE day < mark GROUP BY account_id
),
told AS (
  SELECT l.*, coalesce(people, 0) AS people, coalesce(before, 0) AS before, coalesce(present, false) AS present, coalesce(retained, false) AS retained, last,
         (rank() OVER (ORDER BY coalesce(before, 0)) - 1) * 5 // count(*) OVER () + 1 AS fifth
  FROM lives AS l LEFT JOIN worked USING (account_id) LEFT JOIN people USING (account_id)
),
placed AS (
  SELECT mark, before, present, retained, last, mark + 60 <= $settled AS known, mark + 90 <= $settled AS over, unnest(range(0, 10)) AS position, unnest([fifth,
    by_then([taxes, customer, drafted, posted], mark),
    by_then([drafted], mark) + by_then([drafted, posted, sent], mark) + by_then([drafted, posted, sent, paid, matched, recurring], mark),
    by_then([captured], mark) + by_then([captured, approved], mark) + by_then([captured, approved, bill_paid, run], mark),
    by_then([imported], mark) + by_then([imported, finished], mark) + by_then([imported, finished, applied, closed], mark),
    least(people, 3), by_then([chain], mark), by_then([feed], mark), by_then([recurring], mark), by_then([large], mark)]) AS level
  FROM told
),
counts AS (
  SELECT position, level, count(*) FILTER (over) AS accounts, count(*) FILTER (NOT over) AS immature, count(*) FILTER (over AND present) AS present,
         count(*) FILTER (over AND present AND retained) AS retained, min(before) AS least, max(before) AS most FROM placed GROUP BY ALL
),
watched AS (
  SELECT position, level, greatest(0, least(last, $settled - 30) - mark) AS duration, last < $settled - 30 AS observed FROM placed WHERE known AND present
),
leaving AS (SELECT position, level, duration, count(*) FILTER (observed) AS seen, count(*) AS leaving FROM watched GROUP BY ALL),
risk AS (SELECT position, level, duration, 1 - seen / sum(leaving) OVER (PARTITION BY position, level ORDER BY duration DESC) AS kept FROM leaving),
curve AS (SELECT position, level, duration, product(kept) OVER (PARTITION BY position, level ORDER BY duration) AS survival FROM risk),
staying AS (
  SELECT position, level, coalesce(min(survival) FILTER (duration <= 180), 1) AS stays FROM curve GROUP BY ALL HAVING max(duration) >= 180 OR stays < 1e-12
),
scale AS (
  SELECT position, behaviour, reference, unnest(values) AS value, unnest(range(len(values))) AS level
  FROM (VALUES (1, 'activated', 0, ['no', 'yes']), (2, 'invoicing depth', 0, ['none', 'basic', 'standard', 'advanced']),
    (3, 'purchasing depth', 0, ['none', 'basic', 'standard', 'advanced']), (4, 'bank_reconciliation depth', 0, ['none', 'basic', 'standard', 'advanced']),
    (5, 'active people', 1, ['nobody', '1', '2', '3 or more']), (6, 'feature approval_chains', 0, ['not used', 'used']), (7, 'feature bank_feed', 0, ['not used', 'used']),
    (8, 'feature recurring_invoices', 0, ['not used', 'used']), (9, 'feature large_invoices', 0, ['not used', 'used'])) AS s (position, behaviour, reference, values)
  UNION ALL
  SELECT position, 'early work', min(level) OVER (), format('fifth {}: {}', level, CASE WHEN least = most THEN least::VARCHAR ELSE format('{}–{}', least, most) END), level
  FROM counts WHERE position = 0
),
filled AS (
  SELECT position, behaviour, reference, value, level, stays, coalesce(accounts, 0) AS accounts, coalesce(immature, 0) AS immature,
         coalesce(present, 0) AS present, coalesce(retained, 0) AS retained
  FROM scale LEFT JOIN counts USING (position, level) LEFT JOIN staying USING (position, level)
),
beside AS (
  SELECT a.behaviour, a.value, b.value AS compared_with, a.accounts, a.immature, a.present AS n, a.retained AS k, b.present AS m, b.retained AS j,
         a.stays, b.stays AS others_stays
  FROM filled AS a JOIN filled AS b ON a.position = b.position AND b.level = b.reference AND a.level <> a.reference
)
SELECT behaviour, value, compared_with, n AS present, k AS retained, CASE WHEN n > 0 THEN k / n END AS rate, m AS others, CASE WHEN m > 0 THEN j / m END AS others_rate,
       (rate - others_rate) * 100 AS difference,
       CASE WHEN n > 0 AND m > 0 THEN (rate - others_rate - sqrt((rate - wilson_low(k, n)) ** 2 + (wilson_high(j, m) - others_rate) ** 2)) * 100 END AS diff_low,
       CASE WHEN n > 0 AND m > 0 THEN (rate - others_rate + sqrt((wilson_high(k, n) - rate) ** 2 + (others_rate - wilson_low(j, m)) ** 2)) * 100 END AS diff_high,
       stays, others_stays, wilson_low(k, n) AS low, wilson_high(k, n) AS high, accounts, immature
FROM beside ORDER BY behaviour, value
