"""Example calls, jobs, forms, screens and syncs: in a file of their own, bad in two weeks, and a last word from who leaves."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from generate.data import LAST_DAY, SMALL, Data, Record, contents, generate, moment, records

BAD = {LAST_DAY - timedelta(days=7 * left + 6) for left in (5, 18)}
CONFIGS = ["accounting", "hr", "logistics", "support"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("troubles"), "--accounts", "200", "--format", "csv")


@pytest.fixture(scope="module")
def troubles(home: Path) -> list[Record]:
    return records(home / "events" / "operation-00000.csv")


def bad(event: Record) -> bool:
    day = moment(event["timestamp"]).date()
    return day - timedelta(days=day.weekday()) in BAD


def test_they_stand_in_a_file_of_their_own_in_their_order(troubles: list[Record]) -> None:
    assert [event["event_id"] for event in troubles] == sorted({event["event_id"] for event in troubles})
    assert [event["timestamp"] for event in troubles] == sorted(event["timestamp"] for event in troubles)


def test_things_are_none_of_the_work(troubles: list[Record], home: Path) -> None:
    work = {event["invoice_id"] for event in Data(home).events}
    assert not {event["invoice_id"] for event in troubles if event["invoice_id"]} & work


def test_much_fails_in_two_weeks_and_little_in_the_others(troubles: list[Record]) -> None:
    def rate(wrong: tuple[str, ...], tried: str, weeks: bool) -> float:
        count = Counter(event["event"] for event in troubles if bad(event) is weeks)
        return sum(count[name] for name in wrong) / count[tried]

    for wrong, tried in ((("api_failed", "api_timed_out"), "api_called"), (("import_failed",), "import_started")):
        assert rate(wrong, tried, True) > 0.25 and 0.005 < rate(wrong, tried, False) < 0.06


def test_loads_are_slow_in_two_weeks(troubles: list[Record]) -> None:
    took = {weeks: sorted(int(e["duration_ms"]) for e in troubles if e["event"] == "invoice_list_loaded" and bad(e) is weeks) for weeks in (True, False)}
    assert took[True][len(took[True]) // 2] > 6 * took[False][len(took[False]) // 2]


def test_who_leaves_tries_in_vain_after_the_last_success(troubles: list[Record], home: Path) -> None:
    data = Data(home)
    for account in data.planted("left_after_failure"):
        last = max(event["timestamp"] for event in data.invoices(account))
        after = [e["event"] for e in troubles if e["account_id"] == account and e["timestamp"] > last and e["event"].startswith("invoice_post")]
        assert after.count("invoice_post_clicked") >= 3 and set(after) <= {"invoice_post_clicked", "invoice_post_failed", "invoice_post_timed_out"}


@pytest.mark.parametrize("config", CONFIGS)
def test_every_product_has_some(config: str, tmp_path: Path) -> None:
    made = contents(generate(tmp_path, *SMALL, "--format", "csv", config=config))
    assert made["events/operation-00000.csv"].count(b"\n") > 1000


def test_a_definition_without_them_gets_none(tmp_path: Path) -> None:
    assert "events/operation-00000.csv" not in contents(generate(tmp_path, *SMALL, "--format", "csv", config="minimal"))
