"""Which new accounts reach first value, how fast, and which step stops the others."""
