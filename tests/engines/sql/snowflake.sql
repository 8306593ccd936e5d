/* Snowflake: the text only, to be run by whoever may. Snowflake itself was out of reach: unverified there.

Plain names in small letters stay without quotes, so that they mean what they mean elsewhere: names in any case. */

-- rows
WITH raw_ AS (
  SELECT
    source.account_id AS raw_account,
    source.timestamp AS raw_time,
    source.event AS raw_event,
    source.user_id AS raw_user
  FROM product.events AS source
), read_ AS (
  SELECT
    NULLIF(raw_account, '') AS account,
    NULLIF(raw_user, '') AS user_,
    NULLIF(raw_event, '') AS event,
    DATE_PART(EPOCH_MICROSECOND, raw_time) AS time_,
    NOT raw_time IS NULL AS timed,
    CAST(NULL AS VARCHAR) AS id_
  FROM raw_
), full_ AS (
  SELECT
    d.*,
    NOT account IS NULL
    AND (
      account >= '!'
      OR REPLACE(
        REPLACE(REPLACE(REPLACE(account, CHR(  32), ''), CHR(  9), ''), CHR(  13), ''),
        CHR(  10),
        ''
      ) <> ''
    ) AS accounted,
    NOT event IS NULL
    AND (
      event >= '!'
      OR REPLACE(
        REPLACE(REPLACE(REPLACE(event, CHR(  32), ''), CHR(  9), ''), CHR(  13), ''),
        CHR(  10),
        ''
      ) <> ''
    ) AS evented
  FROM read_ AS d
)
SELECT
  COUNT(*) AS n,
  MIN(time_) AS first_at,
  MAX(time_) AS last_at,
  COUNT(CASE WHEN NOT accounted THEN 1 END) AS accounts,
  COUNT(CASE WHEN accounted AND NOT evented THEN 1 END) AS events,
  COUNT(CASE WHEN accounted AND evented AND NOT timed THEN 1 END) AS times,
  COUNT(
    CASE
      WHEN timed AND COALESCE(time_ < 631152000000000 OR time_ >= 4102444800000000, TRUE)
      THEN 1
    END
  ) AS strange
FROM full_;

-- readable
WITH raw_ AS (
  SELECT
    source.account_id AS raw_account,
    source.timestamp AS raw_time,
    source.event AS raw_event,
    source.user_id AS raw_user,
    source.due AS raw_0,
    source.figure AS raw_1,
    source.note AS raw_2,
    source.tries AS raw_3
  FROM product.events AS source
  WHERE
    source.event IN ('it\'s done', 'ne"w', 'opened', 'posted')
), read_ AS (
  SELECT
    NULLIF(raw_account, '') AS account,
    NULLIF(raw_user, '') AS user_,
    NULLIF(raw_event, '') AS event,
    DATE_PART(EPOCH_MICROSECOND, raw_time) AS time_,
    NOT raw_time IS NULL AS timed,
    CAST(NULL AS VARCHAR) AS id_,
    NOT raw_0 IS NULL AS given_0,
    DATE_PART(EPOCH_MICROSECOND, raw_0) AS moment_0,
    NOT NULLIF(raw_1, '') IS NULL AS given_1,
    NULLIF(raw_1, '') AS text_1,
    CASE
      WHEN REGEXP_LIKE(
        NULLIF(raw_1, ''),
        '^[                  　\\x09\\x0a\\x0b\\x0c\\x0d]*[+-]?[0-9]{1,14}([.][0-9]+)?[                  　\\x09\\x0a\\x0b\\x0c\\x0d]*$'
      )
      THEN REPLACE(
        TRIM(
          REPLACE(
            REPLACE(
              REPLACE(REPLACE(REPLACE(NULLIF(raw_1, ''), CHR(  9), ''), CHR(  10), ''), CHR(  11), ''),
              CHR(  12),
              ''
            ),
            CHR(  13),
            ''
          ),
          '                  　'
        ),
        '+',
        ''
      )
    END AS plain_1,
    NOT NULLIF(raw_2, '') IS NULL AS given_2,
    NULLIF(raw_2, '') AS text_2,
    CASE
      WHEN REGEXP_LIKE(
        NULLIF(raw_2, ''),
        '^[                  　\\x09\\x0a\\x0b\\x0c\\x0d]*[+-]?[0-9]{1,14}([.][0-9]+)?[                  　\\x09\\x0a\\x0b\\x0c\\x0d]*$'
      )
      THEN REPLACE(
        TRIM(
          REPLACE(
            REPLACE(
              REPLACE(REPLACE(REPLACE(NULLIF(raw_2, ''), CHR(  9), ''), CHR(  10), ''), CHR(  11), ''),
              CHR(  12),
              ''
            ),
            CHR(  13),
            ''
          ),
          '                  　'
        ),
        '+',
        ''
      )
    END AS plain_2,
    NOT NULLIF(raw_3, '') IS NULL AS given_3,
    NULLIF(raw_3, '') AS text_3
  FROM raw_
), full_ AS (
  SELECT
    d.*,
    NOT account IS NULL
    AND (
      account >= '!'
      OR REPLACE(
        REPLACE(REPLACE(REPLACE(account, CHR(  32), ''), CHR(  9), ''), CHR(  13), ''),
        CHR(  10),
        ''
      ) <> ''
    ) AS accounted,
    NOT event IS NULL
    AND (
      event >= '!'
      OR REPLACE(
        REPLACE(REPLACE(REPLACE(event, CHR(  32), ''), CHR(  9), ''), CHR(  13), ''),
        CHR(  10),
        ''
      ) <> ''
    ) AS evented,
    CASE WHEN d.plain_1 LIKE '-%' THEN -1 ELSE 1 END * (
      CAST(SUBSTRING(d.dotted_1, 1, CHARINDEX('.', d.dotted_1) - 1) AS BIGINT) * 10000 + CAST((
        CAST(SUBSTRING(d.dotted_1, CHARINDEX('.', d.dotted_1) + 1, 5) AS BIGINT) + 5 - (
          CAST(SUBSTRING(d.dotted_1, CHARINDEX('.', d.dotted_1) + 1, 5) AS BIGINT) + 5
        ) % 10
      ) / 10 AS BIGINT)
    ) AS amount_1,
    CASE WHEN d.plain_2 LIKE '-%' THEN -1 ELSE 1 END * (
      CAST(SUBSTRING(d.dotted_2, 1, CHARINDEX('.', d.dotted_2) - 1) AS BIGINT) * 10000 + CAST((
        CAST(SUBSTRING(d.dotted_2, CHARINDEX('.', d.dotted_2) + 1, 5) AS BIGINT) + 5 - (
          CAST(SUBSTRING(d.dotted_2, CHARINDEX('.', d.dotted_2) + 1, 5) AS BIGINT) + 5
        ) % 10
      ) / 10 AS BIGINT)
    ) AS amount_2
  FROM (
    SELECT
      r.*,
      REPLACE(r.plain_1, '-', '') || CASE WHEN r.plain_1 LIKE '%.%' THEN '00000' ELSE '.00000' END AS dotted_1,
      REPLACE(r.plain_2, '-', '') || CASE WHEN r.plain_2 LIKE '%.%' THEN '00000' ELSE '.00000' END AS dotted_2
    FROM read_ AS r
  ) AS d
), good_ AS (
  SELECT
    *
  FROM full_
  WHERE
    accounted AND evented AND timed
), once_ AS (
  SELECT
    *
  FROM good_
)
SELECT
  COUNT(
    CASE
      WHEN given_0 AND moment_0 IS NULL AND event IN ('it\'s done', 'opened', 'posted')
      THEN 1
    END
  ) AS bad_moment_0
FROM once_ AS e;

-- daily
WITH raw_ AS (
  ... of query 2
), read_ AS (
  ... of query 2
), full_ AS (
  ... of query 2
), good_ AS (
  ... of query 2
), once_ AS (
  ... of query 2
), events_ AS (
  SELECT
    account,
    user_,
    event,
    time_,
    COALESCE(text_2 > 'o', FALSE) AS if_0,
    (
      COALESCE(LOWER(text_2) = 'true', FALSE)
    ) AS if_1,
    (
      COALESCE(amount_1 = 1, FALSE)
      OR COALESCE(text_1 = '12.5', FALSE)
      OR COALESCE(amount_1 = -30000, FALSE)
    ) AS if_2,
    NOT given_1 AS if_3,
    COALESCE(time_ <= moment_0, FALSE) AS if_4,
    COALESCE(time_ > moment_0, FALSE) AS if_5,
    NOT (
      COALESCE(text_2 = '100%', FALSE)
      OR COALESCE(text_2 = 'NULL', FALSE)
      OR COALESCE(amount_2 = 70000, FALSE)
      OR COALESCE(LOWER(text_2) = 'true', FALSE)
    ) AS if_6,
    NOT (
      COALESCE(text_2 = 'TRUE', FALSE)
    ) AS if_7,
    (
      COALESCE(amount_1 = 70000, FALSE)
    ) AS if_8,
    COALESCE(text_2 LIKE '%\\%%' ESCAPE '\\', FALSE) AS if_9,
    COALESCE(text_2 LIKE 'back\\\\%' ESCAPE '\\', FALSE) AS if_10,
    (
      COALESCE(text_2 = 'o\'hara', FALSE)
    ) AS if_11,
    given_2 AS if_12,
    (
      COALESCE(text_3 = '7', FALSE)
    ) AS if_13
  FROM once_ AS e
), rules_ AS (
  SELECT
    'posted' AS event,
    0 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    0 AS rule
  UNION ALL
  SELECT
    'it\'s done' AS event,
    1 AS rule
  UNION ALL
  SELECT
    'ne"w' AS event,
    1 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    2 AS rule
  UNION ALL
  SELECT
    'it\'s done' AS event,
    2 AS rule
  UNION ALL
  SELECT
    'it\'s done' AS event,
    3 AS rule
  UNION ALL
  SELECT
    'ne"w' AS event,
    3 AS rule
  UNION ALL
  SELECT
    'posted' AS event,
    4 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    4 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    5 AS rule
  UNION ALL
  SELECT
    'it\'s done' AS event,
    5 AS rule
  UNION ALL
  SELECT
    'it\'s done' AS event,
    6 AS rule
  UNION ALL
  SELECT
    'ne"w' AS event,
    6 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    7 AS rule
  UNION ALL
  SELECT
    'it\'s done' AS event,
    7 AS rule
  UNION ALL
  SELECT
    'posted' AS event,
    8 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    8 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    9 AS rule
  UNION ALL
  SELECT
    'it\'s done' AS event,
    9 AS rule
  UNION ALL
  SELECT
    'it\'s done' AS event,
    10 AS rule
  UNION ALL
  SELECT
    'ne"w' AS event,
    10 AS rule
  UNION ALL
  SELECT
    'posted' AS event,
    11 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    11 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    12 AS rule
  UNION ALL
  SELECT
    'it\'s done' AS event,
    12 AS rule
  UNION ALL
  SELECT
    'posted' AS event,
    13 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    13 AS rule
), hits AS (
  SELECT
    e.account AS account,
    r.rule AS rule,
    e.time_ AS time_,
    e.time_ + (
      CASE
        WHEN e.time_ >= 1761440400000000
        THEN 3600000000
        WHEN e.time_ >= 1743296400000000
        THEN 7200000000
        WHEN e.time_ >= 1729990800000000
        THEN 3600000000
        WHEN e.time_ >= 1711846800000000
        THEN 7200000000
        WHEN e.time_ >= 1698541200000000
        THEN 3600000000
        WHEN e.time_ >= 1679792400000000
        THEN 7200000000
        WHEN e.time_ >= 1667091600000000
        THEN 3600000000
        WHEN e.time_ >= 1648342800000000
        THEN 7200000000
        WHEN e.time_ >= 1635642000000000
        THEN 3600000000
        WHEN e.time_ >= 1616893200000000
        THEN 7200000000
        ELSE 3600000000
      END
    ) AS local_,
    0 AS value_
  FROM events_ AS e
  JOIN rules_ AS r
    ON e.event = r.event
  WHERE
    CASE
      WHEN r.rule = 0
      THEN e.if_0
      WHEN r.rule = 1
      THEN e.if_1
      WHEN r.rule = 2
      THEN e.if_2
      WHEN r.rule = 3
      THEN e.if_3
      WHEN r.rule = 4
      THEN e.if_4
      WHEN r.rule = 5
      THEN e.if_5
      WHEN r.rule = 6
      THEN e.if_6
      WHEN r.rule = 7
      THEN e.if_7
      WHEN r.rule = 8
      THEN e.if_8
      WHEN r.rule = 9
      THEN e.if_9
      WHEN r.rule = 10
      THEN e.if_10
      WHEN r.rule = 11
      THEN e.if_11
      WHEN r.rule = 12
      THEN e.if_12
      WHEN r.rule = 13
      THEN e.if_13
      ELSE TRUE
    END
)
SELECT
  account,
  rule,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT) AS day,
  COUNT(*) AS n,
  MIN(time_) AS first_at,
  MAX(time_) AS last_at,
  CAST(SUM(value_) AS BIGINT) AS value
FROM hits
GROUP BY
  account,
  rule,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT);

-- people
WITH raw_ AS (
  ... of query 1
), read_ AS (
  ... of query 1
), full_ AS (
  ... of query 1
), good_ AS (
  ... of query 2
), once_ AS (
  ... of query 2
), times_ AS (
  SELECT
    e.account AS account,
    e.user_ AS user_,
    e.time_ AS time_,
    e.time_ + (
      CASE
        WHEN e.time_ >= 1761440400000000
        THEN 3600000000
        WHEN e.time_ >= 1743296400000000
        THEN 7200000000
        WHEN e.time_ >= 1729990800000000
        THEN 3600000000
        WHEN e.time_ >= 1711846800000000
        THEN 7200000000
        WHEN e.time_ >= 1698541200000000
        THEN 3600000000
        WHEN e.time_ >= 1679792400000000
        THEN 7200000000
        WHEN e.time_ >= 1667091600000000
        THEN 3600000000
        WHEN e.time_ >= 1648342800000000
        THEN 7200000000
        WHEN e.time_ >= 1635642000000000
        THEN 3600000000
        WHEN e.time_ >= 1616893200000000
        THEN 7200000000
        ELSE 3600000000
      END
    ) AS local_
  FROM once_ AS e
)
SELECT
  account AS account,
  user_ AS user_,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT) AS day,
  COUNT(*) AS n,
  MIN(time_) AS first_at,
  MAX(time_) AS last_at
FROM times_
GROUP BY
  account,
  user_,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT);

/* Snowflake: the text only, to be run by whoever may. Snowflake itself was out of reach: unverified there.

Plain names in small letters stay without quotes, so that they mean what they mean elsewhere: names in any case. */

-- rows
WITH raw_ AS (
  SELECT
    source.account_id AS raw_account,
    source.timestamp AS raw_time,
    source.event AS raw_event,
    source.user_id AS raw_user,
    source.event_id AS raw_id
  FROM events AS source
), read_ AS (
  SELECT
    NULLIF(raw_account, '') AS account,
    NULLIF(raw_user, '') AS user_,
    NULLIF(raw_event, '') AS event,
    DATE_PART(EPOCH_MICROSECOND, raw_time) AS time_,
    NOT raw_time IS NULL AS timed,
    NULLIF(raw_id, '') AS id_
  FROM raw_
), full_ AS (
  ... of query 1
)
SELECT
  COUNT(*) AS n,
  MIN(time_) AS first_at,
  MAX(time_) AS last_at,
  COUNT(CASE WHEN NOT accounted THEN 1 END) AS accounts,
  COUNT(CASE WHEN accounted AND NOT evented THEN 1 END) AS events,
  COUNT(CASE WHEN accounted AND evented AND NOT timed THEN 1 END) AS times,
  COUNT(
    CASE
      WHEN timed AND COALESCE(time_ < 631152000000000 OR time_ >= 4102444800000000, TRUE)
      THEN 1
    END
  ) AS strange
FROM full_;

-- repeated
WITH raw_ AS (
  SELECT
    source.account_id AS raw_account,
    source.timestamp AS raw_time,
    source.event AS raw_event,
    source.user_id AS raw_user,
    source.event_id AS raw_id,
    source.amount AS raw_0,
    source.ms AS raw_1,
    source.note AS raw_2
  FROM events AS source
), read_ AS (
  SELECT
    NULLIF(raw_account, '') AS account,
    NULLIF(raw_user, '') AS user_,
    NULLIF(raw_event, '') AS event,
    DATE_PART(EPOCH_MICROSECOND, raw_time) AS time_,
    NOT raw_time IS NULL AS timed,
    NULLIF(raw_id, '') AS id_,
    NOT NULLIF(raw_0, '') IS NULL AS given_0,
    NULLIF(raw_0, '') AS text_0,
    CASE
      WHEN REGEXP_LIKE(
        NULLIF(raw_0, ''),
        '^[                  　\\x09\\x0a\\x0b\\x0c\\x0d]*[+-]?[0-9]{1,14}([.][0-9]+)?[                  　\\x09\\x0a\\x0b\\x0c\\x0d]*$'
      )
      THEN REPLACE(
        TRIM(
          REPLACE(
            REPLACE(
              REPLACE(REPLACE(REPLACE(NULLIF(raw_0, ''), CHR(  9), ''), CHR(  10), ''), CHR(  11), ''),
              CHR(  12),
              ''
            ),
            CHR(  13),
            ''
          ),
          '                  　'
        ),
        '+',
        ''
      )
    END AS plain_0,
    NOT NULLIF(raw_1, '') IS NULL AS given_1,
    NULLIF(raw_1, '') AS text_1,
    CASE
      WHEN REGEXP_LIKE(
        NULLIF(raw_1, ''),
        '^[                  　\\x09\\x0a\\x0b\\x0c\\x0d]*[+-]?[0-9]{1,14}([.][0-9]+)?[                  　\\x09\\x0a\\x0b\\x0c\\x0d]*$'
      )
      THEN REPLACE(
        TRIM(
          REPLACE(
            REPLACE(
              REPLACE(REPLACE(REPLACE(NULLIF(raw_1, ''), CHR(  9), ''), CHR(  10), ''), CHR(  11), ''),
              CHR(  12),
              ''
            ),
            CHR(  13),
            ''
          ),
          '                  　'
        ),
        '+',
        ''
      )
    END AS plain_1,
    NOT NULLIF(raw_2, '') IS NULL AS given_2,
    NULLIF(raw_2, '') AS text_2
  FROM raw_
), full_ AS (
  SELECT
    d.*,
    NOT account IS NULL
    AND (
      account >= '!'
      OR REPLACE(
        REPLACE(REPLACE(REPLACE(account, CHR(  32), ''), CHR(  9), ''), CHR(  13), ''),
        CHR(  10),
        ''
      ) <> ''
    ) AS accounted,
    NOT event IS NULL
    AND (
      event >= '!'
      OR REPLACE(
        REPLACE(REPLACE(REPLACE(event, CHR(  32), ''), CHR(  9), ''), CHR(  13), ''),
        CHR(  10),
        ''
      ) <> ''
    ) AS evented,
    CASE WHEN d.plain_0 LIKE '-%' THEN -1 ELSE 1 END * (
      CAST(SUBSTRING(d.dotted_0, 1, CHARINDEX('.', d.dotted_0) - 1) AS BIGINT) * 10000 + CAST((
        CAST(SUBSTRING(d.dotted_0, CHARINDEX('.', d.dotted_0) + 1, 5) AS BIGINT) + 5 - (
          CAST(SUBSTRING(d.dotted_0, CHARINDEX('.', d.dotted_0) + 1, 5) AS BIGINT) + 5
        ) % 10
      ) / 10 AS BIGINT)
    ) AS amount_0,
    CASE WHEN d.plain_1 LIKE '-%' THEN -1 ELSE 1 END * (
      CAST(SUBSTRING(d.dotted_1, 1, CHARINDEX('.', d.dotted_1) - 1) AS BIGINT) * 10000 + CAST((
        CAST(SUBSTRING(d.dotted_1, CHARINDEX('.', d.dotted_1) + 1, 5) AS BIGINT) + 5 - (
          CAST(SUBSTRING(d.dotted_1, CHARINDEX('.', d.dotted_1) + 1, 5) AS BIGINT) + 5
        ) % 10
      ) / 10 AS BIGINT)
    ) AS amount_1
  FROM (
    SELECT
      r.*,
      REPLACE(r.plain_0, '-', '') || CASE WHEN r.plain_0 LIKE '%.%' THEN '00000' ELSE '.00000' END AS dotted_0,
      REPLACE(r.plain_1, '-', '') || CASE WHEN r.plain_1 LIKE '%.%' THEN '00000' ELSE '.00000' END AS dotted_1
    FROM read_ AS r
  ) AS d
), good_ AS (
  ... of query 2
), once_ AS (
  SELECT
    *
  FROM good_
  WHERE
    id_ IS NULL
  UNION ALL
  SELECT DISTINCT
    *
  FROM good_
  WHERE
    NOT id_ IS NULL
), ids_ AS (
  SELECT
    id_,
    COUNT(*) AS n
  FROM once_
  WHERE
    NOT id_ IS NULL
  GROUP BY
    id_
), left_ AS (
  SELECT
    COALESCE(CAST(SUM(n) AS BIGINT), 0) AS kept,
    COALESCE(CAST(SUM(CASE WHEN n > 1 THEN n ELSE 0 END) AS BIGINT), 0) AS shared
  FROM ids_
), every_ AS (
  SELECT
    COUNT(*) AS keyed
  FROM good_
  WHERE
    NOT id_ IS NULL
)
SELECT
  keyed,
  kept,
  shared
FROM every_
CROSS JOIN left_;

-- readable
WITH raw_ AS (
  SELECT
    source.account_id AS raw_account,
    source.timestamp AS raw_time,
    source.event AS raw_event,
    source.user_id AS raw_user,
    source.event_id AS raw_id,
    source.amount AS raw_0,
    source.ms AS raw_1,
    source.note AS raw_2
  FROM events AS source
  WHERE
    source.event IN ('it\'s done', 'opened', 'posted', 'timed')
), read_ AS (
  ... of query 6
), full_ AS (
  ... of query 6
), good_ AS (
  ... of query 2
), once_ AS (
  ... of query 6
)
SELECT
  COUNT(CASE WHEN given_0 AND amount_0 IS NULL AND event IN ('posted') THEN 1 END) AS bad_amount_0,
  MIN(CASE WHEN given_0 AND amount_0 IS NULL AND event IN ('posted') THEN text_0 END) AS example_amount_0,
  SUM(CAST(ABS(amount_0) AS DOUBLE)) AS size_0,
  COUNT(CASE WHEN given_1 AND amount_1 IS NULL AND event IN ('timed') THEN 1 END) AS bad_amount_1,
  MIN(CASE WHEN given_1 AND amount_1 IS NULL AND event IN ('timed') THEN text_1 END) AS example_amount_1,
  SUM(CAST(ABS(amount_1) AS DOUBLE)) AS size_1
FROM once_ AS e;

-- durations
WITH raw_ AS (
  ... of query 7
), read_ AS (
  ... of query 6
), full_ AS (
  ... of query 6
), good_ AS (
  ... of query 2
), once_ AS (
  ... of query 6
), events_ AS (
  SELECT
    account,
    user_,
    event,
    time_,
    amount_0 AS number_0,
    amount_1 AS number_1,
    given_0 AS given_number_0,
    given_1 AS given_number_1,
    text_2 AS of_0
  FROM once_ AS e
), rules_ AS (
  SELECT
    'it\'s done' AS event,
    0 AS rule
  UNION ALL
  SELECT
    'opened' AS event,
    1 AS rule
  UNION ALL
  SELECT
    'posted' AS event,
    2 AS rule
  UNION ALL
  SELECT
    'timed' AS event,
    3 AS rule
), hits AS (
  SELECT
    r.rule AS rule,
    e.time_ + (
      CASE
        WHEN e.time_ >= 1761440400000000
        THEN 3600000000
        WHEN e.time_ >= 1743296400000000
        THEN 7200000000
        WHEN e.time_ >= 1729990800000000
        THEN 3600000000
        WHEN e.time_ >= 1711846800000000
        THEN 7200000000
        WHEN e.time_ >= 1698541200000000
        THEN 3600000000
        WHEN e.time_ >= 1679792400000000
        THEN 7200000000
        WHEN e.time_ >= 1667091600000000
        THEN 3600000000
        WHEN e.time_ >= 1648342800000000
        THEN 7200000000
        WHEN e.time_ >= 1635642000000000
        THEN 3600000000
        WHEN e.time_ >= 1616893200000000
        THEN 7200000000
        ELSE 3600000000
      END
    ) AS local_,
    COALESCE(CASE WHEN r.rule = 3 THEN e.number_1 ELSE 0 END, 0) AS ms_,
    e.given_number_1 AS given_3
  FROM events_ AS e
  JOIN rules_ AS r
    ON e.event = r.event
)
SELECT
  rule,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT) AS day,
  CAST((
    ms_ - ms_ % 10000
  ) / 10000 AS BIGINT) AS milliseconds,
  COUNT(*) AS n
FROM hits
WHERE
  (
    rule = 3 AND given_3
  )
GROUP BY
  rule,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT),
  CAST((
    ms_ - ms_ % 10000
  ) / 10000 AS BIGINT);

-- entities
WITH raw_ AS (
  ... of query 7
), read_ AS (
  ... of query 6
), full_ AS (
  ... of query 6
), good_ AS (
  ... of query 2
), once_ AS (
  ... of query 6
), events_ AS (
  ... of query 8
), rules_ AS (
  ... of query 8
), hits AS (
  SELECT
    e.account AS account,
    r.rule AS rule,
    CASE
      WHEN r.rule = 0
      THEN e.of_0
      WHEN r.rule = 1
      THEN e.of_0
      WHEN r.rule = 2
      THEN e.of_0
      ELSE NULL
    END AS entity,
    e.time_ AS time_
  FROM events_ AS e
  JOIN rules_ AS r
    ON e.event = r.event
)
SELECT
  account,
  rule,
  entity,
  time_ AS at,
  COUNT(*) AS n
FROM hits
WHERE
  rule = 0 OR rule = 1 OR rule = 2
GROUP BY
  account,
  rule,
  entity,
  time_;

-- moments
WITH raw_ AS (
  ... of query 7
), read_ AS (
  ... of query 6
), full_ AS (
  ... of query 6
), good_ AS (
  ... of query 2
), once_ AS (
  ... of query 6
), events_ AS (
  ... of query 8
), rules_ AS (
  ... of query 8
), hits AS (
  SELECT
    e.account AS account,
    r.rule AS rule,
    e.time_ AS time_
  FROM events_ AS e
  JOIN rules_ AS r
    ON e.event = r.event
)
SELECT
  account,
  rule,
  time_ AS at,
  COUNT(*) AS n
FROM hits
WHERE
  rule = 1 OR rule = 2
GROUP BY
  account,
  rule,
  time_;

-- usage
WITH raw_ AS (
  ... of query 7
), read_ AS (
  ... of query 6
), full_ AS (
  ... of query 6
), good_ AS (
  ... of query 2
), once_ AS (
  ... of query 6
), events_ AS (
  ... of query 8
), rules_ AS (
  ... of query 8
), hits AS (
  SELECT
    e.account AS account,
    e.user_ AS user_,
    r.rule AS rule,
    e.time_ AS time_,
    e.time_ + (
      CASE
        WHEN e.time_ >= 1761440400000000
        THEN 3600000000
        WHEN e.time_ >= 1743296400000000
        THEN 7200000000
        WHEN e.time_ >= 1729990800000000
        THEN 3600000000
        WHEN e.time_ >= 1711846800000000
        THEN 7200000000
        WHEN e.time_ >= 1698541200000000
        THEN 3600000000
        WHEN e.time_ >= 1679792400000000
        THEN 7200000000
        WHEN e.time_ >= 1667091600000000
        THEN 3600000000
        WHEN e.time_ >= 1648342800000000
        THEN 7200000000
        WHEN e.time_ >= 1635642000000000
        THEN 3600000000
        WHEN e.time_ >= 1616893200000000
        THEN 7200000000
        ELSE 3600000000
      END
    ) AS local_,
    COALESCE(CASE WHEN r.rule = 2 THEN e.number_0 ELSE 0 END, 0) AS value_
  FROM events_ AS e
  JOIN rules_ AS r
    ON e.event = r.event
)
SELECT
  account,
  user_,
  rule,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT) AS day,
  COUNT(*) AS n,
  MIN(time_) AS first_at,
  MAX(time_) AS last_at,
  CAST(SUM(value_) AS BIGINT) AS value
FROM hits
GROUP BY
  account,
  user_,
  rule,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT);

-- people
WITH raw_ AS (
  ... of query 6
), read_ AS (
  ... of query 6
), full_ AS (
  ... of query 6
), good_ AS (
  ... of query 2
), once_ AS (
  ... of query 6
), times_ AS (
  ... of query 4
)
SELECT
  account AS account,
  user_ AS user_,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT) AS day,
  COUNT(*) AS n,
  MIN(time_) AS first_at,
  MAX(time_) AS last_at
FROM times_
GROUP BY
  account,
  user_,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT);

-- visits
WITH raw_ AS (
  ... of query 6
), read_ AS (
  ... of query 6
), full_ AS (
  ... of query 6
), good_ AS (
  ... of query 2
), once_ AS (
  ... of query 6
), times_ AS (
  ... of query 4
)
SELECT
  account AS account,
  user_ AS user_,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT) AS day,
  CAST((
    time_ - time_ % 1800000000
  ) / 1800000000 AS BIGINT) AS half_hour,
  COUNT(*) AS n,
  MIN(time_) AS first_at,
  MAX(time_) AS last_at
FROM times_
GROUP BY
  account,
  user_,
  CAST((
    local_ - local_ % 86400000000
  ) / 86400000000 AS BIGINT),
  CAST((
    time_ - time_ % 1800000000
  ) / 1800000000 AS BIGINT);
