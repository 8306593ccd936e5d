"""What an account pays on each day."""

from __future__ import annotations

from decimal import Decimal

from oracle.contracts import begun
from oracle.truth import Truth


def paid_by_day(truth: Truth, account: str) -> dict[str | None, list[tuple[int, Decimal]]]:
    """Currency → (day, amount from that day on) at each change before T; the first from nothing."""
    spans = begun(truth, account)
    edges = sorted({day for start, stop, _ in spans for day in (start, stop) if day < truth.today})
    return {
        currency: [(day, sum((Decimal(row["mrr"] or 0) for start, stop, row in spans if start <= day < stop and row["currency"] == currency), Decimal(0))) for day in edges]
        for currency in {row["currency"] for _, _, row in spans}
    }
