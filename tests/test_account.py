"""One page on one account: what it says is what the tables say, and the smallest change is the smallest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import AS_OF, ROOT, generated, tables

from saasmetrics.account import scores
from saasmetrics.account.leaving import Change, Part, score_of, smallest
from saasmetrics.account.page import FACTS, work
from saasmetrics.commands.account import page
from saasmetrics.commands.reading import reading
from saasmetrics.definitions.churn_risk import ChurnRisk
from saasmetrics.definitions.expansion import Expansion
from saasmetrics.definitions.health import Health
from saasmetrics.definitions.read import read
from saasmetrics.definitions.signals import Score
from saasmetrics.facts._replay import replayed
from saasmetrics.messages import Refused
from saasmetrics.outputs import render
from saasmetrics.tables import Asked, Table

BLOCKS = {"churn risk": ChurnRisk, "expansion": Expansion, "health": Health}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("account"))


def of(world: Path, name: str, since: date | None = None) -> dict[str, Table]:
    made, _ = page(read(world), name, since, Asked(as_of=AS_OF))
    return {table.name.removeprefix("account."): table for table in made}


def cards(world: Path) -> dict[tuple[str, str], tuple[list[Part], int, str]]:
    """Account and score → parts, score, band, of every account that has one."""
    with reading(read(world), "account", FACTS, Asked(as_of=AS_OF)) as run:
        names = [row["account"] for row in run.book.get("risk").collect().to_dicts()][:25]
        found = {(name, card.name): (scores.parts(card, run.book, name), *scores.standing(card, run.book, name)) for name in names for card in scores.CARDS}
    return {key: told for key, told in found.items() if told[1] is not None}  # type: ignore[misc]


def test_the_parts_make_the_score_that_the_tables_show(world: Path) -> None:
    found = cards(world)
    assert {score for _, score in found} == set(BLOCKS)
    for (_, name), (parts, score, _) in found.items():
        assert score_of(parts, BLOCKS[name]()) == score


def test_the_change_leaves_the_band_and_no_smaller_one_does(world: Path) -> None:
    tried = 0
    for (account, name), (parts, score, band) in cards(world).items():
        told = BLOCKS[name]()
        with_limits = {**told.bands.model_dump(), told.bands.below: 0}  # type: ignore[attr-defined]
        for to, there in ((0, lambda s, low=with_limits[band]: s < low), (1000, lambda s, high=score: s >= high + 20)):
            change = smallest(parts, told, to, there)
            least = brute(parts, told, to, there)
            assert size(change) == least, (account, name)
            if change is not None:
                turned = {part.name: part for part in change.turned}
                assert there(score_of([turned.get(part.name, part) for part in parts], told))
                tried += 1
    assert tried > 20


def size(change: Change | None) -> tuple[int, int] | None:
    return None if change is None else (len(change.turned), sum(part.points for part in change.turned))


def brute(parts: list[Part], told: Score, to: int, there) -> tuple[int, int] | None:  # type: ignore[no-untyped-def]
    """The fewest signals that do it, and the fewest points of so many, by an own count of all ways."""
    found = []
    for chosen in (chosen for count in range(len(parts) + 1) for chosen in combinations(range(len(parts)), count)):
        if all(parts[at].value not in (None, to) for at in chosen):
            turned = [Part(part.name, part.points, to) if at in chosen else part for at, part in enumerate(parts)]
            if there(score_of(turned, told)):
                found.append((len(chosen), sum(parts[at].points for at in chosen)))
    return min(found, default=None)


VALUES = st.one_of(st.none(), st.integers(0, 1000))


@given(st.lists(st.tuples(st.integers(1, 20), VALUES), min_size=1, max_size=5), st.sampled_from(["exclude", "neutral", "worst"]), st.integers(0, 100))
def test_the_smallest_is_the_smallest_whatever_the_signals(given: list[tuple[int, int | None]], missing: str, limit: int) -> None:
    parts = [Part(f"s{at}", points, value) for at, (points, value) in enumerate(given)]
    told = Health(missing=missing)  # type: ignore[arg-type]
    change = smallest(parts, told, 1000, lambda s: s >= limit)
    assert size(change) == brute(parts, told, 1000, lambda s: s >= limit)


@pytest.mark.parametrize(("weeks", "margin"), [(0, 1), (4, 5)])
def test_a_band_that_is_followed_is_left_only_beyond_the_margin(world: Path, weeks: int, margin: int) -> None:
    """Of those at medium risk, which begins at 20 points; and no smaller change does."""
    path = world.with_name(f"followed-{weeks}.yaml")
    path.write_text(world.read_text("utf-8").replace("\nhealth:", f"\nchurn_risk: {{weeks: {weeks}}}\nhealth:"), "utf-8")
    with reading(read(path), "account", FACTS, Asked(as_of=AS_OF)) as run:
        book, (card, *_) = run.book, scores.CARDS
        names = [row["account"] for row in book.get("risk").filter(pl.col("band") == "medium").collect().to_dicts()]
        assert names
        for account in names:
            *_, turned, points, _ = next(row for row in scores.exits(book, account) if (row[0], row[3]) == ("churn risk", "better"))
            least = brute(scores.parts(card, book, account), scores.block(card, book, account), 0, lambda s: s <= 20 - margin)
            assert points <= 20 - margin
            assert least and len([name for name in turned if not name.startswith("none:")]) == least[0]


def test_the_page_says_what_the_tables_say(world: Path) -> None:
    made = tables(world, ["churn_risk.accounts", "health.accounts", "expansion.accounts", "journey.accounts"])
    rows = {name: {row["account"]: row for row in table.frame.to_dicts()} for name, table in made.items()}
    for name in ("decliner-1", "expander-1", "churned-1", "silent-1"):
        told = {row["about"]: row["now"] for row in of(world, name)["profile"].frame.to_dicts()}
        for about, table in (("churn risk", "churn_risk.accounts"), ("health", "health.accounts"), ("expansion", "expansion.accounts")):
            row = rows[table][name]
            points = row["readiness" if about == "expansion" else "score"]
            assert told[about] == ("left" if row["band"] == "left" else "unknown" if points is None else f"{row['band']} ({points})")
        assert told["stage"].startswith(rows["journey.accounts"][name]["stage"])


def test_who_may_leave_is_not_called_ready_on_its_page_either(world: Path) -> None:
    eager = world.with_name("eager.yml")
    eager.write_text(world.read_text("utf-8") + "\nchurn_risk: {bands: {high: 1, medium: 0}}\nexpansion: {bands: {ready: 1, warm: 0}}\n", "utf-8")
    row = next(row for row in tables(eager, ["expansion.accounts"])["expansion.accounts"].frame.to_dicts() if row["band"] == "at risk")
    told = {line["about"]: line["now"] for line in of(eager, row["account"])["profile"].frame.to_dicts()}
    assert told["expansion"] == f"at risk ({row['readiness']})"


def test_what_it_was_then_is_what_the_run_of_that_day_says(world: Path) -> None:
    since = AS_OF - timedelta(days=28)
    then = {row["about"]: row["then"] for row in of(world, "decliner-1", since)["profile"].frame.to_dicts()}
    made, _ = page(read(world), "decliner-1", None, Asked(as_of=since))
    assert {row["about"]: row["now"] for row in made[0].frame.to_dicts()} == then


def test_an_account_created_since_was_not_there_then(world: Path) -> None:
    rows = tables(world, ["journey.accounts"])["journey.accounts"].frame.sort("created", "account").to_dicts()
    young = next(row for row in reversed(rows) if row["created"] is not None)
    profile = of(world, young["account"], young["created"] - timedelta(days=5))["profile"].frame
    assert profile["then"].null_count() == profile.height


def test_the_points_of_the_reasons_add_up(world: Path) -> None:
    made = of(world, "decliner-1")
    told = {row["about"]: row["now"] for row in made["profile"].frame.to_dicts()}
    for name in BLOCKS:
        points = made["scores"].frame.filter(made["scores"].frame["score"] == name)["points"].sum()
        assert told[name].endswith(f"({points})")


@pytest.mark.parametrize("weeks", [1, 3])
def test_what_changed_a_score_since_adds_up_to_the_change_without_remainder(world: Path, weeks: int) -> None:
    """Of every account that both days could judge."""
    changed, since = 0, AS_OF - timedelta(weeks=weeks)
    with reading(read(world), "account", FACTS, Asked(as_of=AS_OF)) as run:
        now, then = run.book, replayed(run.book, since)
        for account in [row["account"] for row in now.get("risk").collect().to_dicts()][::5]:
            rows = scores.reasons(now, then, account)
            for card in scores.CARDS:
                (after, _), (before, _) = (scores.standing(card, book, account) for book in (now, then))
                if after is not None and before is not None:
                    mine = [row for row in rows if row[0] == card.name]
                    assert sum(row[4] - row[5] for row in mine) == after - before
                    changed += after != before
    assert changed > 5


def test_the_page_begins_with_the_reason(world: Path) -> None:
    (risk, told), (mainly, why) = of(world, "decliner-1")["profile"].frame.select("about", "now").rows()[:2]
    assert (risk, mainly) == ("churn risk", "mainly") and told == "medium (35)"
    assert why.startswith("invoicing: ") and "a week before" in why


def test_work_that_falls_is_not_called_steady_alone(world: Path) -> None:
    """By the sign of churn risk: where it fired for a workflow the page says that this one falls, where it is quiet none does."""
    with reading(read(world), "account", FACTS, Asked(as_of=AS_OF)) as run:
        signs = run.book.get("risk_signals").filter(pl.col("signal") == "declining_workflow").with_columns(pl.col("account").cast(pl.String)).collect().to_dicts()
        told = {row["account"]: {name: state for name, _, _, state, *_ in work(run.book, row["account"]) if state} for row in signs}
    fired = {row["account"]: row["evidence"].partition(":")[0] for row in signs if row["state"] == "fired"}
    assert told["decliner-1"]["invoicing"] == "steady, falling" and len(fired) > 2
    assert all("falling" in told[account][workflow] for account, workflow in fired.items())
    assert not any("falling" in state for row in signs if row["state"] == "quiet" for state in told[row["account"]].values())


def test_a_list_of_accounts_names_the_command_for_one_of_them(world: Path) -> None:
    table = tables(world, ["churn_risk.accounts"])["churn_risk.accounts"]
    assert f"one account: saasmetrics account {table.frame['account'][0]}" in render([table], "table", limit=3).data.decode()
    assert f"explain churn-risk.accounts --account {table.frame['account'][0]}" in str(of(world, table.frame["account"][0])["profile"].meta["notes"])


def test_an_unknown_id_names_those_near_it(world: Path) -> None:
    with pytest.raises(Refused, match="no account 'decliner1'.*did you mean 'decliner-1'") as refused:
        of(world, "decliner1")
    assert refused.value.exit == 2
    with pytest.raises(Refused, match="did you mean 'DECLINER-1'|did you mean 'decliner-1'"):
        of(world, "DECLINER-1")


def test_the_earlier_day_is_before_t(world: Path) -> None:
    with pytest.raises(Refused, match="is not before"):
        of(world, "decliner-1", AS_OF)


@pytest.mark.parametrize("format", ["json", "md", "table"])
def test_the_command_prints_the_page(world: Path, format: str) -> None:
    command = [sys.executable, "-m", "saasmetrics", "account", "decliner-1", "-c", str(world), "-f", format, "-q", "--as-of", str(AS_OF)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}, capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
    if format == "json":
        assert json.loads(done.stdout)[0]["data"][0]["about"] == "churn risk"
    else:
        assert "churn risk" in done.stdout
        assert ("the same" in done.stdout) is (format == "table")


def test_with_events_alone_the_page_leaves_out_what_it_cannot_know(tmp_path: Path) -> None:
    text = "version: 1\ntimezone: UTC\nsources: {events: {files: e.csv}}\nworkflows: {selling: {core: true, success: sold}}\n"
    (tmp_path / "d.yaml").write_text(text, "utf-8")
    rows = [f"a,{date(2026, 1, 1) + timedelta(days=day)}T08:00:00Z,sold" for day in range(0, 70, 2)]
    (tmp_path / "e.csv").write_text("\n".join(["account_id,timestamp,event", *rows]) + "\n", "utf-8")
    made, _ = page(read(tmp_path / "d.yaml"), "a", None, Asked())
    assert {"account.profile", "account.scores", "account.work"} <= {table.name for table in made}
    assert "account.money" not in {table.name for table in made}
    assert dict(made[0].frame.select("about", "now").iter_rows())["MRR"] is None


def test_what_begins_and_ends_a_contract_is_no_module(tmp_path: Path) -> None:
    """New, reactivated and churned revenue has no driver; who pays on in another currency neither begins nor ends."""
    text = "version: 1\ntimezone: UTC\nsources: {events: {files: e.csv}, subscriptions: {files: s.csv}}\nworkflows: {selling: {core: true, success: sold}}\n"
    (tmp_path / "d.yaml").write_text(text, "utf-8")
    (tmp_path / "e.csv").write_text("account_id,timestamp,event\na,2026-01-01T08:00:00Z,sold\na,2026-12-01T08:00:00Z,sold\n", "utf-8")
    spans = ["01-05,2026-03-01,10,EUR", "05-01,2026-06-01,10,EUR", "06-01,2026-07-01,12,EUR", "07-01,2026-08-01,15,USD"]
    rows = [f"a,2026-{start},{end},{mrr},{currency},pro,2" for start, end, mrr, currency in (span.split(",") for span in spans)]
    (tmp_path / "s.csv").write_text("\n".join(["account_id,start_date,end_date,mrr,currency,plan,seats", *rows]) + "\n", "utf-8")
    made, _ = page(read(tmp_path / "d.yaml"), "a", None, Asked())
    money = next(table.frame for table in made if table.name == "account.money")
    assert money.select(pl.col("day").dt.month(), "currency", "through").rows() == [
        (1, "EUR", "new"), (3, "EUR", "churn"), (5, "EUR", "reactivation"), (6, "EUR", "price"), (7, "EUR", "currency"), (7, "USD", "currency"), (8, "USD", "churn"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["account", "backtest"])
def test_the_commands_explain_how_they_count(name: str) -> None:
    done = subprocess.run([sys.executable, "-m", "saasmetrics", "explain", name], cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"`{name}`: ")
    assert "## Covers" not in done.stdout
