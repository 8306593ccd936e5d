-- counted: every account that counts, and its creation.
appeared AS (SELECT account_id, epoch_us(min(timestamp)) AS first_at FROM events WHERE timestamp < make_timestamptz($now) $staff GROUP BY account_id),
export AS (SELECT min(first_at) AS start FROM appeared),
counted AS (
  SELECT account_id, least(created, first_at) AS created_at, civil(least(created, first_at)) AS created_day, start,
         coalesce(least(created, first_at) + 604800000000 < start, false) AS old_timer
  FROM listed FULL JOIN appeared USING (account_id), export
  WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND (least(created, first_at) < $now OR least(created, first_at) IS NULL)
)
