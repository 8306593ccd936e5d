"""How well each account does, all in all, and where risk meets opportunity.

## Leads with
matrix accounts
"""
