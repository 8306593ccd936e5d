"""What fails, how slow it is, whom it drives away, and whether the product was stable enough for its other numbers.

## Leads with
stability failures latency trust_loss
"""
