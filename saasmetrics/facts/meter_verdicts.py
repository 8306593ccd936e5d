"""What each test says about each meter: among all accounts and in each segment.

A number with an interval passes or fails when the whole interval does; one without an interval by itself.

## Columns
segment   key    the segment's name; `all`: all accounts
among     key    its value; `all`
position  key    number of the meter, as in `meter_terms`
at        key    number of the test
criterion label  what a good unit has to be
measure   label  what is measured
result    share  no share but the number measured; null: unknown
low       share  95 % interval, where there is one
high      share  95 % interval
n         count  accounts it stands on; events where events are counted; 0: unknown
limit     label  what it has to be
verdict   label  passes, fails, unclear (the interval includes the limit), insufficient (n below `pricing.min_accounts`), unknown
reason    label  why
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.sentences import sentence

CELL = ["segment", "among", "position"]
SCALES, PAYS, STEADY = "grows with the customer", "goes with what they pay", "predictable"
CRITERIA = [  # criterion, measure, least, most, what passing means, what failing means, what is missing when unknown
    (SCALES, "elasticity with the account's size", 0.25, None, "larger customers use more of it", "it hardly grows with the customer", "nobody used it, or all are of one size"),
    (PAYS, "elasticity of MRR with the quantity", 0.25, None, "who uses more pays more", "who uses more hardly pays more", "no MRR known, or all use as much"),
    (PAYS, "rank correlation with MRR", 0.0, None, "who uses more pays more", "who uses more pays less", "no MRR known, or all pay or use the same"),
    ("goes with value", "rank correlation with the north star", 0.0, None, "who uses more gets more done", "who uses more gets less done", "it is the north star itself, or nothing was done"),
    (STEADY, "median variation from month to month", None, 0.5, "the typical bill would stay in its range", "the typical bill would jump from month to month", "nobody used it for three months"),
    (STEADY, "error of the month before as a forecast", None, 0.3, "last month tells this one", "last month does not tell this one", "no two months in a row"),
    (STEADY, "share of accounts that swung", None, 0.3, "few would see a swing", "many would see a swing", "nobody was there for three months"),
    ("goes with staying", "still paying: highest fifth less lowest", 0.0, None, "who used more stays more often", "who used more stays less often", "nobody paid at the landmark, nobody left, or all used as much"),
    ("goes with expansion", "expanded: highest fifth of growth less lowest", 0.0, None, "whose use grew expands more often", "whose use grew expands less often", "nobody paid and used it long enough, or nobody expanded"),
    ("can be measured", "share of events without what they ought to say", None, 0.05, "events say who or what", "too many events say neither who nor what", "it counts no events, or there were none"),
    ("in their control", "share made by service users", None, 0.5, "people make most of it", "machines make most of it", "no users table tells machines from people, or it counts no events"),
]  # fmt: skip
NAMES = ["criterion", "measure", "least", "most", "good", "bad", "missing"]
KINDS = dict.fromkeys(NAMES, pl.String) | {"least": pl.Float64, "most": pl.Float64}


def meter_verdicts(meter_tests: pl.LazyFrame, meter_terms: pl.LazyFrame, segment_values: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """One row a segment, meter and test."""
    criteria = pl.LazyFrame([(at, *one) for at, one in enumerate(CRITERIA, 1)], schema={"at": pl.Int64, **KINDS}, orient="row")
    whole = pl.LazyFrame({"segment": ["all"], "among": ["all"]})
    groups = pl.concat([whole, segment_values.select("segment", among="value").unique()])
    grid = groups.join(meter_terms.select("position"), how="cross").join(criteria, how="cross")
    rows = grid.join(meter_tests, on=[*CELL, "at"], how="left")
    return _judged(rows, definition.pricing.min_accounts).select(*CELL, "at", "criterion", "measure", "result", "low", "high", "n", "limit", "verdict", "reason")


def _judged(rows: pl.LazyFrame, least: int) -> pl.LazyFrame:
    low, high, known = pl.coalesce("low", "result"), pl.coalesce("high", "result"), pl.col("result").is_not_null()
    inside = (low >= pl.col("least").fill_null(-1e9)) & (high <= pl.col("most").fill_null(1e9))
    outside = ((high < pl.col("least")) | (low > pl.col("most"))).fill_null(False)
    few = pl.col("n") < least
    verdict = (
        pl.when(~known).then(pl.lit("unknown")).when(few).then(pl.lit("insufficient"))
        .when(inside).then(pl.lit("passes")).when(outside).then(pl.lit("fails")).otherwise(pl.lit("unclear"))
    )  # fmt: skip
    texts = {"passes": "good", "fails": "bad", "unknown": "missing"}
    few_text, doubt = sentence(f"stands on {{}} only; it takes {least}", "n"), pl.lit("the interval includes the limit")
    reason = pl.coalesce(*(pl.when(pl.col("verdict") == name).then(text) for name, text in texts.items()), pl.when(few).then(few_text), doubt)
    told = rows.with_columns(verdict=verdict, limit=pl.coalesce(sentence("at least {}", "least"), sentence("at most {}", "most")), n=pl.when(known).then("n").otherwise(0))
    return told.with_columns(reason=reason)
