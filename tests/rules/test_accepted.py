"""A finding may be accepted with a reason, for a time, at a place; and an acceptance is itself looked after."""

from __future__ import annotations

from datetime import date

import pytest

from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.lint import Linted, lint
from saasmetrics.messages import Refused

from .worked import TODAY, loaded

TWO = "workflows: {a: {success: login}, b: {success: page_viewed}}\n"
ACCEPTED = "accepted: {%s: {why: Known., until: 2026-12-31%s}}"


def linted(text: str, today: date = TODAY) -> Linted:
    return lint(loaded(text), today)


def codes(found: Linted) -> list[str]:
    return [problem.code for problem in found.problems]


def test_an_accepted_finding_is_silent_and_kept_with_its_reason() -> None:
    assert codes(linted(TWO)).count("SM601") == 2
    found = linted(TWO + ACCEPTED % ("SM601", ""))
    assert "SM601" not in codes(found)
    assert [(problem.code, why) for problem, why in found.accepted] == [("SM601", "Known.")] * 2


@pytest.mark.parametrize("at", ["workflows.a", "workflows.a.success", "[workflows.a, workflows.c]"])
def test_it_may_be_accepted_at_one_place_only(at: str) -> None:
    found = linted(TWO + ACCEPTED % ("SM601", f", at: {at}"))
    assert codes(found).count("SM601") == 1
    assert found.problems[codes(found).index("SM601")].message.startswith("workflow 'b'")


def test_a_place_is_a_whole_word() -> None:
    found = linted(TWO.replace("a:", "ab:") + ACCEPTED % ("SM601", ", at: workflows.a"))
    assert codes(found).count("SM601") == 2
    assert "SM678" in codes(found)


@pytest.mark.parametrize(("today", "silent"), [(date(2026, 12, 31), True), (date(2027, 1, 1), False)])
def test_on_the_day_after_its_last_the_finding_is_back_beside_the_expired_acceptance(today: date, silent: bool) -> None:
    found = codes(linted(TWO + ACCEPTED % ("SM601", ""), today))
    assert ("SM601" in found) is ("SM677" in found) is not silent


def test_what_is_not_there_needs_no_acceptance() -> None:
    (problem,) = [p for p in linted(ACCEPTED % ("SM601", "")).problems if p.code == "SM678"]
    assert problem.message.startswith("SM601 is not found; remove the entry")


def test_a_rule_about_the_data_is_not_called_silent_without_them() -> None:
    assert "SM678" not in codes(linted(ACCEPTED % ("SM704", "")))


def test_an_unknown_code_is_an_error_that_cannot_be_accepted_away() -> None:
    (problem,) = [p for p in linted(ACCEPTED % ("SM6O1", "")).problems if p.code == "SM679"]
    assert problem.severity == "error" and "did you mean 'SM6" in problem.message


def test_an_acceptance_changes_no_meaning() -> None:
    assert fingerprint(loaded(TWO).definition) == fingerprint(loaded(TWO + ACCEPTED % ("SM601", "")).definition)


@pytest.mark.parametrize("wrong", ["{until: 2026-12-31}", "{why: Known.}", "{why: Known., until: soon}", "{why: Known., until: 2026-13-01}", "{why: '', until: 2026-12-31}"])
def test_a_reason_and_a_last_day_are_needed(wrong: str) -> None:
    with pytest.raises(Refused):
        loaded(f"accepted: {{SM601: {wrong}}}")
