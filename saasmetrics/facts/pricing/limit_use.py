"""How much of each limited meter each account uses, beside what its plans at T allow.

Seats are used by people who joined and have not left; a workflow by its successes; a rule by its events, in the running period
of the limit. What another stock holds at T cannot be told from events.

## Columns
account     key    the account
meter       key    seats, a workflow or a rule, as the limits name it
plan        label  its plan or plans at T; null: unknown
limit       count  what they allow together; null: unknown, or unlimited
unlimited   flag   one of its plans allows any amount
kind        label  stock: what there is at T; flow: what is used up in a period
per         label  day, week, month, quarter; null: a stock, or the plans do not agree
ends_day    date   the first day after the running period; null: no flow
used        count  of a flow, in the running period so far; of a stock, at T; null: unknown
last_used   count  of a flow, in the last complete period; null: unknown, or a stock
pace        count  of a flow, used in the 28 days before T; of seats, people who joined or were first seen at work in them, less people who left; null: unknown, or the account or the export is younger
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

KEYS = ["account", "meter"]
SEATS, PACED = "seats", 28
PERIODS = ("day", "week", "month", "quarter")


def rules(definition: Definition) -> Iterator[str]:
    """The rules that the fold must bring: any of them may be limited."""
    if definition.sources.limits:
        yield from _meters(definition).values()


def limit_use(
    accounts: pl.LazyFrame, account_plans: pl.LazyFrame, limits: pl.LazyFrame, daily: pl.LazyFrame, members: pl.LazyFrame, persons: pl.LazyFrame,
    people: pl.LazyFrame | None, definition: Definition, rules: Mapping[str, int], clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """One row an account and meter of the limits table."""
    frame = _allowed(accounts, account_plans, limits).join(_periods(clock), on="per", how="left")
    flows = pl.col("kind") == "flow"
    known = pl.LazyFrame({"meter": [*_meters(definition)]}, schema={"meter": pl.String}).with_columns(counted=pl.lit(True))
    for part, keys in ((_flows(frame, daily, definition, rules, clock), KEYS), (_seats(members, persons, people, clock), KEYS), (known, ["meter"])):
        frame = frame.join(part, on=keys, how="left")
    flow = flows & pl.col("counted").fill_null(False) & pl.col("per").is_not_null()
    seats = (pl.col("kind") == "stock") & (pl.col("meter") == SEATS) & (people is not None)
    old = (pl.min_horizontal(clock.day - pl.col("created_day"), clock.day - pl.col("observed_from")) >= PACED).fill_null(False)
    return frame.select(
        *KEYS, "plan", "limit", "unlimited", "kind", "per", "ends_day",
        used=pl.when(flow).then(pl.col("n").fill_null(0)).when(seats).then(pl.col("people").fill_null(0)),
        last_used=pl.when(flow).then(pl.col("last_n").fill_null(0)),
        pace=pl.when(old & flow).then(pl.col("lately").fill_null(0)).when(old & seats).then(pl.when(pl.col("people").is_null()).then(0).otherwise("net")),
    )  # fmt: skip


def _meters(definition: Definition) -> dict[str, str]:
    """What can be limited and is counted in events → its rule; a workflow before a rule of the same name."""
    return {name: name for name in definition.rules} | {name: workflow.success for name, workflow in definition.workflows.items()}


def _allowed(accounts: pl.LazyFrame, account_plans: pl.LazyFrame, limits: pl.LazyFrame) -> pl.LazyFrame:
    """The limits of all plans of an account add up; one that is unknown, or counted in another way, makes them unknown."""
    grid = accounts.select("account", "created_day", "observed_from").join(limits.select("meter").unique(), how="cross")
    planned = grid.join(account_plans.select("account", pl.col("plan").cast(pl.String)), on="account", how="left")
    told = planned.join(limits, on=["plan", "meter"], how="left")
    alike = (pl.col("kind").drop_nulls().n_unique() <= 1) & (pl.col("per").drop_nulls().n_unique() <= 1)
    free = pl.col("unlimited").fill_null(False).any()
    sums = told.group_by(*KEYS, "created_day", "observed_from").agg(
        plan=pl.col("plan").drop_nulls().sort().str.join(" + "), unlimited=free, kind=pl.when(alike).then(pl.col("kind").drop_nulls().first()),
        per=pl.when(alike).then(pl.col("per").drop_nulls().first()), limit=pl.when(alike & ~free & pl.col("limit").is_not_null().all()).then(pl.col("limit").sum()),
    )  # fmt: skip
    return sums.with_columns(plan=pl.when(pl.col("plan") != "").then("plan"))


def _periods(clock: Clock) -> pl.LazyFrame:
    """The running and the last complete period of each kind."""
    rows = [(per, clock.running(per), clock.last_complete(per)) for per in PERIODS]  # type: ignore[arg-type]
    days = [(per, clock.first_day(run, per), clock.first_day(run + 1, per), clock.first_day(last, per), clock.first_day(last + 1, per)) for per, run, last in rows]  # type: ignore[arg-type]
    return pl.LazyFrame(days, schema={"per": pl.String, **dict.fromkeys(("starts_day", "ends_day", "last_day", "last_end"), pl.Int32)}, orient="row")


def _flows(frame: pl.LazyFrame, daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    rows = [(meter, rules[rule]) for meter, rule in _meters(definition).items() if rule in rules]
    counted = daily.join(pl.LazyFrame(rows, schema={"meter": pl.String, "rule": pl.Int64}, orient="row"), on="rule")
    dated = counted.join(frame.select(*KEYS, "starts_day", "last_day", "last_end"), on=KEYS)
    day = pl.col("day")
    return dated.group_by(KEYS).agg(
        n=pl.col("n").filter(day >= pl.col("starts_day")).sum(), lately=pl.col("n").filter(day >= clock.day - PACED).sum(),
        last_n=pl.col("n").filter((day >= pl.col("last_day")) & (day < pl.col("last_end"))).sum(),
    )  # fmt: skip


def _seats(members: pl.LazyFrame, persons: pl.LazyFrame, people: pl.LazyFrame | None, clock: Clock) -> pl.LazyFrame:
    """account, meter, people, net: who is there, and how many more than 28 days before; null: the users table has no dates."""
    dates = members.select(pl.col("joined_at", "invited_at").is_not_null().any().name.suffix("_known"))
    listed = members.select("account", "user", "joined_at", "left_at")
    there = persons.filter("joined").join(listed, on=["account", "user"], how="left").join(dates, how="cross")
    shown = pl.when("joined_at_known").then(pl.min_horizontal(clock.day_of(pl.col("joined_at")), pl.col("first_day")))
    new = (pl.coalesce(shown, clock.day_of(pl.col("invited_at"))) >= clock.day - PACED).fill_null(False)
    gone = clock.day_of(pl.col("left_at")) >= clock.day - PACED
    came, went = (new & ~pl.col("left")).sum().cast(pl.Int64), (~new & gone.fill_null(False)).sum().cast(pl.Int64)
    dated = pl.any_horizontal("joined_at_known", "invited_at_known").any()
    counted = there.group_by("account").agg(people=(~pl.col("left")).sum().cast(pl.Int64), net=pl.when(dated).then(came - went))
    return counted.with_columns(meter=pl.lit(SEATS))
