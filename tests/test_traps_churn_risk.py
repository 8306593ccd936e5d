"""Ways in which published tools give a wrong number about who left and why, each by its number: small worlds through the real tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small import Small, at

from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.read import parse
from saasmetrics.facts.scores._score import percent
from saasmetrics.messages import Refused

DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv}
  users: {files: users.csv, columns: {deactivated: deactivated_at}}
  subscriptions: {files: subs.csv, columns: {cancelled: cancelled_at}}
roles: {admin: owner}
workflows: {selling: {core: true, success: sold}}
activation: {within: 14d, steps: {sale: {kind: workflow, rule: sold}}}
churn_risk: {payment_failed: [card_refused, debit_returned]}
"""
HEADS = {
    "events": "account_id,event,timestamp,user_id", "accounts": "account_id,created_at",
    "users": "account_id,user_id,role,invited_at,joined_at,deactivated_at", "subs": "account_id,start_date,end_date,mrr,currency,cancelled_at",
}  # fmt: skip


class World(Small):
    heads, chapter = HEADS, "churn_risk"

    def events(self, *lines: str) -> World:
        return self.write("events", *(f"{a},{event},2026-{day}T12:00:00Z,u1" for a, event, day in (line.split() for line in ("zero seen 01-01", *lines))))

    def row(self, account: str = "a", as_of: str = "2026-06-01", **settings: Any) -> dict[str, Any]:
        return at(self.rows("churned", as_of, **settings), account=account)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION).write("accounts", "a,2026-01-01").write("subs", "a,2026-01-01,2026-05-01,80,EUR")


def test_trap_17_who_left_did_so_on_the_first_day_without_the_money_and_not_before(world: World) -> None:
    world.events("a sold 04-20")
    assert (world.row()["kind"], world.row()["day"]) == ("left", date(2026, 5, 1))
    assert world.row(as_of="2026-05-01")["kind"] == "stays"
    assert world.row(as_of="2026-05-02")["kind"] == "left"


def test_trap_20_an_end_in_the_future_is_no_departure(world: World) -> None:
    world.events("a sold 04-20").write("subs", "a,2026-01-01,2026-07-01,80,EUR,2026-05-01")
    assert (world.row()["kind"], world.row()["day"]) == ("stays", None)


@pytest.mark.parametrize(("as_of", "told"), [("2026-05-20", "unknown"), ("2026-05-21", "voluntary")])
def test_a_cancellation_that_is_booked_later_is_not_known_before(world: World, as_of: str, told: str) -> None:
    row = world.write("subs", "a,2026-01-01,2026-05-01,80,EUR,2026-05-20").events("a sold 04-20").row(as_of=as_of)
    assert (row["choice"], row["cancelled"]) == (told, told == "voluntary")


@pytest.mark.parametrize(
    ("subs", "events", "told"),
    [
        ("", ["a sold 04-20"], ("other", "unknown")),
        ("", ["a sold 04-02"], ("abandoned", "unknown")),
        ("", [], ("weak activation", "unknown")),
        ("", ["a card_refused 04-28", "a sold 04-20"], ("payment", "involuntary")),
        ("", ["a debit_returned 05-01", "a sold 04-20"], ("payment", "involuntary")),
        ("", ["a card_refused 04-16", "a sold 04-20"], ("other", "unknown")),
        ("2026-04-25", ["a card_refused 04-28", "a sold 04-20"], ("other", "voluntary")),
    ],
)
def test_what_had_gone_before(world: World, subs: str, events: list[str], told: tuple[str, str]) -> None:
    row = world.write("subs", f"a,2026-01-01,2026-05-01,80,EUR,{subs}").events(*events).row()
    assert (row["reason"], row["choice"]) == told


def test_trap_07_an_account_older_than_the_export_was_not_seen_to_fail_its_start(world: World) -> None:
    row = world.write("accounts", "a,2020-01-01").events().row()
    assert (row["activated"], row["reason"]) == (None, "abandoned")


@pytest.mark.parametrize(("joined", "left", "told"), [("2026-04-01", "", "ownership change"), ("2026-02-01", "", "other"), ("2026-02-01", "2026-04-15", "ownership change"), ("2026-05-02", "", "other")])
def test_a_new_owner_before_a_large_downgrade(world: World, joined: str, left: str, told: str) -> None:
    day = "T12:00:00Z"
    world.write("users", f"a,u1,owner,,2026-01-02{day}", f"a,u2,owner,,{joined}{day},{left + day if left else ''}", f"a,u3,clerk,,2026-04-20{day}")
    world.write("subs", "a,2026-01-01,2026-05-01,80,EUR", "a,2026-05-01,,40,EUR").events("a sold 04-20")
    row = world.row()
    assert (row["kind"], row["lost_share"], row["reason"]) == ("shrank", 0.5, told)
    assert world.row(big_drop=0.6)["reason"] == "other"


def test_what_counts_as_a_failed_payment_is_part_of_the_meaning() -> None:
    told = {text: fingerprint(parse(DEFINITION.replace("[card_refused, debit_returned]", text).encode(), Path("d.yaml")).definition)
            for text in ("[card_refused, debit_returned]", "[debit_returned, card_refused]", "card_refused")}  # fmt: skip
    assert len(set(told.values())) == 2 and told["card_refused"] not in [*told.values()][:2]


def test_who_pays_and_has_been_silent_for_long_is_still_in_decline_and_who_does_not_pay_is_not(world: World) -> None:
    """Silence that goes on is no base to fall from: without that the most endangered account would score nothing for its work."""
    days = [f"{day} {f'{month:02d}-{of:02d}'}" for day in ("a sold", "free sold") for month in (1, 2) for of in range(1, 28, 2)]
    world.write("accounts", "a,2026-01-01", "free,2026-01-01").write("subs", "a,2026-01-01,,80,EUR").events(*days)
    found = {row["account"]: row for row in world.rows("accounts", "2026-06-01")}
    assert "declining_workflow" in str(found["a"]["contributions"])
    assert "selling: 0 and 0 in the last 2 complete weeks, 3.3 a week before (−100 %)" in found["a"]["evidence"]
    assert "declining_workflow" not in str(found["free"]["contributions"])


def test_who_pays_and_was_never_seen_is_judged_by_that_alone(world: World) -> None:
    """No other sign can see who never did anything; 27 days prove nothing, nor do days before the export or before the first payment."""
    starts = {"before": "2025-06-01", "long": "2026-05-04", "late": "2026-05-05", "over": "2025-06-01,2026-05-01", "listed": "2026-01-01", "seen": "2026-01-01"}
    subs = [f"{name},{start}{',' * (start.count(',') < 1)},80,EUR" for name, start in starts.items()]
    world.write("subs", *subs, "free,2026-01-01,,0,EUR").write("accounts", "listed,2026-01-01").events("seen opened 01-02")
    found = {row["account"]: row for row in world.rows("accounts", "2026-06-01")}
    assert {name for name, row in found.items() if "never_seen" in str(row["contributions"])} == {"before", "long", "listed"}
    assert (found["before"]["band"], found["before"]["score"], found["before"]["coverage"], found["before"]["contributions"]) == ("high", 60, 1, ["60 never_seen"])
    assert found["before"]["evidence"] == "pays since 2025-06-01; not one event in the 151 days since then that the export holds"
    assert (found["late"]["band"], found["over"]["band"], found["free"]["band"]) == ("unknown", "left", "unknown")
    sign = at(world.rows("signals", "2026-06-01"), signal="never_seen")
    assert (sign["judged"], sign["fired"], sign["ident"], sign["mrr"]) == (5, 3, None, 240)


def test_the_sign_of_who_was_never_seen_may_be_left_out_and_is_none_without_subscriptions(world: World) -> None:
    world.write("subs", "a,2026-01-01,,80,EUR").events()
    for more in (("churn_risk: {", "churn_risk: {signals: {never_seen: {points: 0}}, "), ("  subscriptions: {files: subs.csv, columns: {cancelled: cancelled_at}}\n", "")):
        world.define(DEFINITION.replace(*more))
        assert "never_seen" not in str(world.rows("accounts", "2026-06-01") + world.rows("signals", "2026-06-01"))


@pytest.mark.parametrize(("renews", "told"), [("2026-06-20", "unknown"), ("2026-12-20", "quiet")])
def test_a_fall_that_is_unknown_is_none_before_a_renewal_either(world: World, renews: str, told: str) -> None:
    """Of an account younger than 56 days nobody knows whether it declines; a renewal that is far off is none to fear, whatever it does."""
    days = [f"a sold {month:02d}-{day:02d}" for month, first, last in ((4, 20, 31), (5, 1, 16)) for day in range(first, last)]
    world.write("accounts", "a,2026-04-18").file("subs.csv", HEADS["subs"] + ",renewal_date", f"a,2026-04-18,,80,EUR,,{renews}").events(*days)
    found = at(world.rows("accounts", "2026-06-01"), account="a")
    signs = {row["signal"]: row for row in world.rows("signals", "2026-06-01")}
    assert "declines" not in str(found["evidence"])
    assert signs["declining_workflow"]["judged"] == 0
    assert signs["usage_down_before_renewal"]["judged"] == (told == "quiet")


def test_sentences_of_one_day_and_one_week(world: World) -> None:
    short = "signals: {declining_workflow: {periods: 1, drop: 0.1}, weak_onboarding: {share: 1}, never_seen: {days: 1}, no_admin_activity: {days: 0}}"
    world.define(DEFINITION.replace("within: 14d", "within: 1d").replace("churn_risk: {", f"churn_risk: {{{short}, ").replace("steps: {", "steps: {opened: {rule: opened}, "))
    work = [f"b sold {month:02d}-{day:02d}" for month in (3, 4) for day in range(1, 31) for _ in range(9)] + ["b sold 05-26", "c opened 05-30", "d opened 01-02"]
    world.write("accounts", "a,2026-01-01", "b,2026-01-01", "c,2026-05-31").write("subs", "paid,2026-05-31,,80,EUR", "b,2026-01-01,,80,EUR").write("users", "b,u1,owner")
    world.events(*work)
    told = {row["account"]: str(row["evidence"]).split("; ") for row in world.rows("accounts", "2026-06-01")}
    assert told["paid"] == ["pays since 2026-05-31", "not one event in the 1 day since then that the export holds"]
    assert "1 of 2 activation steps done after 1 day" in told["c"]
    assert any("selling: 0 in the last complete week, " in text for text in told["b"])


def test_nearly_all_is_not_all_and_hardly_any_is_not_none() -> None:
    told = pl.select(percent(pl.Series([0.0, 0.001, 0.575, 0.995, 1.0, -0.004, -0.996, -1.0, 1.996]))).to_series().to_list()
    assert told == ["+0 %", "+1 %", "+58 %", "+99 %", "+100 %", "−1 %", "−99 %", "−100 %", "+200 %"]


@pytest.mark.parametrize("sign", ["declining_workflow: {min_base", "less_high_value_use: {min_base", "longer_gaps: {min_gaps"])
def test_a_fall_from_nothing_is_none(sign: str) -> None:
    """0 was allowed: then 0 of 0 was a share of its own, and who never used a feature used it less."""
    written = [DEFINITION.replace("churn_risk: {", f"churn_risk: {{signals: {{{sign}: {least}}}}}, ").encode() for least in (0, 1)]
    with pytest.raises(Refused, match="0 is too small; at least 1"):
        parse(written[0], Path("d.yaml"))
    parse(written[1], Path("d.yaml"))
