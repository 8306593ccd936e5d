"""Rules of good definition, acceptances, and how findings are printed."""
