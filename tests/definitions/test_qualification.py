"""The signs of readiness to buy: which count, how many are needed, what they refer to."""

from datetime import date

import pytest

from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.qualification import Qualification
from saasmetrics.lint import lint

from .conftest import Load, Refusals

FEATURES = "features: {export: {rule: exported}, roles: {rule: role_saved}}\n"


def test_the_signs_are_those_of_the_catalogue_and_each_says_why() -> None:
    signs = Qualification().signals.named()
    assert [sign.ident for sign in signs.values()] == ["P02", "P03", "P04", "P05", "P06", "P07"]
    assert all(sign.why.endswith(".") and len(sign.why.split()) > 5 for sign in signs.values())


def test_a_sign_can_be_left_out(load: Load) -> None:
    told = load("qualification: {signals: {invited: {counts: false}}}\n").definition.qualification
    assert list(told.signals.named()) == ["activated", "volume", "advanced_features", "weeks", "low_errors"]


def test_little_support_counts_where_it_is_declared(load: Load) -> None:
    told = load("qualification: {min_signals: 7, signals: {low_support: {per_100: 3}}}\n").definition.qualification
    (*_, sign) = told.signals.named().values()
    assert (sign.ident, len(sign.why.split()) > 5, sign.model_dump()["per_100"]) == ("P08", True, 3)


def test_more_signs_than_count_can_never_hold(refused: Refusals) -> None:
    (problem,) = refused("qualification: {min_signals: 6, signals: {invited: {counts: false}}}\n")
    assert "min_signals is 6, but only 5 signals count" in problem


@pytest.mark.parametrize(
    ("signal", "problem"),
    [
        ("volume: {workflow: invoicin}", "there is no workflow 'invoicin' — did you mean 'invoicing'?"),
        ("advanced_features: {features: [exprt]}", "there is no feature 'exprt' — did you mean 'export'?"),
        ("weeks: {weeks: 0}", "0 is too small; at least 1"),
        ("low_errors: {share: 5}", "5 is not a share"),
    ],
)
def test_what_cannot_be_is_refused(refused: Refusals, signal: str, problem: str) -> None:
    assert problem in refused(f"{FEATURES}qualification: {{signals: {{{signal}}}}}\n")[0]


def test_the_order_of_the_features_means_nothing(load: Load) -> None:
    told = "qualification: {{signals: {{advanced_features: {{features: [{}]}}}}}}\n"
    prints = [
        fingerprint(load(FEATURES + told.format(names)).definition) for names in ("export, roles", "roles, export", "roles")
    ]
    assert prints[0] == prints[1] != prints[2]


def test_a_hollow_reason_is_found(load: Load) -> None:
    found = lint(load("qualification: {signals: {weeks: {why: good sign}}}\n"), date(2026, 11, 22)).problems
    assert any("explains nothing" in problem.message for problem in found)
