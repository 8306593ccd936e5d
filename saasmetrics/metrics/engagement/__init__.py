"""How many accounts do core work, and how they come and go."""
