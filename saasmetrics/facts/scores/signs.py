"""Every sign of readiness to buy in every account, as of T: it holds or not, since when, by which numbers.

## Columns
account   key    the account
position  key    order of the sign
signal    label  its name in the definition file
state     label  fired: it holds; quiet: it does not; unknown: the data cannot show it, or the account is older than the export
day       date   local day number since which it holds; null unless fired
evidence  text   the numbers, as a sentence; null unless fired
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores.sign_spells import REVOCABLE


def signs(accounts: pl.LazyFrame, qualifying: pl.LazyFrame, sign_spells: pl.LazyFrame, models: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """accounts × signs that count for them. What an old account did first may lie before the export: that it does not hold is not known."""
    holding = sign_spells.filter(pl.col("until_day").is_null()).select("account", "signal", "day", "evidence")
    every = accounts.select("account", "left_truncated").join(qualifying.select("position", "signal", "known"), how="cross")
    grid = modelled("qualification", models, definition, lambda own: every.filter(pl.col("signal").is_in([*own.qualification.signals.named()])))
    told = grid.join(holding, on=["account", "signal"], how="left")
    hidden = ~pl.col("known") | (pl.col("left_truncated") & ~pl.col("signal").is_in(REVOCABLE))
    state = pl.when(pl.col("day").is_not_null()).then(pl.lit("fired")).when(hidden).then(pl.lit("unknown")).otherwise(pl.lit("quiet"))
    return told.select("account", "position", "signal", "day", "evidence", state=state)
