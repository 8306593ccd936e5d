"""Who keeps getting value, and who keeps paying.

## Leads with
cohorts logos by_behaviour

## Timing
lagging
"""
