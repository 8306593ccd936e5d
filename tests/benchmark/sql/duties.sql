-- What a run owes besides its table: rows with the same id and content counted once, and the first and last event of every account.
WITH twice AS (SELECT hash(event_id) AS id FROM events GROUP BY id HAVING count(*) > 1),
copies AS (
  SELECT account_id, sum(n - 1) AS n
  FROM (SELECT account_id, user_id, event, timestamp, hash(event_id) AS id, count(*) AS n FROM events
        WHERE hash(event_id) IN (SELECT id FROM twice) AND timestamp < make_timestamptz($now) $staff GROUP BY ALL) GROUP BY account_id
),
seen AS (
  SELECT account_id, count(*) AS n, min(epoch_us(timestamp)) AS first_at, max(epoch_us(timestamp)) AS last_at
  FROM events WHERE timestamp < make_timestamptz($now) $staff GROUP BY account_id
)
SELECT count(*), sum(seen.n - coalesce(copies.n, 0)), sum(first_at::HUGEINT), sum(last_at::HUGEINT) FROM seen LEFT JOIN copies USING (account_id)
