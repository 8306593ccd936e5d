"""What speaks for a unit as the base of a price, and what against it: eleven tests, among all accounts and in each segment.

Two tables show the same tests, one in words and one in numbers: what they have in common stands here.
"""

from __future__ import annotations

import polars as pl

from saasmetrics.sentences import sentence
from saasmetrics.statistics import divided, newcombe, share, spearman, theil_sen, wilson

CELL = ["cell"]  # the number of a group and meter: quick to group by
METERS = 10_000  # more than there are
UNIT = 10_000
MOST = 200  # accounts that a slope is drawn through
FIFTHS = 5
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


SCHEMA = {
    "cell": pl.Int64, "at": pl.Int64, "result": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64,
}  # fmt: skip


def grouped(accounts: pl.LazyFrame, segment_values: pl.LazyFrame) -> pl.LazyFrame:
    """account, segment, among: every account stands among all, and among those with its value of each segment."""
    whole = accounts.select("account", segment=pl.lit("all"), among=pl.lit("all"))
    return pl.concat([whole, segment_values.select("account", "segment", among="value")])


def verdicts(bases: pl.LazyFrame, terms: pl.LazyFrame, groups: pl.LazyFrame, people_known: pl.LazyFrame, pricing_terms: pl.LazyFrame) -> pl.LazyFrame:
    """One row a group, meter and test: criterion, measure, result, low, high, n, limit, verdict, reason.

    A number with an interval passes or fails when the whole interval does; one without an interval by itself.
    """
    criteria = pl.LazyFrame([(at, *one) for at, one in enumerate(CRITERIA, 1)], schema={"at": pl.Int64, **KINDS}, orient="row")
    spots = groups.select("segment", "among").unique().sort("segment", "among", nulls_last=True).with_row_index("spot").with_columns(pl.col("spot").cast(pl.Int64))
    cell = pl.col("spot") * METERS + pl.col("position")
    placed = groups.join(spots, on=["segment", "among"], nulls_equal=True).select("account", "spot")
    asked = bases.join(terms.select("position", "is_star", "unit", "machines"), on="position").join(people_known, how="cross")
    every = asked.join(placed, on="account").with_columns(cell=cell)
    grid = spots.join(terms.select("position"), how="cross").with_columns(cell=cell).join(criteria, how="cross")
    full = grid.join(pricing_terms.select("min_accounts"), how="cross").join(_measured(every), on=[*CELL, "at"], how="left")
    return _judged(full)


def _measured(every: pl.LazyFrame) -> pl.LazyFrame:
    used = every.filter(pl.col("quantity") > 0).with_columns(x=_log("quantity", UNIT))
    size = pl.when(~pl.col("machines") & pl.col("unit").str.contains("people")).then("work").otherwise("people")
    paid = every.filter(pl.col("k").is_not_null()).with_columns(quantity=pl.col("quantity") / pl.col("k"))
    found = [
        _slope(used.with_columns(size=size).filter(pl.col("size") > 0).with_columns(y="x", x=_log("size", 1))),
        _slope(used.filter(pl.col("mrr") > 0).with_columns(y=_log("mrr", UNIT))),
        _ranks(paid.filter(pl.col("mrr").is_not_null()), "mrr"), _ranks(paid.filter(~pl.col("is_star")), "star"),
        every.filter(pl.col("cv").is_not_null()).group_by(CELL).agg(result=pl.col("cv").median(), n=pl.len()),
        every.filter(pl.col("pairs") > 0).group_by(CELL).agg(result=share(pl.col("moved").sum(), pl.col("base").sum()), n=pl.len()),
        _part(every.filter(pl.col("pairs") >= 2), "swung"), _gap(every.filter(pl.col("before").is_not_null()), "before", "kept"),
        _gap(every.filter(pl.col("grown").is_not_null() & pl.col("expanded").is_not_null()), "grown", "expanded"),
        _of_events(every, "nameless"), _of_events(every.filter("listed"), "service"),
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
    sizes = ordered.group_by(CELL).agg(pl.col("n").first())
    return theil_sen(kept, "cell").drop("n").join(sizes, on=CELL).rename({"slope": "result"})


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


def _judged(rows: pl.LazyFrame) -> pl.LazyFrame:
    low, high, known = pl.coalesce("low", "result"), pl.coalesce("high", "result"), pl.col("result").is_not_null()
    inside = (low >= pl.col("least").fill_null(-1e9)) & (high <= pl.col("most").fill_null(1e9))
    outside = ((high < pl.col("least")) | (low > pl.col("most"))).fill_null(False)
    few = pl.col("n") < pl.col("min_accounts")
    verdict = (
        pl.when(~known).then(pl.lit("unknown")).when(few).then(pl.lit("insufficient"))
        .when(inside).then(pl.lit("passes")).when(outside).then(pl.lit("fails")).otherwise(pl.lit("unclear"))
    )  # fmt: skip
    texts = {"passes": "good", "fails": "bad", "unknown": "missing"}
    few_text, doubt = sentence("stands on {} only; it takes {}", "n", "min_accounts"), pl.lit("the interval includes the limit")
    reason = pl.coalesce(*(pl.when(pl.col("verdict") == name).then(text) for name, text in texts.items()), pl.when(few).then(few_text), doubt)
    told = rows.with_columns(verdict=verdict, limit=pl.coalesce(sentence("at least {}", "least"), sentence("at most {}", "most")), n=pl.when(known).then("n").otherwise(0))
    return told.with_columns(reason=reason)
