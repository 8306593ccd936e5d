"""Property 20: the same letters for the same meaning, others for any other."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasmetrics.definitions.dump import dump
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.read import parse

from .conftest import MINIMAL, Load

FULL = """\
version: 1
product: Ledgerly
value: {outcome: Invoices out and paid., workflows: [invoicing, payroll]}
timezone: Europe/Berlin
sources:
  events: {files: [a.csv, b.csv], columns: {user: uid}}
  accounts: {files: c.csv, segments: [plan, size]}
internal: {accounts: {plan: {in: [internal, test]}}, users: {email: {like: "*@x"}}}
rules:
  posted: {event: [invoice_posted, invoice_sent], where: {amount: {gt: 100, lt: 900.50}, status: ok}}
workflows:
  invoicing:
    {core: true, attempt: clicked_on, success: posted, roles: [b, a], tiers: {basic: [x, y], deep: z}, within: 2d}
  payroll: {success: paid, value: amount}
north_star: {workflow: payroll, measure: value}
activation: {within: 14d, steps: {first: {rule: x, kind: setup}, second: {rule: posted}}}
features: {exports: {rule: exported, premium: true}, api: {rule: called}}
roles: {admin: [owner, admin]}
churn_risk: {missing: worst, signals: {single_user: {points: 4}}}
expansion: {signals: {inviting: {invites: 5}}}
"""

SAME = [
    ("version: 1\n", "# remark\nversion:   1   # another\n\n"),
    ("product: Ledgerly\n", "product: 'Ledgerly'\nlate_after: 24h\nweek_starts: monday\n"),
    ("[a.csv, b.csv]", "/elsewhere/*.csv"),
    ("{user: uid}", "{user: uid, account: account_id}"),
    ("[invoicing, payroll]", "[payroll, invoicing]"),
    ("segments: [plan, size]", "segments: [size, plan]"),
    ("[internal, test]", "[test, internal, test]"),
    ("[invoice_posted, invoice_sent]", "[invoice_sent, invoice_posted]"),
    ("{amount: {gt: 100, lt: 900.50}, status: ok}", "{status: {eq: ok}, amount: {lt: 900.5, gt: 100.0}}"),
    ("status: ok", "status: {in: [ok]}"),
    ("basic: [x, y]", "basic: [y, x]"),
    ("roles: [b, a]", "roles: [a, b]"),
    ("within: 2d", "within: 48h"),
    ("{rule: x, kind: setup}", "{kind: setup, rule: x, required: true}"),
    ("  payroll: {success: paid, value: amount}\n",
    "  payroll: {value: amount, success: paid, core: false, cadence: week}\n"),
    ("rules:\n", "rules:\n  paid: {event: paid}\n  unused: {event: y}\n"),
    ("exports: {rule: exported, premium: true}, api: {rule: called}",
    "api: {rule: called}, exports: {premium: true, rule: exported}"),
    ("[owner, admin]", "[admin, owner]"),
    ("{missing: worst, ", "{bands: {high: 40, medium: 20}, missing: worst, "),
]  # fmt: skip

OTHER = [
    ("product: Ledgerly", "product: Other"), ("Invoices out", "Bills out"), ("[invoicing, payroll]", "[invoicing]"),
    ("Europe/Berlin", "Europe/Paris"), ("timezone: Europe/Berlin\n", ""), ("{user: uid}", "{user: uid2}"),
    ("{user: uid}", "{}"),
    ("columns: {user: uid}", "columns: {user: uid}, preset: amplitude"), ("columns: {user: uid}",
    "columns: {user: uid}, encoding: latin-1"),
    ("segments: [plan, size]", "segments: [plan]"), ("size]}", "size], orphans: drop}"), ("in: [internal",
    "not_in: [internal"),
    ("*@x", "*@y"), ("[invoice_posted, ", "[invoice_post, "), ("gt: 100", "ge: 100"), ("gt: 100", "gt: 101"),
    ("gt: 100", "gt: '100'"),
    ("900.50", "900.49"), (", status: ok", ""), ("core: true, ", ""), ("attempt: clicked_on, ", ""),
    ("success: posted", "success: sent"),
    ("success: paid", "success: paid, cadence: month"), ("roles: [b, a]", "roles: [b]"), ("[x, y]", "[x]"),
    ("basic: [x, y], deep: z", "deep: z, basic: [x, y]"), ("deep: z", "deeper: z"), ("within: 2d", "within: 3d"),
    ("measure: value", "measure: count"), ("within: 14d", "within: 7d"), ("{within: 14d, ", "{order: ordered, "),
    ("first: {rule: x, kind: setup}, second: {rule: posted}", "second: {rule: posted}, first: {rule: x, kind: setup}"),
    ("kind: setup", "kind: entity"), ("kind: setup", "kind: setup, required: false"), ("premium: true",
    "high_value: true"),
    ("{rule: called}", "{rule: calls}"), ("[owner, admin]", "[owner]"), ("missing: worst", "missing: neutral"),
    ("points: 4", "points: 5"),
    ("invites: 5", "invites: 6"), ("invites: 5", "why: They invite more and more."), ("product: Ledgerly",
    "product: L\nlate_after: 2d"),
    ("workflows:\n", "workflows:\n  third: {success: s}\n"), ("within: 2d", "within: 2d, plans: [pro]"),
    ("{rule: called}", "{rule: called, plans: [pro]}"), ("{rule: called}", "{rule: called, failure: missed}"),
]  # fmt: skip


def letters(text: str) -> str:
    return fingerprint(parse(text.encode(), Path("d.yaml")).definition)


def test_it_is_twelve_hexadecimal_digits() -> None:
    assert re.fullmatch("[0-9a-f]{12}", letters(FULL))


def test_it_stays_from_release_to_release() -> None:
    assert letters(MINIMAL) == "f85784383273"
    assert letters(FULL) == "441aaf113c09"


@pytest.mark.parametrize(("old", "new"), SAME)
def test_the_same_meaning_has_the_same_letters(old: str, new: str) -> None:
    assert old in FULL
    assert letters(FULL.replace(old, new)) == letters(FULL)


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_another_meaning_has_other_letters(old: str, new: str) -> None:
    assert old in FULL
    assert letters(FULL.replace(old, new, 1)) != letters(FULL)


@pytest.mark.parametrize("place", ["within: 2d", "rule: called"])
def test_the_order_of_plans_means_nothing(place: str) -> None:
    one, other = (letters(FULL.replace(place, f"{place}, plans: [{plans}]")) for plans in ("pro, team", "team, pro, team"))
    assert one == other


def test_a_rule_that_is_just_an_event_is_that_event(load: Load) -> None:
    named = load("rules: {invoice_posted: {event: invoice_posted}}\n").definition
    assert fingerprint(named) == fingerprint(load().definition)
    other = load("rules: {invoice_posted: {event: invoice_posted, where: {status: ok}}}\n").definition
    assert fingerprint(other) != fingerprint(load().definition)


@given(st.data())
def test_order_of_keys_and_remarks_mean_nothing(data: st.DataObject) -> None:
    head, *blocks = re.split(r"\n(?=\w)", FULL.strip())
    shuffled = data.draw(st.permutations([head, *blocks]))
    remarks = data.draw(
        st.lists(
            st.sampled_from(["", "# remark", "   # due: 2026-01-01"]), min_size=len(shuffled), max_size=len(shuffled)
        )
    )
    text = "\n".join(f"{remark}\n{block}" for remark, block in zip(remarks, shuffled, strict=True))
    assert letters(text) == letters(FULL)


def test_dumping_and_reading_changes_no_letter() -> None:
    assert letters(dump(parse(FULL.encode(), Path("d.yaml")).definition)) == letters(FULL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[true]", "[1]"),
        ("[true, 1]", "[true]"),
        (f"[{'9' * 38}]", f"[{'9' * 37}8]"),
        ("['1']", "[1]"),
        ("[a]", "[b], eq: a"),
        ("[a], eq: b", "[b], eq: a, ne: c"),
    ],
)
def test_values_of_different_kinds_or_far_digits_are_different(load: Load, one: str, other: str) -> None:
    rule = "rules: {{invoice_posted: {{event: a, where: {{x: {{in: {}}}}}}}}}\n"
    assert fingerprint(load(rule.format(one)).definition) != fingerprint(load(rule.format(other)).definition)


def test_numbers_are_compared_by_their_value(load: Load) -> None:
    rule = "rules: {{invoice_posted: {{event: a, where: {{x: {{gt: {}}}}}}}}}\n"
    assert len({fingerprint(load(rule.format(zero)).definition) for zero in ("0", "0.0", "-0.00")}) == 1
