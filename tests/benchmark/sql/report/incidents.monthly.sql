-- Incidents of core workflows in the last complete month.
WITH edges AS (
  SELECT monthly($month_done)::TIMESTAMP AT TIME ZONE 'Europe/Berlin' AS first, monthly($month_done + 1)::TIMESTAMP AT TIME ZONE 'Europe/Berlin' AS last
)
SELECT count(DISTINCT incident_id) AS value
FROM read_csv('$folder/incidents.csv', all_varchar = true), edges
WHERE started_at::TIMESTAMPTZ < last AND coalesce(ended_at::TIMESTAMPTZ, last) > first
  AND coalesce(workflow IN ('invoicing', 'purchasing', 'bank_reconciliation'), true)
