"""Acquisition to churn: where every account is, and what moved.

## Leads with
stages flows
"""
