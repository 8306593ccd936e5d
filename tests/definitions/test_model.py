"""What a definition answers about itself."""

import pytest
from pydantic import ValidationError

from .conftest import Load, Refusals

WORKFLOWS = """\
version: 1
sources: {events: {files: e.csv}}
workflows:
  a: {success: s1, core: %s, tiers: {deep: [s3, s2], basic: s9}}
  b: {success: s4, attempt: s5, failure: s6, core: %s}
"""


def test_core_are_those_marked_else_those_of_value_else_all(load: Load) -> None:
    value = "value: {workflows: b}\n"
    assert load(value, base=WORKFLOWS % ("true", "false")).definition.core_workflows() == ("a",)
    assert load(value, base=WORKFLOWS % ("false", "false")).definition.core_workflows() == ("b",)
    assert load(base=WORKFLOWS % ("false", "false")).definition.core_workflows() == ("a", "b")


def test_every_rule_referred_to_is_named_once_and_sorted(load: Load) -> None:
    extra = (
        "features: {f: {rule: s7}}\nactivation: {steps: {x: {rule: s8}, y: {rule: s1}}}\nrules: {unused: {event: u}}\n"
    )
    names = load(extra, base=WORKFLOWS % ("true", "true")).definition.rule_names()
    assert names == tuple(f"s{n}" for n in range(1, 10))


def test_a_name_is_its_rule_else_the_event(load: Load) -> None:
    definition = load("rules: {posted: {event: [a, b], where: {status: ok}}}\n").definition
    assert definition.rule("posted").event == ("a", "b")
    assert definition.rule("other").event == ("other",)
    assert definition.rule("other").where == ()


def test_tiers_and_steps_keep_the_order_of_the_file(load: Load, example: str) -> None:
    definition = load(base=example).definition
    assert list(definition.workflows["invoicing"].tiers) == ["basic", "standard", "advanced"]
    assert list(definition.steps()) == ["taxes_set_up", "customer_created", "invoice_posted"]
    assert list(load(base=WORKFLOWS % ("true", "true")).definition.workflows["a"].tiers) == ["deep", "basic"]


def test_defaults_are_those_of_the_contract(load: Load) -> None:
    definition = load("activation: {steps: {x: {rule: y}}}\n").definition
    assert (definition.timezone, definition.week_starts, definition.late_after) == (None, "monday", 86_400_000_000)
    assert definition.activation is not None
    assert (definition.activation.within, definition.activation.order) == (14 * 86_400_000_000, "any")
    assert (definition.steps()["x"].kind, definition.steps()["x"].required) == ("workflow", True)
    assert definition.workflows["invoicing"].cadence == "week"


def test_a_block_left_empty_is_a_block_left_out(load: Load) -> None:
    empty = load("timezone:\nactivation:\nrules:\ninternal: {accounts:}\nfeatures: ~\n").definition
    assert empty == load().definition


def test_roles_have_spellings(load: Load) -> None:
    roles = load("roles: {admin: [owner, Admin], service: bot, finance: [no, 1]}\n").definition.roles
    assert roles == {"admin": ("owner", "Admin"), "service": ("bot",), "finance": ("no", "1")}


def test_a_definition_does_not_change(load: Load) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load().definition.product = "x"


def test_only_version_one_is_known(refused: Refusals) -> None:
    base = "version: {}\nsources: {{events: {{files: e.csv}}}}\nworkflows: {{w: {{success: s}}}}\n"
    assert "2 is not one of 1" in refused(base=base.format(2))[0]
    assert "true is not a whole number" in refused(base=base.format("true"))[0]
    assert "required key version is missing" in refused(base=base.format(1).removeprefix("version: 1\n"))[0]
