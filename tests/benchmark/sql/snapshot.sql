-- needs: paying
-- state of every account at T. work: core successes by person and day; acc: creation, steps, tiers; recent: the last 28 days.
, work AS MATERIALIZED (
  SELECT account_id, user_id, event, local_day(t) AS day, count(*) AS n
  FROM (
    SELECT $distinct account_id, user_id, event, epoch_us(timestamp) AS t FROM events
    WHERE event IN ('invoice_posted', 'bill_approved', 'reconciliation_finished') AND timestamp < make_timestamptz($now) $staff
      AND CASE event WHEN 'invoice_posted' THEN status = 'ok' WHEN 'bill_approved' THEN status IN ('ok', 'ok_after_change') ELSE true END
  ) GROUP BY ALL
),
scanned AS (
  SELECT account_id, epoch_us(min(timestamp)) AS first_at, bool_or(event = 'taxes_configured') AS s1, bool_or(event = 'customer_created') AS s2,
         bool_or(event = 'invoice_drafted') AS s3, bool_or(event = 'invoice_posted' AND status = 'ok') AS s4, bool_or(event = 'invoice_sent') AS sent,
         bool_or(event = 'invoice_paid') AND bool_or(event = 'invoice_reconciled') AND bool_or(event = 'recurring_invoice_created') AS deep_1,
         bool_or(event = 'bill_captured') AS p1, bool_or(event = 'bill_approved' AND status IN ('ok', 'ok_after_change')) AS p2,
         bool_or(event = 'bill_paid') AND bool_or(event = 'payment_run_exported') AS deep_2,
         bool_or(event = 'statement_imported') AS b1, bool_or(event = 'reconciliation_finished') AS b2,
         bool_or(event = 'reconciliation_rule_applied') AND bool_or(event = 'month_closed') AS deep_3, bool_or(event = 'receipt_captured') AS c1
  FROM events WHERE timestamp < make_timestamptz($now) $staff GROUP BY account_id
),
featured AS (
  SELECT account_id, count(*) FILTER (age <= 28) AS hv, count(*) FILTER (age BETWEEN 29 AND 56) AS hv_before,
         count(*) FILTER (age <= 28 AND event = 'approval_chain_saved') AS premium
  FROM (
    SELECT $distinct account_id, user_id, event, epoch_us(timestamp) AS t, $day - local_day(epoch_us(timestamp)) AS age FROM events
    WHERE event IN ('approval_chain_saved', 'recurring_invoice_created') AND timestamp BETWEEN make_timestamptz($now - 58 * 86400000000) AND make_timestamptz($now - 1) $staff
  ) GROUP BY account_id
),
acc AS (
  SELECT account_id, first_at IS NULL AS unseen, least(created, first_at) AS created_at, ($now - least(created, first_at)) // 86400000000 AS age_days,
         civil(least(created, first_at)) AS created_day, coalesce(least(created, first_at) + 604800000000 < (SELECT min(first_at) FROM scanned), false) AS old_timer,
         coalesce(s1, false)::INT + coalesce(s2, false)::INT + coalesce(s3, false)::INT + coalesce(s4, false)::INT AS done,
         CASE WHEN NOT coalesce(s3, false) THEN 0 WHEN NOT (s4 AND sent) THEN 1 WHEN NOT deep_1 THEN 2 ELSE 3 END AS l1,
         CASE WHEN NOT coalesce(p1, false) THEN 0 WHEN NOT p2 THEN 1 WHEN NOT deep_2 THEN 2 ELSE 3 END AS l2,
         CASE WHEN NOT coalesce(b1, false) THEN 0 WHEN NOT b2 THEN 1 WHEN NOT deep_3 THEN 2 ELSE 3 END AS l3, coalesce(c1, false)::INT AS l4
  FROM listed FULL JOIN scanned USING (account_id)
  WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND least(created, first_at) < $now
),
daily AS (SELECT account_id, event, day, $day - day AS age, sum(n) AS n FROM work GROUP BY ALL),
people AS (
  SELECT account_id, user_id, sum(n) FILTER (age <= 28) AS now, coalesce(sum(n) FILTER (age BETWEEN 29 AND 56), 0) AS before,
         coalesce(sum(n) FILTER (age > 28), 0) AS longer
  FROM (SELECT *, $day - day AS age FROM work WHERE user_id IS NOT NULL AND day >= $day - 118) AS w
  WHERE NOT EXISTS (FROM users AS u WHERE u.role = 'service' AND u.account_id = w.account_id AND u.user_id = w.user_id) GROUP BY ALL
),
recent AS (
  SELECT account_id, count(*) FILTER (now > 0) AS users, count(*) FILTER (before > 0) AS users_before, coalesce(max(now), 0) AS top_n,
         coalesce(sum(now), 0) AS people_n, CASE WHEN sum(longer * longer) > 0 THEN sum(longer) ** 2 / sum(longer * longer) END AS effective
  FROM people GROUP BY account_id
),
amounts AS (
  SELECT account_id, max(day) AS last_day, coalesce(sum(n) FILTER (age <= 28), 0) AS n, coalesce(sum(n) FILTER (age BETWEEN 29 AND 56), 0) AS n_before,
         [coalesce(sum(n) FILTER (age BETWEEN 78 AND 84), 0), coalesce(sum(n) FILTER (age BETWEEN 71 AND 77), 0), coalesce(sum(n) FILTER (age BETWEEN 64 AND 70), 0),
          coalesce(sum(n) FILTER (age BETWEEN 57 AND 63), 0), coalesce(sum(n) FILTER (age BETWEEN 50 AND 56), 0), coalesce(sum(n) FILTER (age BETWEEN 43 AND 49), 0),
          coalesce(sum(n) FILTER (age BETWEEN 36 AND 42), 0), coalesce(sum(n) FILTER (age BETWEEN 29 AND 35), 0), coalesce(sum(n) FILTER (age BETWEEN 22 AND 28), 0),
          coalesce(sum(n) FILTER (age BETWEEN 15 AND 21), 0), coalesce(sum(n) FILTER (age BETWEEN 8 AND 14), 0), coalesce(sum(n) FILTER (age <= 7), 0)] AS weekly
  FROM daily GROUP BY account_id
),
contract AS (
  SELECT account_id, CASE WHEN count(DISTINCT currency) = 1 THEN sum(mrr) END AS mrr, CASE WHEN count(seats) = count(*) THEN sum(seats) END AS seats
  FROM kept_spans WHERE first < $day AND (last IS NULL OR last >= $day) GROUP BY account_id
),
renewal AS (SELECT account_id, min(renews) - $day AS renews_in FROM kept_spans WHERE first < $day AND (last IS NULL OR last >= $day) AND renews >= $day GROUP BY account_id),
spell AS (SELECT account_id, arg_max(last, first) AS _, max_by(coalesce(last, -1), first) AS ended, max(first) FILTER (last IS NULL) AS paid_from FROM spells GROUP BY account_id),
snapshot AS (
  SELECT a.*, greatest(l1, l2, l3) AS level, greatest(l1, l2, l3) = 3 AS at_top, (l1 > 0)::INT + (l2 > 0)::INT + (l3 > 0)::INT + (l4 > 0)::INT AS workflows,
         coalesce(m.n, 0) AS n, coalesce(m.n_before, 0) AS n_before, last_day, coalesce(weekly, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) AS weekly,
         coalesce(users, 0) AS users, coalesce(users_before, 0) AS users_before, coalesce(people_n, 0) AS people_n,
         CASE WHEN people_n >= 5 THEN top_n / people_n END AS top_share, effective,
         CASE WHEN ended = -1 THEN c.mrr WHEN ended > 0 THEN 0 END AS mrr, c.seats, renews_in, CASE WHEN ended > 0 THEN ended END AS ended, paid_from,
         coalesce(hv, 0) AS hv, coalesce(hv_before, 0) AS hv_before, coalesce(premium, 0) AS premium
  FROM acc AS a LEFT JOIN amounts AS m USING (account_id) LEFT JOIN recent USING (account_id) LEFT JOIN contract AS c USING (account_id)
  LEFT JOIN renewal USING (account_id) LEFT JOIN spell USING (account_id) LEFT JOIN featured USING (account_id)
)
