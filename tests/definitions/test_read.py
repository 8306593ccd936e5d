"""Promises 46 to 48: every problem at once, at its line and column, with the word that was meant."""

import subprocess
import sys
from pathlib import Path

import pytest

from saasmetrics.definitions.read import read
from saasmetrics.messages import Problem, Refused

from .conftest import MINIMAL, Load, Refusals, Rooms

WRONG = """\
version: 1
timezone: Europe/Berlim
value: {workflows: [invoicin]}
sources:
  events:
    files: [https://e.example/x.csv, ../x.csv]
    columns: {acount: a, time: "read_csv('/etc/passwd')"}
rules:
  a: {event: a, where: "plan = 'pro'"}
  b: {where: {amount: {gtt: 1}, __class__: 1}}
workflows:
  invoicing:
    rithm: week
    cadense: month
    core: yes
    within: 14 dayz
    success:
north_star: {workflow: invoicng, mesure: count}
activation: {steps: {}}
"""
FOUND = """\
d.yaml:2:11: SM112 timezone: 'Europe/Berlim' is not a time zone — did you mean 'Europe/Berlin'?
d.yaml:3:21: SM113 value.workflows[0]: there is no workflow 'invoicin' — did you mean 'invoicing'?
d.yaml:6:13: SM115 sources.events.files[0]: remote paths are not followed: 'https://e.example/x.csv'
d.yaml:6:38: SM114 sources.events.files[1]: not allowed: '../x.csv'
d.yaml:7:15: SM110 sources.events.columns.acount is not a known key — did you mean 'account'?
d.yaml:7:32: SM114 sources.events.columns.time: not allowed: "read_csv('/etc/passwd')" is code or a path
d.yaml:9:24: SM114 rules.a.where: not allowed: "plan = 'pro'"; a condition is a mapping such as {plan: pro}
d.yaml:10:3: SM111 required key rules.b.event is missing
d.yaml:10:24: SM110 rules.b.where.amount.gtt is not a known key — did you mean 'gt'?
d.yaml:10:33: SM114 rules.b.where.__class__: not allowed: '__class__' is code or a path
d.yaml:13:5: SM110 workflows.invoicing.rithm is not a known key
d.yaml:14:5: SM110 workflows.invoicing.cadense is not a known key — did you mean 'cadence'?
d.yaml:15:11: SM112 workflows.invoicing.core: 'yes' is neither true nor false; write one of the two
d.yaml:16:13: SM112 workflows.invoicing.within: '14 dayz' is not a duration; write 14d, 2w or 36h
d.yaml:17:5: SM111 workflows.invoicing.success is empty; write its value
d.yaml:18:24: SM113 north_star.workflow: there is no workflow 'invoicng' — did you mean 'invoicing'?
d.yaml:18:34: SM110 north_star.mesure is not a known key — did you mean 'measure'?
d.yaml:19:14: SM112 activation.steps: is empty; needs at least 1
"""


def test_promise_46_all_problems_come_at_once_each_at_its_place(refused: Refusals) -> None:
    found = refused(base=WRONG)
    assert len(found) == len(FOUND.splitlines())
    for problem, expected in zip(found, FOUND.splitlines(), strict=True):
        assert problem.startswith(expected)


def test_the_example_of_the_contract_reads_clean(load: Load, example: str) -> None:
    loaded = load(base=example)
    assert loaded.warnings == ()
    assert loaded.definition.settings("activation") == {"windows": (7, 14, 30)}
    assert loaded.definition.core_workflows() == ("invoicing",)
    assert loaded.definition.internal.users[0].value == "*@ledgerly.example"


def test_a_place_is_that_of_the_nearest_part(load: Load) -> None:
    loaded = load("rules:\n  posted:\n    event: [a, b]\n    where: {status: ok}\n")
    assert loaded.place("rules", "posted", "event", 1) == (6, 16)
    assert loaded.place("rules", "posted", "where", "status") == (7, 21)
    assert loaded.place("rules", "posted", "other", "thing") == (5, 3)
    assert loaded.place("activation", "steps") == (1, 1)


def test_a_swallowed_name_is_a_warning_and_no_refusal(load: Load) -> None:
    (warning,) = load("product: Ledgerly #1\n").warnings
    assert isinstance(warning, Problem)
    assert str(warning).startswith("d.yaml:4:19: SM122 #1 is read as a comment")


def test_value_of_the_north_star_needs_an_amount(refused: Refusals, load: Load) -> None:
    star = "north_star: {workflow: invoicing, measure: value}\n"
    assert "d.yaml:4:44: SM113 north_star.measure: value needs workflows.invoicing.value" in refused(star)[0]
    base = "version: 1\nsources: {events: {files: e.csv}}\nworkflows: {invoicing: {success: s, value: amount}}\n"
    assert load(star, base=base).definition.north_star is not None


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ("timezone: localtime\n", "'localtime' is not a time zone"),
        ("timezone: ../../etc/passwd\n", "not allowed"),
        ("timezone: right/UTC\n", "is not a time zone"),
        ("timezone: /etc/localtime\n", "is not a time zone"),
        ("timezone: Europe\n", "is not a time zone"),
        ("workflows2: {}\n", "workflows2 is not a known key — did you mean 'workflows'?"),
        ("rules: [a]\n", "rules: a list is not a mapping; write keys and values"),
        ("rules: {a: b}\n", "rules.a: 'b' is not a mapping; write keys and values"),
        ("rules: {' a': {event: b}}\n", "rules. a: ' a' has blanks around it"),
        ("week_starts: Mon\n", "'Mon' is not one of monday, tuesday"),
        ("product: [a]\n", "product: a list is not text"),
        ("api_token: hunter2\n", "api_token is not a known key"),
    ],
)
def test_promise_46_what_does_not_fit_says_what_would(refused: Refusals, extra: str, problem: str) -> None:
    (found,) = refused(extra)
    assert found.startswith("d.yaml:4:")
    assert problem in found
    assert "hunter2" not in found


def test_promise_46_a_thousand_problems_are_counted_not_listed(refused: Refusals) -> None:
    found = refused("".join(f"unknown{n}: 1\n" for n in range(1000)))
    assert len(found) == 101
    assert found[-1].endswith("and 900 more problems")


@pytest.mark.parametrize("name", ["missing.yaml", "", "a\0b", "x" * 300])
def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="SM101 cannot be opened") as caught:
        read(tmp_path / name)
    assert caught.value.exit == 2


def test_a_file_is_read_and_named(tmp_path: Path, rooms: Rooms) -> None:
    path = tmp_path / "saasmetrics.yml"
    path.write_text("version: 1\nrules: 5\n", "utf-8")
    with pytest.raises(Refused, match=f"{path}:2:8: SM112 rules: 5 is not a mapping"):
        read(path)


def test_promise_48_a_file_is_read_without_following_anything(tmp_path: Path) -> None:
    path = tmp_path / "saasmetrics.yml"
    path.write_text(MINIMAL.replace("events.csv", "s3://bucket/events.csv"), "utf-8")
    with pytest.raises(Refused, match=r"SM115 .* remote paths are not followed"):
        read(path)
    assert read(path, allow_remote=True).definition.sources.events.files == ("s3://bucket/events.csv",)


@pytest.mark.parametrize(
    ("size", "message"), [(256 * 1024, "is empty"), (256 * 1024 + 1, "SM105"), (2_000_000, "SM105")]
)
def test_promise_44_no_more_is_read_than_a_definition_may_hold(tmp_path: Path, size: int, message: str) -> None:
    path = tmp_path / "saasmetrics.yml"
    path.write_bytes(b"#" * size)
    with pytest.raises(Refused, match=message):
        read(path)


def test_definitions_load_no_engine() -> None:
    code = "import sys, saasmetrics.definitions.read, saasmetrics.lint, saasmetrics.definitions.schema; "
    code += "sys.exit(any(name in sys.modules for name in ('polars', 'pyarrow', 'rich', 'typer')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
