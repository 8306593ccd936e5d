"""Whose rows differ between a list of then and that of now, from a few numbers that were kept of then.

An invertible Bloom lookup table (Eppstein, Goodrich, Uyeda and Varghese, "What's the Difference?", SIGCOMM 2011): every
account, with letters for all its rows, is counted in one cell of each third. What then and now have in common cancels out,
and the cells that are left with one account each give the others away: a dozen accounts that changed, or two dozen new ones.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator, Mapping

import polars as pl

from saasmetrics.facts._digest import APART, ODD, hashed

THIRD = 16  # cells
CHECK = 24  # bits of the letters of rows that follow from the others
BITS = 20  # of 64: which cell of a third it is follows from bits of its own
PACKED = struct.Struct("<iQQ")  # how many accounts, and their letters and those of their rows put together
Cell = tuple[int, int, int]


def sketch(rows: pl.LazyFrame) -> str:
    """All rows of a list that has accounts."""
    own = pl.col("1").sum().hash(0)
    each = hashed(rows, "account").group_by("account").agg(rows=own // 2**CHECK * 2**CHECK).with_columns(account=_letters())
    sound = each.with_columns(rows=pl.col("rows") + (pl.col("account").xor(pl.col("rows")) * APART) // 2 ** (64 - CHECK))
    places = [(pl.col("account").xor(pl.col("rows")) // 2 ** (BITS * third) % THIRD + THIRD * third).alias(str(third)) for third in range(3)]
    placed = sound.with_columns(place=pl.concat_list(places)).explode("place").group_by("place")
    found = placed.agg(pl.len(), pl.col("account", "rows").bitwise_xor()).collect()
    cells = {int(place): cell for place, *cell in found.iter_rows()}
    return base64.b85encode(b"".join(PACKED.pack(*cells.get(place, (0, 0, 0))) for place in range(3 * THIRD))).decode()


def names(accounts: pl.LazyFrame) -> dict[int, str]:
    """The letters of accounts → the accounts."""
    texts = accounts.select(pl.col("account").cast(pl.String))
    return dict(texts.select(letters=_letters(), account="account").collect().iter_rows())


def differing(then: str, now: str, known: Mapping[int, str]) -> tuple[list[str], bool]:
    """The accounts whose rows are told to differ, of those whose `names` are known; whether others do, too."""
    cells = [(n - m, a ^ b, r ^ s) for (n, a, r), (m, b, s) in zip(_cells(now), _cells(then), strict=True)]
    done: set[Cell] = set()
    waiting = list(range(len(cells)))
    while waiting:
        alone = n, account, rows = cells[waiting.pop()]
        if abs(n) == 1 and account in known and _sound(account, rows) and alone not in done:
            done.add(alone)
            for one in _places(account, rows):
                m, others, theirs = cells[one]
                cells[one] = m - n, others ^ account, theirs ^ rows
                waiting.append(one)
    return sorted({known[account] for _, account, _ in done}), any(cell != (0, 0, 0) for cell in cells)


def _letters() -> pl.Expr:
    return pl.col("account").hash(0)


def _sound(account: int, rows: int) -> bool:
    """Whether the letters are those of one account and its rows, and not of several put together."""
    own = rows >> CHECK << CHECK
    return rows - own == ((account ^ own) * ODD % 2**64) >> (64 - CHECK)


def _places(account: int, rows: int) -> list[int]:
    return [((account ^ rows) >> BITS * third) % THIRD + THIRD * third for third in range(3)]


def _cells(told: str) -> Iterator[Cell]:
    return PACKED.iter_unpack(base64.b85decode(told))
