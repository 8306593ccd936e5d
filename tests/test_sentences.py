"""Numbers in sentences take the word that fits: 1 use, 2 uses."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.sentences import counted
from saasmetrics.tables import Asked, compute

DEFINITION = """\
version: 1
timezone: UTC
sources: {events: {files: events.csv}}
workflows: {work: {core: true, success: done}}
features: {extra: {rule: done, premium: true}}
"""


def test_one_of_a_thing_has_no_plural() -> None:
    numbers = pl.DataFrame({"n": [0, 1, 2]})
    assert numbers.select(counted("n", "use"))["n"].to_list() == ["0 uses", "1 use", "2 uses"]
    assert numbers.select(counted("n", "core success"))["n"].to_list() == ["0 core successes", "1 core success", "2 core successes"]


@pytest.mark.parametrize(("key", "told"), [("churn_risk.accounts", "1 active user in the last 28 days, 5 in"), ("health.accounts", "1 core success in the last 28 days, 40 in"), ("health.accounts", "1 of 1 feature used"), ("expansion.accounts", "1 use of premium features")])
def test_evidence_of_one_reads_as_of_one(tmp_path: Path, key: str, told: str) -> None:
    """Five people worked every other day until four weeks ago, since then one of them did once."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(0, 92, 7)]
    rows = [f"a,u{user},done,{day + timedelta(days=twice)}T09:00:00Z" for day in days for user in range(5) for twice in (0, 1)]
    rows = [row for row in rows if row.split(",")[3] < "2026-04-03"] + ["a,u0,done,2026-04-20T09:00:00Z"]
    (tmp_path / "events.csv").write_text("\n".join(["account_id,user_id,event,timestamp", *rows, ""]), "utf-8")
    (tmp_path / "d.yaml").write_text(DEFINITION, "utf-8")
    (made,), _ = compute(read(tmp_path / "d.yaml"), [catalog.rooms()[key]], Asked(date(2026, 5, 1)))
    assert any(told in text for text in made.frame["evidence"].explode().to_list()), made.frame["evidence"].to_list()


def test_the_word_may_be_a_column() -> None:
    periods = pl.DataFrame({"n": [1, 3], "cadence": ["week", "month"]})
    assert periods.select(counted("n", pl.col("cadence")))["n"].to_list() == ["1 week", "3 months"]
