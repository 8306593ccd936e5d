"""What customers pay, what moved it, and what of it stays.

## Leads with
mrr movements retention
"""
