"""How hard the product makes it to get work done: calls for help, dismissed errors, refunds, and what comes back.

## Leads with
workflows accounts issues
"""
