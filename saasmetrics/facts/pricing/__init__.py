"""Units to price by: meters, limits, schedules, and what they would bill."""
