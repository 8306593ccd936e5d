"""Meters and price schedules: what fits, what is refused, and in which words."""

from __future__ import annotations

import pytest

from saasmetrics.definitions import pricing
from saasmetrics.definitions.dump import dump
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.read import parse

from .conftest import MINIMAL, Load, Refusals

MADE = "pricing: {meters: {made: {workflow: invoicing}}, schedules: {new: {meter: made, %s}}}\n"


def test_the_meters_that_the_docstring_shows_are_valid(load: Load) -> None:
    lines = [line.strip() for line in str(pricing.__doc__).splitlines() if line.startswith("    ")]
    text = "".join(f"    {line}\n" for line in lines).replace("messaging", "invoicing")
    meters = load(f"pricing:\n  meters:\n{text}").definition.meters()
    assert [(name, meter.kind) for name, meter in meters.items()] == [
        ("users", "stock"), ("api_calls", "flow"), ("contacts_stored", "stock"), ("emails_sent", "flow"), ("messages_sent", "flow"),
    ]  # fmt: skip


def test_undeclared_the_core_work_people_and_seats_are_meters(load: Load) -> None:
    assert [*load().definition.meters()] == ["invoicing", "people"]
    base = MINIMAL.replace("invoice_posted}", "invoice_posted, value: amount}").replace("events.csv}", "events.csv}, subscriptions: {files: s.csv}")
    assert [*load(base=base).definition.meters()] == ["invoicing", "invoicing value", "people", "seats"]


def test_prices_are_exact_and_read_back(load: Load) -> None:
    loaded = load(MADE % "model: graduated, steps: [{up_to: 100, price: 0.1}, {price: 0.0525, fee: 12}]").definition
    steps = loaded.pricing.schedules["new"].steps
    assert [(step.up_to, step.price, step.fee) for step in steps] == [(1_000_000, 1_000, 0), (None, 525, 120_000)]
    assert fingerprint(parse(dump(loaded).encode(), load().path).definition) == fingerprint(loaded)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("steps: [{up_to: 5, price: 1}]", "every step but the last has an up_to, and the last one none"),
        ("model: volume, steps: [{price: 1}, {price: 2}]", "every step but the last has an up_to, and the last one none"),
        ("model: volume, steps: [{up_to: 5}, {up_to: 5}, {price: 2}]", "steps rise: up_to 5 of step 2 is not above 5"),
        ("model: volume, steps: [{up_to: 7.5}, {up_to: 5}, {price: 2}]", "steps rise: up_to 5 of step 2 is not above 7.5"),
        ("model: volume, steps: [{up_to: 0}, {price: 2}]", "steps rise: up_to 0 of step 1 is not above 0"),
        ("steps: [{up_to: 5}, {price: 1}]", "a flat price has one step; write `model: graduated` or `model: volume`"),
        ("model: package, steps: [{price: 1}]", "`model: package` and a `size` above 0 belong together"),
        ("size: 5, steps: [{price: 1}]", "`model: package` and a `size` above 0 belong together"),
        ("steps: [{price: 0.00001}]", "0.00001 has more than four decimals; sell it in packages: `model: package`"),
        ("steps: [{price: -1}]", "-1 is not an amount; write a plain number from 0 on, such as 1200 or 0.05"),
        ("steps: []", "at least 1"),
    ],
)
def test_schedules_that_cannot_be_meant_are_refused(refused: Refusals, written: str, told: str) -> None:
    (problem,) = refused(MADE % written)
    assert problem.startswith("d.yaml:4:") and told in problem


@pytest.mark.parametrize(
    ("meter", "told"),
    [
        ("{}", "a meter counts one thing; write workflow, rule or of, and only one of them"),
        ("{workflow: invoicing, of: seats}", "a meter counts one thing; write workflow, rule or of, and only one of them"),
        ("{of: seats, measure: peak}", "peak does not fit; of seats it can be end"),
        ("{rule: a, measure: sum}", "sum does not fit; of rule it can be count, distinct, peak, end"),
        ("{rule: a, less: b}", "`less` takes away from what there is; it needs `measure: end` of a workflow or rule"),
        ("{rule: a, measure: distinct}", "`measure: distinct` of a rule and `entity` belong together"),
        ("{workflow: invoicin}", "there is no workflow 'invoicin' — did you mean 'invoicing'?"),
        ("{workflow: invoicing, measure: sum}", "sum needs workflows.invoicing.value, the column with the amount"),
        ("{workflow: invoicing, measure: distinct}", "distinct needs workflows.invoicing.entity, the column that says which thing"),
    ],
)
def test_meters_that_cannot_be_meant_are_refused(refused: Refusals, meter: str, told: str) -> None:
    (problem,) = refused(f"pricing: {{meters: {{made: {meter}}}}}\n")
    assert told in problem


def test_a_schedule_prices_a_meter_that_there_is(refused: Refusals, load: Load) -> None:
    (problem,) = refused((MADE % "steps: [{price: 1}]").replace("meter: made", "meter: mad"))
    assert "pricing.schedules.new.meter: there is no meter 'mad' — did you mean 'made'?" in problem
    assert load("pricing: {schedules: {new: {meter: invoicing, steps: [{price: 1}]}}}\n").definition.pricing.schedules


def test_a_day_that_is_none_is_refused_and_the_day_of_review_changes_no_number(refused: Refusals, load: Load) -> None:
    (problem,) = refused("pricing: {review_by: 2027-02-30}\n")
    assert "'2027-02-30' is not a day" in problem
    one, other = (load(f"pricing: {{review_by: 2027-02-{day}, months: 6}}\n").definition for day in (27, 28))
    assert fingerprint(one) == fingerprint(other) != fingerprint(load().definition)


def test_meters_count_by_what_their_rule_says(load: Load) -> None:
    named = load("rules: {sent: {event: mail_sent}}\npricing: {meters: {mails: {rule: sent}}}\n").definition
    plain = load("pricing: {meters: {mails: {rule: mail_sent}}}\n").definition
    assert fingerprint(named) == fingerprint(plain) != fingerprint(load("pricing: {meters: {mails: {rule: other}}}\n").definition)
