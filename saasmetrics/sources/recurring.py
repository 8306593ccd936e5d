"""What of a row is recurring, and how much of it falls on a month."""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.revenue import Revenue
from saasmetrics.definitions.sources import Subscriptions
from saasmetrics.sources.columns import present
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows, reject
from saasmetrics.statistics import proportion

KINDS = {
    "recurring": ("recurring", "subscription", "plan", "licensed", "active", "non_renewing", "non-renewing", "non renewing"),
    "usage": ("usage", "volume", "metered"),
    "module": ("module", "addon", "add-on", "add_on"),
    "trial": ("trial", "trialing", "in_trial", "in trial"),
    "on_hold": ("on_hold", "on-hold", "on hold", "hold", "paused", "unpaid"),
    "past_due": ("past_due", "past-due", "past due", "dunning"),
    "one_time": ("one_time", "one-time", "onetime", "setup", "service"),
}
OVER = ("canceled", "cancelled", "expired", "ended", "inactive", "churned", "terminated", "closed")  # it paid until its end
MONTHS = {
    "month": 1, "monthly": 1, "quarter": 3, "quarterly": 3, "half-year": 6, "half-yearly": 6, "semiannual": 6, "semi-annual": 6,
    "year": 12, "yearly": 12, "annual": 12, "annually": 12,
}  # fmt: skip
NO_CENTS = ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")


def kinds(rows: Rows, told: Revenue, reader: Reader) -> Rows:
    """The rows that are revenue, each with its kind; the others are left out, counted, and the first is named."""
    said = _plain("kind")
    spelt = {word: kind for kind, words in KINDS.items() for word in words} | dict.fromkeys(OVER, "recurring")
    kind = pl.when(present(pl.col("kind"))).then(said.replace_strict(spelt, default=None, return_dtype=pl.String)).otherwise(pl.lit("recurring"))
    known = Rows(rows.frame.with_columns(said=pl.col("kind"), kind=kind, over=said.is_in(OVER).fill_null(False)), rows.entries)
    _say(known, pl.col("kind").is_null(), "kind '{}' is none of those known: counted as recurring", "SM321", reader)
    policies = {"one_time": "exclude", "trial": told.trials, "on_hold": told.on_hold, "past_due": told.past_due, "usage": told.usage}
    left = {name: name.replace("_", "-") for name, policy in policies.items() if policy == "exclude"}
    for name, rule in left.items():
        _say(known, pl.col("kind") == name, "{}: no recurring revenue: left out", "SM323", reader)
        known = known.without(pl.col("kind") == name, rule)
    counted = pl.when(pl.col("kind").is_in(["usage", "module"])).then("kind").otherwise(pl.lit("recurring"))
    return Rows(known.frame.with_columns(kind=counted).drop("said"), known.entries)


def months(rows: Rows, column: str, source: Subscriptions, reader: Reader) -> Rows:
    """A length in words or in months → months, null where nothing is said; rows with anything else are rejected."""
    said = _plain(column)
    number = pl.when(said.str.contains(r"^[1-9][0-9]?$")).then(said.cast(pl.Int64, strict=False))
    read = pl.coalesce(said.replace_strict(MONTHS, default=None, return_dtype=pl.Int64), number)
    bad = read.is_null() & present(pl.col(column))
    what = "is neither month, quarter, half-year, year nor a number of months"
    sound = reject(rows, bad, column, source.mapping[column], "SM318", what, reader)
    return Rows(sound.frame.with_columns(read.alias(column)), rows.entries)


def monthly(rows: Rows, source: Subscriptions, told: Revenue) -> Rows:
    """The amount less the discount, of one month, rounded half away from zero to a ten-thousandth."""
    off = pl.col("discount").fill_null(0) if told.discounts == "subtract" else pl.lit(0)
    cents = pl.when(pl.col("currency").is_in(NO_CENTS)).then(1).otherwise(100) if source.minor_units else pl.lit(1)
    net = proportion(pl.lit(1), pl.col("mrr") - off, pl.col("interval").fill_null(1) * cents)
    return Rows(rows.frame.with_columns(mrr=net, months=pl.coalesce("term", "interval")), rows.entries)


def _plain(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().str.to_lowercase()


def _say(rows: Rows, mask: pl.Expr, what: str, code: str, reader: Reader) -> None:
    """One line for all rows of a sort, at the first of them."""
    found = rows.frame.filter(mask).sort("_file", "_line")
    if found.height:
        entry, line, text = rows.entries[found["_file"][0]], found["_line"][0], found["said"][0]
        reader.ledger.warn(code, f"line {line}: {what.format(text)} (rows like this: {found.height})", entry.path, line)
