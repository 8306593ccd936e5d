-- The months of core work as bits, beside the first event of any kind: one pass.
WITH worked AS (
  SELECT account_id, epoch_us(min(timestamp)) AS first_at, bit_or(CASE
    WHEN event = 'invoice_posted' AND status = 'ok' OR event = 'bill_approved' AND status IN ('ok', 'ok_after_change')
         OR event = 'reconciliation_finished'
    THEN 1::BIGINT << (month_of(local_day(epoch_us(timestamp))) - $begun + 40)::INT END) AS months
  FROM events WHERE timestamp < make_timestamptz($now) $staff GROUP BY account_id
),
members AS (
  SELECT civil(least(created, first_at)) AS start, month_of(civil(least(created, first_at))) AS cohort, coalesce(months, 0) AS months
  FROM listed FULL JOIN worked USING (account_id)
  WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND least(created, first_at) < $now
),
first AS ( -- what began so many days before the export counts as seen from its beginning
  SELECT civil(min(first_at)) - 7 AS since FROM worked LEFT JOIN listed USING (account_id)
  WHERE plan IS NULL OR plan NOT IN ('internal', 'test')
),
each AS (
  SELECT cohort, period, cohort + period < $begun AS over, cohort + period <= $begun AND (cohort + period > month_of(since - 1) OR start >= since) AS possible,
         months & (1::BIGINT << greatest(0, cohort + period - $begun + 40)::INT) <> 0 AS active
  FROM members, first, range(0, 13) AS ks (period)
),
cells AS (
  SELECT cohort, period, over, count(*) AS accounts, count(*) FILTER (possible) AS eligible, count(*) FILTER (possible AND active) AS retained
  FROM each GROUP BY ALL
),
judged AS (
  SELECT cohort, period, accounts, eligible, retained, CASE WHEN eligible = 0 THEN 'censored' WHEN over THEN 'final' ELSE 'provisional' END AS status
  FROM cells
),
pooled AS (
  SELECT 'all' AS cohort, period, sum(accounts) AS accounts, coalesce(sum(eligible) FILTER (status = 'final'), 0) AS eligible,
         coalesce(sum(retained) FILTER (status = 'final'), 0) AS retained,
         CASE WHEN sum(eligible) FILTER (status = 'final') > 0 THEN 'final' ELSE 'censored' END AS status
  FROM judged GROUP BY period
)
SELECT cohort, period, accounts, eligible, CASE WHEN eligible > 0 THEN retained END AS retained, CASE WHEN status = 'final' AND eligible < 5 THEN 'insufficient' ELSE status END AS status
FROM (SELECT monthly(cohort)::VARCHAR AS cohort, period, accounts, eligible, retained, status FROM judged UNION ALL SELECT * FROM pooled) ORDER BY ALL
