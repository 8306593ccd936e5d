"""The weekly report: thirteen lines read off the tables for the last complete week, what changed, why, what to do next."""
