"""The ledger of movements against plain loops over the days: thousands of random histories, to the last ten-thousandth."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import polars as pl
import pytest
from revenue_histories import AS_OF, DAYS, END, FIRST, Histories, due_on, paid_on, random_histories, rate_on, worth

from examples import computed
from saasmetrics import catalog
from saasmetrics.clock import day_number

MOVES = ("new", "expansion", "reactivation", "contraction", "churn", "fx")
REASONS = ("by_seats", "by_volume", "by_modules", "by_plan", "by_price", "by_currency", "unexplained")
SIGNED = pl.col("new") + pl.col("expansion") + pl.col("reactivation") - pl.col("contraction") - pl.col("churn") + pl.col("fx")
WAYS: list[dict[str, Any]] = [
    {}, {"gap_grace": 15}, {"churn_recognition": "cancelled"}, {"currency": "EUR"}, {"currency": "EUR", "gap_grace": 40, "churn_recognition": "cancelled"},
    {"currency": "USD"},
]  # fmt: skip
Key = tuple[str, str | None, int]


@pytest.fixture(scope="module", params=range(len(WAYS)), ids=[" ".join(f"{k}={v}" for k, v in way.items()) or "plain" for way in WAYS])
def told(request: pytest.FixtureRequest) -> Histories:
    return random_histories(request.param, 400, **WAYS[request.param])


@pytest.fixture(scope="module")
def facts(told: Histories) -> dict[str, pl.LazyFrame]:
    return told.facts()


def home(told: Histories, currency: str | None) -> str | None:
    return told.revenue.currency if told.quotes is not None and currency in ("USD", "JPY", "EUR") and rate_on(told, currency, FIRST) else currency


def expected(told: Histories) -> dict[Key, Counter[str]]:
    """(account, reporting currency, day) → its movements, from the amounts of each day and the day before."""
    found: dict[Key, Counter[str]] = {}
    for account, days in paid_on(told).items():
        before: dict[str | None, int] = {}
        ever = False
        for at in range(DAYS):
            now, day = days[at], FIRST + at
            moves = _moves(told, before, now, day)
            paid, pays = sum(before.values()) > 0, sum(now.values()) > 0
            for currency, (move, fx) in moves.items():
                if move or fx:
                    kind = "churn" if not pays else "expansion" if paid and move > 0 else "contraction" if paid else "reactivation" if ever else "new"
                    found[account, currency, day] = Counter({kind: abs(move), "fx": fx})
            before, ever = now, ever or pays
    return found


def _moves(told: Histories, before: dict[str | None, int], now: dict[str | None, int], day: int) -> dict[str | None, tuple[int, int]]:
    moves: dict[str | None, tuple[int, int]] = {}
    for currency in {*before, *now}:
        rate, old = rate_on(told, currency, day), before.get(currency, 0)
        move = worth(now.get(currency, 0), rate) - worth(old, rate)
        fx = worth(old, rate) - worth(old, rate_on(told, currency, day - 1))
        sums = moves.get(home(told, currency), (0, 0))
        moves[home(told, currency)] = (sums[0] + move, sums[1] + fx)
    return moves


def test_every_movement_is_that_of_the_plain_loops(told: Histories, facts: dict[str, pl.LazyFrame]) -> None:
    moved = facts["ledger"].filter(pl.any_horizontal(pl.col(MOVES) != 0))
    rows = moved.select(pl.col("account").cast(pl.String), "currency", "day", *MOVES).collect()
    made = {row[:3]: Counter(dict(zip(MOVES, row[3:], strict=True))) for row in rows.rows()}
    wanted = expected(told)
    assert made.keys() == wanted.keys()
    wrong = {key: (made[key], wanted[key]) for key in made if any(made[key][name] != wanted[key][name] for name in MOVES)}
    assert not wrong


def test_the_ledger_adds_up_row_by_row_account_by_account_and_in_total(told: Histories, facts: dict[str, pl.LazyFrame]) -> None:
    rows = facts["ledger"].collect().sort("account", "currency", "day")
    assert rows.height > 1000
    assert rows.filter(pl.col("before") + SIGNED != pl.col("after")).is_empty()
    assert rows.filter(pl.col("before") != pl.col("after").shift(1).over("account", "currency").fill_null(0)).is_empty()
    assert rows.filter(pl.sum_horizontal(REASONS) != pl.col("expansion") - pl.col("contraction")).is_empty()
    assert all((rows[name] >= 0).all() for name in MOVES if name != "fx")
    ends = rows.group_by("currency").agg(end=pl.col("after").sort_by("day").last().over("account", mapping_strategy="explode").first(), total=SIGNED.sum())
    paid = Counter[str | None]()
    for days in paid_on(told).values():
        for currency, amount in days[-1].items():
            paid[home(told, currency)] += worth(amount, rate_on(told, currency, END - 1))
    assert {currency: total for currency, _, total in ends.rows() if total} == {currency: total for currency, total in paid.items() if total}


@pytest.mark.parametrize("period", ["day", "week", "month"])
@pytest.mark.parametrize("intra_period", ["show", "net", "ignore"])
def test_the_table_adds_up_in_every_period(told: Histories, facts: dict[str, pl.LazyFrame], period: str, intra_period: str) -> None:
    settings = {"as_of": AS_OF.isoformat(), "period": period, "intra_period": intra_period, "periods": 500}
    frame = computed(catalog.rooms()["revenue.movements"], facts, settings).sort("currency", "period")
    assert frame.height > 14
    assert frame.filter(pl.col("start") + SIGNED != pl.col("end")).is_empty()
    assert frame.filter(pl.col("start") + pl.col("net") + pl.col("fx") != pl.col("end")).is_empty()
    assert frame.filter(pl.col("start") != pl.col("end").shift(1).over("currency").fill_null(0)).is_empty()


@pytest.mark.parametrize("windows", [[1], [3, 12]])
def test_gross_retention_is_at_most_one_and_at_most_net_retention(told: Histories, facts: dict[str, pl.LazyFrame], windows: list[int]) -> None:
    frame = computed(catalog.rooms()["revenue.retention"], facts, {"as_of": AS_OF.isoformat(), "windows": windows, "periods": 14})
    known = frame.filter(pl.col("grr").is_not_null())
    assert known.height > 5
    assert known.filter((pl.col("grr") > pl.min_horizontal(1, "nrr") + 1e-9) | (pl.col("grr") < 0)).is_empty()
    whole = known.filter(pl.col("start") + pl.col("expansion") - pl.col("contraction") - pl.col("churn") != pl.col("end"))
    assert whole.is_empty()


def test_retention_is_that_of_the_plain_loops(told: Histories, facts: dict[str, pl.LazyFrame]) -> None:
    """Every account's amounts on the eve and after the window, both at the rate of the eve."""
    frame = computed(catalog.rooms()["revenue.retention"], facts, {"as_of": AS_OF.isoformat(), "windows": [1, 4], "periods": 14})
    paid, checked, renewals = paid_on(told), 0, facts["renewals"].collect().to_dicts()
    for row in frame.filter(pl.col("accounts").is_not_null()).to_dicts():
        months = row["period"].year * 12 + row["period"].month - 1
        eve, last = (day_number(date((months + n) // 12, (months + n) % 12 + 1, 1)) - 1 for n in (1 - row["window"], 1))
        pairs = [[_value(told, days[min(day, END - 1) - FIRST], row["currency"], eve) for day in (eve, last)] for days in paid.values()]
        base = [(start, end) for start, end in pairs if start > 0]
        rises = [end - start for start, end in base]
        wanted = {
            "accounts": len(base), "start": sum(start for start, _ in base), "end": sum(end for _, end in base), "left": sum(end == 0 for _, end in base),
            "expansion": sum(rise for rise in rises if rise > 0), "churn": sum(start for start, end in base if end == 0),
        }  # fmt: skip
        due = [found["renewed"] for found in renewals if eve < found["day"] <= last and found["currency"] == row["currency"]]
        assert (row["due"], row["renewed"]) == (len(due), sum(due))
        for name, amount in wanted.items():
            assert abs(float(row[name]) - amount / (1 if name in ("accounts", "left") else 10_000)) < 0.011, (row, name)
        checked += len(base)
    assert checked > 1000


def _value(told: Histories, paid: dict[str | None, int], currency: str | None, eve: int) -> int:
    return sum(worth(amount, rate_on(told, name, eve)) for name, amount in paid.items() if home(told, name) == currency)


def test_renewals_are_those_of_the_plain_loops(told: Histories, facts: dict[str, pl.LazyFrame]) -> None:
    paid, wanted = paid_on(told), {}
    for row in facts["billed"].filter(pl.col("mrr") > 0).with_columns(pl.col("account").cast(pl.String)).collect().to_dicts():
        last = min(END - 1, END - 1 if row["end"] is None else row["end"])
        for day in due_on(told, row):
            if row["start"] < day <= last:
                days = paid[row["account"]]
                pays = [sum(days[at - FIRST].values()) > 0 for at in (day - 1, day)]
                wanted[row["account"], home(told, row["currency"]), day] = all(pays)
    made = facts["renewals"].with_columns(pl.col("account").cast(pl.String)).collect()
    assert {row[:3]: row[3] for row in made.select("account", "currency", "day", "renewed").rows()} == wanted
    assert made.height == len(wanted) > 300 and 0 < (~made["renewed"]).sum() < made.height


def test_without_changes_everything_is_kept() -> None:
    from revenue_histories import span

    told = Histories([span("a", "2025-01-01", None, "99.99"), span("b", "2025-01-01", None, "0.01", "USD")])
    frame = computed(catalog.rooms()["revenue.retention"], told.facts(), {"as_of": AS_OF.isoformat(), "windows": [1, 12]})
    assert set(frame["nrr"].drop_nulls()) == {1.0} and set(frame["grr"].drop_nulls()) == {1.0}


@pytest.mark.parametrize("factor", [3, 1000])
def test_another_scale_changes_no_rate(factor: int) -> None:
    told = random_histories(9, 200)
    bigger = Histories([{**row, "mrr": row["mrr"] * factor} for row in told.spans])
    room, asked = catalog.rooms()["revenue.retention"], {"as_of": AS_OF.isoformat(), "windows": [1, 12]}
    one, other = (computed(room, histories.facts(), asked) for histories in (told, bigger))
    assert one.select("period", "currency", "grr", "nrr", "accounts", "left").equals(other.select("period", "currency", "grr", "nrr", "accounts", "left"))
