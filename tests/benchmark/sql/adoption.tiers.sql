-- The rules of the tiers as bits: ever, and within the last 90 days; one pass.
WITH marked AS (
  SELECT account_id, timestamp, CASE event
    WHEN 'invoice_drafted' THEN 1 WHEN 'invoice_posted' THEN CASE WHEN status = 'ok' THEN 2 END WHEN 'invoice_sent' THEN 4
    WHEN 'invoice_paid' THEN 8 WHEN 'invoice_reconciled' THEN 16 WHEN 'recurring_invoice_created' THEN 32
    WHEN 'bill_captured' THEN 64 WHEN 'bill_approved' THEN CASE WHEN status IN ('ok', 'ok_after_change') THEN 128 END
    WHEN 'bill_paid' THEN 256 WHEN 'payment_run_exported' THEN 512
    WHEN 'statement_imported' THEN 1024 WHEN 'reconciliation_finished' THEN 2048 WHEN 'reconciliation_rule_applied' THEN 4096 WHEN 'month_closed' THEN 8192
    WHEN 'receipt_captured' THEN 16384 WHEN 'claim_reimbursed' THEN 32768 WHEN 'claim_policy_applied' THEN 65536 END AS rule
  FROM events WHERE timestamp < make_timestamptz($now) $staff
),
seen AS (
  SELECT account_id, epoch_us(min(timestamp)) AS first_at, bit_or(rule) AS ever, bit_or(CASE WHEN timestamp >= make_timestamptz($held) THEN rule END) AS lately
  FROM marked GROUP BY account_id
),
aged AS (
  SELECT coalesce(least(created, first_at) + 604800000000 < (SELECT min(first_at) FROM seen), false) AS old_timer,
         least(created, first_at) + 30 * 86400000000 <= $now AS old, coalesce(ever, 0) AS ever, coalesce(lately, 0) AS lately FROM listed FULL JOIN seen USING (account_id)
  WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND least(created, first_at) < $now
),
ladder AS (
  SELECT * FROM (VALUES ('invoicing', 1, 'basic', 1), ('invoicing', 2, 'standard', 7), ('invoicing', 3, 'advanced', 63),
    ('purchasing', 1, 'basic', 64), ('purchasing', 2, 'standard', 192), ('purchasing', 3, 'advanced', 960),
    ('bank_reconciliation', 1, 'basic', 1024), ('bank_reconciliation', 2, 'standard', 3072), ('bank_reconciliation', 3, 'advanced', 15360),
    ('expense_claims', 1, 'basic', 16384), ('expense_claims', 2, 'standard', 49152), ('expense_claims', 3, 'advanced', 114688)) AS l (workflow, level, tier, asks)
),
told AS (
  SELECT workflow, level, tier, count(*) FILTER (old AND NOT old_timer) AS eligible, count(*) FILTER (NOT old AND NOT old_timer) AS immature, count(*) FILTER (old_timer) AS older,
         count(*) FILTER (old AND NOT old_timer AND ever & asks = asks) AS reached, count(*) FILTER ((old OR old_timer) AND lately & asks = asks) AS held
  FROM aged, ladder GROUP BY ALL
)
SELECT workflow, level, tier, eligible, immature, older, reached, CASE WHEN eligible > 0 THEN reached / eligible END AS rate,
       wilson_low(reached, eligible) AS low, wilson_high(reached, eligible) AS high, held, CASE WHEN eligible + older > 0 THEN held / (eligible + older) END AS held_rate
FROM told ORDER BY workflow, level
