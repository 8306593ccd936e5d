"""What each command does: one file each. They put the packages together and print; nothing else does."""
