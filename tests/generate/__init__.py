"""The example data."""
