"""Ways in which published tools give a wrong number about support and pain, each by its number: small worlds through the real tables."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small import Rows, Small, at

from saasmetrics.definitions.read import parse
from saasmetrics.messages import Refused
from saasmetrics.statistics import Z95, poisson

DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv}
  tickets: {files: tickets.csv}
  subscriptions: {files: subs.csv}
workflows:
  selling: {core: true, attempt: sell_clicked, success: sold}
  buying: {attempt: buy_clicked, success: bought}
  filing: {success: filed}
friction:
  help: [help_clicked, chat_opened]
  dismissed: error_closed
  refunds: refund_asked
  transactions: paid
  workflows: {buying: {help: buying_help}}
  knowledge: article_read
  topics: {billing: [billing_read, price_read]}
"""
HEADS = {
    "events": "account_id,event,timestamp,user_id",
    "accounts": "account_id,created_at",
    "tickets": "account_id,opened_at,resolved_at,reopened_at,workflow,category,blocking",
    "subs": "account_id,start_date,end_date,mrr,currency",
}


class World(Small):
    heads, chapter = HEADS, "friction"

    def events(self, *lines: str) -> World:
        """`a sold 01-05 u1 3`: account, event, day of 2026 (or a full time), user, how often; one before them all marks the export's start."""
        rows = [[*line.split(), "1"][:5] for line in ("zero seen 01-01T00:00 u0", *lines)]
        moments = [(a, event, at, user, n) for a, event, at, user, times in rows for n in range(int(times))]
        return self.write("events", *(f"{a},{event},2026-{at if 'T' in at else f'{at}T12:{n // 60:02d}'}:{n % 60:02d}Z,{user}" for a, event, at, user, n in moments))

    def tickets(self, *lines: str) -> World:
        """`a 05-01 selling bug true`: account, day of 2026, workflow, category, blocking; `-` is nothing."""
        rows = [[*line.split(), "-", "-", "-"][:5] for line in lines]
        told = [[cell.replace("-", "") if cell == "-" else cell for cell in row] for row in rows]
        return self.write("tickets", *(f"{a},2026-{day if 'T' in day else f'{day}T12:00'}:00Z,,,{work},{kind},{block}" for a, day, work, kind, block in told))

    def rows(self, room: str, as_of: str = "2026-06-01", by: tuple[str, ...] = (), **settings: Any) -> Rows:
        return super().rows(room, as_of, by, **settings)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION)


def test_trap_42_the_rate_of_all_is_not_the_mean_of_the_accounts_and_both_are_named(world: World) -> None:
    world.events("big sold 05-01 u1 900", "small sold 05-01 u2 10", "tiny sold 05-01 u3 1").tickets(*["big 05-02 selling"] * 9, "small 05-02 selling", "tiny 05-02 selling")
    row = at(world.rows("workflows"), measure="tickets", workflow="selling")
    assert (row["events"], row["base"], row["accounts"]) == (11, 911, 3)
    assert row["rate"] == pytest.approx(1100 / 911)
    assert (row["account_median"], row["account_p90"]) == (10, pytest.approx(10 + 0.8 * 90))  # the mean of 1, 10 and 100 is 37


def test_trap_40_who_asks_and_never_succeeds_is_listed_apart_and_not_dropped(world: World) -> None:
    world.events("good sold 05-01 u1 100", "bad seen 05-01 u2").tickets("good 05-02 selling", "bad 05-02 selling", "bad 05-03 selling")
    row = at(world.rows("workflows"), measure="tickets", workflow="selling")
    assert (row["rate"], row["accounts"], row["without"], row["without_events"]) == (3, 1, 1, 2)
    first = world.rows("workflow_accounts")[0]
    assert (first["account"], first["rate"], first["without"], first["events"]) == ("bad", None, True, 2)
    assert [row["state"] for row in world.rows("accounts")[:1]] == ["fruitless"]


def test_trap_04_an_issue_of_yesterday_has_not_stayed_away(world: World) -> None:
    world.events("a sold 05-01 u1", "b seen 05-01 u2").tickets("a 05-10 selling bug", "a 05-24 selling bug", "a 05-30 selling bug", "b 05-24 selling bug")
    row = at(world.rows("issues", repeat_days=14), kind="category", category="bug")
    assert (row["tickets"], row["judged"], row["repeated"], row["immature"], row["repeat_rate"]) == (4, 1, 1, 3, 1)


def test_trap_05_troubles_still_open_are_in_the_median(world: World) -> None:
    quick = [f"a,2026-05-0{n}T00:00:00Z,2026-05-0{n}T05:00:00Z,,selling,bug,true" for n in range(1, 4)]
    world.events("a sold 05-01 u1").write("tickets", *quick, *(f"a,2026-05-0{n}T00:00:00Z,,,selling,bug,true" for n in range(1, 5)))
    row = at(world.rows("resolution"), blocking="blocking", kind="all")
    assert (row["resolved"], row["open"], row["median_hours"], row["oldest_days"]) == (3, 4, None, 31)


@pytest.mark.parametrize(("begun", "told"), [("zero,seen,2026-05-01T00:00Z,u0", 1), (None, 2)])
def test_tickets_from_before_the_export_have_no_work_beside_them_and_count_where_no_export_begins(world: World, begun: str | None, told: int) -> None:
    world.write("accounts", "a,2026-01-01").write("events", *([begun] if begun else [])).tickets("a 04-30 selling", "a 05-02 selling")
    for room in ("workflows", "workflow_accounts"):
        assert at(world.rows(room), measure="tickets", workflow="selling")["events"] == told
    assert at(world.rows("accounts"), account="a")["tickets"] == told


@pytest.mark.parametrize(
    ("resolved", "reopened", "as_of", "told"),
    [
        ("05-02", "", "2026-06-01", (1, 0, 24)),
        ("05-09", "05-03", "2026-06-01", (1, 1, 192)),  # solved, opened again, solved for good
        ("05-02", "05-03", "2026-06-01", (0, 1, None)),  # opened again and still open
        ("05-02", "05-03", "2026-05-03", (1, 0, 24)),  # not yet opened again
        ("05-09", "05-03", "2026-05-05", (0, 1, None)),
    ],
)
def test_opening_again_extends(world: World, resolved: str, reopened: str, as_of: str, told: tuple[Any, ...]) -> None:
    times = [f"2026-{day}T00:00:00Z" if day else "" for day in ("05-01", resolved, reopened)]
    row = at(world.events("a sold 04-01 u1").write("tickets", f"a,{','.join(times)},selling,bug,true").rows("resolution", as_of), kind="all")
    assert (row["resolved"], row["reopened"], row["median_hours"]) == told


def test_tickets_at_an_earlier_time_are_those_of_that_time(world: World) -> None:
    world.events("a sold 05-01 u1").tickets("a 05-10 selling bug true", "a 05-20 selling bug true")
    assert at(world.rows("accounts", "2026-05-15"), account="a")["waiting"] == 1
    assert at(world.rows("accounts", "2026-05-25"), account="a")["waiting"] == 2


@pytest.mark.parametrize(("asked", "waiting"), [(["-"], None), (["-", "true"], 1), (["-", "false"], None), (["false"], 0)])
def test_a_ticket_that_does_not_say_whether_it_blocks_may_block(world: World, asked: list[str], waiting: int | None) -> None:
    world.events("a sold 05-01 u1").tickets(*(f"a 05-{10 + n} selling bug {said}" for n, said in enumerate(asked)))
    row = at(world.rows("accounts", "2026-05-25"), account="a")
    assert (row["waiting"], row["state"] == "blocked") == (waiting, waiting == 1)


def test_a_click_counts_for_what_the_same_person_attempted_that_day(world: World) -> None:
    world.events("a sell_clicked 05-01 u1 4", "a buy_clicked 05-01 u1 4", "a help_clicked 05-01 u1 2", "a chat_opened 05-01 u1", "a help_clicked 05-01 u2", "a help_clicked 05-02 u1",
                 "a buying_help 05-09 u9", "a error_closed 05-01 u1")  # fmt: skip
    told = {(row["measure"], row["workflow"]): (row["events"], row["base"], row["rate"]) for row in world.rows("workflows")}
    assert told["help", "selling"] == (3, 4, 75)
    assert told["help", "buying"] == (1, 4, 25)  # its own rule, whoever and whenever
    assert told["help", None] == (2, None, None)
    assert told["dismissed", "selling"] == told["dismissed", "buying"] == (1, 4, 25)
    assert ("help", "filing") not in told  # has no attempt
    account = at(world.rows("accounts"), account="a")
    assert (account["help"], account["dismissed"]) == (6, 2)


def test_refunds_are_counted_against_what_is_declared(world: World) -> None:
    world.events("a paid 05-01 u1 50", "a refund_asked 05-02 u1", "a sold 05-02 u1 20", "a bought 05-02 u1 7")
    assert at(world.rows("workflows"), measure="refunds")["rate"] == 20
    world.define(DEFINITION.replace("  transactions: paid\n", ""))
    row = at(world.rows("workflows"), measure="refunds")
    assert (row["rate"], row["base"], row["per"], row["workflow"]) == (50, 20, "1000 successes", None)  # of the core workflows
    world.define(DEFINITION.replace("{buying: {help: buying_help}}", "{buying: {help: buying_help, refunds: refund_asked}}").replace("  refunds: refund_asked\n", ""))
    row = at(world.rows("workflows"), measure="refunds")
    assert (row["events"], row["base"], row["workflow"]) == (1, 7, "buying")


def test_days_before_the_export_have_no_successes_and_so_no_tickets(world: World) -> None:
    world.write("accounts", "a,2025-01-01").write("tickets", "a,2025-12-31T12:00:00Z,,,selling,bug,").events("a sold 01-02 u1")
    row = at(world.rows("workflows", "2026-01-10"), measure="tickets", workflow="selling")
    assert (row["events"], row["base"]) == (0, 1)
    assert (row["rate_before"], world.rows("accounts", "2026-01-10")[0]["before"]) == (None, None)


def test_a_window_that_the_export_covers_is_compared(world: World) -> None:
    world.events("a sold 01-20 u1 10", "a sold 05-20 u1 10").tickets("a 01-25 selling", "a 05-25 selling", "a 05-25 selling")
    assert {key: at(world.rows("workflows", friction_days=60), measure="tickets", workflow="selling")[key] for key in ("rate", "rate_before")} == {"rate": 20, "rate_before": None}
    row = at(world.rows("workflows", "2026-05-26", friction_days=70), measure="tickets", workflow="selling")
    assert (row["rate"], row["rate_before"]) == (20, 10)


SESSIONS = ["a article_read 05-01T10:00 u1", "a article_read 05-01T10:29 u2", "a article_read 05-01T11:00 u1"]


def test_reading_is_one_session_until_a_gap(world: World) -> None:
    row = at(world.events("a sold 04-01 u1", *SESSIONS).rows("self_serve"), kind="all")
    assert (row["sessions"], row["solved"], row["worked"]) == (2, 2, 0)


@pytest.mark.parametrize(
    ("event", "ticket", "solved"),
    [
        ("billing_read", "a 05-08 - billing", 0), ("billing_read", "a 05-09 - billing", 1), ("billing_read", "a 05-03 - bug", 1),
        ("billing_read", "a 05-03", 0), ("article_read", "a 05-03 - bug", 0), ("article_read", "b 05-03 - bug", 1),
        ("price_read", "a 05-01T09:59 - billing", 1), ("price_read", "a 05-01T10:00 - billing", 0),
    ],
)  # fmt: skip
def test_a_session_solved_it_if_nobody_of_the_account_asks_about_it_in_time(world: World, event: str, ticket: str, solved: int) -> None:
    world.events(f"a {event} 05-01T10:00 u1", "b seen 05-01 u2").tickets(ticket)
    row = at(world.rows("self_serve", solved_days=7), kind="all")
    assert (row["sessions"], row["solved"]) == (1, solved)


@pytest.mark.parametrize(("success", "worked"), [("05-01T09:59", 0), ("05-01T10:00", 1), ("05-08T23:59", 1), ("05-09T00:00", 0)])
def test_work_after_a_session_counts_until_its_days_are_over(world: World, success: str, worked: int) -> None:
    world.events("a billing_read 05-01T10:00 u1", f"a sold {success} u1", "a filed 05-02 u1")
    assert at(world.rows("self_serve", solved_days=7), kind="all")["worked"] == worked


def test_trap_04_a_session_of_yesterday_has_solved_nothing_yet(world: World) -> None:
    world.events("a billing_read 05-24T10:00 u1", "a billing_read 05-23T10:00 u1")
    row = at(world.rows("self_serve", solved_days=7), kind="all")
    assert (row["sessions"], row["immature"]) == (1, 1)


def test_what_is_not_declared_is_not_none(world: World) -> None:
    plain = DEFINITION.split("friction:")[0]
    rows = world.define(plain).events("a sold 05-01 u1").rows("workflows")
    assert {row["measure"]: row["status"] for row in rows if row["workflow"] is None and row["measure"] != "tickets"} == {
        "refunds": "needs friction.refunds", "help": "needs friction.help", "dismissed": "needs friction.dismissed",
    }  # fmt: skip
    assert world.rows("self_serve")[0]["status"] == "needs friction.knowledge"
    told = at(world.rows("accounts"), account="a")
    assert [told[name] for name in ("help", "dismissed", "refunds", "read")] == [None] * 4
    world.define(plain.replace("  tickets: {files: tickets.csv}\n", ""))
    assert at(world.rows("accounts"), account="a")["state"] == "unknown"
    with pytest.raises(Refused, match=r"friction.issues needs `sources.tickets:`"):
        world.rows("issues")


def test_friction_of_a_workflow_that_is_not_declared_is_refused() -> None:
    wrong = DEFINITION.replace("{buying: {help", "{byuing: {help")
    with pytest.raises(Refused, match="there is no workflow 'byuing' — did you mean 'buying'"):
        parse(wrong.encode(), Path("d.yaml"))


@pytest.mark.parametrize("k", [1, 3, 10, 100, 5000])
def test_the_score_interval_of_counts_ends_where_the_score_is_just_not_significant(k: int) -> None:
    low, high = pl.select(*_bounds(k, 7, 100)).row(0)
    for end in (low, high):
        mean = end * 7 / 100
        assert (k - mean) ** 2 == pytest.approx(Z95**2 * mean)
    assert low < 100 * k / 7 < high


def test_the_score_interval_of_counts_at_its_edges() -> None:
    assert pl.select(*_bounds(0, 2, 1)).row(0) == (0, pytest.approx(Z95**2 / 2))
    assert pl.select(*_bounds(5, 0, 1)).row(0) == (None, None)
    assert pl.select(*_bounds(10, 1, 1)).row(0) == (pytest.approx(5.4320, abs=1e-4), pytest.approx(18.4094, abs=1e-4))


@pytest.mark.parametrize("mean", [2.0, 5.5, 12.0, 40.0])
def test_the_score_interval_of_counts_holds_the_truth_in_95_of_100_cases(mean: float) -> None:
    counts = pl.DataFrame({"k": range(400)}).with_columns(pl.lit(1).alias("n"))
    low, high = poisson(pl.col("k"), pl.col("n"), pl.lit(1))
    held = counts.select("k", inside=(low <= mean) & (mean <= high)).filter("inside")["k"]
    assert 0.93 < sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in held) < 0.98


def _bounds(k: int, n: int, per: int) -> list[pl.Expr]:
    low, high = poisson(pl.lit(k), pl.lit(n), pl.lit(per))
    return [low.alias("low"), high.alias("high")]
