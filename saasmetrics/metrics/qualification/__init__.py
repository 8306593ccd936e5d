"""Which accounts that do not pay yet are ready to buy, and what foretells it.

## Leads with
rate accounts
"""
