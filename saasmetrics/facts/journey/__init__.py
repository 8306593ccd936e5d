"""Which stage of its way each account was in, and when."""
