"""The schema for editors accepts every shipped definition and every example of the rules, and refuses what the reader refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from saasmetrics import catalog
from saasmetrics.definitions.schema import schema
from tests.definitions.validator import accepts
from tests.rules.worked import whole

from .edits import CONFIGS, data_of, put, said, text_of, valid, walk, written

MADE = schema()
BAD = [
    "accepted: {SM616: {until: 2027-01-31}}", "accepted: {SM616: {why: Known., until: soon}}", "accepted: {SM616: {why: Known., until: 2027-01-31, on: x}}", "accepted: [SM616]",
    "changes: {revision: 2}", "changes: [{revision: 2, why: x}]", "changes: [{revision: two, effective: 2027-01-31, why: x}]",
    "review_by: next year", "review_by: 5", "headlines: {a: b}", "headline: [activation.rate]", "version: 2", "timezone: 5",
]  # fmt: skip


ALERT = "alerts: {low: {table: activation.rate, where: {window_days: 14}, column: rate, below: 0.4, why: Look at it.}}"
STRANGE = [  # places of names, and names there that nobody declared
    ("workflows: [invoicing]", "workflows: [billing]"), ("{workflow: invoicing, measure: count}", "{workflow: billing, measure: count}"), ("[approval_chains, bank_feed", "[bank_feeds, bank_feed"),
    ("volume: {workflow: invoicing", "volume: {workflow: billing"), ("invoices: {workflow: invoicing}", "invoices: {workflow: billing}"), ("{meter: invoices, model: graduated", "{meter: bill, model: graduated"),
    ("expense_claims: {help", "claims: {help"), ("invoicing: {timeout", "billing: {timeout"),
]  # fmt: skip


def taken(text: str, made: dict[str, Any] = MADE) -> bool:
    return accepts(made, json.loads(json.dumps(data_of(text), default=_number)), made)


def _number(value: Any) -> float:
    return float(value)


@pytest.mark.parametrize("name", CONFIGS)
def test_it_accepts_the_shipped_definitions(name: str) -> None:
    assert taken(text_of(name))
    assert taken(text_of(name), schema(data_of(text_of(name))))


@pytest.mark.parametrize("name", CONFIGS)
def test_that_of_a_file_says_nothing_twice(name: str) -> None:
    """An editor that holds the schema against that of schemas refuses all of it for one choice that stands there twice."""
    choices = [tuple(spot["enum"]) for spot in every_spot(schema(data_of(text_of(name)))) if isinstance(spot.get("enum"), list)]
    assert ("day", "week", "month", "quarter") in choices
    assert [choice for choice in choices if len({*choice}) < len(choice)] == []


def test_settings_are_told_in_the_words_of_their_tables() -> None:
    told = MADE["definitions"]["Retention"]["properties"]
    assert told["silence"]["description"] == (
        "For `stays` an account is gone after its last core work when it has been silent for `silence` days since. Setting of `retention by-behaviour`."
    )
    assert "insufficient: fewer than min_cohort eligible accounts" in told["min_cohort"]["description"]
    assert told["min_base"]["description"].count("verdict:") == 2 and told["weeks"]["description"].endswith("; each has its default.")


def test_what_names_a_table_says_what_it_answers_and_its_columns_what_they_mean() -> None:
    tables = MADE["definitions"]["Alert"]["properties"]["table"]
    told = dict(zip(tables["enum"], tables["enumDescriptions"], strict=True))
    assert told["activation.rate"] == "The share of new accounts that reached first value in time."
    rate = next(one["then"]["properties"] for one in MADE["definitions"]["Columns"]["allOf"] if one["if"]["properties"]["table"]["const"] == "activation.rate")
    assert dict(zip(rate["column"]["enum"], rate["column"]["enumDescriptions"], strict=True))["rate"] == "activated / eligible"
    assert [*rate["where"]["properties"]] == rate["column"]["enum"]
    headlines = MADE["properties"]["headlines"]["anyOf"]
    assert all("activation.rate" in spot["examples"] for spot in every_spot(headlines) if "string" in spot.get("type", ()))


def every_spot(made: Any) -> Iterator[dict[str, Any]]:
    if isinstance(made, dict):
        yield made
    for inner in made.values() if isinstance(made, dict) else made if isinstance(made, list) else ():
        yield from every_spot(inner)


@pytest.mark.parametrize(("known", "strange"), STRANGE)
def test_that_of_a_file_knows_its_names(known: str, strange: str) -> None:
    text = text_of("accounting")
    assert text.count(known) == 1
    text = text.replace(known, strange)
    assert not valid(text) and taken(text) and not taken(text, schema(data_of(text)))


def test_that_of_a_file_proposes_its_rules_and_allows_events() -> None:
    made = schema(data_of(text_of("accounting")))
    success = made["definitions"]["Workflow"]["properties"]["success"]
    assert success["examples"] == ["invoice_posted", "large_invoice", "bill_approved"]
    assert "examples" not in MADE["definitions"]["Workflow"]["properties"]["success"]


@pytest.mark.parametrize("bad", [("activation.rate", "activation.rte"), ("column: rate", "column: rte"), ("window_days", "window")])
def test_it_knows_tables_and_their_columns(bad: tuple[str, str]) -> None:
    assert taken(whole(ALERT)) and valid(whole(ALERT))
    assert not taken(whole(ALERT.replace(*bad))) and not valid(whole(ALERT.replace(*bad)))


@pytest.mark.parametrize("code", catalog.checks())
def test_it_accepts_the_examples_of_the_rules(code: str) -> None:
    for heading in ("Example", "Instead"):
        assert taken(whole(catalog.checks()[code].sections[heading].partition("\n---")[0]))


@pytest.mark.parametrize("bad", BAD)
def test_it_refuses_what_the_reader_refuses(bad: str) -> None:
    text = whole(bad) if not bad.startswith("version") else whole("").replace("version: 1", bad)
    assert not valid(text)
    assert not taken(text)


@pytest.mark.parametrize("good", ["review_by: 2027-01-31", "changes: [{revision: 2, effective: 2027-01-31, why: x}]", "accepted: {SM616: {why: Known., until: 2027-01-31, at: [a, b]}}", "headlines: activation.rate"])
def test_it_accepts_what_the_reader_accepts(good: str) -> None:
    assert valid(whole(good)) and taken(whole(good))


def spoilt(text: str) -> Iterator[tuple[str, Any]]:
    """Every mapping with a key that nobody knows, every value as something of another shape."""
    data = data_of(text)
    for at, value in walk(data):
        if isinstance(value, dict):
            yield f"unknown key in {said(at)}", put(data, (*at, "nobody_knows_this"), {"a": {"b": [1]}})
        if at:
            yield f"another shape at {said(at)}", put(data, at, [[{"a": 1}]] if not isinstance(value, list) else {"a": {"b": [1]}})


@pytest.mark.parametrize("name", CONFIGS)
def test_it_refuses_every_key_and_shape_that_the_reader_refuses(name: str) -> None:
    every = list(spoilt(text_of(name)))
    edits = [(edit, written(made)) for edit, made in every[:: -(-len(every) // 25)]]
    refused = [(edit, text) for edit, text in edits if not valid(text)]
    assert len(refused) >= 15
    assert [edit for edit, text in refused if taken(text)] == []
