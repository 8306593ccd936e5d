-- Tickets about invoicing for a hundred invoices posted, of the last 90 days.
WITH own AS (FROM listed WHERE plan IN ('internal', 'test')),
posted AS (
  SELECT $distinct account_id, user_id, epoch_us(timestamp) AS t FROM events
  WHERE event = 'invoice_posted' AND status = 'ok' AND timestamp >= make_timestamptz($held) AND timestamp < make_timestamptz($now) $staff
),
opened AS (
  SELECT DISTINCT account_id, ticket_id FROM read_csv('$folder/tickets.csv', all_varchar = true)
  WHERE workflow = 'invoicing' AND opened_at::TIMESTAMPTZ >= make_timestamptz($held) AND opened_at::TIMESTAMPTZ < make_timestamptz($now)
)
SELECT 100 * (SELECT count(*) FROM opened ANTI JOIN own USING (account_id)) / (SELECT count(*) FROM posted ANTI JOIN own USING (account_id)) AS value
