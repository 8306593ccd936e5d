"""Runs the generator as a user does, and reads what it wrote."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[2]
BERLIN = ZoneInfo("Europe/Berlin")
LAST_DAY = date(2026, 11, 15)
NOISE = {"login", "page_viewed", "search_used", "help_opened", "session_pinged"}
STEPS = {"taxes_configured", "customer_created", "invoice_drafted", "invoice_posted"}
SMALL = ("--accounts", "40", "--weeks", "30")
Record = dict[str, str]


def generate(out: Path, *options: str, config: str = "accounting") -> Path:
    """Run the generator as a user does."""
    script, definition = ROOT / "examples" / "generate.py", ROOT / "configs" / f"{config}.yaml"
    subprocess.run([sys.executable, "-B", script, definition, "--out", out, *options], check=True, capture_output=True)
    return out


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def records(path: Path) -> list[Record]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def moment(text: str) -> datetime:
    """A time of the data, in the product's zone."""
    return datetime.fromisoformat(text).astimezone(BERLIN)


def weeks_left(event: Record) -> int:
    """How many whole weeks of the data follow the event's week."""
    return (LAST_DAY - moment(event["timestamp"]).date()).days // 7


class Data:
    """One data set, as read from its files; every event once."""

    def __init__(self, folder: Path) -> None:
        self.raw = records(folder / "events" / "part-00000.csv")
        self.events = list({event["event_id"]: event for event in self.raw}.values())
        self.accounts = {account["account_id"]: account for account in records(folder / "accounts.csv")}
        self.users = {user["user_id"]: user for user in records(folder / "users.csv")}
        self.subscriptions = records(folder / "subscriptions.csv")
        self.tickets = records(folder / "tickets.csv")
        self.stories = records(folder / "planted.csv")

    def planted(self, story: str) -> list[str]:
        """The accounts that carry a story."""
        found = [row["account"] for row in self.stories if row["story"] == story]
        assert found, story
        return found

    def of(self, account: str) -> list[Record]:
        """The events of an account."""
        return [event for event in self.events if event["account_id"] == account]

    def invoices(self, account: str) -> list[Record]:
        """The successes of the first core workflow, the one that stories are told by."""
        return [e for e in self.of(account) if e["event"] == "invoice_posted" and e["status"] == "ok"]

    def activated(self, account: str) -> timedelta | None:
        """The time from the sign-up until every step was done."""
        firsts: dict[str, str] = {}
        for event in sorted(self.of(account), key=lambda event: event["timestamp"]):
            if event["event"] != "invoice_posted" or event["status"] == "ok":
                firsts.setdefault(event["event"], event["timestamp"])
        done = [moment(firsts[step]) for step in STEPS & firsts.keys()]
        return max(done) - moment(self.accounts[account]["created_at"]) if len(done) == len(STEPS) else None

    def spans(self, account: str) -> list[Record]:
        """The subscriptions of an account."""
        return [span for span in self.subscriptions if span["account_id"] == account]
