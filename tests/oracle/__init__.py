"""Every table a second time, in plain Python and SQL, from the definitions alone: what the product is compared with."""
