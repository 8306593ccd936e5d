"""Two definitions: in words, in numbers whose parts add up, in accounts that change sides."""

from __future__ import annotations

import json
import subprocess
from decimal import Decimal
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from saasmetrics import catalog
from saasmetrics.commands.diff import diff
from saasmetrics.commands.effects import parted
from saasmetrics.definitions.compare import differences
from saasmetrics.definitions.read import parse, read
from saasmetrics.messages import Refused
from saasmetrics.tables import Asked, compute

from .edits import text_of

DEFINITION = """\
version: 1
timezone: UTC
sources: {events: {files: events.csv}, accounts: {files: accounts.csv}}
rules:
  posted: {event: invoice_posted, where: {status: ok}}
workflows:
  invoicing: {core: true, cadence: week, success: posted, tiers: {basic: [drafted, sent]}}
activation: {within: 14d, steps: {taxes: {kind: setup, rule: taxes_configured}, work: {rule: posted}}}
"""
ACCOUNTS = "account_id,created_at\n" + "".join(f"a{n},2026-01-01T00:00:00Z\n" for n in range(1, 6)) + "x,2025-06-01T00:00:00Z\n"
EVENTS = """\
account_id,user_id,timestamp,event,status
x,u,2025-12-20T09:00:00Z,opened,
a1,u1,2026-01-05T09:00:00Z,taxes_configured,
a1,u1,2026-01-06T09:00:00Z,invoice_posted,ok
a2,u2,2026-01-05T09:00:00Z,taxes_configured,
a2,u2,2026-02-20T09:00:00Z,invoice_posted,ok
a3,u3,2026-01-05T09:00:00Z,invoice_posted,ok
a3,u3,2026-03-27T09:00:00Z,drafted,
x,u,2026-03-29T09:00:00Z,opened,
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, text in (("old.yml", DEFINITION), ("new.yml", DEFINITION), ("events.csv", EVENTS), ("accounts.csv", ACCOUNTS)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def change(home: Path, old: str, new: str, name: str = "new.yml") -> None:
    text = (home / name).read_text("utf-8")
    assert old in text
    (home / name).write_text(text.replace(old, new), "utf-8")


def run(home: Path, capfd: pytest.CaptureFixture[str], old: str = "old.yml", **given: Any) -> dict[str, list[dict[str, Any]]]:
    before = str(home / old) if (home / old).exists() else old
    told: dict[str, Any] = {"config": None, "data": True, "as_of": None, "tables": (), "by": (), "most": None, "most_accounts": None, "format": "json", "output": None, "limit": None, "raw": False, "color": "never"}
    diff(before, str(home / "new.yml"), **{**told, **given})
    made = json.loads(capfd.readouterr().out)
    return {table["meta"]["name"]: table["data"] for table in (made if isinstance(made, list) else [made])}


def said(text: str, old: str, new: str) -> list[tuple[str, str, str]]:
    assert old in text
    one, two = (parse(part.encode(), Path("d.yaml")).definition for part in (text, text.replace(old, new)))
    return [tuple(line) for line in differences(one, two)]  # type: ignore[misc]


@pytest.mark.parametrize(("old", "new", "lines"), [
    ("within: 14d", "within: 30d", [("activation.within", "14d", "30d")]),
    ("within: 14d", "windows: [7d]", [("activation.windows", "− 14, − 30", "–")]),
    ("version: 1\n", "version: 1\nretention: {kind: unbounded}\n", [("retention.kind", "on", "unbounded")]),
    ("[drafted, sent]", "[sent, paid]", [("workflows.invoicing.tiers.basic", "− drafted", "+ paid")]),
    ("cadence: week, ", "cadence: month, ", [("workflows.invoicing.cadence", "week", "month")]),
    ("{status: ok}", "{status: fine}", [("rules.posted.where.status.eq", "ok", "fine")]),
    ("timezone: UTC", "timezone: Asia/Tokyo", [("timezone", "UTC", "Asia/Tokyo")]),
    ("workflows:\n", "features: {api: {rule: called, premium: true}}\nworkflows:\n", [("features.api", "–", "rule called, premium true")]),
    ("version: 1\n", "version: 1\nnorth_star: {workflow: invoicing, measure: count}\nreview_by: 2027-01-01\n", []),
    ("within: 14d", "within: 2w", []), ("[drafted, sent]", "[sent, drafted]", []), ("events.csv", "other.csv", []),
])  # fmt: skip
def test_words_say_what_changed_a_meaning_and_nothing_else(old: str, new: str, lines: list[tuple[str, str, str]]) -> None:
    assert said(DEFINITION, old, new) == lines


def test_without_git_only_files_are_old(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Refused, match="SM101 'HEAD' is no file, and there is no git here"):
        run(home, capfd, "HEAD", data=False)


def test_a_rule_under_another_name_is_no_change() -> None:
    assert said(DEFINITION, "posted", "done") != []  # its event is another one, too
    assert said(DEFINITION.replace("invoice_posted", "invoice"), "posted", "done") == []


def test_tiers_in_another_order_are_a_change() -> None:
    tiers = "basic: bill_captured\n      standard: bill_approved", "standard: bill_approved\n      basic: bill_captured"
    assert said(text_of("accounting"), *tiers) == [("workflows.purchasing.tiers", "basic, standard, advanced", "standard, basic, advanced")]
    assert said(DEFINITION, "taxes: {kind: setup, rule: taxes_configured}, work: {rule: posted}", "work: {rule: posted}, taxes: {kind: setup, rule: taxes_configured}") == [("activation.steps", "taxes, work", "work, taxes")]


def test_numbers_come_with_their_change(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    change(home, "within: 14d", "within: 60d")
    rows = {row["metric"]: row for row in run(home, capfd)["diff.numbers"]}
    assert (rows["activation rate"]["old"], rows["activation rate"]["unit"]) == (20, "%")  # the window is another setting
    change(home, "activation: {", "activation: {windows: [60d], ")
    change(home, "activation: {", "activation: {windows: [14d], ", "old.yml")
    row = run(home, capfd)["diff.numbers"][0]
    assert row["metric"] == "activation rate", "the most moved stands first"
    assert [row[name] for name in ("old", "new", "change", "definition", "data", "together")] == [20, 40, 20, 20, 0, 0]
    assert row["share"] == 1


def test_the_parts_of_definition_and_data_add_up_to_the_change(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    change(home, "activation: {", "activation: {windows: [14d], ", "old.yml")
    change(home, "activation: {within: 14d, ", "activation: {windows: [60d], within: 60d, ")
    change(home, "events.csv", "more.csv")
    (home / "more.csv").write_text(EVENTS + "a4,u4,2026-01-04T09:00:00Z,taxes_configured,\na4,u4,2026-01-09T09:00:00Z,invoice_posted,ok\na5,u5,2026-01-04T09:00:00Z,taxes_configured,\na5,u5,2026-01-09T09:00:00Z,invoice_posted,ok\na3,u3,2026-02-01T09:00:00Z,taxes_configured,\n", "utf-8")
    rows = {row["metric"]: row for row in run(home, capfd)["diff.numbers"]}
    assert [rows["activation rate"][name] for name in ("old", "new", "change", "definition", "data", "together")] == [20, 100, 80, 20, 40, 20]
    for row in rows.values():
        if row["together"] is not None:
            assert sum(Decimal(str(row[name])) for name in ("definition", "data", "together")) == Decimal(str(row["change"]))


@pytest.mark.parametrize(("values", "expected"), [
    (("0.1", "0.2", "0.4", "0.7"), ["0.1", "0.7", "0.6", "0.1", "0.3", "0.2"]), ((None, "1", "1", "2"), [None, "2", None, None, None, None]),
    (("1", None, "1", "2"), ["1", "2", "1", None, None, None]),
])  # fmt: skip
def test_what_rests_on_an_unknown_is_unknown(values: tuple[str | None, ...], expected: list[str | None]) -> None:
    given = dict(zip(("oo", "no", "on", "nn"), (None if value is None else Decimal(value) for value in values), strict=True))
    assert parted(given) == [None if value is None else Decimal(value) for value in expected]


def test_accounts_that_change_sides_come_with_what_moves_them(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    change(home, "taxes: {kind: setup, rule: taxes_configured}", "draft: {kind: setup, rule: drafted}")
    rows = [row for row in run(home, capfd)["diff.accounts"] if row["table"] == "activation.accounts"]
    assert [(row["account"], row["old"].split()[0], row["new"].split()[0]) for row in rows] == [("a1", "activated", "late"), ("a2", "activated", "late"), ("a3", "late", "activated")]
    assert rows[0]["because"] == "now missing draft (drafted), activated 2026-01-06 by the old"
    assert rows[2]["because"] == "no longer missing taxes (taxes_configured), activated 2026-03-27 by the new"


def test_who_changes_sides_for_the_time_alone_is_told_how_long_it_took(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    change(home, "within: 14d", "within: 2d")
    told = {row["account"]: row["because"] for row in run(home, capfd)["diff.accounts"] if row["table"] == "activation.accounts"}
    assert told == {"a1": "activated 2026-01-06 by both, after 5.4 days"}
    for name in ("old.yml", "new.yml"):
        change(home, "timezone: UTC", "timezone: Pacific/Pago_Pago", name)  # where it was the day before
    assert {row["because"] for row in run(home, capfd)["diff.accounts"] if row["account"] == "a1"} == {"activated 2026-01-05 by both, after 5.4 days"}


def test_the_same_definition_moves_nobody(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    change(home, "within: 14d", "within: 336h")
    told = run(home, capfd, most=0.0)
    assert told["diff.definition"] == told["diff.accounts"] == []
    assert all(row["change"] in (0, None) for row in told["diff.numbers"])


@pytest.mark.parametrize(("most", "code"), [(0.99, 1), (1.0, None)])
def test_a_number_that_moves_too_far_is_an_exit_code(home: Path, capfd: pytest.CaptureFixture[str], most: float, code: int | None) -> None:
    change(home, "activation: {", "activation: {windows: [14d], ", "old.yml")
    change(home, "activation: {within: 14d, ", "activation: {windows: [60d], within: 60d, ")
    if code is None:
        run(home, capfd, most=most)
        return
    with pytest.raises(SystemExit) as left:
        run(home, capfd, most=most)
    assert left.value.code == code
    assert "moved by more than 0.99" in capfd.readouterr().err


@pytest.mark.parametrize(("name", "old", "new"), [("old.yml", 0, 20), ("new.yml", 20, 0)])
def test_a_number_that_comes_from_nothing_or_goes_there_moves_too_far(home: Path, capfd: pytest.CaptureFixture[str], name: str, old: int, new: int) -> None:
    """No share can be told of 0; it is more than any."""
    for file in ("old.yml", "new.yml"):
        change(home, "activation: {", "activation: {windows: [14d], ", file)
    change(home, "{status: ok}", "{status: fine}", name)
    with pytest.raises(SystemExit):
        run(home, capfd, most=0.99)
    shown = capfd.readouterr()
    row = next(row for row in json.loads(shown.out)[1]["data"] if row["metric"] == "activation rate")
    assert (row["old"], row["new"], row["share"]) == (old, new, 1 if old else None)
    assert "moved by more than 0.99" in shown.err
    if new:
        with pytest.raises(SystemExit):
            run(home, capfd, most=99.0)


@pytest.mark.parametrize(("name", "old", "new"), [("old.yml", None, 20), ("new.yml", 20, None)])
def test_a_number_that_one_definition_alone_knows_stands_first_and_is_an_exit_code(home: Path, capfd: pytest.CaptureFixture[str], name: str, old: int | None, new: int | None) -> None:
    for file in ("old.yml", "new.yml"):
        change(home, "activation: {", "activation: {windows: [14d], ", file)
    text = (home / name).read_text("utf-8")
    (home / name).write_text(text[: text.index("activation:")], "utf-8")
    rows = run(home, capfd)["diff.numbers"]
    alone = [row["metric"] for row in rows if (row["old"] is None) != (row["new"] is None)]
    assert "activation rate" in alone and [row["metric"] for row in rows[: len(alone)]] == alone
    row = next(row for row in rows if row["metric"] == "activation rate")
    assert [row[part] for part in ("old", "new", "change", "share")] == [old, new, None, None]
    with pytest.raises(SystemExit) as left:
        run(home, capfd, most=9.0)
    assert left.value.code == 1
    assert f"known by one of the two definitions alone: {', '.join(alone)}" in capfd.readouterr().err


@pytest.mark.skipif(which("git") is None, reason="there is no git here")
def test_the_old_one_may_be_a_revision_of_git(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for command in (["init", "-q"], ["add", "new.yml"], ["-c", "user.name=n", "-c", "user.email=n@example.org", "commit", "-q", "-m", "one"]):
        subprocess.run(["git", *command], cwd=home, check=True, capture_output=True)
    change(home, "within: 14d", "within: 30d")
    assert run(home, capfd, "HEAD", data=False)["diff.definition"] == [{"place": "activation.within", "old": "14d", "new": "30d"}]
    with pytest.raises(Refused, match="SM101 'nowhere' is neither a file nor a revision of git"):
        run(home, capfd, "nowhere", data=False)


@pytest.mark.parametrize("revision", ["--output=x", "-h"])
def test_a_revision_is_no_option_of_git(home: Path, capfd: pytest.CaptureFixture[str], revision: str) -> None:
    with pytest.raises(Refused, match="SM101"):
        run(home, capfd, revision, data=False)
    assert not list(home.glob("x*"))


def plans(home: Path) -> None:
    """Two plans: a1, a2, x and a3, a4, a5; the new definition asks for a draft in place of the taxes."""
    lines = ACCOUNTS.splitlines()
    (home / "accounts.csv").write_text("\n".join([f"{lines[0]},plan", *(f"{line},{'pro' if line[:2] in ('a1', 'a2', 'x,') else 'free'}" for line in lines[1:])]) + "\n", "utf-8")
    for name in ("old.yml", "new.yml"):
        change(home, "{files: accounts.csv}", "{files: accounts.csv, segments: [plan]}", name)
    change(home, "taxes: {kind: setup, rule: taxes_configured}", "draft: {kind: setup, rule: drafted}")


def test_any_number_of_any_table_is_compared_by_segment_too(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each cell is what its definition gives by itself."""
    plans(home)
    asked = ("activation.rate", "activation.rate.activated", "activation.time_to_value.share_reached", "activation.accounts")
    rows = run(home, capfd, tables=asked, by=("plan",))["diff.numbers"]
    told = {(row["metric"], row["segment"]): (row["old"], row["new"]) for row in rows}
    sides = [{table.name: table.frame for table in compute(read(home / name), [catalog.rooms()[room] for room in ("activation.rate", "activation.time_to_value", "activation.accounts")], Asked(by=("plan",)))[0]} for name in ("old.yml", "new.yml")]
    for plan in ("free", "pro"):
        rate, reached = ([frames[name].filter(plan=plan).to_dicts() for frames in sides] for name in ("activation.rate", "activation.time_to_value"))
        within = [next(row for row in side if row["window_days"] == 14) for side in rate]
        assert told["activation.rate", f"plan {plan}"] == tuple(row["rate"] and round(100 * row["rate"], 6) for row in within)
        assert told["activation.rate activated (window_days 7)", f"plan {plan}"] == tuple(side[0]["activated"] for side in rate)
        assert told["activation.time_to_value share_reached", f"plan {plan}"] == tuple(round(100 * side[0]["share_reached"], 6) for side in reached)
    states = [dict(frames["activation.accounts"].select("account", "state").iter_rows()) for frames in sides]
    assert told["activation.accounts late", ""] == tuple(sum(state == "late" for state in side.values()) for side in states)
    assert len(rows) == 7


def test_accounts_that_flip_are_those_whose_rows_differ(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plans(home)
    rooms = [catalog.rooms()[name] for name in ("activation.accounts", "churn_risk.accounts", "health.accounts", "engagement.movers")]
    told = run(home, capfd, tables=[*(room.key for room in rooms[:3]), "engagement.active_accounts"])["diff.accounts"]
    sides = [{table.name: table.frame for table in compute(read(home / name), rooms, Asked())[0]} for name in ("old.yml", "new.yml")]
    expected = set()
    for room, state in zip(rooms, ("state", "band", "band", "way"), strict=True):
        before, after = (dict(side[room.key].select("account", state).iter_rows()) for side in sides)
        expected |= {(room.key, one, before.get(one), after.get(one)) for one in {*before, *after} if before.get(one) != after.get(one)}
    assert {(row["table"], row["account"], row["old"], row["new"]) for row in told} == expected != set()


def test_too_many_accounts_that_change_sides_fail(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plans(home)
    flips = {row["account"] for row in run(home, capfd, tables=["activation.rate"])["diff.accounts"]}
    run(home, capfd, tables=["activation.rate"], most_accounts=len(flips))
    with pytest.raises(SystemExit) as left:
        run(home, capfd, tables=["activation.rate"], most_accounts=len(flips) - 1)
    assert left.value.code == 1 and f"{len(flips)} accounts change sides, more than {len(flips) - 1}" in capfd.readouterr().err


@pytest.mark.parametrize("given", [{"tables": ["activation.rate"]}, {"by": ["plan"]}, {"most": 0.1}, {"most_accounts": 0}])
def test_what_looks_at_numbers_needs_the_data(home: Path, capfd: pytest.CaptureFixture[str], given: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="SM130 --table, --by, --most and --most-accounts look at numbers"):
        run(home, capfd, data=False, **given)


def test_markdown_is_for_a_pull_request(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    change(home, "within: 14d", "within: 30d")
    diff(str(home / "old.yml"), str(home / "new.yml"), config=None, data=False, tables=(), by=(), as_of=None, most=None, most_accounts=None, format="md", output=None, limit=None, raw=False, color="never")
    out = capfd.readouterr().out
    assert out.startswith("**What the new definition says otherwise.**") and "| activation.within | 14d | 30d |" in out
