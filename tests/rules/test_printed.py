"""How findings are printed: for people, for GitHub, as JSON, as SARIF."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from saasmetrics.commands.findings import FORMATS
from saasmetrics.lint import Linted, lint
from saasmetrics.messages import Problem

from .worked import TODAY, loaded, whole

WRONG = "workflows: {a: {success: login}, b: {success: page_viewed}}\naccepted: {SM616: {why: The third ships in spring., until: 2027-01-31}}\n"
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def found() -> Linted:
    return lint(loaded(WRONG), TODAY)


def test_concise_is_a_line_a_finding(found: Linted) -> None:
    lines = FORMATS["concise"](found).splitlines()
    assert len(lines) == len(found.problems)
    assert lines[0].startswith("d.yaml:1:1: SM613 note: ")
    assert any(line.startswith("d.yaml:3:26: SM601 workflow 'a' counts 'login'") for line in lines)


def test_full_says_once_what_to_do_and_what_is_accepted(found: Linted) -> None:
    text = FORMATS["full"](found)
    assert text.count("  SM601: ") == 1
    assert text.endswith("d.yaml:3:1: SM616 accepted: The third ships in spring.\n")


def test_github_has_its_three_levels(found: Linted) -> None:
    lines = FORMATS["github"](found).splitlines()
    assert {line.split(" ")[0] for line in lines} == {"::error", "::warning", "::notice"}
    assert "::error file=d.yaml,line=3,col=26,title=saasmetrics SM601::workflow 'a' counts" in "\n".join(lines)


def test_github_escapes_what_would_break_its_line() -> None:
    found = Linted((Problem("SM601", "50%\nnext", "a,b:c.yaml", 1, 1),), ())
    assert FORMATS["github"](found) == "::error file=a%2Cb%3Ac.yaml,line=1,col=1,title=saasmetrics SM601::50%25%0Anext\n"


def test_json_is_a_list_with_remedies(found: Linted) -> None:
    rows = json.loads(FORMATS["json"](found))
    assert [row["code"] for row in rows] == [problem.code for problem in found.problems]
    assert all(row["remedy"] and row["line"] for row in rows)


def test_sarif_has_rules_results_and_suppressions(found: Linted) -> None:
    made = json.loads(FORMATS["sarif"](found))
    (run,) = made["runs"]
    assert made["version"] == "2.1.0" and made["$schema"].endswith("sarif-2.1.0.json")
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == set(rules)
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules.values())
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    (accepted,) = [result for result in run["results"] if "suppressions" in result]
    assert (accepted["ruleId"], accepted["suppressions"][0]["justification"]) == ("SM616", "The third ships in spring.")
    region = run["results"][0]["locations"][0]["physicalLocation"]
    assert region["artifactLocation"]["uri"] == "d.yaml" and region["region"]["startLine"] >= 1


FIELDS = {  # of SARIF 2.1.0, as far as they are used
    "": {"$schema", "version", "runs"}, "runs": {"tool", "results", "columnKind"}, "tool": {"driver"}, "driver": {"name", "version", "rules"},
    "rules": {"id", "name", "shortDescription", "fullDescription", "help"}, "results": {"ruleId", "level", "message", "locations", "suppressions"},
    "locations": {"physicalLocation"}, "physicalLocation": {"artifactLocation", "region"}, "artifactLocation": {"uri"}, "region": {"startLine", "startColumn"},
    "suppressions": {"kind", "justification"}, **dict.fromkeys(("message", "shortDescription", "fullDescription", "help"), {"text"}),
}  # fmt: skip


def strange(data: Any, name: str = "") -> list[str]:
    """Fields that the standard does not have at their place."""
    if isinstance(data, list):
        return [path for one in data for path in strange(one, name)]
    if not isinstance(data, dict):
        return []
    return [f"{name}.{key}" for key in data if key not in FIELDS[name]] + [path for key, inner in data.items() for path in strange(inner, key)]


def test_sarif_has_the_fields_of_the_standard_and_no_others(found: Linted) -> None:
    made = json.loads(FORMATS["sarif"](found))
    assert strange(made) == []
    (run,) = made["runs"]
    assert run["columnKind"] == "unicodeCodePoints", "columns are counted in characters"
    assert {kind["kind"] for result in run["results"] for kind in result.get("suppressions", ())} == {"external"}
    assert all(min(result["locations"][0]["physicalLocation"]["region"].values()) >= 1 for result in run["results"])


def test_sarif_names_files_as_uris() -> None:
    made = json.loads(FORMATS["sarif"](Linted((Problem("SM601", "x", "my défs\\a#b%.yaml", 1, 1),), ())))
    assert made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20d%C3%A9fs/a%23b%25.yaml"


@pytest.mark.parametrize(("text", "code", "last"), [
    (WRONG, 1, "2 errors, [0-9] warnings, [0-9] notes · 1 accepted · 2 workflows"), ("product: L\n", 0, "0 errors, [0-9] warnings, [0-9] notes · 1 workflow, 0 activation steps, 0 tiers read"),
])  # fmt: skip
def test_the_command_says_how_many_and_fails_on_errors_only(text: str, code: int, last: str, tmp_path: Path) -> None:
    (tmp_path / "saasmetrics.yml").write_text(whole(text), "utf-8")
    command = [sys.executable, "-m", "saasmetrics", "check", "--today", "2026-11-22", "-f", "concise"]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert re.match(last, done.stderr), done.stderr
