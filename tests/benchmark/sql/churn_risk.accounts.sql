-- needs: risk
, reached AS (
  SELECT account_id, position, state, base, sum(CASE WHEN state = 'fired' THEN weight ELSE 0 END) OVER (PARTITION BY account_id ORDER BY position) AS upto
  FROM risk_states JOIN risk USING (account_id)
),
pointed AS (
  SELECT account_id, position, floor(upto * 100 / base + 0.5)::INT AS upto, lag(floor(upto * 100 / base + 0.5)::INT, 1, 0) OVER (PARTITION BY account_id ORDER BY position) AS before FROM reached
),
parts AS (
  SELECT account_id, list((upto - before)::VARCHAR || ' ' || ['declining_workflow', 'fewer_active_users', 'less_high_value_use', 'longer_gaps', 'no_admin_activity',
    'weak_onboarding', 'low_adoption', 'usage_down_before_renewal', 'single_user', 'never_seen'][position] ORDER BY position) AS contributions FROM pointed WHERE upto > before GROUP BY account_id
)
SELECT s.account_id AS account, CASE WHEN ended IS NOT NULL THEN 'left' ELSE band END AS band, score, contributions, base / 100 AS coverage,
       CASE WHEN n_before > 0 THEN (n - n_before) / n_before END AS trend, weekly, DATE '1970-01-01' + last_day::INT AS last_success, users AS active_users, top_share, renews_in, mrr / 10000 AS mrr
FROM snapshot AS s LEFT JOIN risk USING (account_id) LEFT JOIN parts USING (account_id) ORDER BY score DESC, mrr DESC, account
