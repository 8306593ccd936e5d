"""Rules of good definition at their edges: what just passes, what just fails, and at which line."""

from __future__ import annotations

import pytest

from saasmetrics.definitions.uses import uses
from saasmetrics.lint import lint
from saasmetrics.messages import CODES
from saasmetrics.rules import many_headlines

from .worked import TODAY, loaded


def found(text: str, code: str) -> list[str]:
    return [str(problem) for problem in lint(loaded(text), TODAY).problems if problem.code == code]


@pytest.mark.parametrize("event", ["login", "page_viewed", "session_started", "button_clicked", "any_event", "heartbeat", "*", "User Logged In"])
def test_n21_activity_is_no_success(event: str) -> None:
    (problem,) = found(f"workflows: {{w: {{success: '{event}'}}}}", "SM601")
    assert problem.startswith("d.yaml:3:26: SM601 workflow 'w' counts '")


def test_n21_activity_among_the_events_of_a_success_makes_accounts_active_too() -> None:
    (problem,) = found("rules: {invoice_posted: {event: [invoice_posted, login]}}", "SM601")
    assert "counts 'login' as success" in problem


@pytest.mark.parametrize("event", ["login_page_designed", "invoice_posted", "session_note_saved", "visit_report_sent"])
def test_work_that_only_sounds_like_activity_is_work(event: str) -> None:
    assert found(f"workflows: {{w: {{success: {event}}}}}", "SM601") == []


def test_b08_a_login_activates_nobody_unless_it_is_only_shown() -> None:
    steps = "activation:\n  steps:\n    in: {kind: setup, rule: logged_in%s}\n    done: {rule: invoice_posted}"
    (problem,) = found(steps % "", "SM605")
    assert problem.startswith("d.yaml:6:29: SM605 activation step 'in' asks only for 'logged_in'")
    assert found(steps % ", required: false", "SM605") == []


@pytest.mark.parametrize("other", ["attempt", "failure"])
def test_m04_success_is_neither_attempt_nor_failure_under_any_name(other: str) -> None:
    text = f"rules: {{same: {{event: posted}}}}\nworkflows: {{w: {{{other}: same, success: posted}}}}"
    (problem,) = found(text, "SM602")
    assert f"has the same event as success and as {other}" in problem


@pytest.mark.parametrize(("count", "findings"), [(1, 0), (2, 1), (3, 0), (7, 0), (8, 1)])
def test_m09_three_to_seven_workflows(count: int, findings: int) -> None:
    text = "workflows:\n" + "".join(f"  w{n}: {{success: s{n}}}\n" for n in range(count))
    assert len(found(text, "SM616")) == findings


@pytest.mark.parametrize(("count", "findings"), [(15, 0), (16, 1)])
def test_m08_fifteen_headlines_are_the_most(count: int, findings: int) -> None:
    assert many_headlines.MOST == 15
    assert len(found(f"headlines: [{', '.join(f'a.t{n}' for n in range(count))}]", "SM671")) == findings


@pytest.mark.parametrize("why", ["usage down", "Nearly all of the WORK now depends on one person, where several used to share it."])
def test_v14_every_signal_says_what_it_saw(why: str) -> None:
    (problem,) = found(f"churn_risk: {{signals: {{declining_workflow: {{why: '{why}'}}}}}}", "SM661")
    assert "explains nothing" in problem or "says the same as declining_workflow" in problem


def test_v14_three_words_may_do() -> None:
    assert found("churn_risk: {signals: {declining_workflow: {why: Work is fading.}}}", "SM661") == []


@pytest.mark.parametrize(("tiers", "findings"), [("a: x, b: y", 0), ("a: [x, y], b: x", 1), ("a: x, b: same", 1), ("a: x, b: [x, y]", 0), ("a: x, b: y, c: [x, y]", 1)])
def test_a_higher_tier_asks_for_more(tiers: str, findings: int) -> None:
    assert len(found(f"rules: {{same: {{event: x}}}}\nworkflows: {{w: {{success: s, tiers: {{{tiers}}}}}}}", "SM623")) == findings


def test_a_step_that_is_another_step_is_doubted_unless_order_counts() -> None:
    steps = "activation: {order: %s, steps: {a: {rule: invoice_posted}, b: {rule: invoice_posted}}}"
    assert len(found(steps % "any", "SM636")) == 1
    assert found(steps % "ordered", "SM636") == []


@pytest.mark.parametrize(("where", "findings"), [("", 0), (", where: {status: ok}", 0), (", where: {a: 1, b: 2}", 0), (", where: {a: 1, b: 2, c: 3}", 1)])
def test_vm10_two_conditions_are_understood(where: str, findings: int) -> None:
    assert len(found(f"rules: {{done: {{event: posted{where}}}}}\nworkflows: {{w: {{success: done}}}}", "SM608")) == findings


@pytest.mark.parametrize(("day", "findings"), [("2026-11-21", 1), ("2026-11-22", 0), ("2026-11-23", 0)])
def test_vm15_a_review_is_overdue_the_day_after(day: str, findings: int) -> None:
    assert len(found(f"review_by: {day}", "SM675")) == findings


def test_trap_26_one_kind_of_internal_is_enough() -> None:
    assert len(found("product: L", "SM646")) == 1
    assert found("internal: {accounts: {plan: test}}", "SM646") == []


def test_trap_49_duplicates_are_found_by_their_meaning_not_their_names() -> None:
    text = "rules:\n  a: {event: [x, y], where: {n: {in: [2, 1.0]}}}\n  b: {event: [y, x], where: {n: {in: [1, 2.00]}}}\n"
    (problem,) = found(text, "SM651")
    assert problem.startswith("d.yaml:6:3: SM651 rule 'b' matches the same events as 'a'")
    assert found(text.replace("[y, x]", "[y, z]"), "SM651") == []


@pytest.mark.parametrize(("name", "findings"), [("bank_reconciliation", 0), ("überweisung", 0), ("x2", 0), ("Bank", 1), ("bank-feed", 1), ("a.b", 1), ("2x", 1)])
def test_names_are_plain_words_of_any_language(name: str, findings: int) -> None:
    assert len(found(f"features: {{{name}: {{rule: r}}}}", "SM655")) == findings


def test_findings_are_in_the_order_of_the_file() -> None:
    problems = lint(loaded("activation: {steps: {a: {rule: login}}}\nworkflows: {w: {success: login}}"), TODAY).problems
    assert [problem.line for problem in problems] == sorted(problem.line or 0 for problem in problems)
    assert {problem.severity for problem in problems} == {"error", "warning", "note"}
    assert not {problem.code for problem in problems} & {*CODES}


@pytest.mark.parametrize(("block", "place"), [
    ("friction: {help: [asked, chatted]}", ("friction", "help", 1)), ("friction: {workflows: {invoicing: {refunds: chatted}}}", ("friction", "workflows", "invoicing", "refunds", 0)),
    ("pricing: {meters: {chats: {rule: chatted}}}", ("pricing", "meters", "chats", "rule")),
])  # fmt: skip
def test_every_block_tells_where_it_refers_to_an_event(block: str, place: tuple[str | int, ...]) -> None:
    assert dict(uses(loaded(block).definition))["chatted"] == place


@pytest.mark.parametrize(("count", "findings"), [(2, 0), (3, 1)])
def test_m08_two_further_lines_fit_on_the_report(count: int, findings: int) -> None:
    line = "{table: activation.rate, column: rate, earns_its_place: We decide on pricing by it.}"
    assert len(found(f"report: {{lines: {{{', '.join(f'l{n}: {line}' for n in range(count))}}}}}", "SM671")) == findings


def test_a_band_of_a_model_may_be_out_of_reach_too() -> None:
    text = "sources: {events: {files: e.csv}, accounts: {files: a.csv, segments: [size]}}\nchurn_risk:\n  segments:\n    size:\n      small: {bands: {high: 90}, signals: {declining_workflow: {points: 15}}}"
    (problem,) = found(text, "SM663")
    assert "'high' begins at 90 points, and all signs together have 85" in problem


def test_a_rule_may_be_a_meter_of_the_limits() -> None:
    rule = "rules: {big: {event: sold, where: {amount: {gt: 1}}}}\nworkflows: {w: {success: sold}}"
    (alone,), (beside,) = (found(rule + more, "SM654") for more in ("", "\nsources: {events: {files: e.csv}, limits: {files: l.csv}}"))
    assert "remove it" in alone and "unless a meter of the limits has its name" in beside and "unless" not in alone
