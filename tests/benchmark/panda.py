"""pandas for the facts of `ours.fold`: all rows of any rule in memory, a group-by a table."""

from __future__ import annotations

from typing import Any

from .data import Place
from .duck import STAFF, _rules
from .timing import Time, timed

COLUMNS = ["timestamp", "account_id", "user_id", "event", "status", "amount", "duration_ms"]
STEPS = ["taxes_configured", "customer_created", "invoice_drafted", "invoice_posted"]
OFFSETS = ((1_792_890_000_000_000, 3_600_000_000), (1_774_746_000_000_000, 7_200_000_000), (0, 3_600_000_000))
DAY = 86_400_000_000


def fold(place: Place, source: str) -> tuple[Time, Any]:
    """Usage, times of the activation steps and durations."""
    import duckdb
    import pandas as pd

    staff = [name for (name,) in duckdb.execute(STAFF.format(place.folder)).fetchall()]
    rules = pd.DataFrame(_rules(place), columns=["event", "rule", "name", "valued"])
    with timed() as time:
        found = _facts(_hits(place, source, rules, staff))
    return time, [[len(table), *(int(table[name].astype(object).sum()) for name in table.select_dtypes("number"))] for table in found]


def _hits(place: Place, source: str, rules: Any, staff: list[str]) -> Any:
    """The rows of each rule."""
    import pandas as pd

    keyed = ["event_id"] if source == "ids" else []
    rows = pd.read_parquet(place.events(source).parent, columns=[*keyed, *COLUMNS])
    rows = rows[rows["event"].isin(rules["event"]) & ~rows["user_id"].isin(staff)]
    rows = (rows.drop_duplicates("event_id") if keyed else rows).merge(rules, on="event")
    name, status = rows["name"], rows["status"]
    good = ~name.isin(["invoice_posted", "large_invoice", "bill_approved"]) | (name != "bill_approved") & (status == "ok")
    good |= (name == "bill_approved") & status.isin(["ok", "ok_after_change"])
    hits = rows[good & ((name != "large_invoice") | (rows["amount"] > 1000))]
    at = hits["timestamp"].dt.as_unit("us").astype("int64")
    return hits.assign(at=at, day=(at + _offset(at)) // DAY, amounts=(hits["amount"].fillna(0) * 10_000).astype("int64").where(hits["valued"], 0))


def _offset(at: Any) -> Any:
    import numpy as np

    return np.select([at >= start for start, _ in OFFSETS], [offset for _, offset in OFFSETS])


def _facts(hits: Any) -> list[Any]:
    """durations, moments, usage; their columns in our order."""
    timed_ = hits[hits["duration_ms"].notna() & hits["name"].isin(["invoice_posted", "bill_approved"])]
    timed_ = timed_.assign(milliseconds=timed_["duration_ms"].astype("int64"))
    durations = timed_.groupby(["rule", "day", "milliseconds"]).agg(n=("at", "size")).reset_index()
    moments = hits[hits["name"].isin(STEPS)].groupby(["account_id", "rule", "at"]).agg(n=("day", "size")).reset_index()
    sums = {"n": ("at", "size"), "first_at": ("at", "min"), "last_at": ("at", "max"), "value": ("amounts", "sum")}
    usage = hits.groupby(["account_id", "user_id", "rule", "day"], dropna=False).agg(**sums).reset_index()
    return [durations, moments, usage]
