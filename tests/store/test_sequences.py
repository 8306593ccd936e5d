"""Whatever sequence of changes: facts and tables from the store are those of one reading of all files."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from .world import Row, World, keep_all

MINUTES = range(0, 35 * 24 * 60, 701)
NAMES = [f"{letter}.{ending}" for letter in "abcd" for ending in ("csv", "parquet")]
WANTED = [
    ("usage", "moments", "durations", "entities", "tries", "visits"), ("daily",), ("firsts",), ("usage",), ("daily", "durations"), ("moments", "firsts"),
]  # fmt: skip


def _time(minute: int) -> str:
    return f"2026-03-{16 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z" if minute < 16 * 1440 else (
        f"2026-04-{1 + minute // 1440 - 16:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"
    )


rows: Any = st.tuples(
    st.sampled_from(["1", "2", "3", "4", "5", "6", "7", "8", None]), st.sampled_from("aab"), st.sampled_from(["u", "v", "w", None]),
    st.sampled_from(["opened", "posted", "posted", "failed", "other"]), st.sampled_from(MINUTES).map(_time), st.sampled_from(["ok", "bad", None]),
    st.sampled_from(["1.5", "20", None]), st.sampled_from(["12", "700", None]), st.sampled_from(["x", "y", None]),
)  # fmt: skip


class Sequences(RuleBasedStateMachine):
    """Files come, go, change, overlap; rules, colleagues, plans, payments, zone, merges and T change; after each step both ways tell the same, and show the same tables."""

    @initialize(some=st.lists(rows, min_size=3, max_size=6))
    def begin(self, some: list[Row]) -> None:
        home = Path(tempfile.mkdtemp())
        (home / "events").mkdir()
        self.world, self.wanted = World(home, rows={"a.csv": some}), WANTED[0]

    @rule(name=st.sampled_from(NAMES), some=st.lists(rows, min_size=1, max_size=5))
    def put(self, name: str, some: list[Row]) -> None:
        self.world.rows[name] = some

    @precondition(lambda self: len(self.world.rows) > 1)
    @rule(data=st.data())
    def remove(self, data: Any) -> None:
        del self.world.rows[data.draw(st.sampled_from(sorted(self.world.rows)))]

    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def copy(self, data: Any, name: str) -> None:
        self.world.rows[name] = list(self.world.rows[data.draw(st.sampled_from(sorted(self.world.rows)))])

    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def split(self, data: Any, name: str) -> None:
        whole = self.world.rows[data.draw(st.sampled_from(sorted(self.world.rows)))]
        self.world.rows[name] = whole[len(whole) // 2 :]
        del whole[max(1, len(whole) // 2) :]

    @rule(data=st.data(), extra=rows)
    def grow(self, data: Any, extra: Row) -> None:
        self.world.rows[data.draw(st.sampled_from(sorted(self.world.rows)))].append(extra)

    @rule(where=st.sampled_from(["status: ok", "amount: {gt: 5}", "status: {in: [ok, bad]}"]))
    def mean(self, where: str) -> None:
        self.world.where = where

    @rule(staff=st.sampled_from([(), ("u",), ("u", "w"), ("nobody",)]))
    def employ(self, staff: tuple[str, ...]) -> None:
        self.world.staff = staff

    @rule(zone=st.sampled_from(["Europe/Berlin", "UTC", "America/New_York"]))
    def move(self, zone: str) -> None:
        self.world.zone = zone

    @rule(merges=st.sampled_from([(), (("b", "a"),)]))
    def merge(self, merges: tuple[tuple[str, str], ...]) -> None:
        self.world.merges = merges

    @rule(plans=st.sampled_from([(), (("a", "basic"), ("b", "pro")), (("a", "pro"), ("b", "pro")), (("a", "pro"), ("b", "pro"), ("c", "basic")), (("a", "ours"), ("b", "pro"))]))
    def sell(self, plans: tuple[tuple[str, str], ...]) -> None:
        self.world.plans = plans

    @rule(end=st.sampled_from(["", "2026-04-02"]), mrr=st.sampled_from(["10", "25"]))
    def bill(self, end: str, mrr: str) -> None:
        self.world.paid = (("a", "2026-03-20", end, mrr),)

    @rule(day=st.sampled_from([date(2026, 3, 29), date(2026, 4, 5), date(2026, 4, 20)]))
    def go(self, day: date) -> None:
        self.world.as_of = day

    @rule(wanted=st.sampled_from(WANTED))
    def ask(self, wanted: tuple[str, ...]) -> None:
        self.wanted = wanted

    @invariant()
    def the_same(self) -> None:
        if hasattr(self, "world"):
            self.world.write()
            assert self.world.told(self.wanted, store=True) == self.world.told(self.wanted, store=False)
            assert self.world.shown(store=True) == self.world.shown(store=False)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            shutil.rmtree(self.world.home)


@pytest.fixture(autouse=True)
def _everything_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_all(monkeypatch)


TestSequences = Sequences.TestCase
TestSequences.settings = settings(max_examples=4, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate))
TestSequences = pytest.mark.usefixtures("_everything_is_worth_it")(TestSequences)
