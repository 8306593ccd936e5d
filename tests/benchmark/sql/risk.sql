-- needs: snapshot
-- risk_states: one row an account and signal, for accounts that could still leave. risk: their score.
, fallen AS (
  SELECT account_id, event, CASE event WHEN 'invoice_posted' THEN 'invoicing' WHEN 'bill_approved' THEN 'purchasing' ELSE 'bank_reconciliation' END AS workflow,
         CASE event WHEN 'reconciliation_finished' THEN $month_done - month_of(day) ELSE $week_done - week_of(day) END AS ago, n FROM daily
),
aged AS (  -- who pays and has fallen silent has not left: the four periods before end with that of its last success
  SELECT f.*, 2 + CASE WHEN p.account_id IS NULL THEN 0 ELSE greatest(0, min(ago) OVER (PARTITION BY f.account_id, workflow) - 2) END AS since
  FROM fallen AS f LEFT JOIN (SELECT DISTINCT account_id FROM spells WHERE last IS NULL) AS p USING (account_id) WHERE ago >= 0
),
lived AS (  -- of the four, those for which the account existed in full: no others count
  SELECT g.*, least(4, greatest(0, CASE event WHEN 'reconciliation_finished' THEN $month_done - since - month_of(civil(created_at - 1)) ELSE $week_done - since - week_of(civil(created_at - 1)) END)) AS base
  FROM aged AS g JOIN acc USING (account_id)
),
counted AS (
  SELECT account_id, workflow, base, coalesce(sum(n) FILTER (ago = 0), 0) AS a0, coalesce(sum(n) FILTER (ago = 1), 0) AS a1,
         coalesce(sum(n) FILTER (ago BETWEEN since AND since + base - 1), 0) AS base_n FROM lived GROUP BY ALL
),
measured AS (SELECT account_id, workflow, base_n / base AS rate, a0, a1 FROM counted WHERE base >= 2 AND base_n >= 8),
ranked AS (
  SELECT account_id, greatest(a0, a1) <= 0.7 * rate + 1e-9 AS falls, row_number() OVER (
    PARTITION BY account_id ORDER BY greatest(a0, a1) <= 0.7 * rate + 1e-9 DESC, (a0 + a1) / 2 / rate - 1, workflow) AS place FROM measured
),
falling AS (SELECT account_id, falls FROM ranked WHERE place = 1),
rhythm AS (
  SELECT account_id, count(gap) AS gaps, quantile_cont(gap, 0.9) AS usual, max(day) AS gap_day
  FROM (SELECT account_id, day, day - lag(day) OVER (PARTITION BY account_id ORDER BY day) AS gap FROM (SELECT DISTINCT account_id, day FROM daily)) GROUP BY account_id
),
admins AS (SELECT DISTINCT u.account_id, user_id FROM users AS u WHERE role IN ('admin', 'owner')),
admin_last AS (
  SELECT account_id, local_day(epoch_us(max(timestamp))) AS admin_day FROM events SEMI JOIN admins USING (account_id, user_id)
  WHERE timestamp < make_timestamptz($now) GROUP BY account_id
),
judged AS (
  SELECT s.*, falls, gaps, usual, gap_day, admin_day, h.account_id IS NOT NULL AS has_admin
  FROM snapshot AS s LEFT JOIN falling USING (account_id) LEFT JOIN rhythm USING (account_id) LEFT JOIN admin_last USING (account_id)
  LEFT JOIN (SELECT DISTINCT account_id FROM admins) AS h USING (account_id) WHERE ended IS NULL
),
unseen AS (  -- who pays and was never seen is judged by that alone
  SELECT account_id, mrr, unseen AND $day - greatest(paid_from, (SELECT civil(min(first_at)) FROM scanned)) >= 28 AS fires
  FROM snapshot WHERE ended IS NULL AND paid_from IS NOT NULL
),
told AS (
  SELECT account_id, mrr,
    unnest([1, 2, 3, 4, 5, 6, 7, 8, 9]) AS position, unnest([30, 15, 10, 10, 10, 10, 5, 5, 5]) AS weight,
    unnest([age_days >= 56, age_days >= 56, true, true, has_admin, NOT old_timer AND created_at + 1209600000000 <= $now, true, coalesce(renews_in > 90 OR renews_in <= 90 AND age_days >= 56, false), true]) AS known,
    unnest([falls IS NOT NULL, users_before > 0, hv_before >= 8, coalesce(gaps >= 5, false), true, true, true, renews_in > 90 OR falls IS NOT NULL, top_share IS NOT NULL AND effective IS NOT NULL]) AS enough,
    unnest([falls, users_before - users >= 2 AND users_before - users >= 0.3 * users_before - 1e-9, hv <= 0.7 * hv_before + 1e-9, $day - 1 - gap_day > usual,
      CASE WHEN admin_day IS NULL THEN age_days > 30 ELSE $day - 1 - admin_day > 30 END, done < 2 - 1e-9,
      age_days > 60 AND (level < 2 OR coalesce(users < 0.3 * seats - 1e-9, false)), renews_in <= 90 AND falls, top_share >= 0.9 - 1e-9 AND effective >= 2 - 1e-9]) AS fires
  FROM judged ANTI JOIN (FROM unseen WHERE fires) USING (account_id)
),
risk_states AS (
  SELECT account_id, mrr, position, weight, CASE WHEN NOT known THEN 'unknown' WHEN NOT enough THEN 'insufficient' WHEN coalesce(fires, false) THEN 'fired' ELSE 'quiet' END AS state
  FROM told UNION ALL SELECT account_id, mrr, 10, CASE WHEN fires THEN 60 ELSE 0 END, CASE WHEN fires THEN 'fired' ELSE 'quiet' END FROM unseen
),
risk AS (
  SELECT account_id, sum(weight) FILTER (state <> 'unknown') + CASE WHEN bool_or(position = 10 AND state = 'fired') THEN 40 ELSE 0 END AS base, coalesce(sum(weight) FILTER (state = 'fired'), 0) AS got,
         CASE WHEN base / 100 >= 0.3 THEN floor(got * 100 / base + 0.5)::INT END AS score,
         CASE WHEN score IS NULL THEN 'unknown' WHEN score >= 40 THEN 'high' WHEN score >= 20 THEN 'medium' ELSE 'low' END AS band
  FROM risk_states GROUP BY account_id
)
