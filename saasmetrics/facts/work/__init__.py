"""What gets done: successful work, by whom, how steadily, and how it falls or grows."""
