"""The example data: always the same bytes, the same rows in every format, and stories that hold."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

ROOT = Path(__file__).parent.parent
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
BERLIN = ZoneInfo("Europe/Berlin")
LAST_DAY = date(2026, 11, 15)
NOISE = {"login", "page_viewed", "search_used", "help_opened", "session_pinged"}
STEPS = {"taxes_configured", "customer_created", "invoice_drafted", "invoice_posted"}
Record = dict[str, str]


def generate(out: Path, *options: str, config: str = "accounting") -> Path:
    """Run the generator as a user does."""
    script, definition = ROOT / "examples" / "generate.py", ROOT / "configs" / f"{config}.yaml"
    subprocess.run([sys.executable, "-B", script, definition, "--out", out, *options], check=True, capture_output=True)
    return out


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def records(path: Path) -> list[Record]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def moment(text: str) -> datetime:
    """A time of the data, in the product's zone."""
    return datetime.fromisoformat(text).astimezone(BERLIN)


def weeks_left(event: Record) -> int:
    """How many whole weeks of the data follow the event's week."""
    return (LAST_DAY - moment(event["timestamp"]).date()).days // 7


class Data:
    """One data set, as read from its files; every event once."""

    def __init__(self, folder: Path) -> None:
        self.raw = records(folder / "events" / "part-00000.csv")
        self.events = list({event["event_id"]: event for event in self.raw}.values())
        self.accounts = {account["account_id"]: account for account in records(folder / "accounts.csv")}
        self.users = {user["user_id"]: user for user in records(folder / "users.csv")}
        self.subscriptions = records(folder / "subscriptions.csv")
        self.stories = records(folder / "planted.csv")

    def planted(self, story: str) -> list[str]:
        """The accounts that carry a story."""
        found = [row["account"] for row in self.stories if row["story"] == story]
        assert found, story
        return found

    def of(self, account: str) -> list[Record]:
        """The events of an account."""
        return [event for event in self.events if event["account_id"] == account]

    def invoices(self, account: str) -> list[Record]:
        """The successes of the first core workflow, the one that stories are told by."""
        return [e for e in self.of(account) if e["event"] == "invoice_posted" and e["status"] == "ok"]

    def activated(self, account: str) -> timedelta | None:
        """The time from the sign-up until every step was done."""
        firsts: dict[str, str] = {}
        for event in sorted(self.of(account), key=lambda event: event["timestamp"]):
            if event["event"] != "invoice_posted" or event["status"] == "ok":
                firsts.setdefault(event["event"], event["timestamp"])
        done = [moment(firsts[step]) for step in STEPS & firsts.keys()]
        return max(done) - moment(self.accounts[account]["created_at"]) if len(done) == len(STEPS) else None

    def spans(self, account: str) -> list[Record]:
        """The subscriptions of an account."""
        return [span for span in self.subscriptions if span["account_id"] == account]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return Data(generate(tmp_path_factory.mktemp("data"), "--accounts", "130", "--format", "csv"))


SMALL = ("--accounts", "40", "--weeks", "30")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("small"), *SMALL, "--format", "csv")


# Bytes and formats


@pytest.mark.parametrize("format", ["csv", "csv.gz", "csv.zst", "ndjson", "parquet"])
def test_same_arguments_give_the_same_bytes(format: str, tmp_path: Path) -> None:
    first, second = (generate(tmp_path / n, *SMALL, "--format", format, "--parts", "3") for n in ("1", "2"))
    assert contents(first) == contents(second)
    assert len(list((first / "events").glob(f"part-*.{format}"))) == 3


def test_another_seed_gives_other_rows_in_the_same_files(small: Path, tmp_path: Path) -> None:
    other = contents(generate(tmp_path, *SMALL, "--format", "csv", "--seed", "8"))
    assert contents(small).keys() == other.keys()
    assert contents(small)["events/part-00000.csv"] != other["events/part-00000.csv"]


def from_ndjson(path: Path) -> list[Record]:
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [{name: value or "" for name, value in row.items()} for row in rows]


def from_csv(path: Path) -> list[Record]:
    return pl.read_csv(path, infer_schema=False).fill_null("").to_dicts()


def from_parquet(path: Path) -> list[Record]:
    frame = pl.read_parquet(path)
    assert (frame.schema["timestamp"], frame.schema["amount"]) == (pl.Datetime("us", "UTC"), pl.Decimal(18, 2))
    frame = frame.with_columns(pl.col("timestamp").dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    return frame.with_columns(pl.all().cast(pl.String)).fill_null("").to_dicts()


READERS = {"csv.gz": from_csv, "csv.zst": from_csv, "ndjson": from_ndjson, "parquet": from_parquet}


@pytest.mark.parametrize("format", READERS)
def test_every_format_has_the_same_rows(format: str, small: Path, tmp_path: Path) -> None:
    generate(tmp_path, *SMALL, "--format", format, "--parts", "2")
    parts = sorted((tmp_path / "events").iterdir())
    assert [row for part in parts for row in READERS[format](part)] == records(small / "events" / "part-00000.csv")


def test_an_earlier_run_leaves_nothing_and_the_format_is_the_definitions(tmp_path: Path) -> None:
    for options in (("--parts", "3", "--format", "csv"), ()):
        generate(tmp_path, *SMALL, *options)
    assert [path.name for path in (tmp_path / "events").iterdir()] == ["part-00000.parquet"]


def test_too_few_accounts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as error:
        generate(tmp_path, "--accounts", "5")
    assert b"--accounts must be 40 or more" in error.value.stderr


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_definition_drives_the_generator(config: Path, tmp_path: Path) -> None:
    definition = import_module("yaml").safe_load(config.read_text("utf-8"))
    rules, workflows = definition.get("rules", {}), definition["workflows"].values()
    named = {workflow.get(key) for workflow in workflows for key in ("attempt", "success", "failure")}
    generate(tmp_path, "--format", "csv", "--accounts", "130", config=config.stem)
    seen = {event["event"] for event in records(tmp_path / "events" / "part-00000.csv")}
    assert {rule["event"] for rule in rules.values()} | (named - rules.keys() - {None}) <= seen


# Stories


@pytest.mark.parametrize("story", ["champion_only", "decliner", "expander", "churned", "reactivated"])
def test_most_stories_activate_in_time(story: str, data: Data) -> None:
    for account in data.planted(story):
        assert (data.activated(account) or timedelta.max) < timedelta(days=14)


def test_stuck_accounts_lack_a_step_and_slow_ones_are_late(data: Data) -> None:
    for account in data.planted("stuck_onboarding"):
        assert data.activated(account) is None
        assert NOISE & {event["event"] for event in data.of(account)}
    for account in data.planted("slow_onboarding"):
        assert (data.activated(account) or timedelta()) > timedelta(days=14)


def test_a_champion_does_the_work_alone(data: Data) -> None:
    for account in data.planted("champion_only"):
        work = Counter(event["user_id"] for event in data.of(account) if event["event"] not in NOISE)
        assert work.most_common(1)[0][1] >= 0.95 * work.total() > 30
        assert sum(user["account_id"] == account and user["joined_at"] != "" for user in data.users.values()) > 2


def test_busy_accounts_look_around_and_get_little_done(data: Data) -> None:
    for account in data.planted("busy_optional"):
        late = [event for event in data.of(account) if weeks_left(event) < 12]
        assert len({weeks_left(event) for event in data.invoices(account) if weeks_left(event) < 12}) <= 3
        assert sum(event["event"] in NOISE for event in late) > 400
        assert len({weeks_left(event) for event in late if event["event"] == "login"}) == 12


def test_decliners_more_than_halve_every_week(data: Data) -> None:
    for account in data.planted("decliner"):
        counts = Counter(map(weeks_left, data.invoices(account)))
        last = [counts[left] for left in range(6, -1, -1)]
        assert all(2 * later < earlier for earlier, later in pairwise(last)), last


def test_expanders_grow_in_work_people_and_price(data: Data) -> None:
    for account in data.planted("expander"):
        invoices, events = data.invoices(account), data.of(account)
        bills = Counter(weeks_left(event) // 4 for event in events if event["event"] == "bill_approved")
        work = Counter(weeks_left(event) // 4 for event in invoices)
        people = Counter(block for block, _ in {(weeks_left(event) // 4, event["user_id"]) for event in invoices})
        assert all(counts[2] < counts[1] < counts[0] for counts in (bills, work, people))
        earlier, later = data.spans(account)
        assert earlier["end_date"] == later["start_date"]
        assert float(earlier["mrr"]) < float(later["mrr"])


def test_where_a_role_is_missing_its_people_are_there_and_do_nothing(data: Data) -> None:
    for account in data.planted("role_gap"):
        people = {user["user_id"]: user["role"] for user in data.users.values() if user["account_id"] == account and user["joined_at"]}
        bills = Counter(people[event["user_id"]] for event in data.of(account) if event["event"] == "bill_approved")
        assert list(people.values()).count("purchasing") >= 2
        assert bills["finance"] >= 10
        assert bills["purchasing"] == 0


def test_churned_accounts_stop(data: Data) -> None:
    for account in data.planted("churned"):
        end = data.spans(account)[-1]["end_date"]
        assert "" < end < str(LAST_DAY)
        assert max(str(moment(event["timestamp"]).date()) for event in data.of(account)) < end


def test_reactivated_accounts_come_back(data: Data) -> None:
    for account in data.planted("reactivated"):
        *_, left, back = data.spans(account)
        days = [str(moment(event["timestamp"]).date()) for event in data.of(account)]
        assert min(days) < left["end_date"] < back["start_date"] < max(days)
        assert not [day for day in days if left["end_date"] <= day < back["start_date"]]


def test_silent_and_early_accounts(data: Data) -> None:
    for account in data.planted("silent"):
        assert account in data.accounts
        assert not data.of(account)
    for account in data.planted("before_data"):
        assert data.accounts[account]["created_at"] < min(event["timestamp"] for event in data.events)


def test_internal_accounts_and_vendor_staff(data: Data) -> None:
    assert {data.accounts[account]["plan"] for account in data.planted("internal")} <= {"internal", "test"}
    for account in data.planted("vendor_staff"):
        people = {event["user_id"] for event in data.of(account)}
        assert any(data.users[user]["email"].endswith("@ledgerly.example") for user in people)


def test_ids_and_names_need_a_careful_reader(data: Data) -> None:
    assert set(data.planted("leading_zeros")) == {"123", "00123"}
    assert "," in data.accounts[data.planted("name_with_comma")[0]]["name"]
    assert not data.accounts[data.planted("name_not_ascii")[0]]["name"].isascii()


# The export as a whole


def test_duplicates_are_exact_and_late_rows_are_last(data: Data) -> None:
    assert 0.005 < 1 - len(data.events) / len(data.raw) < 0.015
    assert len({tuple(event.values()) for event in data.raw}) == len(data.events)
    times = [event["timestamp"] for event in data.events]
    late = next(n for n, (time, following) in enumerate(pairwise(times), 1) if following < time)
    assert 0.985 < late / len(times) < 0.995


def test_most_rows_are_noise_some_look_alike_and_few_lack_an_account(data: Data) -> None:
    assert 0.5 < sum(event["event"] in NOISE for event in data.events) / len(data.events) < 0.7
    assert sum(event["account_id"] == "" for event in data.events) == 12
    posted = Counter(event["status"] for event in data.events if event["event"] == "invoice_posted")
    assert 0 < posted["other"] < 0.05 * posted["ok"]


def test_the_days_are_complete_and_nobody_acts_before_joining(data: Data) -> None:
    days = {moment(event["timestamp"]).date() for event in data.events}
    assert (min(days), max(days)) == (LAST_DAY - timedelta(days=52 * 7 - 1), LAST_DAY)
    for event in data.events:
        assert "" < data.users[event["user_id"]]["joined_at"] <= event["timestamp"]


# The big mode


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("big"), "--rows", "1050000", "--accounts", "500")


def test_the_big_mode_writes_parts_of_a_million_rows_in_time_order(big: Path) -> None:
    parts = [pl.read_parquet(path) for path in sorted((big / "events").iterdir())]
    assert [part.height for part in parts] == [1_000_000, 50_000]
    rows = pl.concat(parts)
    assert rows["timestamp"].is_sorted()
    assert 0.55 < rows.filter(pl.col("event").is_in(NOISE)).height / rows.height < 0.68


def test_the_big_mode_has_the_columns_of_the_small_one(big: Path, tmp_path: Path) -> None:
    small = generate(tmp_path, *SMALL)
    schemas = [pl.scan_parquet(folder / "events" / "*.parquet").collect_schema() for folder in (small, big)]
    assert schemas[0] == schemas[1]
    for name in ("accounts", "users", "subscriptions"):
        assert list(records(small / f"{name}.csv")[0]) == list(records(big / f"{name}.csv")[0])


def test_the_big_mode_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (generate(tmp_path / n, "--rows", "20000", "--accounts", "50") for n in ("1", "2"))
    assert contents(first) == contents(second)


def test_the_big_mode_knows_its_users(big: Path) -> None:
    first = pl.scan_parquet(big / "events" / "*.parquet").group_by("user_id").agg(pl.col("timestamp").min())
    joined = {user["user_id"]: user["joined_at"] for user in records(big / "users.csv")}
    for user, seen in first.collect().iter_rows():
        assert moment(joined[user]) <= seen
