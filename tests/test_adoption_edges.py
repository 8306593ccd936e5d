"""What lies exactly on an edge: the last moment of a window belongs to it, and one moment later does not."""

from __future__ import annotations

from typing import Any

import pytest

from examples import computed, fact
from saasmetrics import catalog
from saasmetrics.facts.adoption.deepest import deepest as deep

NAMES = {1: "basic", 2: "deep"}
LADDER = "workflow  level  tier\nw         1      basic\nw         2      deep\n"
Row = dict[str, Any]


def rows(key: str, settings: dict[str, Any], **tables: str) -> list[Row]:
    return computed(catalog.rooms()[key], {name: fact(name, text) for name, text in tables.items()}, settings).to_dicts()


def accounts(created: str, truncated: str = "false") -> str:
    return f"account  created_at        created_day  left_truncated  listed  observed_from\na        {created}  {created[:10]}   {truncated}           true    2020-01-01\n"


def tiers(*reached: tuple[int, str], last: str = "2026-05-20") -> str:
    head = "account  workflow  level  tier   reached_at        last_day\n"
    return head + "".join(f"a        w         {level}      {NAMES[level]:5}  {at}  {last}\n" for level, at in reached)


def deepest(since: str, last: str = "2026-05-20", tier: str = "basic", next: str = "deep") -> dict[str, str]:
    """What `stalls` is told of the deepest tier, and that there are no tickets."""
    head = "account  workflow  tier   level  reached_at        last_day    next  climbs\n"
    told = f"{head}a        w         {tier:5}  {3 if tier == 'full' else 1}      {since}  {last}  {next:4}  {str(next != '·').lower()}\n"
    return {"deepest": told, "tickets": "account  workflow  opened_day\n", "tickets_known": "ticketed\nfalse\n"}


@pytest.mark.parametrize(
    ("truncated", "reached", "told"),
    [("false", (1,), ("basic", "deep", True)), ("true ", (1,), ("basic", "deep", False)), ("false", (2, 1), ("deep", None, False))],
)
def test_only_who_was_seen_from_the_start_and_has_a_tier_above_can_stall(truncated: str, reached: tuple[int, ...], told: tuple[object, ...]) -> None:
    tables = {"tiers": tiers(*((level, "2026-01-05 00:00") for level in reached)), "ladder": LADDER, "accounts": accounts("2026-01-01 00:00", truncated)}
    row = deep(*(fact(name, text) for name, text in tables.items())).collect().row(0, named=True)
    assert (row["tier"], row["next"], row["climbs"]) == told


@pytest.mark.parametrize(("last", "held"), [("2026-03-03", "basic"), ("2026-03-02", None)])
def test_a_tier_is_held_for_the_whole_of_its_window(last: str, held: str | None) -> None:
    told = "account  kind      name  entitled\na        workflow  w     true\n"
    (row,) = rows("adoption.accounts", {"as_of": "2026-06-01"}, accounts=accounts("2026-01-01 00:00"), ladder=LADDER, tiers=tiers((1, "2026-01-05 00:00"), last=last), entitlements=told)
    assert (row["held"], row["workflows_held"], row["workflows_ever"]) == (held, 1 if held else 0, 1)
    told = rows("adoption.tiers", {"as_of": "2026-06-01"}, accounts=accounts("2026-01-01 00:00"), ladder=LADDER, tiers=tiers((1, "2026-01-05 00:00"), last=last))
    assert told[0]["held"] == row["workflows_held"]


@pytest.mark.parametrize(("begins", "held"), [("2026-03-03", 1), ("2026-03-04", None)])
def test_what_older_accounts_hold_takes_an_export_of_the_whole_window(begins: str, held: int | None) -> None:
    told = accounts("2026-01-01 00:00", "true ").replace("2020-01-01", begins)
    row, _ = rows("adoption.tiers", {"as_of": "2026-06-01"}, accounts=told, ladder=LADDER, tiers=tiers((1, "2026-03-05 00:00")))
    assert row["held"] == held


@pytest.mark.parametrize(
    ("since", "moved", "counts"),
    [
        ("2026-05-02 00:00", "2026-06-01 00:00", (1, 0, 1, "provisional")),  # 30 days before T, and 30 days long; T itself is not counted, but nobody moves at T
        ("2026-05-02 00:01", "2026-05-03 00:00", (0, 1, 0, "insufficient")),
        ("2026-05-01 00:00", "2026-05-31 00:00", (1, 0, 1, "final")),  # over one day before T, as late_after asks
        ("2026-05-01 00:01", "2026-05-31 00:02", (1, 0, 0, "provisional")),
        ("2026-04-30 00:00", "2026-05-30 00:00", (1, 0, 1, "final")),
        ("2026-04-30 00:00", "2026-05-30 00:01", (1, 0, 0, "final")),
    ],
)
def test_from_tier_to_tier_within_exactly_so_long(since: str, moved: str, counts: tuple[Any, ...]) -> None:
    settings = {"as_of": "2026-06-01", "within_days": 30, "min_base": 1}
    tables = {"accounts": accounts("2026-01-01 00:00"), "ladder": LADDER, "tiers": tiers((1, since), (2, moved))}
    row = rows("adoption.tier_times", settings, **tables)[1]
    assert (row["eligible"], row["immature"], row["in_time"], row["status"]) == counts
    two = tiers((1, since)) + f"a        x         1      basic  {moved}  2026-05-20\n"
    (second,) = rows("adoption.module_times", settings, accounts=accounts("2026-01-01 00:00"), ladder=LADDER + "x         1      basic\n", tiers=two)
    assert (second["eligible"], second["immature"], second["in_time"], second["status"]) == counts
    (month,) = (r for r in rows("adoption.tier_cohorts", {"as_of": "2026-06-01", "within_days": 30}, **tables | {"accounts": accounts(since)}) if r["cohort"] != "all" and r["level"] == 2)
    assert (month["eligible"], month["immature"], month["reached"]) == counts[:3]
    assert month["status"] == {"insufficient": "censored"}.get(counts[3], counts[3])


@pytest.mark.parametrize(("since", "stalled"), [("2026-04-02 00:00", 1), ("2026-04-02 00:01", 0)])
def test_sixty_days_of_waiting_are_a_stall(since: str, stalled: int) -> None:
    tables = {"accounts": accounts("2026-01-01 00:00"), "ladder": LADDER, "tiers": tiers((1, since))}
    assert rows("adoption.tier_times", {"as_of": "2026-06-01"}, **tables)[1]["stalled"] == stalled
    more = {
        "workflow_rules": "workflow  rule  name  level  attempt  failure\nw         0     do    1      false    false\n", "rule_days": "account  rule  last_day\na        0     2026-05-20\n",
        "outcomes": "account  workflow  day  attempts  failures\n", "contract_state": "account  mrr  currency  ended_day\n",
        **deepest(since),
    }  # fmt: skip
    assert len(rows("adoption.stalls", {"as_of": "2026-06-01"}, **tables, **more)) == stalled


@pytest.mark.parametrize(("day", "failures"), [("2026-04-23", 1), ("2026-04-22", 0), ("2026-05-20", 1), ("2026-05-21", 0)])
def test_failures_count_from_28_days_before_the_last_step_on(day: str, failures: int) -> None:
    """The last step's own day is the last of the 28."""
    tables = {
        "accounts": accounts("2026-01-01 00:00"), "ladder": LADDER, "tiers": tiers((1, "2026-01-05 00:00")),
        "workflow_rules": "workflow  rule  name  level  attempt  failure\nw         0     do    1      false    false\nw         1     fail  ·      false    true\n",
        "rule_days": "account  rule  last_day\na        0     2026-05-20\n",
        "outcomes": f"account  workflow  day         attempts  failures\na        w         {day}  1         1\n", "contract_state": "account  mrr  currency  ended_day\n",
        **deepest("2026-01-05 00:00"),
    }  # fmt: skip
    (row,) = rows("adoption.stalls", {"as_of": "2026-06-01"}, **tables)
    assert (row["failures"], row["attempts"]) == (failures, None)


@pytest.mark.parametrize(("level", "last"), [("·", "done"), (1, "photo"), (2, "photo"), (3, "done")])
def test_on_one_day_a_success_that_no_tier_asks_for_is_the_last_step(level: object, last: str) -> None:
    """Where a tier asks for it, deeper steps come after it; an attempt comes last, whatever its name."""
    tables = {
        "accounts": accounts("2026-01-01 00:00"), "ladder": LADDER, "tiers": tiers((1, "2026-01-05 00:00")),
        "workflow_rules": f"workflow  rule  name   level    attempt  failure\nw         0     photo  2        false    false\nw         1     done   {level}        false    false\nw         2     start  ·        true     false\n",
        "rule_days": "account  rule  last_day\na        0     2026-05-20\na        1     2026-05-20\na        2     2026-05-20\n",
        "outcomes": "account  workflow  day  attempts  failures\n", "contract_state": "account  mrr  currency  ended_day\n",
        **deepest("2026-01-05 00:00"),
    }  # fmt: skip
    (row,) = rows("adoption.stalls", {"as_of": "2026-06-01"}, **tables)
    assert row["last_step"] == last


@pytest.mark.parametrize(("used", "ran_out"), [("2026-03-03", False), ("2026-03-02", True)])
def test_a_step_not_done_lately_is_missing(used: str, ran_out: bool) -> None:
    tables = {
        "accounts": accounts("2026-01-01 00:00"), "ladder": LADDER, "tiers": tiers((1, "2026-01-05 00:00"), last="2026-02-01"),
        "workflow_rules": "workflow  rule  name   level  attempt  failure\nw         0     early  1      false    false\nw         1     other  1      false    false\nw         2     deep   2      false    false\n",
        "rule_days": f"account  rule  last_day\na        0     2026-02-01\na        1     {used}\na        2     2026-02-01\n",
        "outcomes": "account  workflow  day  attempts  failures\n", "contract_state": "account  mrr  currency  ended_day\n",
        **deepest("2026-01-05 00:00", "2026-02-01"),
    }  # fmt: skip
    (row,) = rows("adoption.stalls", {"as_of": "2026-06-01"}, **tables)
    assert (row["state"], row["missing"]) == ("fallen", "early, other" if ran_out else "early")


@pytest.mark.parametrize(
    ("created", "day", "n", "told"),
    [
        ("2026-05-02 00:00", "2026-05-31", 2, (1, 1, 0, 1)),  # exactly 30 days old
        ("2026-05-02 00:01", "2026-05-31", 2, (0, 0, 1, 0)),
        ("2026-01-01 00:00", "2026-03-03", 2, (1, 1, 0, 1)),  # the first of the 90 days
        ("2026-01-01 00:00", "2026-03-02", 2, (1, 0, 0, 1)),
        ("2026-01-01 00:00", "2026-03-03", 1, (1, 0, 0, 1)),  # two uses are asked for
    ],
)
def test_a_feature_is_used_so_often_in_so_many_days(created: str, day: str, n: int, told: tuple[int, ...]) -> None:
    tables = {
        "accounts": accounts(created), "features": "feature  high_value  premium\nf        true        true\n", "entitlements": "account  kind     name  entitled\na        feature  f     true\n",
        "feature_days": f"account  feature  day         n\na        f        {day}  {n}\n",
    }  # fmt: skip
    (row,) = rows("adoption.features", {"as_of": "2026-06-01", "min_uses": 2, "min_base": 1}, **tables)
    assert (row["eligible"], row["used"], row["immature"], row["ever"]) == told
    assert row["status"] == ("current" if told[0] else "insufficient")
    listed = rows("adoption.feature_accounts", {"as_of": "2026-06-01"}, **tables, account_plans="account  plan\na        team\n", contract_state="account  mrr  currency  ended_day\n")
    assert [(r["used"], r["unused"], r["premium"]) for r in listed] == ([(1, 0, 1) if day >= "2026-03-03" else (0, 1, 1)] if told[0] else [])


@pytest.mark.parametrize(("day", "periods"), [("2026-02-28", 0), ("2026-03-01", 1), ("2026-05-31", 1), ("2026-06-01", 0)])
def test_depth_is_of_the_last_three_complete_months(day: str, periods: int) -> None:
    tables = {
        "accounts": accounts("2026-01-01 00:00"), "features": "feature  high_value  premium\nf        true        true\n", "entitlements": "account  kind     name  entitled\na        feature  f     true\n",
        "feature_days": f"account  feature  day         n\na        f        {day}  3\n",
    }  # fmt: skip
    (row,) = rows("adoption.features", {"as_of": "2026-06-03"}, **tables)
    assert (row["account_periods"], row["p50"]) == (periods, 3 if periods else None)


@pytest.mark.parametrize(
    ("created", "value", "told"),
    [("2026-05-02 00:00", 1, (1, 0, 1, 0, 0)), ("2026-05-02 00:01", 1, None), ("2026-01-01 00:00", 4, (1, 0, 0, 1, 0)), ("2026-01-01 00:00", 5, (1, 0, 0, 0, 1)),
     ("2026-01-01 00:00", 2, (1, 0, 0, 1, 0)), ("2026-01-01 00:00", 0, (1, 1, 0, 0, 0))],
)  # fmt: skip
def test_the_classes_of_breadth_meet_without_gap(created: str, value: int, told: tuple[int, ...] | None) -> None:
    breadth = f"account  users  roles  teams  workflows  successes\na        {value}      1      1      1          1\n"
    found = rows("adoption.breadth", {"as_of": "2026-06-01"}, accounts=accounts(created), breadth=breadth, contract_state="account  ended_day\n")
    assert [tuple(row[name] for name in ("accounts", "none", "one", "few", "many")) for row in found[:1]] == ([told] if told else [])


def invitation(invited: str, active: str = "·               ", left: str = "·") -> str:
    return f"account  user  invited_at        invited_day  active_at         known  left_at\na        u     {invited}  {invited[:10]}   {active}  true   {left}\n"


@pytest.mark.parametrize(
    ("invited", "active", "told"),
    [
        ("2026-05-02 00:00", "2026-06-01 00:00", (1, 0, 1, "provisional")),
        ("2026-05-02 00:01", "2026-05-03 00:00", (0, 1, 0, "censored")),
        ("2026-05-01 00:00", "2026-05-31 00:00", (1, 0, 1, "final")),
        ("2026-05-01 00:01", "2026-05-31 00:02", (1, 0, 0, "provisional")),
    ],
)
def test_invited_people_have_exactly_thirty_days(invited: str, active: str, told: tuple[Any, ...]) -> None:
    tables = {"accounts": accounts("2026-01-01 00:00"), "invitations": invitation(invited, active)}
    row = next(r for r in rows("adoption.invites", {"as_of": "2026-06-01"}, **tables) if r["invited"] and r["period"] != "all")
    assert (row["eligible"], row["immature"], row["active"], row["status"]) == told
    members = "account  user  service  left_at\na        u     false    ·\n"
    (one,) = rows("adoption.invite_accounts", {"as_of": "2026-06-01"}, members=members, **tables)
    assert (one["eligible"], one["immature"], one["active"]) == told[:3]


@pytest.mark.parametrize(("invited", "told"), [("2026-05-04", (1, 0)), ("2026-05-03", (0, 1)), ("2026-04-06", (0, 1)), ("2026-04-05", (0, 0))])
def test_lately_invited_is_28_days_and_the_28_before(invited: str, told: tuple[int, int]) -> None:
    members = "account  user  service  left_at\na        u     false    ·\n"
    (row,) = rows("adoption.invite_accounts", {"as_of": "2026-06-01"}, members=members, accounts=accounts("2026-01-01 00:00"), invitations=invitation(f"{invited} 12:00"))
    assert (row["invited"], row["before"]) == told


def test_only_so_many_months_of_invitations_are_shown() -> None:
    tables = {"accounts": accounts("2026-01-01 00:00"), "invitations": invitation("2026-01-10 00:00")}
    assert [row["period"] for row in rows("adoption.invites", {"as_of": "2026-06-05", "cohorts": 2}, **tables)] == ["all", "2026-06-01", "2026-05-01"]
    months = rows("adoption.invites", {"as_of": "2026-06-05", "cohorts": 6}, **tables)
    assert [(row["period"], row["invited"], row["before"]) for row in months] == [
        ("all", 1, None), ("2026-06-01", 0, None), ("2026-05-01", 0, 0), ("2026-04-01", 0, 0), ("2026-03-01", 0, 0), ("2026-02-01", 0, 1), ("2026-01-01", 1, None)
    ]  # fmt: skip


@pytest.mark.parametrize(("created", "last", "told"), [("2026-05-02 00:00", "2026-03-03", (1, 1, 1)), ("2026-05-02 00:01", "2026-03-03", (0, 0, 0)), ("2026-01-01 00:00", "2026-03-02", (1, 1, 0))])
def test_a_module_counts_from_thirty_days_of_age_and_for_ninety_days(created: str, last: str, told: tuple[int, ...]) -> None:
    allowed = "account  kind      name  entitled\na        workflow  w     true\n"
    found = rows("adoption.modules", {"as_of": "2026-06-01", "min_base": 1}, accounts=accounts(created), ladder=LADDER, tiers=tiers((1, created), last=last), entitlements=allowed)
    assert [tuple(row[name] for name in ("eligible", "adopted", "held")) for row in found] == [told]
    assert found[0]["status"] == ("current" if told[0] else "insufficient")


@pytest.mark.parametrize(
    ("created", "at", "told"),
    [
        ("2026-05-18 00:00", "2026-06-01 00:00", (1, 0, 1, "provisional")),
        ("2026-05-18 00:01", "2026-05-19 00:00", (0, 1, 0, "insufficient")),
        ("2026-05-17 00:00", "2026-05-31 00:00", (1, 0, 1, "final")),
        ("2026-05-17 00:01", "2026-05-31 00:02", (1, 0, 0, "provisional")),
    ],
)
def test_onboarding_has_exactly_fourteen_days(created: str, at: str, told: tuple[Any, ...]) -> None:
    milestones = f"account  position  milestone     at                failures\na        2         key workflow  {at}  ·\n"
    (row,) = rows("activation.onboarding", {"as_of": "2026-06-01", "min_base": 1}, accounts=accounts(created), milestones=milestones)
    assert (row["eligible"], row["immature"], row["done"], row["status"]) == told


@pytest.mark.parametrize(("created", "invited", "told"), [("2026-05-18 00:00", "2026-06-01 00:00", (1, 0, 0, 1)), ("2026-05-17 00:00", "2026-05-31 00:01", (1, 0, 1, 0)), ("2026-05-18 00:01", "2026-05-19 00:00", (0, 1, 0, 0))])
def test_people_invited_in_the_first_fourteen_days(created: str, invited: str, told: tuple[int, ...]) -> None:
    members = "account  user  service  invited_at\na        u     false    2026-05-19 00:00\n"
    (row,) = rows("activation.onboarding_invites", {"as_of": "2026-06-01", "min_base": 1}, accounts=accounts(created), members=members, invitations=invitation(invited))
    assert tuple(row[name] for name in ("accounts", "immature", "nobody", "one")) == told
    assert row["status"] == ("final" if told[0] else "insufficient")


def test_an_account_without_a_date_is_unknown_at_the_first_tier_and_no_holder_of_the_second() -> None:
    undated = "account  created_at  created_day  left_truncated\na        ·           ·            false\n"
    first, second = rows("adoption.tier_times", {"as_of": "2026-06-01"}, accounts=undated, ladder=LADDER, tiers=tiers())
    assert [(row["holders"], row["unknown"]) for row in (first, second)] == [(0, 1), (0, 0)]


def test_who_falls_from_the_third_tier_still_holds_the_second() -> None:
    """Not the first, and not the day of the first."""
    head, *lines = tiers((1, "2026-01-05 00:00"), (2, "2026-01-06 00:00")).splitlines()
    lost = "a        w         3      full   2026-01-07 00:00  2026-02-01"
    tables = {
        "accounts": accounts("2026-01-01 00:00"), "ladder": LADDER + "w         3      full\n", "tiers": "\n".join([head, lost, *reversed(lines)]),
        "workflow_rules": "workflow  rule  name  level  attempt  failure\nw         0     do    3      false    false\n",
        "rule_days": "account  rule  last_day\na        0     2026-02-01\n",
        "outcomes": "account  workflow  day  attempts  failures\n", "contract_state": "account  mrr  currency  ended_day\n",
        **deepest("2026-01-07 00:00", "2026-02-01", "full", "·"),
    }  # fmt: skip
    (row,) = rows("adoption.stalls", {"as_of": "2026-06-01"}, **tables)
    assert (row["state"], row["tier"], row["now"], row["next"], row["held_until"].isoformat(), row["days"]) == ("fallen", "full", "deep", None, "2026-02-01", 29)


def test_premium_began_with_the_first_of_all_its_features() -> None:
    tables = {
        "accounts": accounts("2026-01-01 00:00"), "features": "feature  high_value  premium\nf        false       true\ng        false       true\n",
        "entitlements": "account  kind     name  entitled\na        feature  f     true\na        feature  g     true\n",
        "feature_days": "account  feature  day         n\na        f        2026-05-20  1\na        f        2026-05-02  1\na        g        2026-05-09  2\n",
    }  # fmt: skip
    (row,) = rows("adoption.feature_accounts", {"as_of": "2026-06-01"}, **tables, account_plans="account  plan\na        team\n", contract_state="account  mrr  currency  ended_day\n")
    assert (row["premium"], row["premium_since"].isoformat(), row["premium_uses"], row["used_names"]) == (2, "2026-05-02", 4, "f, g")


@pytest.mark.parametrize(("left", "gone"), [("2026-03-09 00:00", 1), ("·               ", 0)])
def test_only_the_deactivated_are_gone(left: str, gone: int) -> None:
    tables = {"accounts": accounts("2026-01-01 00:00"), "invitations": invitation("2026-03-02 00:00", left=left)}
    assert [row["gone"] for row in rows("adoption.invites", {"as_of": "2026-06-01"}, **tables) if row["invited"]] == [gone, gone]


@pytest.mark.parametrize(("last", "depth"), [("2026-03-03", "w basic"), ("2026-03-02", None)])
def test_depth_is_what_is_held(last: str, depth: str | None) -> None:
    breadth = "account  users  users_before  roles  teams  teams_before  teamless  workflows  successes\na        1      1             1      1      1             0         1          1\n"
    (row,) = rows("adoption.breadth_accounts", {"as_of": "2026-06-01"}, breadth=breadth, tiers=tiers((1, "2026-01-05 00:00"), last=last), contract_state="account  mrr  currency\n")
    assert row["depth"] == depth


@pytest.mark.parametrize(("people", "told"), [(1, (0, 1, 0, 0)), (2, (0, 0, 1, 0)), (4, (0, 0, 1, 0)), (5, (0, 0, 0, 1)), (0, (1, 0, 0, 0))])
def test_the_classes_of_invited_people_meet_without_gap(people: int, told: tuple[int, ...]) -> None:
    members = "account  user  service  invited_at\na        boss  false    2026-01-01 00:00\n"
    invited = "account  user  invited_at\n" + "".join(f"a        u{n}    2026-01-02 00:00\n" for n in range(people))
    tables = {"accounts": accounts("2026-01-01 00:00"), "invitations": invited}
    (row,) = rows("activation.onboarding_invites", {"as_of": "2026-06-01"}, members=members, **tables)
    assert tuple(row[name] for name in ("nobody", "one", "few", "many")) == told
    assert rows("activation.onboarding_invites", {"as_of": "2026-06-01"}, members="account  user  service  invited_at\n", **tables) == []
