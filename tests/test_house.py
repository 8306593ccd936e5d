"""The house keeps its shape: sizes, start-up, one home for every word."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from saasmetrics import catalog
from saasmetrics.cli import application
from saasmetrics.definitions.blocks import settings_of
from saasmetrics.definitions.read import read
from saasmetrics.messages import CODES
from saasmetrics.sentences import sentence

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "saasmetrics").rglob("*.py"))
LAZY = "import sys; sys.argv[1:] = {argv!r}\nfrom saasmetrics.cli import run\ntry: run()\nexcept SystemExit: pass\n" \
       "print([m for m in ('polars', 'pyarrow', 'rich.table') if m in sys.modules], file=sys.stderr)"  # fmt: skip


def bodies() -> list[int]:
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                found += [(body[-1].end_lineno or 0) - body[0].lineno + 1] if body else []
    return sorted(found)


def test_functions_are_small() -> None:
    sizes = bodies()
    assert statistics.median(sizes) <= 7
    assert sizes[int(len(sizes) * 0.9)] <= 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 260


@pytest.mark.parametrize("argv", [["--help"], ["activation", "--help"], ["explain", "activation.rate"], ["explain", "--coverage"],
                                  ["check", "-c", "configs/accounting.yaml"], ["schema"]], ids=" ".join)  # fmt: skip
def test_what_needs_no_data_loads_no_dataframes(argv: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", LAZY.format(argv=argv)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sentences_are_not_made_by_the_format_that_panics(path: Path) -> None:
    assert "pl.format(" not in path.read_text("utf-8")


def test_sentences_survive_columns_in_pieces() -> None:
    two = pl.concat([pl.DataFrame({"x": ["a", "b"], "n": [1, 2]}), pl.DataFrame({"x": ["c", None], "n": [3, 4]})], rechunk=False)
    made = two.filter(pl.Series([False, False, True, True])).select(said=sentence("{} had {}!", "x", pl.col("n"))).to_series()
    assert made.to_list() == ["c had 3!", None]
    with pytest.raises(ValueError, match="1 columns for 2 places"):
        sentence("{} {}", "x")


def test_every_chapter_is_in_the_readme_in_its_own_words() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for folder, text in catalog.folders().items():
        leads = ", ".join(f"`{name}`" for name in catalog.leading(folder))
        assert f"| `{folder.replace('_', '-')}` | {text} | {leads} |" in readme


def test_the_definitions_in_the_readme_are_valid(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 2
    for at, text in enumerate(blocks):
        (tmp_path / f"{at}.yaml").write_text(text, "utf-8")
        read(tmp_path / f"{at}.yaml")


def test_every_chapter_leads_with_tables_that_it_has() -> None:
    for folder in catalog.folders():
        leads = catalog.leading(folder)
        assert leads == list(catalog.rooms_in(folder))[: len(leads)] != []


@pytest.mark.parametrize("folder", catalog.folders())
def test_the_help_of_a_chapter_lists_every_word_that_one_of_its_tables_takes(folder: str) -> None:
    chapter = folder.replace("_", "-")
    told = CliRunner().invoke(application([chapter]), [chapter, "--help"], terminal_width=300).output
    for name, rooms in settings_of(folder).items():
        (listed,) = re.findall(rf"--{name.replace('_', '-')} \[(.*?)\]", told)
        words = {word for setting in rooms.values() for word in re.findall("'(.*?)'", setting.annotation)}
        assert words <= {*listed.split("|")}, name


def test_help_tells_defaults_where_to_read_on_and_how_to_begin() -> None:
    told = CliRunner().invoke(application(["retention"]), ["retention", "--help"], terminal_width=300).output
    assert re.search(r"--min-cohort \[int\] +for cohorts \[default: 5\]\n", told) and re.search(r"--weeks \[int\] +for before_churn, segments\n", told)
    assert "explain retention.TABLE says what each setting decides" in told and "[default: True]" not in told
    windows = CliRunner().invoke(application(["activation"]), ["activation", "--help"], terminal_width=300).output
    assert "several values with commas, or repeated [default: 7,14,30]" in windows and "1209600000000" not in windows
    assert "To begin: `saasmetrics demo`" in CliRunner().invoke(application([]), ["--help"]).output


def test_every_code_that_is_raised_is_known_and_every_known_one_is_raised() -> None:
    text = "\n".join(path.read_text("utf-8") for path in FILES if path.name != "messages.py")
    messages = (ROOT / "saasmetrics" / "messages.py").read_text("utf-8").split("CODES:", 1)[1].split("\n}\n", 1)[1]
    used = {code for code in CODES if f'"{code}"' in text or f'"{code}"' in messages}
    assert used == set(CODES)


def test_coverage_lists_ids_with_homes() -> None:
    done = subprocess.run([sys.executable, "-m", "saasmetrics", "explain", "--coverage", "-f", "json"], cwd=ROOT, capture_output=True, check=True)
    homes = json.loads(done.stdout)
    assert homes["A04"] == "activation.rate"
    assert homes["C01"] == "churn_risk.signals"
    assert {home for home in homes.values() if not home.startswith("command.")} <= {*catalog.rooms(), *(check.key for check in catalog.checks().values())}


def divisions(path: Path) -> list[int]:
    """Lines that divide by a plain number, but by a power of two."""
    found = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    return [node.lineno for node in found if (isinstance(node.right, ast.Constant) and node.right.value != 2) or (isinstance(node.right, ast.Name) and node.right.id.isupper())]


@pytest.mark.parametrize("folder", ["facts", "metrics", "statistics.py"])
def test_columns_are_divided_to_the_last_digit(folder: str) -> None:
    """statistics.divided does it; `/ 7` is a multiplication in Polars, whose last digit depends on the number of rows."""
    assert not [(str(path), lines) for path in FILES if folder in path.parts if (lines := divisions(path))]


def test_spawned_runs_see_what_the_tests_see() -> None:
    """In CI the dependencies stand on the path of the tests, nowhere else."""
    alone = [path.name for path in sorted((ROOT / "tests").rglob("*.py")) if re.search(r'"PYTHONPATH": str\(', path.read_text("utf-8")) and path.name != "test_house.py"]
    assert not alone


@pytest.mark.parametrize(("name", "traps"), [("test_traps", [*range(1, 15), 24, 26, 28, 30, 34, 38, 40, 43, 46, 50]), ("test_traps_revenue", [*range(15, 24), 44])])
def test_every_trap_asked_for_has_a_test_of_its_number(name: str, traps: list[int]) -> None:
    """Looked for from outside: who cuts a file short cuts what watches over it, too."""
    text = (ROOT / "tests" / f"{name}.py").read_text("utf-8")
    assert [number for number in traps if f"def test_trap_{number:02d}_" not in text] == []
