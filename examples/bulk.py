"""The big mode: any number of events, in Parquet files of a million rows, one file at a time.

Many cases of ten events run side by side. What happens in a case follows from its number alone, through integer
hashing, so every file can be made without the others, and is the same each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from pathlib import Path

import polars as pl
from bulk_accounts import FIRST, GOLDEN, LEAVING, SECOND, Crowd, mix
from bulk_plot import LENGTH, Kind, Plot
from dataset import Maker
from moments import DAY, HOURS, WEEKDAYS
from tables import as_csv, clear

PART = 1_000_000  # rows in a file
ABREAST = 300_000  # another case runs side by side for every so many rows: cases last a quarter of an hour
REPEAT = 128  # the last of so many rows is a copy of the one before
HOUR = 3_600_000_000  # microseconds
ONBOARDINGS, RECENT_DAYS = 4, 10  # onboarding cases of a new account, and the days they spread over
LOW = 2**32
AMOUNTS = 2**16


def number(value: int) -> pl.Expr:
    """An unsigned constant."""
    return pl.lit(value, dtype=pl.UInt64)


def mixed(value: pl.Expr, salt: int) -> pl.Expr:
    """`mix` over a column: unsigned products wrap around."""
    z = value * number(GOLDEN) + number(salt)
    z = (z ^ (z // number(2**30))) * number(FIRST)
    z = (z ^ (z // number(2**27))) * number(SECOND)
    return z ^ (z // number(2**31))


def skewed(chance: pl.Expr, count: pl.Expr) -> pl.Expr:
    """A number below `count`, small ones more often; from a chance below 2^32."""
    return chance * chance // number(LOW) * count // number(LOW)


def look_up(values: pl.Series, place: pl.Expr) -> pl.Expr:
    """The values at these places."""
    return pl.lit(values).gather(place)


class Bulk:
    """The events of a crowd of accounts."""

    def __init__(self, crowd: Crowd, rows: int, seed: int) -> None:
        self.product, self.span, self.crowd, self.rows, self.seed = crowd.product, crowd.span, crowd, rows, seed
        self.plot = Plot(crowd.product, seed)
        self.abreast = max(1, rows // ABREAST)
        self.hours = self.timeline()
        self.lines = pl.Series(self.plot.lines, dtype=pl.UInt16)
        self.amounts, self.times = amounts(seed), times(seed)

    # Time

    def timeline(self) -> pl.DataFrame:
        """The hours: the first row of each, how many rows it has, and how many accounts there are."""
        starts = range(self.span.start * 1000, self.span.end * 1000, HOUR)
        sums = [0, *accumulate(self.weight(start) for start in starts)]
        firsts = [self.rows * done // sums[-1] for done in sums]
        alive = [self.crowd.alive(start // 1000) for start in starts]
        frame = pl.DataFrame({"first": firsts[:-1], "next": firsts[1:], "hour": [*starts], "alive": alive})
        return frame.filter(pl.col("next") > pl.col("first")).set_sorted("first")

    def weight(self, start: int) -> int:
        """How busy an hour is: work has its rhythm, and grows a little."""
        local = datetime.fromtimestamp(start // 1_000_000, self.span.zone)
        week = (start // 1000 - self.span.start) // (7 * DAY)
        return (4 + WEEKDAYS[local.weekday()] * HOURS[local.hour]) * (self.span.weeks + week)

    # Cases

    def cases(self, start: int, end: int) -> pl.DataFrame:
        """What is the same for all rows of a case."""
        case, width = pl.col("case"), self.abreast * LENGTH
        first = case.cast(pl.Int64) // self.abreast * width + case.cast(pl.Int64) % self.abreast
        frame = pl.DataFrame({"case": pl.int_range(start, end, dtype=pl.UInt64, eager=True)})
        frame = frame.with_columns(first.alias("first")).set_sorted("first")
        frame = frame.join_asof(self.hours.select("first", "hour", pl.col("alive").cast(pl.UInt64)), on="first")
        return self.peopled(self.chosen(frame))

    def chosen(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The account and the script of every case; sometimes the onboarding of a recent account."""
        luck, more = (mixed(pl.col("case"), mix(self.seed, salt)) for salt in (1, 2))
        recent = max(1, self.crowd.new * RECENT_DAYS // (7 * self.span.weeks))
        onboards = luck % number(LOW) < number(self.onboarding_share())
        last = pl.col("alive") - 1
        newest = last - pl.min_horizontal(last, luck // number(LOW) % number(recent))
        account = pl.when(onboards).then(newest).otherwise(skewed(luck // number(LOW), pl.col("alive")))
        onboarding = more % number(max(1, self.plot.onboarding)) + number(self.plot.regular)
        script = pl.when(onboards).then(onboarding).otherwise(more % number(self.plot.regular))
        return frame.with_columns(account.alias("n"), script.alias("script"), (more // number(LOW)).alias("chance"))

    def onboarding_share(self) -> int:
        """The share of cases that are onboarding, of 2^32."""
        cases = max(1, self.rows // LENGTH)
        return min(LOW // 8, ONBOARDINGS * self.crowd.new * LOW // cases) if self.plot.onboarding else 0

    def peopled(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The texts of every case; the work of an account that has left is done by the one before it."""
        n, crowd = pl.col("n"), self.crowd
        ended, people = pl.Series([moment * 1000 for moment in crowd.ended]), pl.Series(crowd.people, dtype=pl.UInt64)
        left = (n % LEAVING == LEAVING - 1) & (pl.col("hour") >= look_up(ended, n))
        frame = frame.with_columns(pl.when(left).then(n - 1).otherwise(n))
        account = look_up(pl.Series(crowd.ids), n)
        user = (skewed(pl.col("chance"), look_up(people, n)) + 1).cast(pl.String).str.zfill(3)
        entity = pl.col("case").cast(pl.String).str.zfill(10)
        amount = look_up(self.amounts, mixed(pl.col("case"), mix(self.seed, 3)) % number(AMOUNTS))
        took = look_up(self.times, pl.col("chance") % number(AMOUNTS))
        return frame.select(
            "script", account.alias("account"), (account + "-u" + user).alias("user"),
            entity.alias("entity"), amount.alias("amount"), took.alias("took"),
        )  # fmt: skip

    # Rows

    def part(self, start: int, end: int) -> pl.DataFrame:
        """Some rows in their order, as the table that is written."""
        width = self.abreast * LENGTH
        first = start // width * self.abreast
        cases = self.cases(first, (end - 1) // width * self.abreast + self.abreast)
        row, case = pl.col("first"), pl.col("case")
        within = row % width
        frame = pl.DataFrame({"first": pl.int_range(start, end, eager=True)})
        frame = frame.select(pl.when(row % REPEAT == REPEAT - 1).then(row - 1).otherwise(row)).set_sorted("first")
        frame = frame.with_columns(
            (row // width * self.abreast + within % self.abreast - first).alias("case"),
            (within // self.abreast).alias("place"),
        )
        line = look_up(cases["script"].cast(pl.Int64), case) * LENGTH + pl.col("place")
        frame = frame.with_columns(look_up(self.lines, line).alias("kind"))
        return frame.join_asof(self.hours, on="first", coalesce=False).select(self.columns(cases))

    def columns(self, cases: pl.DataFrame) -> Iterator[pl.Expr]:
        """Every column of the table."""
        names, case, row = self.product.columns["events"], pl.col("case"), pl.col("first")
        time = pl.col("hour") + (row - pl.col("first_right")) * HOUR // (pl.col("next") - pl.col("first_right"))
        yield row.cast(pl.String).str.zfill(12).alias(names["id"])
        yield time.cast(pl.Datetime("us", "UTC")).alias(names["time"])
        yield look_up(cases["account"], case).alias(names["account"])
        yield look_up(cases["user"], case).alias(names["user"])
        yield look_up(pl.Series([kind.event for kind in self.plot.kinds]), pl.col("kind")).alias(names["event"])
        yield from (self.property(name, cases) for name in self.product.properties)

    def property(self, name: str, cases: pl.DataFrame) -> pl.Expr:
        """One property: fixed by the kind of event, or taken from the case."""
        dtype = pl.Decimal(18, 2) if name in self.product.values else pl.String
        fixed = pl.Series([kind.properties.get(name) for kind in self.plot.kinds], dtype=pl.String).cast(dtype)
        about = [self.comes_from(kind, name) for kind in self.plot.kinds]
        found = look_up(fixed, pl.col("kind")) if fixed.count() else pl.lit(None, dtype)
        for source in sorted({text for text in about if text}):
            has = look_up(pl.Series([text == source for text in about]), pl.col("kind"))
            found = pl.coalesce(found, pl.when(has).then(look_up(cases[source], pl.col("case"))))
        return found.alias(name)

    @staticmethod
    def comes_from(kind: Kind, name: str) -> str:
        """The column of the cases that holds this property, for events of this kind."""
        workflow = kind.workflow
        if not workflow or (name == workflow.duration and kind.event not in workflow.outcomes()):
            return ""
        return {workflow.value: "amount", workflow.entity: "entity", workflow.duration: "took"}.get(name, "")


def amounts(seed: int) -> pl.Series:
    """Amounts with two decimals."""
    salt = mix(seed, 4)
    cents = [(20 + mix(n, salt) % 180) * (10 + mix(n, salt + 1) % 990) for n in range(AMOUNTS)]
    return pl.Series([f"{amount // 100}.{amount % 100:02d}" for amount in cents]).cast(pl.Decimal(18, 2))


def times(seed: int) -> pl.Series:
    """Milliseconds as text, a few of them very long."""
    salt = mix(seed, 5)
    return pl.Series([str((80 + mix(n, salt) % 820) * (12 if n % 32 == 0 else 1)) for n in range(AMOUNTS)])


def parts(rows: int) -> Sequence[tuple[int, int]]:
    """The first row of each file, and the first after it."""
    return [(start, min(start + PART, rows)) for start in range(0, rows, PART)]


def write_bulk(maker: Maker, out: Path, rows: int) -> None:
    """All tables of the big mode."""
    crowd = Crowd(maker.product, maker.span, maker.seed, maker.total)
    bulk = Bulk(crowd, rows, maker.seed)
    clear(out / "events")
    clear(out / "events", "friction")
    clear(out / "events", "operation")
    for n, (start, end) in enumerate(parts(rows)):
        bulk.part(start, end).write_parquet(out / "events" / f"part-{n:05d}.parquet", compression="zstd")
    people = crowd.accounts()
    (out / "accounts.csv").write_bytes(as_csv(maker.accounts_table(people)))
    (out / "users.csv").write_bytes(as_csv(maker.users_table(people)))
    (out / "subscriptions.csv").write_bytes(as_csv(maker.subscriptions_table(people)))
    if tickets := maker.tickets_table(people):
        (out / "tickets.csv").write_bytes(as_csv(tickets))
    for name, found in maker.lists().items():
        (out / f"{name}.csv").write_bytes(as_csv(found))
