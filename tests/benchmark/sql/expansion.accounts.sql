-- needs: risk
, born AS (SELECT s.*, week_of(created_day) + 1 AS born FROM snapshot AS s WHERE ended IS NULL),
weeks AS (SELECT account_id, week_of(day) AS week, sum(n) AS n FROM daily GROUP BY ALL),
grid AS (
  SELECT b.account_id, w AS week, coalesce(weeks.n, 0) AS n FROM born AS b JOIN range($week_done - 11, $week_done + 1) AS r (w) ON w >= born
  LEFT JOIN weeks ON weeks.account_id = b.account_id AND weeks.week = w
),
slopes AS (
  SELECT a.account_id, list_sort(list((ln(b.n + 1) - ln(a.n + 1)) / (b.week - a.week))) AS slopes
  FROM grid AS a JOIN grid AS b ON a.account_id = b.account_id AND a.week < b.week GROUP BY a.account_id
),
sizes AS (SELECT account_id, count(*) AS n, count(*) FILTER (n > 0) AS busy FROM grid GROUP BY account_id),
trend AS (
  SELECT account_id, busy, floor((n * (n - 1) / 2 - 1.959963984540054 * sqrt(n * (n - 1) * (2 * n + 5) / 18)) / 2)::INT - 1 AS low_at,
         ceil((n * (n - 1) / 2 + 1.959963984540054 * sqrt(n * (n - 1) * (2 * n + 5) / 18)) / 2)::INT AS high_at,
         CASE WHEN n >= 4 AND low_at >= 0 AND high_at < n * (n - 1) / 2 THEN slopes[low_at + 1] END AS low
  FROM sizes LEFT JOIN slopes USING (account_id)
),
teams AS (
  SELECT account_id, count(DISTINCT team) FILTER (active) AS teams
  FROM (SELECT u.account_id, team, p.user_id IS NOT NULL AS active FROM users AS u
        LEFT JOIN (SELECT account_id, user_id FROM people WHERE now > 0) AS p USING (account_id, user_id) WHERE team IS NOT NULL) GROUP BY account_id
),
invited AS (
  SELECT account_id, count(*) FILTER (age <= 28) AS invited, count(*) FILTER (age BETWEEN 29 AND 56) AS invited_before
  FROM (SELECT account_id, $day - civil(invited) AS age FROM users WHERE invited < $now AND invited >= $now - 60 * 86400000000) GROUP BY account_id
),
told_growth AS (
  SELECT b.account_id,
    unnest([1, 2, 3, 4, 5, 6, 7, 8]) AS position, unnest([20, 15, 20, 15, 10, 10, 5, 5]) AS weight,
    unnest(['seats', 'seats', 'volume', 'modules', 'tier', 'seats', 'seats', 'tier']) AS reason,
    unnest([coalesce(seats > 0, false), age_days >= 56, true, true, true, t.account_id IS NOT NULL, true, true]) AS known,
    unnest([true, users_before > 0, coalesce(busy >= 6 AND low IS NOT NULL, false), true, true, true, true, true]) AS enough,
    unnest([users >= 0.8 * seats - 1e-9, users - users_before >= 2 AND users - users_before >= 0.2 * users_before - 1e-9, low > 0, workflows >= 2, at_top,
      teams >= 2, coalesce(invited, 0) >= 2 AND coalesce(invited, 0) > coalesce(invited_before, 0), premium > 0]) AS fires
  FROM born AS b LEFT JOIN trend USING (account_id) LEFT JOIN teams AS t USING (account_id) LEFT JOIN invited USING (account_id)
),
states AS (SELECT *, known AND enough AND coalesce(fires, false) AS fired FROM told_growth),
reached AS (
  SELECT *, sum(weight) FILTER (known) OVER (PARTITION BY account_id) AS base,
         sum(CASE WHEN fired THEN weight ELSE 0 END) OVER (PARTITION BY account_id ORDER BY position) AS upto FROM states
),
pointed AS (
  SELECT *, floor(upto * 100 / base + 0.5)::INT - lag(floor(upto * 100 / base + 0.5)::INT, 1, 0) OVER (PARTITION BY account_id ORDER BY position) AS points FROM reached
),
summed AS (
  SELECT account_id, any_value(base) / 100 AS coverage, CASE WHEN coverage >= 0.3 THEN sum(points) END AS readiness,
         list(points::VARCHAR || ' ' || ['seats_filled', 'users_growing', 'volume_growing', 'second_workflow', 'advanced_depth', 'teams_spreading', 'inviting',
           'premium_pull'][position] ORDER BY position) FILTER (points > 0) AS contributions FROM pointed GROUP BY account_id
),
reasons AS (
  SELECT account_id, arg_max(reason, points * 100 - place) AS reason
  FROM (SELECT account_id, reason, sum(points) AS points, min(position) AS place FROM pointed WHERE fired AND points > 0 GROUP BY ALL) GROUP BY account_id
)
SELECT s.account_id AS account, CASE WHEN ended IS NOT NULL THEN 'left' WHEN readiness IS NULL THEN 'unknown' WHEN readiness < 25 THEN 'not yet'
         WHEN band = 'high' THEN 'at risk' WHEN readiness >= 50 THEN 'ready' ELSE 'warm' END AS band, readiness, reason, contributions, coverage,
       CASE WHEN seats IS NOT NULL THEN greatest(seats - users, 0) END AS headroom, ((mrr * readiness // 100 + 50) // 100) / 100 AS priority, users AS active_users, seats, mrr / 10000 AS mrr
FROM snapshot AS s LEFT JOIN risk USING (account_id) LEFT JOIN summed USING (account_id) LEFT JOIN reasons USING (account_id)
ORDER BY readiness DESC, mrr DESC, account
