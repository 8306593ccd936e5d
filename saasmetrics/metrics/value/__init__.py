"""How much successful work the product delivers, how steadily, and on how many shoulders it rests.

## Leads with
north_star statement vanity
"""
