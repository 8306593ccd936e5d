"""Property 20: read, dump, read gives the same definition."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from saasmetrics.definitions.conditions import OPS
from saasmetrics.definitions.dump import dump
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import parse
from saasmetrics.definitions.whole import definition_model

from .conftest import Load

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
TRICKY = st.sampled_from(
    [
        "no",
        "00123",
        "22:30",
        "1_000",
        "2026-01-01",
        "1e5",
        "null",
        "~",
        "true",
        "404",
        "1.50",
        "a: b",
        "a #b",
        "<<",
        "*x",
        "&x",
        "=",
    ]
)
LITERAL = (TEXT | TRICKY).filter(lambda text: text.strip() and not set(text) & set("$_{}()./\\;"))
NAME = LITERAL.map(str.strip).filter(bool)
COLUMN = st.from_regex(r"[a-z]{1,5}(\.[a-z]{1,5})?", fullmatch=True)
SCALAR = TEXT | TRICKY | st.booleans() | st.integers(-(10**20), 10**20) | st.decimals(-1000, 1000, places=2)
ORDERED = TEXT | TRICKY | st.integers() | st.decimals(-1000, 1000, places=3)


def comparands(op: str) -> st.SearchStrategy[Any]:
    if op in ("in", "not_in"):
        return st.lists(SCALAR, min_size=1, max_size=3)
    simple = {"exists": st.booleans(), "met": st.booleans(), "like": TEXT, "eq": SCALAR, "ne": SCALAR}
    return simple.get(op, ORDERED)


def where(*ops: str) -> st.SearchStrategy[Any]:
    full = st.fixed_dictionaries({}, optional={op: comparands(op) for op in ops}).filter(bool)
    return st.dictionaries(COLUMN, SCALAR | full, max_size=3)


RULES = st.dictionaries(
    NAME,
    st.fixed_dictionaries({"event": LITERAL | st.lists(LITERAL, min_size=1, max_size=3)}, optional={"where": where(*OPS)}),
    max_size=3,
)
LENGTH = st.builds(lambda n, unit: f"{n}{unit}", st.integers(0, 90), st.sampled_from("wdhms"))
WORKFLOW = st.fixed_dictionaries(
    {"success": LITERAL},
    optional={
        "core": st.booleans(),
        "cadence": st.sampled_from(["day", "month"]),
        "attempt": LITERAL,
        "value": COLUMN,
        "roles": st.lists(TEXT, max_size=2),
        "tiers": st.dictionaries(NAME, LITERAL | st.lists(LITERAL, min_size=1, max_size=2), max_size=3),
        "within": LENGTH,
    },
)
FILE = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "sources": st.fixed_dictionaries({"events": st.fixed_dictionaries({"files": st.just("e.csv")})}),
        "workflows": st.dictionaries(NAME, WORKFLOW, min_size=1, max_size=3),
    },
    optional={
        "product": NAME,
        "late_after": LENGTH,
        "rules": RULES,
        "internal": st.fixed_dictionaries({}, optional={"accounts": where(*(op for op in OPS if op != "met"))}),
        "roles": st.dictionaries(NAME, st.lists(TEXT, max_size=2), max_size=2),
        "churn_risk": st.fixed_dictionaries({"min_coverage": st.decimals(0, 1, places=3)}),
    },
)


@given(FILE)
def test_read_dump_read_is_the_same_definition(data: dict[str, Any]) -> None:
    definition: Definition = definition_model().model_validate(data)
    again = parse(dump(definition).encode(), Path("d.yaml")).definition
    assert again == definition
    assert dump(again) == dump(definition)


def test_the_dump_says_what_the_file_said_and_no_more(load: Load) -> None:
    text = (
        "version: 1\nsources:\n  events:\n    files:\n    - e.csv\nworkflows:\n  w:\n    success: s\n    within: 36h\n"
    )
    assert dump(load(base=text).definition) == text


def test_settings_of_tables_survive(load: Load, example: str) -> None:
    definition = load(base=example).definition
    again = load(base=dump(definition)).definition
    assert again == definition
    assert again.settings("activation") == {"windows": (7, 14, 30)}


def test_numbers_are_dumped_as_they_were_written(load: Load) -> None:
    definition = load("rules: {a: {event: b, where: {x: {in: [1, 1.50, '1']}}}}\n").definition
    assert definition.rules["a"].where[0].value == (Decimal(1), Decimal("1.50"), "1")
    assert "- 1\n        - 1.50\n        - '1'\n" in dump(definition)
