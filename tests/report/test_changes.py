"""What moved a number between two days: both days are those of fresh runs, and the accounts add up to it."""

from __future__ import annotations

import re
from datetime import date, datetime
from math import fsum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from worlds import AS_OF, Row, events, generated, variant

from saasmetrics.commands.changes import between
from saasmetrics.commands.moves import looked_at
from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.report.compose import compose
from saasmetrics.report.history import SCHEMA, added
from saasmetrics.report.lines import THIRTEEN
from saasmetrics.tables import Asked, Table, compute

SINCE = date(2026, 9, 23)  # a Wednesday
WITH_ACCOUNTS = [line.room for line in THIRTEEN if line.behind]
SUMS = ["churn_risk.accounts", "revenue.accounts.mrr", "engagement.trend"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("world"))


def told(definition: Path, table: str, history: Path | None = None) -> list[Table]:
    return between(read(definition), table, SINCE, Asked(as_of=AS_OF), history)[0]


@pytest.mark.parametrize("table", [*WITH_ACCOUNTS, *SUMS])
def test_the_accounts_add_up_to_the_number_of_both_days(world: Path, table: str) -> None:
    number, *parts = told(world, table)[0].frame.to_dicts()
    assert number["what"] == "number" and parts
    assert sum(row["accounts"] for row in parts) == number["accounts"]
    for day in ("then", "now"):
        whole = fsum(row[day] for row in parts)
        base = fsum(row[f"base_{day}"] for row in parts) if number["base_now"] is not None else 0
        assert number[day] == pytest.approx(100 * whole / base if base else whole, abs=1e-5)


@pytest.mark.parametrize("table", [*WITH_ACCOUNTS, "churn_risk.accounts", "adoption.tiers"])
def test_both_numbers_are_those_of_fresh_runs(world: Path, table: str) -> None:
    loaded, made = read(world), told(world, table)[0]
    number, called = made.frame.to_dicts()[0], re.findall("'(.+?)'", made.title)
    line = looked_at(table).line
    for day, name in ((SINCE, "then"), (AS_OF, "now")):
        frame = compute(loaded, [looked_at(table).asked.room], Asked(as_of=day))[0][0].frame
        fresh = line.read(frame.to_dicts(), loaded.definition).value if line else frame.filter(band=called[0]).height
        assert fresh is not None and number[name] == pytest.approx(100 * fresh if number["unit"] == "%" else fresh, abs=1e-5)


def test_who_entered_and_left_are_those_that_were_called_otherwise(world: Path) -> None:
    summary, accounts = (table.frame for table in told(world, "engagement.active_accounts"))
    active = [{row["account"] for row in compute(read(world), [looked_at("engagement.movers").asked.room], Asked(as_of=day))[0][0].frame.to_dicts() if row["active"]}
              for day in (SINCE, AS_OF)]  # fmt: skip
    for what, expected in (("entered", active[1] - active[0]), ("left", active[0] - active[1])):
        assert set(accounts.filter(what=what)["account"]) == expected
    assert summary.filter(what="number")["change"].item() == len(active[1]) - len(active[0])
    assert all(accounts["because"])


def test_late_data_stand_apart_from_new_data(world: Path, tmp_path: Path) -> None:
    def late(rows: list[Row]) -> list[Row]:
        found = [row for row in rows if row["event"] == "invoice_posted" and row["status"] == "ok" and row["timestamp"].startswith("2026-09-16")][:3]
        return [{**row, "event_id": f"late-{row['event_id']}", "invoice_id": f"late-{row['invoice_id']}"} for row in found]

    import polars as pl

    made = compose(read(world), Asked(as_of=SINCE), kept=True)
    added(pl.DataFrame(schema=SCHEMA), made.as_of, made.numbers).write_parquet(tmp_path / "history.parquet")
    whose: set[str] = set()
    definition = variant(world, tmp_path / "late", lambda rows: [rows, whose.update(row["account_id"] for row in late(rows)) or late(rows)])
    rows = {row["what"]: row for row in told(definition, "value.north_star", tmp_path / "history.parquet")[2].frame.to_dicts()}
    assert (rows["late"]["change"], rows["late"]["because"]) == (3, f"late events: +3 on 2026-09-16, of {', '.join(sorted(whose))}")
    assert rows["late"]["from"] == made.lines[0].reading.value and rows["late"]["to"] == rows["new"]["from"]
    assert {row["what"]: row["change"] for row in told(world, "value.north_star", tmp_path / "history.parquet")[2].frame.to_dicts()}["late"] == 0


def test_what_cannot_be_told_is_refused(world: Path) -> None:
    with pytest.raises(Refused, match="is not before 2026-11-09"):
        between(read(world), "activation.rate", AS_OF, Asked(as_of=AS_OF))
    with pytest.raises(Refused, match="a sum of score over accounts says nothing"):
        told(world, "churn_risk.accounts.score")


PAID = """\
version: 1
sources: {events: {files: events.csv}, subscriptions: {files: subs.csv}}
workflows: {work: {core: true, success: done}}
"""


@pytest.mark.parametrize("currencies", [("EUR", "EUR"), ("EUR", "USD")])
def test_money_in_two_currencies_is_not_added_up(currencies: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("account_id,user_id,timestamp,event\n" + "".join(f"{name},u,2026-09-{day}T12:00:00Z,done\n" for name in "ab" for day in ("01", "28")), "utf-8")
    (tmp_path / "subs.csv").write_text(f"account_id,start_date,mrr,currency\na,2026-01-01,10,{currencies[0]}\nb,2026-09-25,30,{currencies[1]}\n", "utf-8")
    (tmp_path / "product.yml").write_text(PAID, "utf-8")
    asked = read(tmp_path / "product.yml"), "revenue.accounts.mrr", SINCE, Asked(as_of=date(2026, 9, 30))
    if len(set(currencies)) > 1:
        with pytest.raises(Refused, match="a sum of mrr over accounts says nothing: it is in several currencies"):
            between(*asked)
        return
    number = between(*asked)[0][0].frame.to_dicts()[0]
    assert (number["then"], number["now"], number["change"]) == (10, 40, 30)


def first_or_last(world: Path, account: str, rules: set[str], last: bool, days: tuple[str, str]) -> tuple[str, str]:
    """Straight from the rows: what the account did first, or last, within these days, and when by the clock of Berlin."""
    mine = [row for row in events(world) if row["account_id"] == account and row["event"] in rules and days[0] <= local(row)[:10] < days[1]]
    row = (max if last else min)(mine, key=lambda row: local(row))
    return row["event"], local(row)


def local(row: Row) -> str:
    return datetime.fromisoformat(row["timestamp"]).astimezone(ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%d %H:%M")


def test_the_event_is_named_with_its_time(world: Path) -> None:
    accounts = told(world, "engagement.active_accounts")[1].frame.to_dicts()
    core = {"invoice_posted", "bill_approved", "reconciliation_finished"}
    said = {row["account"]: (row["what"], row["because"].rpartition("; ")[2]) for row in accounts}
    assert {what for what, _ in said.values()} == {"entered", "left"}
    for account, (what, text) in said.items():
        how, event, at = text.replace(": ", " on ", 1).split(" on ")
        days = (str(SINCE), "2026-11-02") if what == "entered" else ("", "2026-11-02")
        assert how == {"entered": "first", "left": "last"}[what]
        assert (event, at) == first_or_last(world, account, core, what == "left", days)


def test_an_activation_is_told_by_its_last_step(world: Path) -> None:
    accounts = told(world, "activation.rate")[1].frame.to_dicts()
    activated = [row["because"] for row in accounts if "state activated" in row["because"] or "→ activated" in row["because"]]
    assert activated and all("; last step: " in text for text in activated)
