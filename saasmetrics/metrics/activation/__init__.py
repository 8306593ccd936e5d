"""Which new accounts reach first value, how fast, and which step stops the others.

## Leads with
rate time_to_value steps accounts
"""
