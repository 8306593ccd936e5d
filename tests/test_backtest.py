"""What a score was worth: planted truth is found within its interval, chance is called chance, and the future is not seen."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import qth_survival_time
from worlds import generated, variant

from saasmetrics.backtest import verdicts
from saasmetrics.backtest.kinds import KINDS, Kind
from saasmetrics.backtest.leads import leads
from saasmetrics.backtest.measures import lead_days, ratio_of, share_of, sums, time_to, topmost
from saasmetrics.backtest.observing import FUTURES, LOOKS, PARTS, Observed, days, observed
from saasmetrics.backtest.outcomes import at_work
from saasmetrics.clock import Clock, day_number
from saasmetrics.commands.backtest import enforce, made
from saasmetrics.commands.reading import reading
from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.statistics import kaplan_meier
from saasmetrics.tables import Asked

AS_OF = date(2026, 11, 9)
RISK = KINDS["churn-risk"]


def planted(accounts: int, seed: int, base: float = 0.1, fired: float = 0.2, lift: float = 3.0, looks: int = 6) -> Observed:
    """`signal` fires for some accounts and makes the outcome `lift` times as likely; `noise` fires for as many, and does nothing."""
    chance = random.Random(seed)
    rest = base * (1 - fired * lift) / (1 - fired)
    rows, parts = [], []
    for account in (f"a{n}" for n in range(accounts)):
        signal, noise = chance.random() < fired, chance.random() < fired
        for day in range(0, 30 * looks, 30):
            event = day + chance.randrange(1, 90) if chance.random() < (lift * base if signal else rest) else None
            score = 40 * signal + 10 * noise
            rows.append((account, day, score, "high" if score >= 40 else "low", chance.randrange(30), event, int(event is not None)))
            for at, (name, fires) in enumerate({"signal": signal, "noise": noise}.items(), 1):
                parts.append((account, day, at, name, "fired" if fires else "quiet", (40, 10)[at - 1] * fires))
    return Observed(pl.DataFrame(rows, schema=LOOKS, orient="row"), pl.DataFrame(parts, schema=PARTS, orient="row"), 0)


def signal(found: Observed, name: str, top: float = 0.2) -> dict[str, Any]:
    names = ["at", "name", "judged", "fired", "accounts", "hits", "rate", "low", "high", "lift", "lift_low", "lift_high", "lead", "adds", "adds_low", "adds_high", "verdict"]
    return next(row for row in (dict(zip(names, row, strict=True)) for row in verdicts.signals(found, top)) if row["name"] == name)


def test_a_planted_signal_is_found_within_its_interval_and_noise_is_not() -> None:
    inside = nothing = 0
    for seed in range(40):
        found = planted(300, seed)
        told, noise = signal(found, "signal"), signal(found, "noise")
        inside += told["lift_low"] <= 3 <= told["lift_high"]
        nothing += noise["lift_low"] <= 1 <= noise["lift_high"]
        assert told["verdict"].startswith("foretells, adds to the score")
    assert inside >= 34
    assert nothing >= 34


def test_shuffled_outcomes_are_worth_what_chance_is() -> None:
    called = 0
    for seed in range(40):
        found = planted(200, seed)
        order = list(range(found.looks["account"].n_unique()))
        random.Random(seed + 100).shuffle(order)
        names = found.looks["account"].unique(maintain_order=True).to_list()
        other = {name: names[at] for name, at in zip(names, order, strict=True)}
        outcome = found.looks.select(pl.col("account").replace_strict(other), "day", "event_day", "y")
        shuffled = found.looks.drop("event_day", "y").join(outcome, on=["account", "day"])
        row = verdicts.worth(RISK, Observed(shuffled.select(*LOOKS), found.parts, 0), 0.2)[1]
        called += row[-1] == "no better than chance"
        assert 0.5 < row[11] < 2
    assert called >= 34


def test_the_interval_knows_that_looks_at_one_account_are_no_independent_evidence() -> None:
    """Each account six times with the same outcome: as sure as each account once."""
    once = planted(200, 1, looks=1).looks
    six = pl.concat(once.with_columns(day=pl.col("day") + n) for n in range(6))
    tables = [sums(looks.with_columns(one=1, hit=pl.col("y")), ["one", "hit"]) for looks in (once, six)]
    narrow, wide = (share_of(table, "hit", "one") for table in tables)
    assert narrow == pytest.approx(wide)


def test_the_jackknife_is_that_of_the_definition() -> None:
    looks = planted(40, 3).looks.with_columns(one=1, flagged=(pl.col("score") >= 40).cast(pl.Int64)).with_columns(hit=pl.col("flagged") * pl.col("y"))
    table = sums(looks, ["one", "y", "flagged", "hit"])
    rows = table.to_dicts()

    def share(left: list[dict[str, Any]]) -> float:
        return sum(row["hit"] for row in left) / sum(row["flagged"] for row in left)

    each = [share([row for row in rows if row is not gone]) for gone in rows]
    mean = sum(each) / len(each)
    error = ((len(each) - 1) / len(each) * sum((one - mean) ** 2 for one in each)) ** 0.5
    found = share_of(table, "hit", "flagged")
    assert found.value == pytest.approx(share(rows))
    assert found.high == pytest.approx(share(rows) + 1.959963984540054 * error)


def test_the_same_share_has_the_same_interval_in_every_table() -> None:
    found = planted(60, 5)
    band, of_band = verdicts.worth(RISK, found, 0.2)[0], verdicts.bands(RISK, found)[0]
    assert band[7:10] == pytest.approx(of_band[5:8])  # precision, low, high


def test_equal_scores_at_the_border_are_shared_and_each_day_has_its_own_border() -> None:
    looks = pl.DataFrame({"day": [1] * 10 + [2] * 5, "score": [9, 5, 5, 5, 1, 1, 1, 1, 1, 1] + [7] * 5})
    share = looks.select(top=topmost("score", 0.2))["top"].to_list()
    assert share[:5] == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3, 0])
    assert share[10:] == pytest.approx([0.2] * 5)


def test_a_score_without_a_single_hit_has_a_lift_of_nought_and_no_made_up_interval() -> None:
    table = pl.DataFrame({"account": ["a", "b", "c"], "hit": [0, 0, 0], "flagged": [1, 1, 0], "y": [0, 1, 1], "one": [2, 2, 2]})
    assert ratio_of(table, "hit", "flagged", "y", "one") == (0.0, None, None)


def test_the_lead_is_counted_from_the_first_look_that_flagged() -> None:
    looks = pl.DataFrame({"account": ["a", "a", "a", "b"], "day": [0, 30, 60, 0], "event_day": [80, 80, 80, None], "flag": [0, 1, 1, 1]})
    assert lead_days(looks, "flag") == 50


def lead(*found: tuple[str, int, bool, int | None]) -> dict[str, Any]:
    """The row of one signal, watched up to day 100, from: account, day looked at, whether it fired, the day of the event."""
    looks = [(account, day, 10, "high" if fired else "low", 0, None, 0) for account, day, fired, _ in found]
    parts = [(account, day, 1, "sign", "fired" if fired else "quiet", 10) for account, day, fired, _ in found]
    futures = [(account, day, event) for account, day, _, event in found]
    frames = (pl.DataFrame(rows, schema=schema, orient="row") for rows, schema in ((looks, LOOKS), (parts, PARTS)))
    band, told = leads(RISK, Observed(*frames, 0, pl.DataFrame(futures, schema=FUTURES, orient="row")), 100)
    assert band[2:] == told[2:]
    names = ("half", "half_low", "half_high", "quarter", "quarter_low", "quarter_high", "reached", "fired", "came", "before")
    return dict(zip(names, told[2:], strict=True))


def test_the_lead_counts_those_to_whom_it_has_not_come_yet() -> None:
    """Four fire on day 40, two of them leave, after 10 and 30 days; a mean of those who left would say 20 for all."""
    later = [(name, 40, True, event) for name, event in {"a": 50, "b": 70, "c": None, "d": None}.items()]
    quiet = [(name, 10, False, None) for name in "abcd"]
    told = lead(*quiet, *later)
    assert (told["fired"], told["before"], told["came"], told["reached"], told["quarter"], told["half"]) == (4, 0, 2, 0.5, 10, 30)
    told = lead(*quiet, *later[:1], *later[2:])
    assert (told["fired"], told["came"], told["reached"], told["quarter"], told["half"]) == (3, 1, pytest.approx(1 / 3), 10, None)


def test_trap_07_who_fired_from_the_first_look_on_did_so_for_nobody_knows_how_long() -> None:
    told = lead(("a", 10, True, 50), ("b", 10, False, None), ("b", 40, True, 60), ("b", 50, True, 60))
    assert (told["fired"], told["before"], told["came"], told["reached"], told["quarter"], told["half"]) == (1, 1, 1, 1.0, 20, 20)


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40), st.sampled_from([0.25, 0.5]))
def test_the_interval_of_a_lead_is_that_of_lifelines(waits: list[tuple[int, bool]], reached: float) -> None:
    days, came = zip(*waits, strict=True)
    curve = kaplan_meier(pl.LazyFrame({"duration": days, "observed": came})).collect()
    fitted = KaplanMeierFitter().fit(days, came)
    theirs = [qth_survival_time(1 - reached + 1e-12, frame) for frame in (fitted.survival_function_, *(fitted.confidence_interval_.iloc[:, [at]] for at in (0, 1)))]
    value, low, high = (None if math.isinf(days) or math.isnan(days) else days for days in theirs)
    told = time_to(curve, reached)
    gone = curve.filter(pl.col("survival") == 0)["duration"].min()  # where nobody is left there is no interval: lifelines has one of no width
    assert told == (value, low, None if high == gone else high)


def test_the_interval_of_a_lead_holds_the_truth() -> None:
    """Times of which half are over by day 41.6, of 80 accounts, a third of them lost from sight before."""
    inside = 0
    for seed in range(60):
        chance = random.Random(seed)
        pairs = [(chance.expovariate(math.log(2) / 41.6), chance.expovariate(1 / 120)) for _ in range(80)]
        told = time_to(kaplan_meier(pl.LazyFrame({"duration": [min(pair) for pair in pairs], "observed": [one <= other for one, other in pairs]})).collect(), 0.5)
        assert told.low is not None and told.high is not None
        inside += told.low <= 41.6 <= told.high
    assert inside >= 53


def test_trap_34_silence_is_read_off_the_timeline_and_all_jobs_count() -> None:
    spans = pl.LazyFrame({"account": [*"aaabccc"], "start_day": [0, 20, 200, 5, 0, 10, 60], "silent_day": [40, 100, 230, 400, 100, 40, 120]})
    assert sorted(at_work(spans, 300).collect().rows()) == [("a", 0, 100), ("a", 200, 230), ("b", 5, None), ("c", 0, 120)]


@pytest.mark.parametrize(("subs", "told"), [("", date(2026, 3, 23)), ("a,2026-01-05,,80,EUR", None), ("a,2026-01-05,2026-05-20,80,EUR", date(2026, 5, 20))])
def test_churn_is_the_end_of_the_contract_and_only_without_contracts_silence(tmp_path: Path, subs: str, told: date | None) -> None:
    """Works every day until the end of February."""
    definition = "version: 1\ntimezone: UTC\nsources: {events: {files: e.csv}, accounts: {files: a.csv}%s}\nworkflows: {selling: {core: true, success: sold}}\n"
    (tmp_path / "d.yaml").write_text(definition % (", subscriptions: {files: s.csv}" if subs else ""), "utf-8")
    sold = [f"a,{date(2026, 1, 5) + timedelta(days=day)}T08:00:00Z,sold" for day in range(55)]
    (tmp_path / "e.csv").write_text("\n".join(["account_id,timestamp,event", *sold, "b,2026-12-01T08:00:00Z,sold", ""]), "utf-8")
    (tmp_path / "a.csv").write_text("account_id,created_at\na,2026-01-05\nb,2026-01-05\n", "utf-8")
    (tmp_path / "s.csv").write_text(f"account_id,start_date,end_date,mrr,currency\n{subs}\n", "utf-8")
    with reading(read(tmp_path / "d.yaml"), "backtest", RISK.facts, Asked()) as run:
        found = RISK.outcome(run.book)(day_number(date(2026, 3, 20)), 90).collect().to_dicts()
    assert found == [{"account": "a", "event_day": told and day_number(told)}]


def test_a_day_is_replayed_only_when_what_followed_is_over() -> None:
    clock = Clock(date(2026, 7, 2))
    found = days(clock, day_number(date(2026, 1, 10)), 90, 12)
    assert found == [day_number(date(2026, 4, 1))]
    assert days(Clock(date(2026, 6, 30)), day_number(date(2026, 1, 10)), 90, 12) == []
    assert days(clock, None, 90, 12) == []


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("backtest"))


def told(path: Path, as_of: date, *names: str) -> list[pl.DataFrame]:
    kinds = [KINDS[name] for name in names or KINDS]
    return [table.frame for table in made(read(path), kinds, Asked(as_of=as_of), 60, 6, 0.1)[0]]


def test_trap_33_what_happens_after_t_changes_nothing(world: Path, tmp_path: Path) -> None:
    t = AS_OF - timedelta(days=40)
    cut = variant(world, tmp_path, lambda rows: [[row for row in rows if row["timestamp"] < f"{t}T00:00:00"]])
    before, after = told(cut, t), told(world, t)
    assert before[0].height == 16
    assert all(a.equals(b) for a, b in zip(before, after, strict=True))


def _looks(path: Path, as_of: date, kind: Kind, chosen: list[int]) -> pl.DataFrame:
    with reading(read(path), "backtest", kind.facts, Asked(as_of=as_of)) as run:
        return observed([kind], run.book, chosen, 60)[kind].looks


def test_trap_33_a_score_of_a_past_day_is_that_of_the_run_of_that_day_and_a_leak_is_seen(world: Path, tmp_path: Path) -> None:
    """A score that reads what happened later gives another answer when the later rows are cut away."""
    day = date(2026, 8, 1)
    cut = variant(world, tmp_path, lambda rows: [[row for row in rows if row["timestamp"] < f"{day - timedelta(days=1)}T22:00:00"]])

    def leaking(book: Any) -> pl.LazyFrame:
        later = getattr(book, "later", book).get("seen").select("account", score=pl.col("n"))
        return later.with_columns(band=pl.lit("high"))  # type: ignore[no-any-return]

    honest, leak = RISK, Kind("leak", "churn", "high", ("high",), RISK.facts, leaking, RISK.parts, RISK.outcome)
    for kind, same in ((honest, True), (leak, False)):
        whole, part = (_looks(path, AS_OF, kind, [day_number(day)]).select("account", "score", "silence").sort("account") for path in (world, cut))
        both = whole.join(part, on="account", suffix="_cut")
        assert both.height > 10
        assert both["score"].equals(both["score_cut"].rename("score")) is same
        assert both["silence"].equals(both["silence_cut"].rename("silence"))


def test_every_score_has_its_rows_and_they_add_up(world: Path) -> None:
    worth, bands, signals, leads = told(world, AS_OF)
    assert worth["score"].unique(maintain_order=True).to_list() == list(KINDS)
    for name in KINDS:
        looks, came = worth.filter(pl.col("score") == name).select("looks", "came").row(0)
        parts = bands.filter(pl.col("score") == name)
        assert (parts["looks"].sum(), parts["came"].sum()) == (looks, came)
        assert signals.filter(pl.col("score") == name)["judged"].max() <= looks
        assert leads.filter(pl.col("score") == name).height == signals.filter(pl.col("score") == name).height + 1
    assert leads.filter(pl.col("came") > pl.col("fired")).is_empty()


def test_less_than_is_asked_for_is_exit_1(world: Path) -> None:
    tables, _ = made(read(world), [RISK], Asked(as_of=AS_OF), 60, 6, 0.1)
    enforce(tables[0], 0)
    with pytest.raises(Refused, match="at least 99 is asked for") as refused:
        enforce(tables[0], 99)
    assert refused.value.exit == 1


def test_too_short_an_export_says_so(world: Path) -> None:
    tables, _ = made(read(world), [RISK], Asked(as_of=date(2026, 3, 1)), 90, 6, 0.1)
    assert "nothing could be replayed" in tables[0].meta["notes"][0]
    assert set(tables[0].frame["looks"]) == {0}
