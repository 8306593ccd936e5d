"""Example tickets: who asks, when, what about, and who asks more."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from generate.data import LAST_DAY, SMALL, Data, Record, contents, generate, moment


def asked(data: Data, accounts: list[str], weeks: int) -> float:
    """Tickets a week and account, of the last weeks."""
    since = str(LAST_DAY - timedelta(weeks=weeks))
    return sum(ticket["account_id"] in accounts and ticket["opened_at"] > since for ticket in data.tickets) / weeks / len(accounts)


def test_tickets_stand_in_their_order_and_each_once(data: Data) -> None:
    opened = [ticket["opened_at"] for ticket in data.tickets]
    assert opened == sorted(opened) and len(opened) > 100
    assert len({ticket["ticket_id"] for ticket in data.tickets}) == len(opened)


def test_nobody_asks_before_the_account_is_there_or_after_the_data(data: Data) -> None:
    for ticket in data.tickets:
        assert data.accounts[ticket["account_id"]]["created_at"] <= ticket["opened_at"]
        assert moment(ticket["opened_at"]).date() <= LAST_DAY
        assert not ticket["resolved_at"] or ticket["opened_at"] < ticket["resolved_at"]
    assert not {ticket["account_id"] for ticket in data.tickets} & {*data.planted("silent")}


def test_some_are_open_some_block_the_work_and_some_have_no_category(data: Data) -> None:
    def share(name: str, value: str) -> float:
        return sum(ticket[name] == value for ticket in data.tickets) / len(data.tickets)

    assert 0.02 < share("resolved_at", "") < 0.12
    assert 0.05 < share("blocking", "true") < 0.3 and share("blocking", "true") + share("blocking", "false") == 1
    assert 0.04 < share("category", "") < 0.2
    assert {ticket["workflow"] for ticket in data.tickets} == {"", "invoicing", "purchasing", "bank_reconciliation", "expense_claims"}


def test_some_questions_come_back(data: Data) -> None:
    by_account: dict[tuple[str, str], list[Record]] = {}
    for ticket in data.tickets:
        by_account.setdefault((ticket["account_id"], ticket["category"]), []).append(ticket)
    again = sum(a["resolved_at"] != "" and timedelta(0) < moment(b["opened_at"]) - moment(a["resolved_at"]) < timedelta(days=6)
                for found in by_account.values() for a, b in pairwise(found))  # fmt: skip
    assert 0.03 < again / len(data.tickets) < 0.4


def test_who_declines_asks_more_and_for_other_things(data: Data) -> None:
    decliners, others = data.planted("decliner"), data.planted("expander") + data.planted("champion_only")
    assert asked(data, decliners, 10) > 2 * asked(data, others, 10)
    late = Counter(t["category"] for t in data.tickets if t["account_id"] in decliners and t["opened_at"] > str(LAST_DAY - timedelta(weeks=10)))
    assert late["bug"] + late["integration"] > late["how to"]


def test_a_definition_without_tickets_gets_none(tmp_path: Path) -> None:
    assert "tickets.csv" not in contents(generate(tmp_path, *SMALL, "--format", "csv", config="hr"))
