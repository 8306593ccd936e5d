"""Which accounts are ready to grow, and through what.

## Leads with
accounts
"""
