CREATE TABLE firsts ENGINE = Memory AS
SELECT account_id, multiIf(event = 'invoice_posted', if(status = 'ok', if(amount > 1000, 'large', 'small'), ''),
       event = 'bill_approved', if(status IN ('ok', 'ok_after_change'), event, ''), event) AS kind, min(t) AS first_t
FROM events GROUP BY account_id, kind;
CREATE TABLE work ENGINE = Memory AS
SELECT account_id, user_id, local_day(t) AS day, count() AS n
FROM (SELECT $distinct account_id, user_id, event, t FROM events WHERE core(event, status)) GROUP BY account_id, user_id, day;
CREATE TABLE lives ENGINE = Memory AS
WITH first AS (
  SELECT account_id, min(first_t) AS first_at, minIf(first_t, kind = 'taxes_configured') AS taxes, minIf(first_t, kind = 'customer_created') AS customer,
         minIf(first_t, kind = 'invoice_drafted') AS drafted, minIf(first_t, kind IN ('small', 'large')) AS posted, minIf(first_t, kind = 'large') AS large,
         minIf(first_t, kind = 'invoice_sent') AS sent, minIf(first_t, kind = 'invoice_paid') AS paid, minIf(first_t, kind = 'invoice_reconciled') AS matched,
         minIf(first_t, kind = 'recurring_invoice_created') AS recurring, minIf(first_t, kind = 'bill_captured') AS captured,
         minIf(first_t, kind = 'bill_approved') AS approved, minIf(first_t, kind = 'bill_paid') AS bill_paid, minIf(first_t, kind = 'payment_run_exported') AS run,
         minIf(first_t, kind = 'statement_imported') AS imported, minIf(first_t, kind = 'reconciliation_finished') AS finished,
         minIf(first_t, kind = 'reconciliation_rule_applied') AS applied, minIf(first_t, kind = 'month_closed') AS closed,
         minIf(first_t, kind = 'approval_chain_saved') AS chain, minIf(first_t, kind = 'bank_feed_synced') AS feed
  FROM firsts GROUP BY account_id
),
known AS (
  SELECT *, earlier(created, first_at) AS created_at, civil(created_at) + 14 AS mark, ifNull(created_at + 604800000000 < min(first_at) OVER (), false) AS old_timer
  FROM listed FULL JOIN first USING (account_id)
)
SELECT * FROM known WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND NOT old_timer AND mark <= $settled;
CREATE TABLE placed ENGINE = Memory AS
WITH worked AS (
  SELECT account_id, sumIf(n, day < mark) AS before, max(day >= mark AND day < mark + 60) AS present, max(day >= mark + 60 AND day < mark + 90) AS retained, max(day) AS last
  FROM work JOIN lives USING (account_id) WHERE day < $settled GROUP BY account_id
),
people AS (
  SELECT account_id, countIf(day < mark) AS people FROM (
    SELECT account_id, user_id, min(day) AS day FROM work WHERE user_id IS NOT NULL AND (account_id, user_id) NOT IN (
      SELECT account_id, user_id FROM file('$folder/users.csv', CSVWithNames, 'account_id String, user_id String, role Nullable(String)') WHERE role = 'service')
    GROUP BY account_id, user_id
  ) AS p JOIN lives USING (account_id) GROUP BY account_id
),
told AS (
  SELECT l.*, ifNull(people, 0) AS people, ifNull(before, 0) AS before, ifNull(present, 0) AS present, ifNull(retained, 0) AS retained, last
  FROM lives AS l LEFT JOIN worked USING (account_id) LEFT JOIN people USING (account_id)
),
ranked AS (SELECT *, intDiv((rank() OVER (ORDER BY before) - 1) * 5, count() OVER ()) + 1 AS fifth FROM told)
SELECT mark, before, present, retained, last, mark + 60 <= $settled AS known, mark + 90 <= $settled AS over, pair.1 AS position, toInt64(pair.2) AS level
FROM ranked ARRAY JOIN arrayZip(range(10), arrayMap(x -> toInt64(x), [fifth, by_then([taxes, customer, drafted, posted], mark),
  by_then([drafted], mark) + by_then([drafted, posted, sent], mark) + by_then([drafted, posted, sent, paid, matched, recurring], mark),
  by_then([captured], mark) + by_then([captured, approved], mark) + by_then([captured, approved, bill_paid, run], mark),
  by_then([imported], mark) + by_then([imported, finished], mark) + by_then([imported, finished, applied, closed], mark),
  least(people, 3), by_then([chain], mark), by_then([feed], mark), by_then([recurring], mark), by_then([large], mark)])) AS pair;
CREATE TABLE counts ENGINE = Memory AS
SELECT position, level, countIf(over) AS accounts, countIf(NOT over) AS immature, countIf(over AND present) AS n,
       countIf(over AND present AND retained) AS k, min(before) AS least, max(before) AS most FROM placed GROUP BY position, level;
CREATE TABLE filled ENGINE = Memory AS
WITH leaving AS (
  SELECT position, level, greatest(0, least(last, $settled - 30) - mark) AS duration, countIf(last < $settled - 30) AS seen, count() AS leaving
  FROM placed WHERE known AND present GROUP BY position, level, duration
),
risk AS (SELECT position, level, duration, 1 - seen / sum(leaving) OVER (PARTITION BY position, level ORDER BY duration DESC) AS kept FROM leaving),
curve AS (SELECT position, level, duration, if(min(kept) OVER own = 0, 0, exp(sum(log(if(kept = 0, 1, kept))) OVER own)) AS survival FROM risk
  WINDOW own AS (PARTITION BY position, level ORDER BY duration)),
staying AS (
  SELECT position, level, if(countIf(duration <= 180) = 0, 1, minIf(survival, duration <= 180)) AS stays FROM curve GROUP BY position, level HAVING max(duration) >= 180 OR stays < 1e-12
),
named AS (
  SELECT position, behaviour, reference, toInt64(number) - 1 AS level, value
  FROM VALUES('position UInt8, behaviour String, reference Int64, words Array(String)', (1, 'activated', 0, ['no', 'yes']), (2, 'invoicing depth', 0, ['none', 'basic', 'standard', 'advanced']),
    (3, 'purchasing depth', 0, ['none', 'basic', 'standard', 'advanced']), (4, 'bank_reconciliation depth', 0, ['none', 'basic', 'standard', 'advanced']),
    (5, 'active people', 1, ['nobody', '1', '2', '3 or more']), (6, 'feature approval_chains', 0, ['not used', 'used']), (7, 'feature bank_feed', 0, ['not used', 'used']),
    (8, 'feature recurring_invoices', 0, ['not used', 'used']), (9, 'feature large_invoices', 0, ['not used', 'used'])) ARRAY JOIN words AS value, arrayEnumerate(words) AS number
  UNION ALL
  SELECT position, 'early work', min(level) OVER (), level, concat('fifth ', toString(level), ': ', if(least = most, toString(least), concat(toString(least), '–', toString(most)))) FROM counts WHERE position = 0
)
SELECT position, behaviour, reference, value, level, stays, ifNull(c.accounts, 0) AS accounts, ifNull(c.immature, 0) AS immature, ifNull(c.n, 0) AS n, ifNull(c.k, 0) AS k
FROM named LEFT JOIN counts AS c USING (position, level) LEFT JOIN staying USING (position, level);
SELECT a.behaviour AS behaviour, a.value AS value, b.value AS compared_with, a.n AS present, a.k AS retained, if(a.n > 0, a.k / a.n, NULL) AS rate, b.n AS others,
       if(b.n > 0, b.k / b.n, NULL) AS others_rate, (rate - others_rate) * 100 AS difference,
       (rate - others_rate - sqrt(pow(rate - low, 2) + pow(wilson_high(b.k, b.n) - others_rate, 2))) * 100 AS diff_low,
       (rate - others_rate + sqrt(pow(high - rate, 2) + pow(others_rate - wilson_low(b.k, b.n), 2))) * 100 AS diff_high,
       a.stays AS stays, b.stays AS others_stays, wilson_low(a.k, a.n) AS low, wilson_high(a.k, a.n) AS high, a.accounts AS accounts, a.immature AS immature
FROM filled AS a JOIN filled AS b ON a.position = b.position AND b.level = b.reference WHERE a.level <> a.reference ORDER BY behaviour, value
