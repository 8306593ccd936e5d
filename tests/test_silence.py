"""What a reader of the command line is told about days, accounts and segments that the data do not have."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.tables import Asked, compute

DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv, segments: [plan]}
  subscriptions: {files: subs.csv}
workflows:
  work: {success: posted}
"""
FILES = {
    "events.csv": "account_id,event,timestamp\na,posted,2026-01-05T09:00:00Z\n",
    "accounts.csv": "account_id,created_at,plan\na,2026-01-01,pro\nb,2026-02-20,free\n",
    "subs.csv": "account_id,start_date,end_date,mrr\na,2026-01-01,,100\nb,2026-02-20,,50\n",
}


def notes(home: Path, as_of: str, **asked: tuple[tuple[str, str], ...]) -> list[str]:
    for name, text in FILES.items():
        (home / name).write_text(text, "utf-8")
    (home / "d.yaml").write_text(DEFINITION, "utf-8")
    (made,), _ = compute(read(home / "d.yaml"), [catalog.rooms()["retention.logos"]], Asked(date.fromisoformat(as_of), **asked, allow_empty=True))
    return list(made.meta["notes"])


@pytest.mark.parametrize(("as_of", "days"), [("2026-01-07", None), ("2026-01-08", 2), ("2026-03-06", 59)])
def test_days_without_any_event_before_t_are_told(tmp_path: Path, as_of: str, days: int | None) -> None:
    told = [note for note in notes(tmp_path, as_of) if "last event" in note]
    expected = f"the last event is of 2026-01-05: the {days} days between it and T were quiet, or are missing from the export"
    assert told == ([expected] if days else [])


def test_t_before_the_first_event_is_told(tmp_path: Path) -> None:
    told = notes(tmp_path, "2026-01-02")
    assert "the first event is of 2026-01-05: at T nothing had happened yet" in told
    assert not [note for note in told if "subscriptions of accounts" in note]  # b is listed, only later


def test_a_value_that_no_account_has_is_refused(tmp_path: Path) -> None:
    assert notes(tmp_path, "2026-01-07", where=(("plan", "pro"),)) == []
    with pytest.raises(Refused, match="SM130 no account has plan=prro — did you mean 'pro'"):
        notes(tmp_path, "2026-01-07", where=(("plan", "prro"),))
