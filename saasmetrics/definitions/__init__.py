"""What a product declares: definition file in, checked model out. Knows no data frames."""
