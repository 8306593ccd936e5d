"""Where the definitions leave something open, the reading taken here: one line each, in one place.

Each is a question to the definitions. A reading that changes has to change here and in the docstring it belongs to.
"""

YOUNG_DAYS = 56  # C01, C02, E01: an account younger than two windows of 28 days cannot be judged: unknown
FULL_BASE = 2  # C01: the account has to have existed for so many of the four periods before, else too little use
KNOWN_WHEN_BEGUN = False  # cohorts, rolling: a cell that has begun, but is over for none of its accounts, is censored


def silence(today: int, last_day: int) -> int:
    """C04, C05: whole days without a sign of life, as of the end of the last counted day."""
    return today - 1 - last_day
