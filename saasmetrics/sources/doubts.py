"""Ids that a spreadsheet, a data frame or a list changed, and words that stand for no id: kept as they are, and said."""

from __future__ import annotations

import polars as pl

from saasmetrics.sources.ledger import Entry
from saasmetrics.sources.reading import Reader

MANGLED = r"^\d(\.\d+)?E\+\d+$"
FLOATED = r"^\d+\.0+$"
PADDED = r"^\s|\s$"
UNSEEN = r"[\p{Cf}\p{Cc}]"  # of no width, turning the direction, control characters
SEVERAL = r"^(\[.*\]|\{.*\})$"
NOBODY = ("NULL", "null", "None", "NaN", "nan", "N/A", "n/a", "#N/A", "undefined")


def say(frame: pl.DataFrame, reader: Reader, entry: Entry) -> None:
    """For each doubt the first account of a file of which it holds, at its line."""
    account, every = pl.col("account"), frame.select(pl.col("account").unique())
    doubts = {
        "ids in scientific notation may be several accounts merged by a spreadsheet": account.str.contains(MANGLED),
        "ids with .0 were perhaps whole numbers once; without it they are other accounts": account.str.contains(FLOATED),
        "has blanks around it; without them it is another account": account.str.contains(PADDED),
        "holds characters that cannot be seen; without them it is another account": account.str.contains(UNSEEN),
        "is a list or an object, and is counted as one account": account.str.contains(SEVERAL),
        "reads like a missing id, and is counted as an account": account.is_in(NOBODY),
    }
    for what, doubtful in doubts.items():
        found = every.filter(doubtful)["account"]
        for line, name in frame.filter(account.is_in(found.implode())).select("_line", "account").head(1).rows() if len(found) else ():
            reader.ledger.warn("SM321", f"line {line}: account '{name}': {what}", entry.path, line)
