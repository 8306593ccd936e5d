-- needs: steps_done
, through AS (
  SELECT created_at, s1, s2, s3, s4, s1 AS t1, CASE WHEN s1 + s2 IS NOT NULL THEN greatest(s1, s2) END AS t2,
         CASE WHEN s1 + s2 + s3 IS NOT NULL THEN greatest(s1, s2, s3) END AS t3, activated_at AS t4
  FROM acc WHERE created_at IS NOT NULL AND NOT old_timer
),
placed AS (
  SELECT created_at, unnest([1, 2, 3, 4]) AS position, unnest([s1, s2, s3, s4]) AS done_at,
         unnest([0, t1, t2, t3]) AS previous, unnest([t1, t2, t3, t4]) AS through FROM through
),
told AS (
  SELECT position, count(*) FILTER (old AND previous <= created_at + 1209600000000) AS entered,
         count(*) FILTER (old AND through <= created_at + 1209600000000) AS reached,
         count(*) FILTER (previous IS NOT NULL AND done_at IS NULL) AS stuck_now
  FROM (SELECT *, created_at + 1209600000000 <= $now AS old FROM placed) GROUP BY position
),
watched AS (
  SELECT position, greatest(coalesce(through, $now) - greatest(previous, created_at), 0) AS duration, through IS NOT NULL AS observed
  FROM placed WHERE previous IS NOT NULL
),
counts AS (SELECT position, duration, count(*) FILTER (observed) AS seen, count(*) AS leaving FROM watched GROUP BY ALL),
risk AS (SELECT position, duration, 1 - seen / sum(leaving) OVER (PARTITION BY position ORDER BY duration DESC) AS kept FROM counts),
curve AS (SELECT position, duration, product(kept) OVER (PARTITION BY position ORDER BY duration) AS survival FROM risk),
lags AS (
  SELECT position, min(duration) FILTER (survival <= 0.5 + 1e-12) / 86400000000 AS median_days,
         min(duration) FILTER (survival <= 0.1 + 1e-12) / 86400000000 AS p90_days FROM curve GROUP BY position
)
SELECT position, entered, reached, median_days, p90_days, stuck_now FROM told LEFT JOIN lags USING (position) ORDER BY position
