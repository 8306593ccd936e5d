WITH seen AS (
  SELECT account_id, min(t) AS first_at, groupBitOr(rule) AS ever, groupBitOr(if(t >= $held, rule, 0)) AS lately
  FROM (
    SELECT account_id, t, toUInt32(transform(ifNull(event, ''), ['invoice_drafted', 'invoice_posted', 'invoice_sent', 'invoice_paid', 'invoice_reconciled', 'recurring_invoice_created',
        'bill_captured', 'bill_approved', 'bill_paid', 'payment_run_exported', 'statement_imported', 'reconciliation_finished', 'reconciliation_rule_applied', 'month_closed',
        'receipt_captured', 'claim_reimbursed', 'claim_policy_applied'],
        [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536], 0)) * toUInt32(ifNull(multiIf(event = 'invoice_posted', status = 'ok',
        event = 'bill_approved', status IN ('ok', 'ok_after_change'), true), false)) AS rule
    FROM events
  ) GROUP BY account_id
),
aged AS (
  SELECT earlier(created, first_at) AS created_at, ifNull(created_at + 604800000000 < (SELECT min(first_at) FROM seen), false) AS old_timer,
         NOT old_timer AND created_at + 30 * 86400000000 <= $now AS old, ifNull(ever, 0) AS ever, ifNull(lately, 0) AS lately
  FROM listed FULL JOIN seen USING (account_id) WHERE (plan IS NULL OR plan NOT IN ('internal', 'test')) AND created_at < $now
),
ladder AS (
  SELECT * FROM VALUES('workflow String, level UInt8, tier String, asks UInt64', ('invoicing', 1, 'basic', 1), ('invoicing', 2, 'standard', 7), ('invoicing', 3, 'advanced', 63),
    ('purchasing', 1, 'basic', 64), ('purchasing', 2, 'standard', 192), ('purchasing', 3, 'advanced', 960),
    ('bank_reconciliation', 1, 'basic', 1024), ('bank_reconciliation', 2, 'standard', 3072), ('bank_reconciliation', 3, 'advanced', 15360),
    ('expense_claims', 1, 'basic', 16384), ('expense_claims', 2, 'standard', 49152), ('expense_claims', 3, 'advanced', 114688))
),
told AS (
  SELECT workflow, level, tier, countIf(old) AS eligible, countIf(NOT old AND NOT old_timer) AS immature, countIf(old_timer) AS older, countIf(old AND bitAnd(ever, asks) = asks) AS reached,
         countIf((old OR old_timer) AND bitAnd(lately, asks) = asks) AS held
  FROM aged CROSS JOIN ladder GROUP BY workflow, level, tier
)
SELECT workflow, level, tier, eligible, immature, older, reached, if(eligible > 0, reached / eligible, NULL) AS rate, wilson_low(reached, eligible) AS low,
       wilson_high(reached, eligible) AS high, held, if(eligible + older > 0, held / (eligible + older), NULL) AS held_rate
FROM told ORDER BY workflow, level
