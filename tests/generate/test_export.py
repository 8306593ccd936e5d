"""The export as a whole is as untidy as exports are."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from generate.data import LAST_DAY, NOISE, Data, moment


def test_duplicates_are_exact_and_late_rows_are_last(data: Data) -> None:
    assert 0.005 < 1 - len(data.events) / len(data.raw) < 0.015
    assert len({tuple(event.values()) for event in data.raw}) == len(data.events)
    times = [event["timestamp"] for event in data.events]
    late = next(n for n, (time, following) in enumerate(pairwise(times), 1) if following < time)
    assert 0.985 < late / len(times) < 0.995


def test_most_rows_are_noise_some_look_alike_and_few_lack_an_account(data: Data) -> None:
    assert 0.5 < sum(event["event"] in NOISE for event in data.events) / len(data.events) < 0.7
    assert sum(event["account_id"] == "" for event in data.events) == 12
    posted = Counter(event["status"] for event in data.events if event["event"] == "invoice_posted")
    assert 0 < posted["other"] < 0.05 * posted["ok"]


def test_the_days_are_complete_and_nobody_acts_before_joining(data: Data) -> None:
    days = {moment(event["timestamp"]).date() for event in data.events}
    assert (min(days), max(days)) == (LAST_DAY - timedelta(days=52 * 7 - 1), LAST_DAY)
    for event in data.events:
        assert "" < data.users[event["user_id"]]["joined_at"] <= event["timestamp"]
