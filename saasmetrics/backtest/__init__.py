"""What a score was worth: replays of past days, held against what became of the accounts."""
