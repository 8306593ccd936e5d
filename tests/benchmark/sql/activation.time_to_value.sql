-- needs: steps_done
, watched AS (
  SELECT coalesce(activated_at, $now) - created_at AS duration, activated_at IS NOT NULL AS observed
  FROM acc WHERE created_at IS NOT NULL AND NOT old_timer
),
counts AS (SELECT duration, count(*) FILTER (observed) AS seen, count(*) AS leaving FROM watched GROUP BY duration),
risk AS (SELECT duration, 1 - seen / sum(leaving) OVER (ORDER BY duration DESC) AS kept FROM counts),
curve AS (SELECT duration, product(kept) OVER (ORDER BY duration) AS survival FROM risk)
SELECT (SELECT count(*) FROM watched) AS accounts, (SELECT count(*) FROM watched WHERE observed) AS activated,
       min(duration) FILTER (survival <= 0.75 + 1e-12) / 86400000000 AS quarter_days,
       min(duration) FILTER (survival <= 0.5 + 1e-12) / 86400000000 AS median_days,
       min(duration) FILTER (survival <= 0.1 + 1e-12) / 86400000000 AS p90_days
FROM curve
