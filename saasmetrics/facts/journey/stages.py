"""On which stage of its way to value each account stood at the end of each of the last complete periods.

A period here is a week, or a month or a quarter when no core workflow comes up more often. The rules, the first that holds:
none: no core success yet. repeating: a core workflow was done in three of its last four complete periods, and since then
always in two of them at least. spreading: that, with successes in two workflows or of two teams in the last four periods.
fading: it was repeating and no longer is, or its last core success is more than four periods of that workflow's cadence ago.
adopted: the rest.

## Columns
account    key    the account
period     count  number of the period (with the account the key)
ago        count  complete periods since then; 0: the last complete one
start      date   first day of the period
end        count  day number after its last day
stage      label  none, adopted, repeating, spreading, fading; unknown: the account is older than the export and was not seen repeating
reached    flag   has been repeating by then, as far as was seen
workflows  count  workflows of any kind with a success in the last four periods
teams      count  known teams with a core success in the last four periods
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from saasmetrics.clock import ROLLING_DAYS, Clock, Period
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._in_turn import FRESH, turn

WINDOW, ENOUGH, TOO_FEW = 4, 3, 1
SPAN: dict[Any, int] = {"week": 26, "month": 12, "quarter": 8}  # half a year or more, so that a landmark 90 days ago is inside
LEAD = 2  # so many times as long is looked back: a stage is held until it is earned or lost anew; LEAD × SPAN + WINDOW − 1 periods are the bits of one whole number
KEYS = ["account", "workflow"]
NAME = pl.col("workflow").cast(pl.Categorical)  # quicker to group by than texts
WIDTHS = ["workflows", "teams"]
UNTURNED = -1


def stages(
    activity: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, accounts: pl.LazyFrame, definition: Definition, clock: Clock
) -> pl.LazyFrame:
    """activity, user_activity → one row an account and period from its creation on."""
    kind = _kind(definition)
    last = clock.last_complete(kind)
    periods = range(last - LEAD * SPAN[kind] + 1, last + 1)
    core = activity.filter("core")
    done = _done(core, definition, clock, kind)
    ends = {cadence: [clock.index_of(clock.first_day(period + 1, kind), cadence) - 1 for period in periods] for cadence in done}
    told = [
        *(_often(rows, cadence, ends[cadence]) for cadence, rows in done.items()), *_width(activity, user_activity, members, clock, kind, periods),
        _alive(core, definition, clock, kind, periods), _since(done, clock), core.group_by("account").agg(first_day=pl.col("day").min()),
        accounts.select("account", "created_day", "left_truncated"),
    ]  # fmt: skip
    start, end = clock.start(pl.col("period"), kind), clock.start(pl.col("period") + 1, kind).to_physical().cast(pl.Int64)
    every = _by_period(told, ends, periods).with_columns(ago=last - pl.col("period"), start=start, end=end)
    there = every.filter((pl.col("created_day") < pl.col("end")) | pl.col("created_day").is_null())
    turned = pl.when("often").then(1).when(~pl.col("half")).then(0).when(FRESH).then(UNTURNED).forward_fill()
    held = there.with_columns(repeating=pl.when(turned != UNTURNED).then(turned == 1), reached=(pl.col("repeats_from") <= pl.col("end")).fill_null(False))
    filled = held.filter(pl.col("ago") < SPAN[kind]).with_columns(pl.col("repeating").fill_null(pl.col("reached")))
    return filled.select("account", "period", "ago", "start", "end", _stage().alias("stage"), "reached", *WIDTHS)


def _stage() -> pl.Expr:
    begun = (pl.col("first_day") < pl.col("end")).fill_null(False)
    wide = (pl.col("workflows") > 1) | (pl.col("teams") > 1)
    return (
        pl.when(pl.col("repeating") & wide).then(pl.lit("spreading"))
        .when("repeating").then(pl.lit("repeating"))
        .when("reached").then(pl.lit("fading"))
        .when("left_truncated").then(pl.lit("unknown"))
        .when(~begun).then(pl.lit("none"))
        .when(~pl.col("alive")).then(pl.lit("fading"))
        .otherwise(pl.lit("adopted"))
    )  # fmt: skip


def _kind(definition: Definition) -> Period:
    """The shortest cadence of a core workflow, a week at least."""
    lengths = [_coarse(definition.workflows[name].cadence, "week") for name in definition.core_workflows()]
    return min(lengths, key=lambda cadence: ROLLING_DAYS[cadence])


def _coarse(cadence: Period, kind: Period) -> Period:
    return max(cadence, kind, key=lambda one: ROLLING_DAYS[one])


def _done(core: pl.LazyFrame, definition: Definition, clock: Clock, kind: Period) -> dict[Period, pl.LazyFrame]:
    """Cadence → account, workflow, at: the periods in which a workflow of that cadence was done."""
    cadences = {name: _coarse(definition.workflows[name].cadence, kind) for name in definition.core_workflows()}
    names = {cadence: [name for name, own in cadences.items() if own == cadence] for cadence in sorted(set(cadences.values()))}
    return {cadence: core.filter(pl.col("workflow").is_in(own)).select("account", NAME, at=_at(clock, cadence)).unique().cache() for cadence, own in names.items()}


def _since(done: Mapping[Period, pl.LazyFrame], clock: Clock) -> pl.LazyFrame:
    """account, repeats_from: the end of the first period at which it was repeating."""
    span = pl.col("at") - pl.col("at").shift(ENOUGH - 1).over(KEYS, order_by="at")
    ended = {cadence: clock.start(pl.col("at") + 1, cadence).to_physical().cast(pl.Int64) for cadence in done}
    frames = [frame.with_columns(span=span).filter(pl.col("span") < WINDOW).select("account", repeats_from=ended[cadence]) for cadence, frame in done.items()]
    return pl.concat(frames).group_by("account").agg(pl.col("repeats_from").min())


def _bits(work: pl.LazyFrame, keys: Sequence[str], at: pl.Expr, ends: Sequence[int]) -> pl.LazyFrame:
    """The periods with any work as one whole number, `bits`: the lowest stands for the earliest that any of `ends` looks back on."""
    first = ends[0] - WINDOW + 1
    dated = work.select(*keys, at=at).filter(pl.col("at").is_between(first, ends[-1]))
    return dated.group_by(keys).agg(bits=_bit(pl.col("at") - first).bitwise_or())


def _bit(place: pl.Expr) -> pl.Expr:
    return pl.lit(2, pl.Int64).pow(place)


def _often(done: pl.LazyFrame, cadence: Period, ends: Sequence[int]) -> pl.LazyFrame:
    """account, and the periods up to which a workflow was done in three of four, and in two of four: the lowest bit for the first of `ends`."""
    one, two, three, four = (pl.col("bits").floordiv(2**back) for back in range(WINDOW))
    often = ((one & two) & (three | four)) | ((three & four) & (one | two))
    half = (one & two) | (three & four) | ((one | two) & (three | four))
    each = _bits(done, KEYS, pl.col("at"), ends).select("account", often=often, half=half)
    return each.group_by("account").agg(pl.col(name).bitwise_or().alias(f"{name} {cadence}") for name in ("often", "half"))


def _alive(core: pl.LazyFrame, definition: Definition, clock: Clock, kind: Period, periods: range) -> pl.LazyFrame:
    """account, and the periods at whose ends a core success from before still speaks for it: the lowest bit for the first."""
    days = {name: WINDOW * ROLLING_DAYS[_coarse(definition.workflows[name].cadence, kind)] for name in definition.core_workflows()}
    lasts = pl.col("day").cast(pl.Int64) + pl.col("workflow").replace_strict(days, return_dtype=pl.Int64)
    begins, ends = _at(clock, kind) - periods[0], clock.index(lasts, kind).cast(pl.Int64) - periods[0]
    spans = core.select("account", begin=begins.clip(lower_bound=0), end=ends.clip(upper_bound=len(periods))).filter(pl.col("begin") < pl.col("end"))
    return spans.group_by("account").agg(alive=(_bit(pl.col("end")) - _bit(pl.col("begin"))).bitwise_or())


def _width(activity: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, clock: Clock, kind: Period, periods: range) -> list[pl.LazyFrame]:
    """account, and for each of the periods shown how many of its workflows, and of its teams, had a success in the four up to it."""
    at, shown = _at(clock, kind), periods[-SPAN[kind] :]
    named = members.filter(pl.col("team").is_not_null()).select("account", "user", "team")
    people = _bits(user_activity.filter("core"), ["account", "user"], at, shown).join(named, on=["account", "user"])
    seen = (_bits(activity.with_columns(NAME), KEYS, at, shown), people.group_by("account", "team").agg(pl.col("bits").bitwise_or()))
    four = {period: pl.col("bits").floordiv(2**back) % 2**WINDOW for back, period in enumerate(shown)}
    return [
        rows.group_by("account").agg((bits > 0).sum().cast(pl.Int64).alias(f"{name} {period}") for period, bits in four.items())
        for name, rows in zip(WIDTHS, seen, strict=True)
    ]


def _at(clock: Clock, cadence: Period) -> pl.Expr:
    return clock.index(pl.col("day"), cadence).cast(pl.Int64)


def _by_period(told: Iterable[pl.LazyFrame], ends: Mapping[Period, Sequence[int]], periods: range) -> pl.LazyFrame:
    """What is told of each account → one row an account and period, in turn."""
    once = pl.concat(told, how="diagonal_relaxed").group_by("account").agg(pl.all().max()).cache()
    names = [*once.collect_schema().names()]
    kept = [name for name in names if " " not in name and name != "alive"]

    def bit(name: str, place: int) -> pl.Expr:
        return pl.col(name).fill_null(0).floordiv(2**place) % 2 > 0

    def at(number: int, period: int) -> dict[str, pl.Expr]:
        held = {name: pl.any_horizontal(bit(f"{name} {cadence}", seen[number] - seen[0]) for cadence, seen in ends.items()) for name in ("often", "half")}
        widths = {name: pl.col(f"{name} {period}").fill_null(0) if f"{name} {period}" in names else pl.lit(0, pl.Int64) for name in WIDTHS}
        return {"period": pl.lit(period, pl.Int64), **held, **widths, "alive": bit("alive", number)}

    return pl.concat(once.select(*kept, **at(number, period)) for number, period in enumerate(periods)).sort(turn("period"))
