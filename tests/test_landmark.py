"""Staying by early behaviour: where the behaviour does nothing the table says so, and the usual comparison does not.

200 products are made in which using a feature changes nothing: accounts die and use it by chance, each on its own. They are
the segments of one table.
"""

from __future__ import annotations

import math
import random
from datetime import date

import polars as pl
import pytest

from saasmetrics.clock import Clock, day_number
from saasmetrics.metrics.retention.by_behaviour import by_behaviour
from saasmetrics.statistics import benjamini_hochberg, newcombe, share, survival_at, two_shares

PRODUCTS, ACCOUNTS, WEEKS = 200, 120, 30
DIES, WORKS, USES = 0.08, 0.8, 0.12  # chances in a week
BORN = day_number(date(2026, 1, 1))
CLOCK = Clock(date(2026, 12, 1))
NOUGHT = 0.0


class Worlds:
    """The facts of 200 products, one account at a time."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.accounts: list[tuple[str, str, int]] = []
        self.work: list[tuple[str, int]] = []
        self.uses: list[tuple[str, int]] = []
        for product in range(PRODUCTS):
            for number in range(ACCOUNTS):
                self._live(f"p{product:03d}", f"{product}-{number}")

    def _live(self, product: str, account: str) -> None:
        """Each week it may work, may use the feature for the first time, and may die; none of it minds the others."""
        self.accounts.append((account, product, BORN))
        used = False
        for week in range(WEEKS):
            day = BORN + 7 * week + self.chance.randrange(7)
            if self.chance.random() < WORKS:
                self.work.append((account, day))
            if not used and self.chance.random() < USES:
                self.uses.append((account, day))
                used = True
            if self.chance.random() < DIES:
                return

    def facts(self) -> tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]:
        accounts = pl.LazyFrame(self.accounts, schema={"account": pl.String, "product": pl.String, "created_day": pl.Int32}, orient="row")
        days = {"account": pl.String, "day": pl.Int32}
        uses = pl.LazyFrame(self.uses, schema=days, orient="row").with_columns(position=pl.lit(1, pl.Int64), level=pl.lit(1, pl.Int64))
        work = pl.LazyFrame(self.work, schema=days, orient="row").with_columns(core=pl.lit(True), n=pl.lit(1, pl.Int64))
        rows = [(1, level, "feature", value, 0) for level, value in enumerate(("not used", "used"))]
        behaviours = pl.LazyFrame(rows, schema=["position", "level", "behaviour", "value", "reference"], orient="row")
        return accounts.with_columns(left_truncated=pl.lit(False)), behaviours, uses, work


@pytest.fixture(scope="module")
def facts() -> tuple[pl.LazyFrame, ...]:
    return Worlds(2026).facts()


def intervals(frame: pl.DataFrame) -> tuple[float, float]:
    """Mean difference in points, and the share of the products whose interval holds 0."""
    held = frame.filter((pl.col("diff_low") <= NOUGHT) & (pl.col("diff_high") >= NOUGHT)).height
    return float(frame["difference"].mean() or 0), held / frame.height  # type: ignore[arg-type]


def test_the_landmark_finds_nothing_where_there_is_nothing(facts: tuple[pl.LazyFrame, ...]) -> None:
    told = by_behaviour(*facts, CLOCK, by=("product",)).filter(pl.col("behaviour") == "feature").collect()
    difference, held = intervals(told)
    assert told.height == PRODUCTS
    assert abs(difference) < 2
    assert 0.92 <= held <= 0.99
    assert told["present"].min() >= 10  # type: ignore[operator]


def test_ever_having_used_it_seems_to_keep_accounts(facts: tuple[pl.LazyFrame, ...]) -> None:
    """The same data, compared by hindsight: who lives longer has more time to use it."""
    accounts, _, uses, work = facts
    late = work.filter(pl.col("day").is_between(BORN + 74, BORN + 103)).select("account").unique().with_columns(retained=pl.lit(1))
    ever = uses.select("account", used=pl.lit(1))
    every = accounts.join(late, on="account", how="left").join(ever, on="account", how="left").with_columns(pl.col("retained", "used").fill_null(0))
    with_, without = pl.col("used") == 1, pl.col("used") == 0
    sides = [pl.col("retained").filter(with_).sum(), with_.sum(), pl.col("retained").filter(without).sum(), without.sum()]
    told = every.group_by("product").agg(side.alias(name) for side, name in zip(sides, "knjm", strict=True))
    k, n, j, m = (pl.col(name).cast(pl.Int64) for name in "knjm")
    low, high = newcombe(k, n, j, m)
    difference, held = intervals(told.select(difference=(share(k, n) - share(j, m)) * 100, diff_low=low, diff_high=high).collect())
    assert difference > 25
    assert held < 0.05


def test_a_difference_that_is_there_is_found(facts: tuple[pl.LazyFrame, ...]) -> None:
    """In one product those who used it early never stop."""
    accounts, behaviours, uses, work = facts
    early = uses.filter(pl.col("day") < BORN + 14).select("account")
    days = pl.LazyFrame({"day": list(range(BORN + 14, BORN + 200, 7))}, schema={"day": pl.Int32})
    more = early.join(days, how="cross").with_columns(core=pl.lit(True), n=pl.lit(1, pl.Int64))
    one = accounts.filter(pl.col("product") < "p010")
    told = by_behaviour(one, behaviours, uses, pl.concat([work, more]), CLOCK).filter(pl.col("behaviour") == "feature").collect()
    assert told["verdict"].to_list() == ["associated with staying"]
    assert told["diff_low"][0] > 10


def numbers(expression: pl.Expr, *columns: float) -> float:
    frame = pl.DataFrame({f"c{at}": [value] for at, value in enumerate(columns)})
    return float(frame.select(expression).item())


SIDES = [pl.col(f"c{at}") for at in range(4)]


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((5, 56, 0, 29), -0.0381, 0.1926), ((10, 10, 0, 20), 0.6791, 1)],
)
def test_the_interval_is_that_of_newcombe(counts: tuple[int, ...], low: float, high: float) -> None:
    """Table II of the paper, method 10."""
    found = newcombe(*SIDES)
    assert [numbers(side, *counts) for side in found] == pytest.approx([low, high], abs=5e-5)


def test_the_score_test_of_two_shares() -> None:
    z = (0.8 - 0.6) / math.sqrt(104 / 150 * 46 / 150 * (1 / 70 + 1 / 80))
    assert numbers(two_shares(*SIDES), 56, 70, 48, 80) == pytest.approx(math.erfc(z / math.sqrt(2)))
    assert numbers(two_shares(*SIDES), 0, 10, 0, 20) == 1
    assert pl.select(two_shares(pl.lit(0), pl.lit(0), pl.lit(1), pl.lit(2))).item() is None


def test_false_discoveries_as_in_the_paper() -> None:
    """The 15 p-values of Benjamini and Hochberg's example: four are found at 5 %."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    shuffled = random.Random(1).sample([*p, None], 16)
    told = pl.DataFrame({"p": shuffled}, schema={"p": pl.Float64}).with_columns(q=benjamini_hochberg(pl.col("p"))).sort("p", nulls_last=True)
    assert (told["q"] <= 0.05).sum() == 4
    assert told["q"][0] == pytest.approx(0.0015)
    assert told["q"][3] == pytest.approx(0.0095 * 15 / 4)
    assert told["q"][15] is None


def test_survival_is_not_known_beyond_the_longest_watch() -> None:
    curve = pl.LazyFrame({"group": ["a", "a", "b"], "duration": [10, 30, 20], "survival": [0.5, 0.5, 1.0]})
    at = {day: dict(survival_at(curve, day, ["group"]).collect().rows()) for day in (5, 20, 30, 31)}
    assert at == {5: {"a": 1.0, "b": 1.0}, 20: {"a": 0.5, "b": 1.0}, 30: {"a": 0.5}, 31: {}}
