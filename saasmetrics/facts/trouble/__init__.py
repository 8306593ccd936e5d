"""What goes wrong: attempts, failures, incidents, tickets, calls for help."""
