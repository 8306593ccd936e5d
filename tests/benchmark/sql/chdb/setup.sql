-- The sources, and the civil day of an event in Europe/Berlin; no colleagues are left out, for the data have none.
SET max_threads = 2;
SET join_use_nulls = 1;
SET output_format_json_quote_64bit_integers = 0;
CREATE VIEW events AS
SELECT account_id, user_id, event, status, amount, event_id, toUnixTimestamp64Micro(timestamp) AS t FROM file('$events', Parquet) WHERE t < $now;
CREATE VIEW listed AS
SELECT account_id, toUnixTimestamp64Micro(parseDateTime64BestEffortOrNull(created_at, 6, 'UTC')) AS created, plan
FROM file('$folder/accounts.csv', CSVWithNames, 'account_id String, created_at Nullable(String), plan Nullable(String)');
CREATE VIEW spans AS
SELECT account_id, toInt32(toDate32(start_date)) AS first, if(end_date IS NULL, NULL, toInt32(toDate32(end_date))) AS last, mrr
FROM file('$folder/subscriptions.csv', CSVWithNames, 'account_id String, start_date Date32, end_date Nullable(Date32), mrr Decimal(18, 4)')
WHERE last IS NULL OR last > first;
CREATE FUNCTION local_day AS (t) -> intDiv(t + multiIf(t >= 1792890000000000, 3600000000, t >= 1774746000000000, 7200000000, 3600000000), 86400000000);
CREATE FUNCTION civil AS (t) -> toInt32(toDate32(fromUnixTimestamp64Micro(t, 'Europe/Berlin')));
CREATE FUNCTION week_of AS (day) -> intDiv(day + 3, 7);
CREATE FUNCTION month_of AS (day) -> toYear(toDate32(day)) * 12 + toMonth(toDate32(day)) - 1;
CREATE FUNCTION core AS (event, status) -> ifNull(event = 'invoice_posted' AND status = 'ok' OR event = 'bill_approved' AND status IN ('ok', 'ok_after_change')
  OR event = 'reconciliation_finished', false);
CREATE FUNCTION wilson_low AS (k, n) -> if(n > 0, if(k = 0, 0.0, greatest(0.0, ((k / n + 1.9207294103470627 / n)
  - 1.959963984540054 * sqrt(k / n * (1 - k / n) / n + 0.9603647051735313 / (n * n))) / (1 + 3.8414588206941254 / n))), NULL);
CREATE FUNCTION wilson_high AS (k, n) -> if(n > 0, if(k = n, 1.0, least(1.0, ((k / n + 1.9207294103470627 / n)
  + 1.959963984540054 * sqrt(k / n * (1 - k / n) / n + 0.9603647051735313 / (n * n))) / (1 + 3.8414588206941254 / n))), NULL);
CREATE FUNCTION earlier AS (a, b) -> least(ifNull(a, b), ifNull(b, a));
CREATE FUNCTION by_then AS (times, day) -> toInt64(NOT has(times, NULL) AND ifNull(local_day(arrayMax(times)) < day, false));
