"""Makes example data for any definition file: python examples/generate.py configs/accounting.yaml --out DIR"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dataset import Dataset, Maker
from product import Product, read
from tables import FORMATS, as_csv, clear, write_parts

FEWEST = {"accounts": 40, "weeks": 30, "parts": 1, "rows": 1}


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make example data for a definition file.")
    parser.add_argument("definition", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--accounts", type=int, help="300; with --rows 20000; beside 250 or more stand some whose leaving or staying is planted")
    parser.add_argument("--weeks", type=int, default=52, help="weeks up to the fixed last day, 2026-11-15")
    parser.add_argument("--format", choices=FORMATS, help="default: what the definition reads")
    parser.add_argument("--parts", type=int, default=1, help="files that the events are split into")
    parser.add_argument("--rows", type=int, help="so many events, in Parquet files of a million rows, without stories")
    return parser


def format_of(product: Product) -> str:
    """The format that the definition's files have."""
    return next((name for name in sorted(FORMATS, key=len, reverse=True) if product.files.endswith(name)), "csv")


def write(dataset: Dataset, out: Path, format: str, parts: int) -> None:
    """Every table of a data set."""
    write_parts(dataset.events, out / "events", format, parts)
    for name in ("friction", "operation", "parting"):
        clear(out / "events", name)
        if (found := getattr(dataset, name)) is not None:
            write_parts(found, out / "events", format, 1, name)
    for name in ("accounts", "users", "subscriptions", "planted", "tickets", "incidents", "limits", "costs"):
        if (found := getattr(dataset, name)) is not None:
            (out / f"{name}.csv").write_bytes(as_csv(found))


def check(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Refuse what would leave no room for the stories."""
    for name, fewest in FEWEST.items():
        if getattr(chosen, name) is not None and getattr(chosen, name) < fewest:
            parser.error(f"--{name} must be {fewest} or more")
    if chosen.rows is not None and chosen.format not in (None, "parquet"):
        parser.error("--rows writes Parquet only")


def main() -> None:
    """Run the command line."""
    parser = arguments()
    chosen = parser.parse_args()
    check(parser, chosen)
    product = read(chosen.definition)
    maker = Maker(product, chosen.seed, chosen.accounts or (20_000 if chosen.rows else 300), chosen.weeks)
    if chosen.rows:
        from bulk import write_bulk

        write_bulk(maker, chosen.out, chosen.rows)
        return
    dataset = maker.dataset()
    write(dataset, chosen.out, chosen.format or format_of(product), chosen.parts)
    print(f"{len(dataset.events.rows)} events of {len(dataset.accounts.rows)} accounts", file=sys.stderr)


if __name__ == "__main__":
    main()
