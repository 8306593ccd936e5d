"""The fingerprints of meaning: what keeps them and what changes them; the lock that holds them."""
