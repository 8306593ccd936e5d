"""How deep accounts are: steps, tiers, features, modules, and the behaviours compared."""
