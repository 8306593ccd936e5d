-- needs: risk
SELECT position, count(*) FILTER (state IN ('fired', 'quiet')) AS judged, count(*) FILTER (state = 'fired') AS fired, count(*) FILTER (state = 'insufficient') AS few,
       count(*) FILTER (state = 'unknown') AS unknown, sum(mrr) FILTER (state = 'fired') / 10000 AS mrr
FROM risk_states GROUP BY position ORDER BY position
