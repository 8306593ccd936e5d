-- The months of core work as bits, beside the first event of any kind: one pass.
WITH worked AS (
  SELECT account_id, epoch_us(min(timestamp)) AS first_at, bit_or(CASE
    WHEN event = 'invoice_posted' AND status = 'ok' OR event = 'bill_approved' AND status IN ('ok', 'ok_after_change')
         OR event = 'reconciliation_finished'
    THEN 1::BIGINT << (month_of(local_day(epoch_us(timestamp))) - $begun + 40)::INT END) AS months
  FROM events WHERE timestamp < make_timestamptz($now) $staff GROUP BY account_id
),
members AS (
  SELECT month_of(civil(least(created, first_at))) AS cohort, coalesce(months, 0) AS months FROM listed FULL JOIN worked USING (account_id)
  WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND least(created, first_at) < $now
),
first AS (
  SELECT month_of(civil(min(first_at))) AS first FROM worked LEFT JOIN listed USING (account_id)
  WHERE plan IS NULL OR plan NOT IN ('internal', 'test')
),
cells AS (
  SELECT cohort, period, count(*) AS accounts, cohort + period BETWEEN any_value(first) AND $begun AS possible, cohort + period < $begun AS over,
         count(*) FILTER (months & (1::BIGINT << greatest(0, cohort + period - $begun + 40)::INT) <> 0) AS active
  FROM members, first, range(0, 13) AS ks (period) GROUP BY cohort, period
),
judged AS (
  SELECT cohort, period, accounts, CASE WHEN possible THEN accounts ELSE 0 END AS eligible, CASE WHEN possible THEN active ELSE 0 END AS retained,
         CASE WHEN NOT possible THEN 'censored' WHEN over THEN 'final' ELSE 'provisional' END AS status
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
