"""Everything about one account, as tables of one page."""
