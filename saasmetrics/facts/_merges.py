"""Merged accounts: all that was theirs is the surviving account's, as if it had always been. Undone by leaving the file out."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

KEYS = {"accounts": ["account"], "users": ["account", "user"]}  # the others may have any number of rows an account


def survivors(merges: pl.DataFrame, now: int) -> dict[str, str]:
    """Merged account → the one that is left of the chain, of the merges that took effect before T."""
    done = merges.filter((pl.col("effective") < now) | pl.col("effective").is_null())
    into = dict(done.select("from", "to").iter_rows())
    return {name: _last(name, into) for name in into}


def _last(name: str, into: Mapping[str, str]) -> str:
    while name in into:
        name = into[name]
    return name


def moved(frame: pl.LazyFrame, into: Mapping[str, str]) -> pl.LazyFrame:
    """The rows of merged accounts under the name of the survivor."""
    dtype = frame.collect_schema()["account"]
    return frame.with_columns(pl.col("account").cast(pl.String).replace(into).cast(dtype))


def before(users: pl.DataFrame, into: Mapping[str, str]) -> pl.DataFrame:
    """Users of accounts, and of all that these accounts were before."""
    was = pl.DataFrame({"account": [*into.values()], "was": [*into]}, schema={"account": pl.String, "was": pl.String}).cast(pl.Categorical)
    return pl.concat([users, users.join(was, on="account").select("user", account="was").select(users.columns)])


def listed(frame: pl.LazyFrame, into: Mapping[str, str], source: str) -> pl.LazyFrame:
    """The same for a source: of accounts and users the survivor's own row stays; it is as old as its oldest part."""
    if "account" not in frame.collect_schema():
        return frame
    if source not in KEYS:
        return moved(frame, into)
    own = moved(frame.with_columns(_was=pl.col("account"), _merged=pl.col("account").is_in(list(into))), into)
    if source == "accounts":
        own = own.with_columns(created=pl.col("created").min().over("account"))
    first = own.sort("_merged", "_was").with_columns(_kept=pl.col("_was").first().over(KEYS[source]))
    return first.filter(pl.col("_was") == pl.col("_kept")).drop("_was", "_merged", "_kept")
