"""Which accounts are ready to grow, and through what."""
