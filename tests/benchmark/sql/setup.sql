-- The sources, and the civil day of an event in Europe/Berlin: three offsets cover the year of the data.
CREATE VIEW events AS SELECT * FROM read_parquet('$events');
CREATE VIEW listed AS
SELECT account_id, epoch_us(created_at::TIMESTAMPTZ) AS created, plan FROM read_csv('$folder/accounts.csv', all_varchar = true);
CREATE VIEW users AS
SELECT account_id, user_id, role, team, epoch_us(invited_at::TIMESTAMPTZ) AS invited
FROM read_csv('$folder/users.csv', all_varchar = true) WHERE email IS NULL OR email NOT LIKE '%@ledgerly.example';
CREATE VIEW spans AS
SELECT account_id, start_date::DATE - DATE '1970-01-01' AS first, end_date::DATE - DATE '1970-01-01' AS last,
       renewal_date::DATE - DATE '1970-01-01' AS renews, (mrr::DECIMAL(18, 4) * 10000)::BIGINT AS mrr, currency, seats::BIGINT AS seats
FROM read_csv('$folder/subscriptions.csv', all_varchar = true)
WHERE end_date IS NULL OR end_date::DATE > start_date::DATE;
CREATE MACRO local(t) AS
  t + CASE WHEN t >= 1792890000000000 THEN 3600000000 WHEN t >= 1774746000000000 THEN 7200000000 ELSE 3600000000 END;
CREATE MACRO local_day(t) AS local(t) // 86400000000;
CREATE MACRO month_of(day) AS date_part('year', DATE '1970-01-01' + day::INT) * 12 + date_part('month', DATE '1970-01-01' + day::INT) - 1;
CREATE MACRO week_of(day) AS (day + 3) // 7;
CREATE MACRO civil(t) AS (make_timestamptz(t) AT TIME ZONE 'Europe/Berlin')::DATE - DATE '1970-01-01';
CREATE MACRO monthly(index) AS make_date(index::BIGINT // 12, index::BIGINT % 12 + 1, 1);
CREATE MACRO by_then(times, day) AS (list_count(times) = len(times) AND local_day(list_max(times)) < day)::INT;
CREATE MACRO wilson_low(k, n) AS CASE WHEN n > 0 THEN CASE WHEN k = 0 THEN 0.0 ELSE greatest(0, least(1,
  ((k / n + 1.9207294103470627 / n) - 1.959963984540054 * sqrt(k / n * (1 - k / n) / n + 0.9603647051735313 / (n * n))) / (1 + 3.8414588206941254 / n))) END END;
CREATE MACRO wilson_high(k, n) AS CASE WHEN n > 0 THEN CASE WHEN k = n THEN 1.0 ELSE greatest(0, least(1,
  ((k / n + 1.9207294103470627 / n) + 1.959963984540054 * sqrt(k / n * (1 - k / n) / n + 0.9603647051735313 / (n * n))) / (1 + 3.8414588206941254 / n))) END END;
