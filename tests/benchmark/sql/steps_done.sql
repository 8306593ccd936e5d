-- done, acc: every account that counts, its creation, and when it first did each activation step.
done AS (
  SELECT account_id, epoch_us(min(timestamp)) AS first_at,
         epoch_us(min(timestamp) FILTER (event = 'taxes_configured')) AS s1,
         epoch_us(min(timestamp) FILTER (event = 'customer_created')) AS s2,
         epoch_us(min(timestamp) FILTER (event = 'invoice_drafted')) AS s3,
         epoch_us(min(timestamp) FILTER (event = 'invoice_posted' AND status = 'ok')) AS s4
  FROM events WHERE timestamp < make_timestamptz($now) $staff GROUP BY account_id
),
begun AS (
  SELECT account_id, plan, first_at, s1, s2, s3, s4, least(created, first_at) AS created_at
  FROM listed FULL JOIN done USING (account_id) WHERE plan IS NULL OR plan NOT IN ('internal', 'test')
),
acc AS (
  SELECT *, coalesce(created_at + 604800000000 < (SELECT min(first_at) FROM done), false) AS old_timer,
         CASE WHEN s1 + s2 + s3 + s4 IS NOT NULL THEN greatest(s1, s2, s3, s4) END AS activated_at,
         (s1 IS NOT NULL)::INT + (s2 IS NOT NULL)::INT + (s3 IS NOT NULL)::INT + (s4 IS NOT NULL)::INT AS steps
  FROM begun WHERE created_at < $now OR created_at IS NULL
)
