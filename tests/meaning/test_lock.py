"""Trap 48: a definition is edited and history silently recomputed. The lock makes it loud."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from saasmetrics.commands.check import _against_the_lock
from saasmetrics.commands.lock import lock
from saasmetrics.definitions import lock as locks
from saasmetrics.definitions.read import read

DEFINITION = """\
version: 1
product: Ledgerly
timezone: UTC
sources: {events: {files: events.csv}}
internal: {accounts: {account: test}}
headlines: [activation.rate, activation.accounts, churn_risk.accounts]
rules:
  posted: {event: invoice_posted, where: {status: ok}}
workflows:
  invoicing: {core: true, cadence: week, success: posted, tiers: {basic: drafted, deep: posted}}
activation: {within: 14d, steps: {taxes: {kind: setup, rule: taxes_configured}, work: {rule: posted}}}
"""
CHANGE = "changes: [{revision: 2, effective: 2026-03-01, why: A slow start is a start.}]\n"
EVENTS = """\
account_id,user_id,timestamp,event,status
a1,u1,2026-01-05T09:00:00Z,taxes_configured,
a1,u1,2026-01-06T09:00:00Z,invoice_posted,ok
a2,u2,2026-01-05T09:00:00Z,drafted,
a2,u2,2026-02-20T09:00:00Z,invoice_posted,ok
a1,u1,2026-02-27T09:00:00Z,drafted,
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "saasmetrics.yml").write_text(DEFINITION, "utf-8")
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")
    return tmp_path


def locked(home: Path, *, data: bool = True) -> str:
    lock(home / "saasmetrics.yml", None, data, False)
    return (home / "saasmetrics.lock").read_text("utf-8")


def edit(home: Path, old: str, new: str, name: str = "saasmetrics.yml") -> None:
    text = (home / name).read_text("utf-8")
    assert old in text
    (home / name).write_text(text.replace(old, new), "utf-8")


def told(home: Path, *, data: bool = False) -> list[str]:
    return [f"{p.code} {p.severity} {p.line}:{p.column} {p.message}" for p in _against_the_lock(read(home / "saasmetrics.yml"), data)]


def test_a_lock_reads_back_as_it_was_written() -> None:
    path = ("workflows", "a.tiers.tiers", "tiers")
    made = locks.Lock(3, "123456789012", {("activation",): "000000000001", path: "1e5000000000", ("tables", "a", "b"): "aaaaaaaaaaaa"}, "0.1.0", {"engine": "777777777777"})
    assert locks.read(Path("nowhere.lock")) is None
    assert dict(locks._flat(locks._nested(made.parts))) == dict(made.parts)


def test_it_lies_beside_its_definition() -> None:
    assert locks.path_of(Path("a/saasmetrics.yml")) == Path("a/saasmetrics.lock")
    assert locks.path_of(Path("accounting.yaml")) == Path("accounting.lock")


def test_what_is_locked_is_as_it_was_and_locking_again_changes_no_byte(home: Path) -> None:
    text = locked(home)
    assert told(home, data=True) == []
    assert locked(home) == text
    assert len(text) < 3_000


@pytest.mark.parametrize(("old", "new"), [
    ("within: 14d", "within: 336h"), ("version: 1\n", "# agreed in January\nversion: 1\n"), ("basic: drafted", "basic: [drafted]"), ("status: ok", "status: {in: [ok]}"),
    ("kind: setup, rule: taxes_configured", "rule: taxes_configured, kind: setup"), ("events.csv", "./events.csv"),
    ("headlines: [activation.rate, ", "headlines: ["), ("product:", "review_by: 2027-01-01\nproduct:"),
])  # fmt: skip
def test_edits_without_a_change_of_meaning_pass(home: Path, old: str, new: str) -> None:
    locked(home)
    edit(home, old, new)
    assert [finding for finding in told(home) if " error " in finding] == []


def test_trap_48_another_meaning_needs_a_reason(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = locked(home)
    edit(home, "within: 14d", "within: 60d")
    assert told(home) == ["SM681 error 11:1 activation means something else than in the lock; tell why under changes: {revision: 2, effective: the day, why: the reason}"]
    with pytest.raises(SystemExit) as left:
        locked(home)
    assert left.value.code == 1
    assert "SM681" in capfd.readouterr().out
    assert (home / "saasmetrics.lock").read_text("utf-8") == text, "a lock cannot be opened by locking again"


def test_trap_48_with_its_reason_the_change_passes_until_it_is_locked(home: Path) -> None:
    locked(home)
    edit(home, "within: 14d", "within: 60d")
    with (home / "saasmetrics.yml").open("a", encoding="utf-8") as file:
        file.write(CHANGE)
    (found,) = told(home)
    assert found.startswith("SM682 warning 12:11 the lock is of revision 1, the file of 2")
    assert "revision: 2" in locked(home)
    assert told(home, data=True) == []
    edit(home, "within: 60d", "within: 61d")
    assert told(home)[0].startswith("SM681 error"), "one reason is for one change"


def test_the_rule_that_moved_is_named_at_those_who_use_it(home: Path) -> None:
    locked(home, data=False)
    edit(home, "{status: ok}", "{status: okay}")
    assert [found.partition(";")[0] for found in told(home)] == [
        "SM681 error 11:1 activation means something else than in the lock (rule posted)",
        "SM681 error 10:3 workflows.invoicing means something else than in the lock (rule posted)",
        "SM681 error 10:59 workflows.invoicing.tiers means something else than in the lock (rule posted)",
    ]


def test_what_comes_and_what_goes_is_told(home: Path) -> None:
    locked(home, data=False)
    edit(home, "product: Ledgerly", "product: Ledgerly\nfeatures: {api: {rule: called}}")
    edit(home, "internal: {accounts: {account: test}}", "internal: {}")
    assert [found.split(" ", 3)[3].partition(";")[0] for found in told(home)] == ["features.api is new since the lock", "internal means something else than in the lock"]


def test_without_a_lock_there_is_nothing_to_hold_on_to(home: Path) -> None:
    assert told(home)[0].startswith("SM680 error 1:1 there is no lock saasmetrics.lock beside it")


def test_a_definition_with_errors_is_not_locked(home: Path) -> None:
    edit(home, "event: invoice_posted", "event: login")
    with pytest.raises(SystemExit):
        locked(home)
    assert not (home / "saasmetrics.lock").exists()


def test_the_numbers_of_totals_are_locked_those_of_accounts_only_by_their_letters(home: Path) -> None:
    text = locked(home)
    assert "rate: '0.5'" in text and "account: a" not in text


def test_other_numbers_from_the_same_data_are_found(home: Path) -> None:
    locked(home)
    edit(home, "rate: '0.5'", "rate: '0.6'", "saasmetrics.lock")
    (found,) = told(home, data=True)
    assert found.startswith("SM683 error 6:1 activation.rate: rate 0.6 → 0.5")


def test_other_data_are_not_compared(home: Path) -> None:
    locked(home)
    with (home / "events.csv").open("a", encoding="utf-8") as file:
        file.write("a3,u3,2026-02-28T09:00:00Z,drafted,\n")
    (found,) = told(home, data=True)
    assert found.startswith("SM684 note")


def test_other_code_is_told(home: Path) -> None:
    text = locked(home, data=False)
    engine = next(line for line in text.splitlines() if line.strip().startswith("engine:"))
    edit(home, engine, "  engine: 0123456789ab", "saasmetrics.lock")
    (found,) = told(home)
    assert found.startswith("SM685 warning") and "computes engine" in found


@pytest.mark.parametrize("content", ["", "lock: 2\n", "parts: [\n", "lock: 1\nparts: none\n"])
def test_what_is_no_lock_is_refused(home: Path, content: str) -> None:
    (home / "saasmetrics.lock").write_text(content, "utf-8")
    with pytest.raises(Exception, match="SM102 is no lock that this version can read"):
        told(home)


def test_comparing_with_the_lock_loads_no_engine(home: Path) -> None:
    locked(home, data=False)
    code = "import sys; from pathlib import Path; from saasmetrics.commands.check import check; check(config=Path('saasmetrics.yml'), data=False, locked=True, format='concise', today=None, allow_remote=False); "
    code += "sys.exit(7 if 'polars' in sys.modules else 0)"
    assert subprocess.run([sys.executable, "-c", code], cwd=home, env={"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}, check=False).returncode == 0


def used(month: int, times: Callable[[int], int]) -> str:
    """Every account does its work on as many days of the month."""
    return "".join(f"a{n},u{n},2026-{month:02}-{day + 1:02}T09:00:00Z,invoice_posted,ok\n" for n in range(1, 9) for day in range(times(n)))


def priced(home: Path) -> None:
    """Eight accounts, of which each pays ten times what it uses."""
    edit(home, "events.csv}", "events.csv}, subscriptions: {files: subscriptions.csv}")
    edit(home, "internal:", "pricing: {min_accounts: 5, recent: 2, meters: {invoices: {workflow: invoicing}}}\ninternal:")
    (home / "subscriptions.csv").write_text("account_id,start_date,mrr\n" + "".join(f"a{n},2026-01-01,{10 * n}\n" for n in range(1, 9)), "utf-8")
    (home / "events.csv").write_text(EVENTS.splitlines()[0] + "\n" + "".join(used(month, lambda n: n) for month in (1, 2, 3)) + "a1,u1,2026-01-01T09:00:00Z,taxes_configured,\na1,u1,2026-04-03T09:00:00Z,drafted,\n", "utf-8")


def test_vm15_later_data_that_judge_a_unit_of_price_otherwise_are_told(home: Path) -> None:
    priced(home)
    assert "goes with what they pay (rank correlation with MRR): passes" in locked(home)
    with (home / "events.csv").open("a", encoding="utf-8") as file:
        file.write("".join(used(month, lambda n: 9 - n) for month in (4, 5)) + "a1,u1,2026-06-03T09:00:00Z,drafted,\n")
    found = [finding for finding in told(home, data=True) if finding.startswith("SM683")]
    assert found[0].startswith("SM683 warning 5:48 pricing: ") and found[0].endswith("was 'passes' as of 2026-04-03, is 'fails' as of 2026-06-03: look at what prices stand on")
    assert any("whether 'invoices' goes with what they pay (rank correlation with MRR)" in finding for finding in found)


def test_vm15_later_data_that_judge_it_alike_are_no_finding(home: Path) -> None:
    priced(home)
    locked(home)
    with (home / "events.csv").open("a", encoding="utf-8") as file:
        file.write("".join(used(month, lambda n: n) for month in (4, 5)) + "a1,u1,2026-06-03T09:00:00Z,drafted,\n")
    assert [finding.split()[0] for finding in told(home, data=True)] == ["SM684"]
