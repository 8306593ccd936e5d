"""Which unit is a good base for prices, what a price on it would do, and whether customers pay in proportion to what they use.

## Leads with
candidates simulation proportionality
"""
