"""The few words that the tables take for granted, for who reads one of them alone."""

from __future__ import annotations

import re

WORDS = {
    "T": "the local midnight at which counting stops: nothing at or after it counts (--as-of; else the start of the day of the last event)",
    "core": "core work is a completed core workflow: one that the definition file marks `core`, else one under value.workflows, else any",
    "Wilson": "a 95 % interval of a rate: the true rates with which such a count would be no surprise; wide where few are counted",
    "Kaplan–Meier": "an estimate of how long something takes that counts those still on the way, too, for as long as they were seen",
    "MRR": "monthly recurring revenue: what the subscriptions amount to in a month",
}


def words_in(text: str) -> dict[str, str]:
    """Those that the text uses, with what they mean."""
    return {word: meaning for word, meaning in WORDS.items() if re.search(rf"(?<![\w-]){word}(?![\w-])", text)}
