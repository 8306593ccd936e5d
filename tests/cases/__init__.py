"""Known answers of other tools, rebuilt as small worlds: our numbers are the same, or differ on purpose."""
