"""A made-up world as files and a definition file, in any format and any number of parts."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from oracle.world import Row, World
from saasmetrics.definitions.read import Loaded, read

HEADS = {
    "events": ("event_id", "account_id", "user_id", "timestamp", "event", "status"),
    "accounts": ("account_id", "created_at", "plan"),
    "users": ("account_id", "user_id", "role", "team", "invited_at", "email", "kind"),
    "subscriptions": ("account_id", "start_date", "end_date", "mrr", "currency", "seats", "plan", "renewal_date"),
    "tickets": ("account_id", "ticket_id", "opened_at", "resolved_at", "workflow", "category", "blocking"),
}
BASE = {
    "version": 1,
    "product": "Made up",
    "internal": {"accounts": {"plan": "internal"}, "users": {"email": {"like": "*@vendor.example"}}},
    "roles": {"admin": ["admin", "owner"], "service": ["service"]},
    "rules": {"posted": {"event": "posted", "where": {"status": "ok"}}},
    "workflows": {
        "billing": {"core": True, "cadence": "week", "success": "posted", "tiers": {"basic": "drafted", "standard": "posted", "advanced": ["paid", "drafted"]}},
        "buying": {"core": True, "cadence": "month", "success": "bought", "tiers": {"basic": "bought", "standard": "paid"}},
        "extras": {"cadence": "week", "success": "paid", "tiers": {"basic": "paid"}},
    },
    "features": {"chains": {"rule": "paid", "high_value": True}, "plus": {"rule": "bought", "premium": True}},
}
STEPS = {"set_up": {"kind": "setup", "rule": "set_up"}, "drafted": {"rule": "drafted"}, "posted": {"rule": "posted"}}


def as_csv(rows: Sequence[Row], head: Sequence[str]) -> bytes:
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, head, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return lines.getvalue().encode()


def as_ndjson(rows: Sequence[Row], head: Sequence[str]) -> bytes:
    return b"".join(json.dumps({name: row[name] for name in head}, ensure_ascii=False).encode() + b"\n" for row in rows)


def as_parquet(rows: Sequence[Row], head: Sequence[str]) -> bytes:
    packed = io.BytesIO()
    pl.DataFrame([[row[name] for name in head] for row in rows], schema=dict.fromkeys(head, pl.String), orient="row").write_parquet(packed)
    return packed.getvalue()


FORMATS = {"csv": as_csv, "csv.gz": lambda rows, head: gzip.compress(as_csv(rows, head), 1), "ndjson": as_ndjson, "parquet": as_parquet}


def definition_of(world: World, format: str, blocks: dict[str, object]) -> dict[str, object]:
    given = [name for name in HEADS if getattr(world, name) is not None]
    sources: dict[str, dict[str, object]] = {name: {"files": f"{name}-*.{format}"} for name in given}
    if "accounts" in sources:
        sources["accounts"]["segments"] = ["plan", *(name for name in ("channel", "world") if any(name in row for row in world.accounts or ()))]
    internal = {key: rule for key, rule in BASE["internal"].items() if key in given}  # type: ignore[attr-defined]
    return {**BASE, "internal": internal, "sources": sources, **blocks}


def write(folder: Path, world: World, blocks: dict[str, object], format: str = "csv", parts: Sequence[Sequence[Row]] | None = None) -> Loaded:
    """The files, and the definition that reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, head in HEADS.items():
        rows = getattr(world, name)
        if rows is not None:
            head = tuple(dict.fromkeys([*head, *(column for row in rows for column in row)]))
            for n, part in enumerate(parts if parts is not None and name == "events" else [rows]):
                (folder / f"{name}-{n:03d}.{format}").write_bytes(FORMATS[format](part, head))
    path = folder / "made_up.yaml"
    path.write_text(yaml.safe_dump(definition_of(world, format, blocks), allow_unicode=True, sort_keys=False), "utf-8")
    return read(path)


def write_tables(folder: Path, heads: Mapping[str, Sequence[str]], rows: Mapping[str, Sequence[Row] | None], blocks: dict[str, Any], columns: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> Loaded:
    """One CSV a table that there is, with just these columns, and the definition that reads them; `more` of a table is what else it declares."""
    folder.mkdir(parents=True, exist_ok=True)
    there = {name: found for name in heads if (found := rows[name]) is not None}
    for name, found in there.items():
        (folder / f"{name}.csv").write_bytes(as_csv([{key: row.get(key) for key in heads[name]} for row in found], heads[name]))
    further = {"accounts": {"segments": ["plan"]}, **{name: {"columns": named} for name, named in columns.items()}}
    sources = {name: {"files": f"{name}.csv", **further.get(name, {}), **(more or {}).get(name, {})} for name in there}
    internal = {key: rule for key, rule in blocks.get("internal", {}).items() if key in sources}
    path = folder / "tables.yaml"
    path.write_text(yaml.safe_dump({**blocks, "internal": internal, "sources": sources}, allow_unicode=True, sort_keys=False), "utf-8")
    return read(path)
