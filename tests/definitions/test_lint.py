"""Rules of good definition, each at its line."""

import pytest

from saasmetrics.definitions.lint import lint
from saasmetrics.messages import CODES

from .conftest import MINIMAL, Load

CLEAN = "internal: {accounts: {plan: test}}\n"
SEGMENTS = "sources: {events: {files: e.csv}, accounts: {files: a.csv, segments: [plan]}}\n"
BASE = MINIMAL.replace("sources: {events: {files: events.csv}}\n", SEGMENTS)


def found(load: Load, extra: str, base: str = BASE) -> list[str]:
    return [str(problem) for problem in lint(load(extra + CLEAN, base=base))]


def test_a_good_definition_has_nothing_to_say(load: Load, example: str) -> None:
    assert lint(load(base=example)) == []
    assert found(load, "") == []


@pytest.mark.parametrize("event", ["login", "page_viewed", "session_started", "button_clicked"])
def test_n21_activity_is_no_success(load: Load, event: str) -> None:
    (problem,) = found(load, "", base=BASE.replace("invoice_posted", event))
    assert problem.startswith("d.yaml:3:34: SM120 workflow 'invoicing' counts")
    assert "name the event that says the work is done" in problem


def test_n21_activity_among_the_events_of_a_success_makes_accounts_active_too(load: Load) -> None:
    (problem,) = found(load, "rules: {invoice_posted: {event: [invoice_posted, login]}}\n")
    assert "counts 'login' as success" in problem


def test_b08_a_login_activates_nobody(load: Load) -> None:
    steps = "activation:\n  steps:\n    in: {kind: setup, rule: logged_in}\n    done: {rule: invoice_posted}\n"
    (problem,) = found(load, steps)
    assert problem.startswith("d.yaml:6:29: SM120 activation step 'in' asks only for 'logged_in'")
    assert found(load, steps.replace("logged_in}", "logged_in, required: false}")) == []


def test_m03_activation_asks_for_finished_work(load: Load) -> None:
    (problem,) = found(load, "activation: {steps: {taxes: {rule: taxes_configured}}}\n")
    assert "no required activation step is the success of a workflow" in problem


@pytest.mark.parametrize("other", ["attempt", "failure"])
def test_m04_success_is_neither_attempt_nor_failure(load: Load, other: str) -> None:
    base = BASE.replace("{success: invoice_posted}", f"{{{other}: same, success: invoice_posted}}")
    (problem,) = found(load, "rules: {same: {event: invoice_posted}}\n", base=base)
    assert "SM120 workflow 'invoicing' has the same event as success and as " + other in problem


def test_m05_an_account_is_not_a_user(load: Load) -> None:
    base = BASE.replace("{files: e.csv}", "{files: e.csv, columns: {account: user_id}}")
    (problem,) = found(load, "", base=base)
    assert problem.startswith("d.yaml:2:53: SM120 account and user are both the column 'user_id'")


def test_m06_segments_are_missed(load: Load) -> None:
    (problem,) = lint(load(CLEAN))
    assert (problem.code, problem.severity) == ("SM122", "warning")
    assert "no segments" in problem.message


@pytest.mark.parametrize(("count", "findings"), [(1, 0), (2, 1), (3, 0), (7, 0), (8, 1)])
def test_m09_three_to_seven_workflows(load: Load, count: int, findings: int) -> None:
    workflows = "".join(f"  w{n}: {{success: s{n}}}\n" for n in range(count))
    problems = found(load, "", base=f"version: 1\n{SEGMENTS}workflows:\n{workflows}")
    assert len(problems) == findings
    assert all(f"SM122 {count} workflows, where 3 to 7 describe a product" in problem for problem in problems)


@pytest.mark.parametrize(
    "why", ["usage down", "Nearly all of the WORK now depends on one person, where several used to share it."]
)
def test_v14_every_signal_says_what_it_saw(load: Load, why: str) -> None:
    (problem,) = found(load, f"churn_risk: {{signals: {{declining_workflow: {{why: '{why}'}}}}}}\n")
    assert "explains nothing" in problem or "says the same as declining_workflow" in problem


def test_v14_three_words_may_do(load: Load) -> None:
    assert found(load, "churn_risk: {signals: {declining_workflow: {why: Work is fading.}}}\n") == []


def test_trap_26_own_accounts_are_missed(load: Load) -> None:
    (problem,) = lint(load(base=BASE))
    assert (problem.code, problem.severity) == ("SM122", "warning")
    assert "no internal accounts or users declared" in problem.message


@pytest.mark.parametrize(
    ("tiers", "findings"), [("a: x, b: y", 0), ("a: [x, y], b: x", 1), ("a: x, b: same", 1), ("a: x, b: [x, y]", 0)]
)
def test_a_higher_tier_asks_for_more(load: Load, tiers: str, findings: int) -> None:
    base = BASE.replace("{success: invoice_posted}", f"{{success: s, tiers: {{{tiers}}}}}")
    problems = found(load, "rules: {same: {event: x}}\n", base=base)
    assert len(problems) == findings
    assert all("SM121 tier 'b' asks for nothing beyond the tiers below" in problem for problem in problems)


def test_conditions_that_exclude_each_other_are_found_at_their_column(load: Load) -> None:
    (problem,) = found(load, "rules:\n  a:\n    event: a\n    where: {status: ok, amount: {gt: 100, lt: 50}}\n")
    assert problem.startswith("d.yaml:7:25: SM121 never true: nothing is > 100 and < 50 in 'amount'")


def test_a_step_that_is_another_step_is_doubted_unless_order_counts(load: Load) -> None:
    steps = "activation: {order: %s, steps: {a: {rule: invoice_posted}, b: {rule: invoice_posted}}}\n"
    (problem,) = found(load, steps % "any")
    assert "SM122 activation step 'b' is done whenever 'a' is" in problem
    assert found(load, steps % "ordered") == []


def test_no_time_is_too_little(load: Load) -> None:
    (problem,) = found(load, "activation: {within: 0d, steps: {a: {rule: invoice_posted}}}\n")
    assert problem.startswith("d.yaml:4:22: SM121 within no time nothing can happen")


def test_findings_are_in_the_order_of_the_file_and_have_known_codes(load: Load) -> None:
    problems = lint(load("activation: {steps: {a: {rule: login}}}\n", base=MINIMAL.replace("invoice_posted", "login")))
    assert [problem.line for problem in problems] == sorted(problem.line or 0 for problem in problems)
    assert {problem.severity for problem in problems} == {"error", "warning"}
    assert all(problem.code in CODES for problem in problems)
