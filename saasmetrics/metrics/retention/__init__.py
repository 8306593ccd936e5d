"""Who keeps getting value, and who keeps paying."""
