-- needs: steps_done
SELECT days AS window_days,
       count(*) FILTER (known AND created_at + days * 86400000000 <= $now AND activated_at <= created_at + days * 86400000000) AS activated,
       count(*) FILTER (known AND created_at + days * 86400000000 <= $now) AS eligible,
       count(*) FILTER (known AND created_at + days * 86400000000 > $now) AS immature, count(*) FILTER (NOT known) AS unknown
FROM (SELECT *, created_at IS NOT NULL AND NOT old_timer AS known FROM acc), (VALUES (7), (14), (30)) AS windows (days)
GROUP BY days ORDER BY days
