-- kept_spans, spells: subscriptions of accounts that count; days with any MRR, as [first, last).
kept_spans AS (SELECT s.* FROM spans AS s JOIN listed AS a USING (account_id) WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND created < $now),
changes AS (
  SELECT account_id, day, sum(mrr) AS change
  FROM (SELECT account_id, first AS day, mrr FROM kept_spans UNION ALL SELECT account_id, last, -mrr FROM kept_spans WHERE last IS NOT NULL)
  WHERE day < $day GROUP BY ALL
),
state AS (SELECT account_id, day, sum(change) OVER (PARTITION BY account_id ORDER BY day) > 0 AS pays FROM changes),
edges AS (SELECT *, lag(pays, 1, false) OVER (PARTITION BY account_id ORDER BY day) AS before FROM state),
turns AS (SELECT account_id, day AS first, lead(day) OVER (PARTITION BY account_id ORDER BY day) AS last, pays FROM edges WHERE pays <> before),
spells AS (SELECT account_id, first, last FROM turns WHERE pays)
