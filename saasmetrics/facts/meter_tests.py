"""What speaks for each meter as the unit of a price, and what against it: among all accounts and in each segment.

## Columns
segment   key    the segment's name; `all`: all accounts
among     key    its value; `all`
position  key    number of the meter, as in `meter_terms`
at        key    number of the test, as in `meter_criteria`
result    share  no share but the number measured; null: unknown
low       share  95 % interval, where there is one
high      share  95 % interval
n         count  accounts it stands on; events where events are counted
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.pricing import UNIT
from saasmetrics.statistics import divided, newcombe, share, spearman, theil_sen, wilson

CELL = ["segment", "among", "position"]
MOST = 300  # accounts that a slope is drawn through; of more, every so-manieth by quantity
FIFTHS = 5
SCHEMA = {
    "segment": pl.String, "among": pl.String, "position": pl.Int64, "at": pl.Int64, "result": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64,
}  # fmt: skip


def meter_tests(meter_bases: pl.LazyFrame, meter_terms: pl.LazyFrame, accounts: pl.LazyFrame, segment_values: pl.LazyFrame, people: pl.LazyFrame | None) -> pl.LazyFrame:
    """One row a segment, meter and test that could be measured."""
    whole = accounts.select("account", segment=pl.lit("all"), among=pl.lit("all"))
    groups = pl.concat([whole, segment_values.select("account", "segment", among="value")])
    every = meter_bases.join(meter_terms.select("position", "is_star", "unit", "machines"), on="position").join(groups, on="account")
    used = every.filter(pl.col("quantity") > 0).with_columns(x=_log("quantity", UNIT))
    size = pl.when("machines").then("people").otherwise(pl.when(pl.col("unit").str.contains("people")).then("work").otherwise("people"))
    paid = every.filter(pl.col("k").is_not_null()).with_columns(quantity=pl.col("quantity") / pl.col("k"))
    found = [
        _slope(used.with_columns(size=size).filter(pl.col("size") > 0).with_columns(y="x", x=_log("size", 1))),
        _slope(used.filter(pl.col("mrr") > 0).with_columns(y=_log("mrr", UNIT))),
        _ranks(paid.filter(pl.col("mrr").is_not_null()), "mrr"), _ranks(paid.filter(~pl.col("is_star")), "star"),
        every.filter(pl.col("cv").is_not_null()).group_by(CELL).agg(result=pl.col("cv").median(), n=pl.len()),
        every.filter(pl.col("pairs") > 0).group_by(CELL).agg(result=share(pl.col("moved").sum(), pl.col("base").sum()), n=pl.len()),
        _part(every.filter(pl.col("pairs") >= 2), "swung"), _gap(every.filter(pl.col("before").is_not_null()), "before", "kept"),
        _gap(every.filter(pl.col("grown").is_not_null() & pl.col("expanded").is_not_null()), "grown", "expanded"),
        _of_events(every, "nameless"), _of_events(every.filter(pl.lit(people is not None)), "service"),
    ]  # fmt: skip
    told = [frame.with_columns(at=pl.lit(at, pl.Int64)) for at, frame in enumerate(found, 1)]
    full = pl.concat([pl.LazyFrame(schema=SCHEMA), *told], how="diagonal_relaxed")
    return full.filter(pl.col("result").is_not_null()).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _log(name: str, unit: int) -> pl.Expr:
    """The logarithm of a month's amount."""
    return (divided(pl.col(name).cast(pl.Float64), unit) / pl.col("k")).log()


def _slope(points: pl.LazyFrame) -> pl.LazyFrame:
    """Theil and Sen's slope of y on x, both logarithms; of many accounts, through MOST of them."""
    n, place = pl.len().over(CELL).cast(pl.Int64), pl.int_range(pl.len(), dtype=pl.Int64).over(CELL)
    ordered = points.select(*CELL, "x", "y").sort(*CELL, "x", "y").with_columns(n=n, place=place)
    kept = ordered.filter((pl.col("n") <= MOST) | ((pl.col("place") * MOST).floordiv(pl.col("n")) != ((pl.col("place") - 1) * MOST).floordiv(pl.col("n"))))
    cells = ordered.select(*CELL, "n").unique().sort(CELL).with_row_index("cell").with_columns(pl.col("cell").cast(pl.Int64))
    slopes = theil_sen(kept.join(cells.drop("n"), on=CELL).select("cell", "x", "y"), "cell").drop("n")
    return cells.join(slopes, on="cell").select(*CELL, "low", "high", "n", result="slope")


def _ranks(pairs: pl.LazyFrame, name: str) -> pl.LazyFrame:
    return spearman(pairs.select(*CELL, x="quantity", y=pl.col(name) / pl.col("k")), CELL).rename({"rho": "result"})


def _part(rows: pl.LazyFrame, flag: str) -> pl.LazyFrame:
    counted = rows.group_by(CELL).agg(k=pl.col(flag).sum().cast(pl.Int64), n=pl.len().cast(pl.Int64))
    low, high = wilson(pl.col("k"), pl.col("n"))
    return counted.select(*CELL, "n", result=share(pl.col("k"), pl.col("n")), low=low, high=high)


def _gap(rows: pl.LazyFrame, amount: str, flag: str) -> pl.LazyFrame:
    """The share of the highest fifth less that of the lowest one that holds anybody; equal amounts stand together."""
    fifth = (pl.col(amount).rank("average").over(CELL) * FIFTHS / pl.len().over(CELL)).ceil().cast(pl.Int64)
    placed = rows.with_columns(fifth=fifth)
    top, bottom = pl.col("fifth") == FIFTHS, pl.col("fifth") == pl.col("fifth").min()
    sums = placed.group_by(CELL).agg(
        a=pl.col(flag).filter(top).sum().cast(pl.Int64), b=top.sum().cast(pl.Int64), c=pl.col(flag).filter(bottom).sum().cast(pl.Int64),
        d=bottom.sum().cast(pl.Int64), n=pl.len(), least=pl.col("fifth").min(), varies=pl.col(flag).any() & ~pl.col(flag).all(),
    )  # fmt: skip
    a, b, c, d = (pl.col(name) for name in "abcd")
    low, high = newcombe(a, b, c, d)
    known = sums.filter((pl.col("least") < FIFTHS) & pl.col("varies"))
    return known.select(*CELL, "n", result=share(a, b) - share(c, d), low=low, high=high)


def _of_events(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    return rows.group_by(CELL).agg(result=share(pl.col(name).sum(), pl.col("events").sum()), n=pl.col("events").sum())
