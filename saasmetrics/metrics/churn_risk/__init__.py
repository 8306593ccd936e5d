"""Which accounts drift away, how much, and why.

## Leads with
accounts signals
"""
