"""How deep accounts are in each workflow.

## Leads with
tiers features stalls
"""
