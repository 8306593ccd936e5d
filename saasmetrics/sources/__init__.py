"""Bytes to rows: every format, nothing lost, nothing guessed; each row used, filtered or rejected, and counted."""
