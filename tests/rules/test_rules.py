"""Every rule finds its Example and passes its Instead; `explain` knows it; the shipped definitions are clean."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from saasmetrics import catalog
from saasmetrics.commands.explain import explain
from saasmetrics.definitions.read import parse, read
from saasmetrics.lint import facts_of, lint
from saasmetrics.messages import CODES

from .worked import TODAY, findings

ROOT = Path(__file__).parent.parent.parent
CHECKS = catalog.checks()
HEADINGS = ["Code", "Why", "Remedy", "Example", "Instead"]
each = pytest.mark.parametrize("code", CHECKS)


@each
def test_a_rule_finds_its_example_at_its_place(code: str, tmp_path: Path) -> None:
    found = [p for p in findings(CHECKS[code].sections["Example"], tmp_path).problems if p.code == code]
    assert found
    for problem in found:
        assert problem.severity == CHECKS[code].severity
        assert (problem.line or 0) >= 1 and (problem.column or 0) >= 1
        assert "\n" not in problem.message and not problem.message.endswith(".")


@each
def test_a_rule_is_silent_where_it_is_done_well(code: str, tmp_path: Path) -> None:
    found = findings(CHECKS[code].sections["Instead"], tmp_path).problems
    assert [str(p) for p in found if p.code == code] == []
    assert [str(p) for p in found if p.severity == "error"] == []


@each
def test_a_rule_says_all_that_it_has_to(code: str) -> None:
    check = CHECKS[code]
    assert re.fullmatch(r"SM[0-9]{3}", code) and check.severity in ("error", "warning", "note")
    assert list(check.sections) == HEADINGS + ["Covers"] * bool(check.covers)
    assert check.title.endswith(".") and "\n" not in check.docstring.partition("\n\n")[0]
    assert not check.remedy.endswith(".") and check.sections["Why"].endswith((".", "?"))
    assert code not in CODES or code == "SM201", "a rule says its code itself; SM201 is told while measuring, too"


def test_every_file_is_a_rule_with_a_code_of_its_own() -> None:
    files = {path.stem for path in (ROOT / "saasmetrics" / "rules").glob("*.py")} - {"__init__"}
    assert {check.name for check in CHECKS.values()} == files
    assert len(CHECKS) == len(files) >= 40


@each
def test_a_rule_never_asks_the_clock_on_the_wall(code: str) -> None:
    names = {node.attr for node in ast.walk(ast.parse(CHECKS[code].path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
    assert not names & {"today", "now", "utcnow", "time"}


@each
def test_explain_reads_the_rule(code: str, capfd: pytest.CaptureFixture[str]) -> None:
    explain(code, False, "text")
    told = capfd.readouterr().out
    assert told.startswith(f"{code} {CHECKS[code].name} ({CHECKS[code].severity})\n{CHECKS[code].title}")
    assert "Instead\n" in told and f"{code}: {{why:" in told


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_definitions_are_clean(path: Path) -> None:
    found = lint(read(path), TODAY)
    assert (found.problems, found.accepted) == ((), ())


def test_a_definition_of_ten_lines_only_leaves_things_out() -> None:
    """The one that README begins with."""
    (text,) = re.findall(r"```yaml\n(version: 1\ntimezone.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert {problem.severity for problem in lint(parse(text.encode(), ROOT / "saasmetrics.yml"), TODAY).problems} == {"note", "warning"}


def test_rules_that_need_no_data_load_no_engine() -> None:
    for check in CHECKS.values():
        text = check.path.read_text("utf-8")
        assert ("import polars" in text) <= bool(facts_of(check)), check.name


def test_coverage_finds_the_rules() -> None:
    homes = catalog.coverage()
    for ident in ["V14", "V15", "N21", "G06", "M03", "M04", "M05", "M06", "M07", "M08", "M09", "B08", "Y12", "VM08", "VM10", "VM15"]:
        assert homes[ident].startswith("check.")


@pytest.mark.parametrize("folder", catalog.folders())
def test_every_chapter_has_a_timing(folder: str) -> None:
    assert catalog.timing(folder) in ("leading", "lagging")
