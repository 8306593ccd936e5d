"""Promise 47: names that look like code are refused; names that only look odd are not."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from saasmetrics.definitions.words import ColumnName, Literally, Name, Sentence, Text

CODE = ["${HOME}", "$(id)", "x.__class__", "{{ x }}", "{% x %}"]
QUERIES = [
    "SELECT * FROM accounts", "read_csv('/etc/passwd')", "x; DROP TABLE events", "1 UNION SELECT password",
    "../../etc/passwd",
    "a/../b", "COUNT(*)", "now()", 'read_parquet("x")', "insert into t values (1)",
]  # fmt: skip


@pytest.mark.parametrize("text", CODE + QUERIES)
@pytest.mark.parametrize("kind", [ColumnName, Literally, Name])
def test_promise_47_code_is_not_a_name(kind: Any, text: str) -> None:
    with pytest.raises(ValidationError, match=r"not allowed: .* is code or a path"):
        TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize(
    "text", ["plan = 'pro'", "amount>1", "lower(plan)", "plan is null", "`plan`", "a -- b", "a*b", '"a"']
)
def test_promise_47_an_expression_is_not_a_column(text: str) -> None:
    with pytest.raises(ValidationError, match="is code or a path, not the name of a column"):
        TypeAdapter(ColumnName).validate_python(text)


@pytest.mark.parametrize("text", CODE)
def test_promise_47_a_sentence_expands_nothing(text: str) -> None:
    with pytest.raises(ValidationError, match="not allowed"):
        TypeAdapter(Sentence).validate_python(f"Teams pay {text} in time.")


@pytest.mark.parametrize(
    "text",
    ["account_id", "properties.plan.name", "properties.$groups.company", "[Segment] Group", "MRR (EUR)", "Growth %",
     "R&D", "Update time", "Kunde Größe", "customer's plan", "a/b", "context_group_id", "x..y", "selected from list"],
)  # fmt: skip
def test_columns_of_real_exports_are_accepted(text: str) -> None:
    assert TypeAdapter(ColumnName).validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    ["Invoice Posted", "invoice.posted", "$pageview", "User's plan = changed", "Select plan from list", "Create table",
     "Delete (soft)", "Order Completed ✓", " padded ", "click(button)"],
)  # fmt: skip
def test_events_of_real_products_are_accepted(text: str) -> None:
    assert TypeAdapter(Literally).validate_python(text) == text


@pytest.mark.parametrize("text", ["a\x1b[31m", "a\nb", "a\0b", "", "   ", "x" * 201])
@pytest.mark.parametrize("kind", [ColumnName, Literally, Name])
def test_names_are_short_visible_text(kind: Any, text: str) -> None:
    with pytest.raises(ValidationError, match=r"control characters|is empty|is longer"):
        TypeAdapter(kind).validate_python(text)


def test_a_number_is_the_text_that_spells_it() -> None:
    assert [TypeAdapter(Text).validate_python(value) for value in (404, "00123")] == ["404", "00123"]
    with pytest.raises(ValidationError, match='true is not text; quote it: "true"'):
        TypeAdapter(Text).validate_python(True)


def test_a_sentence_may_run_over_lines() -> None:
    assert TypeAdapter(Sentence).validate_python("Invoices out\n  and paid.\n") == "Invoices out and paid."


def test_the_longest_that_fits_is_accepted() -> None:
    assert TypeAdapter(Name).validate_python("x" * 200)
    assert TypeAdapter(Sentence).validate_python("x" * 2000)
    with pytest.raises(ValidationError, match="is longer than 2000 characters"):
        TypeAdapter(Sentence).validate_python("x" * 2001)


def test_hostile_length_costs_no_time() -> None:
    with pytest.raises(ValidationError, match="is longer than 200 characters"):
        TypeAdapter(ColumnName).validate_python("select from where " * 20_000)
