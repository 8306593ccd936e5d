"""How deep accounts are in each workflow."""
