"""How many accounts do core work, and how they come and go.

## Leads with
active_accounts trend role_gaps
"""
