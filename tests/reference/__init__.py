"""The reference as pages."""
