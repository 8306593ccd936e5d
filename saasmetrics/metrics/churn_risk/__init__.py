"""Which accounts drift away, how much, and why."""
