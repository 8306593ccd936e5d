"""Every planted account lives its story."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from generate.data import LAST_DAY, NOISE, Data, moment, weeks_left


@pytest.mark.parametrize("story", ["champion_only", "decliner", "expander", "churned", "reactivated"])
def test_most_stories_activate_in_time(story: str, data: Data) -> None:
    for account in data.planted(story):
        assert (data.activated(account) or timedelta.max) < timedelta(days=14)


def test_stuck_accounts_lack_a_step_and_slow_ones_are_late(data: Data) -> None:
    for account in data.planted("stuck_onboarding"):
        assert data.activated(account) is None
        assert NOISE & {event["event"] for event in data.of(account)}
    for account in data.planted("slow_onboarding"):
        assert (data.activated(account) or timedelta()) > timedelta(days=14)


def test_a_champion_does_the_work_alone(data: Data) -> None:
    for account in data.planted("champion_only"):
        work = Counter(event["user_id"] for event in data.of(account) if event["event"] not in NOISE)
        assert work.most_common(1)[0][1] >= 0.95 * work.total() > 30
        assert sum(user["account_id"] == account and user["joined_at"] != "" for user in data.users.values()) > 2


def test_busy_accounts_look_around_and_get_little_done(data: Data) -> None:
    for account in data.planted("busy_optional"):
        late = [event for event in data.of(account) if weeks_left(event) < 12]
        assert len({weeks_left(event) for event in data.invoices(account) if weeks_left(event) < 12}) <= 3
        assert sum(event["event"] in NOISE for event in late) > 400
        assert len({weeks_left(event) for event in late if event["event"] == "login"}) == 12


def test_decliners_more_than_halve_every_week(data: Data) -> None:
    for account in data.planted("decliner"):
        counts = Counter(map(weeks_left, data.invoices(account)))
        last = [counts[left] for left in range(6, -1, -1)]
        assert all(2 * later < earlier for earlier, later in pairwise(last)), last


def test_expanders_grow_in_work_people_and_price(data: Data) -> None:
    for account in data.planted("expander"):
        invoices, events = data.invoices(account), data.of(account)
        bills = Counter(weeks_left(event) // 4 for event in events if event["event"] == "bill_approved")
        work = Counter(weeks_left(event) // 4 for event in invoices)
        people = Counter(block for block, _ in {(weeks_left(event) // 4, event["user_id"]) for event in invoices})
        assert all(counts[2] < counts[1] < counts[0] for counts in (bills, work, people))
        earlier, later = data.spans(account)
        assert earlier["end_date"] == later["start_date"]
        assert float(earlier["mrr"]) < float(later["mrr"])


def test_where_a_role_is_missing_its_people_are_there_and_do_nothing(data: Data) -> None:
    for account in data.planted("role_gap"):
        people = {user["user_id"]: user["role"] for user in data.users.values() if user["account_id"] == account and user["joined_at"]}
        bills = Counter(people[event["user_id"]] for event in data.of(account) if event["event"] == "bill_approved")
        assert list(people.values()).count("purchasing") >= 2
        assert bills["finance"] >= 10
        assert bills["purchasing"] == 0


def test_churned_accounts_stop(data: Data) -> None:
    for account in data.planted("churned"):
        end = data.spans(account)[-1]["end_date"]
        assert "" < end < str(LAST_DAY)
        assert max(str(moment(event["timestamp"]).date()) for event in data.of(account)) < end


def test_reactivated_accounts_come_back(data: Data) -> None:
    for account in data.planted("reactivated"):
        *_, left, back = data.spans(account)
        days = [str(moment(event["timestamp"]).date()) for event in data.of(account)]
        assert min(days) < left["end_date"] < back["start_date"] < max(days)
        assert not [day for day in days if left["end_date"] <= day < back["start_date"]]


def test_silent_and_early_accounts(data: Data) -> None:
    for account in data.planted("silent"):
        assert account in data.accounts
        assert not data.of(account)
    for account in data.planted("before_data"):
        assert data.accounts[account]["created_at"] < min(event["timestamp"] for event in data.events)


def test_internal_accounts_and_vendor_staff(data: Data) -> None:
    assert {data.accounts[account]["plan"] for account in data.planted("internal")} <= {"internal", "test"}
    for account in data.planted("vendor_staff"):
        people = {event["user_id"] for event in data.of(account)}
        assert any(data.users[user]["email"].endswith("@ledgerly.example") for user in people)


def test_ids_and_names_need_a_careful_reader(data: Data) -> None:
    assert set(data.planted("leading_zeros")) == {"123", "00123"}
    assert "," in data.accounts[data.planted("name_with_comma")[0]]["name"]
    assert not data.accounts[data.planted("name_not_ascii")[0]]["name"].isascii()
