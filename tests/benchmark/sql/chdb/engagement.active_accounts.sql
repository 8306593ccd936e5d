WITH worked AS (
  SELECT account_id, min(t) AS first_at, groupBitOr(if(core(event, status), bitShiftLeft(toUInt64(1), toUInt8(week_of(local_day(t)) - week_of($day) + 60)), 0)) AS weeks
  FROM events GROUP BY account_id
),
members AS (
  SELECT toUInt64(ifNull(weeks, 0)) AS weeks, earlier(created, first_at) AS created_at, plan, ifNull(created_at + 604800000000 < min(first_at) OVER (), false) AS old_timer
  FROM listed FULL JOIN worked USING (account_id)
),
bits AS (SELECT number AS bit, toInt64(number) + week_of($day) - 60 AS week FROM numbers(1, week_of($day - 1) - week_of($day) + 60)),
told AS (
  SELECT week, countIf(bitTest(weeks, bit)) AS active, countIf(bitTest(weeks, bit) AND bitAnd(weeks, bitShiftLeft(toUInt64(1), bit) - 1) = 0 AND NOT old_timer) AS new,
         countIf(bitTest(weeks, bit) AND bitTest(weeks, bit - 1)) AS returning,
         countIf(bitTest(weeks, bit) AND NOT bitTest(weeks, bit - 1) AND bitAnd(weeks, bitShiftLeft(toUInt64(1), bit) - 1) <> 0) AS resurrected,
         countIf(bitTest(weeks, bit) AND bitAnd(weeks, bitShiftLeft(toUInt64(1), bit) - 1) = 0 AND old_timer) AS unclear,
         countIf(NOT bitTest(weeks, bit) AND bitTest(weeks, bit - 1)) AS dormant, countIf(week_of(civil(created_at)) <= week) AS existing
  FROM members CROSS JOIN bits WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND (created_at < $now OR created_at IS NULL) GROUP BY week
)
SELECT toDate32(toInt32(week * 7 - 3)) AS period, active, new, returning, resurrected, unclear, if(week <= $week_done, dormant, NULL) AS dormant, existing,
       if(existing > 0, active / existing, NULL) AS share, if(week <= $week_done, 'final', 'provisional') AS status
FROM (SELECT *, min(if(active > 0, week, NULL)) OVER () AS first FROM told) WHERE week >= first ORDER BY week
