"""Small histories on which the tables of revenue and their oracle once differed, or might."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from oracle.days import moment
from oracle.paying_worlds import HEADS, Case, event, rate
from oracle.test_revenue_properties import held
from oracle.world import Row, World

BLOCKS = {
    "version": 1, "timezone": "UTC", "internal": {"accounts": {"plan": "internal"}}, "revenue": {"currency": "EUR"},
    "workflows": {"billing": {"core": True, "cadence": "week", "success": "posted"}},
}  # fmt: skip


def paid(account: str, start: str, end: str | None = None, mrr: str = "100", currency: str = "EUR", **more: str) -> Row:
    return {**dict.fromkeys(HEADS["subscriptions"]), "account_id": account, "start_date": start, "end_date": end, "mrr": mrr, "currency": currency, **more}


def same(*spans: Row, rates: list[Row] | None = None, events: Sequence[Row] = (), as_of: date = date(2026, 6, 10), **settings: Any) -> None:
    accounts: list[Row] = [{"account_id": name, "created_at": "2024-01-01T00:00:00Z", "plan": "pro"} for name in sorted({str(row["account_id"]) for row in spans})]
    held(Case(World(list(events), accounts, subscriptions=list(spans), rates=rates), BLOCKS, as_of), min_base=1, **settings)


def test_a_free_subscription_from_before_the_rates_needs_none() -> None:
    """What is paid in dollars has its rate: it is converted, whoever had a free subscription before."""
    same(paid("a", "2025-05-05", mrr="0", currency="USD"), paid("b", "2026-02-02", currency="USD"), rates=[rate("USD", date(2026, 1, 1), "0.5")])


def test_a_currency_without_a_rate_for_its_first_month_stands_apart() -> None:
    same(paid("a", "2026-01-31", currency="USD"), paid("a", "2026-02-02"), rates=[rate("USD", date(2026, 1, 2), "0.5")])


def test_who_came_changed_and_left_within_a_quarter_of_two_rates() -> None:
    told = [rate("USD", date(2026, 1, 1), "0.5"), rate("USD", date(2026, 5, 1), "0.75")]
    for how in ("show", "net", "ignore"):
        same(paid("a", "2026-04-10", "2026-05-20", currency="USD"), paid("b", "2026-04-10", "2026-05-01", currency="USD"), rates=told, period="quarter", intra_period=how)


def test_what_ended_is_churn_also_when_only_start_and_end_count() -> None:
    same(paid("a", "2026-01-10", "2026-05-20"), paid("b", "2026-01-10", "2026-05-20", "50"), paid("b", "2026-05-20", mrr="80"), period="quarter", intra_period="net")


def test_both_ends_of_a_window_have_the_rate_of_its_eve() -> None:
    told = [rate("USD", date(2026, 1, 1), "0.5"), rate("USD", date(2026, 5, 1), "0.75")]
    same(paid("a", "2026-01-10", "2026-05-20", currency="USD"), paid("a", "2026-05-20", mrr="50", currency="USD"), paid("b", "2026-01-10", currency="USD"), rates=told)


def test_work_on_the_first_day_that_is_no_longer_covered_and_just_before_it() -> None:
    work = [event(n, name, moment("2026-05-20T00:00:00Z") - n) for n, name in enumerate("ab")]
    same(paid("a", "2026-01-10", "2026-05-20"), paid("b", "2026-01-10", "2026-05-20"), events=work)


def test_who_changes_to_a_currency_that_nobody_paid_in_before_is_not_lost() -> None:
    one = paid("a", "2026-01-10", "2026-03-10", mrr="50"), paid("a", "2026-03-10", mrr="100", currency="USD")
    same(*one, rates=[rate("USD", date(2025, 1, 1), "0.5")], as_of=date(2026, 4, 10))


def test_fewer_seats_at_a_higher_price_are_two_reasons_though_the_amount_stays() -> None:
    same(paid("a", "2026-01-10", "2026-05-20", seats="10", plan="pro"), paid("a", "2026-05-20", seats="5", plan="pro"))


def test_a_reason_of_less_than_half_a_cent_is_none() -> None:
    same(paid("a", "2026-01-10", "2026-05-20", "33.3333", seats="1", plan="pro"), paid("a", "2026-05-20", mrr="33.3333", seats="1", plan="pro"),
         paid("a", "2026-05-25", mrr="0.0049", seats="1", plan="pro", subscription_kind="usage"))  # fmt: skip
