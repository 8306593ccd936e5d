"""Who the accounts are: their people, plans, segments, and one row each as of T."""
