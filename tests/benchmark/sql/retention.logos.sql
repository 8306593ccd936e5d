-- needs: paying
, whole AS (SELECT account_id, first, coalesce(last, 1073741824) AS last FROM spells),
months AS (
  SELECT m, monthly(m) - DATE '1970-01-01' AS a, least(monthly(m + 1) - DATE '1970-01-01', $day) - 1 AS z
  FROM range(greatest($begun - 12, (SELECT month_of(min(first))::BIGINT FROM spells)), $begun + 1) AS r (m)
),
each AS (
  SELECT m, account_id, bool_or(first < a AND last >= a) AS paying, bool_or(first < a AND last >= a AND first <= z AND last > z) AS kept,
         bool_or(first <= z AND last > z) AS there
  FROM months, whole GROUP BY ALL
)
SELECT monthly(m) AS period, count(*) FILTER (paying) AS paying, count(*) FILTER (paying AND kept) AS kept,
       count(*) FILTER (paying AND there AND NOT kept) AS returned, count(*) FILTER (paying AND NOT there) AS lost
FROM each GROUP BY m ORDER BY m
