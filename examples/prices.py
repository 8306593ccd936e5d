"""Plants prices in generated CSV data: MRR that follows use, and bills that jump.

python examples/prices.py configs/accounting.yaml --data DIR --exponent 0.8 --shocks 6

With an exponent each account pays PRICE × (its successes of the first workflow a month) ^ exponent, but for some noise; the
months are the last three complete ones. With shocks so many accounts pay JUMP times as much from CHANGE on, for the same seats
and plan, and open a ticket about it. Nothing else changes, and nothing at all without these options.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from math import exp
from pathlib import Path
from random import Random

from product import Product, read

MONTHS = ("2026-08", "2026-09", "2026-10")
PRICE, NOISE = 12, 0.2
CHANGE, JUMP, ASKED = "2026-08-10", Decimal("1.8"), "2026-08-13T09:00:00.000Z"
Record = dict[str, str]


def records(path: Path) -> list[Record]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, rows: list[Record]) -> None:
    """The rows, under the header of the first."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def use(product: Product, data: Path) -> Counter[str]:
    """Successes of the first workflow in the last three complete months, by account; every event once."""
    names, success = product.columns["events"], product.workflows[0].success
    every = {row[names["id"]]: row for path in sorted((data / "events").glob("*.csv")) for row in records(path)}
    found = (row for row in every.values() if row[names["time"]][:7] in MONTHS and success.matches(row[names["event"]], row))
    return Counter(row[names["account"]] for row in found)


def following(rows: list[Record], names: Record, used: Counter[str], exponent: float, rng: Random) -> None:
    """What each account pays follows what it uses."""
    noise = {account: rng.gauss(0, NOISE) for account in sorted({row[names["account"]] for row in rows})}
    for row in rows:
        account = row[names["account"]]
        if used[account]:
            row[names["mrr"]] = f"{PRICE * (used[account] / len(MONTHS)) ** exponent * exp(noise[account]):.2f}"


def shocked(rows: list[Record], names: Record, used: Counter[str], count: int, rng: Random) -> Iterator[Record]:
    """The rows, with spans that become dearer on a day; which accounts, the caller sees from the rows added."""
    spans = Counter(row[names["account"]] for row in rows)
    steady = [row[names["account"]] for row in rows if not row[names["end"]] and row[names["start"]] < "2026-06" and used[row[names["account"]]]]
    chosen = set(rng.sample(sorted(account for account in steady if spans[account] == 1), count))
    for row in rows:
        if row[names["account"]] not in chosen:
            yield row
        else:
            dearer = f"{(Decimal(row[names['mrr']]) * JUMP).quantize(Decimal('0.01'))}"
            yield row | {names["end"]: CHANGE}
            yield row | {names["start"]: CHANGE, names["mrr"]: dearer}


def questions(product: Product, accounts: list[str]) -> Iterator[Record]:
    """One ticket an account, about its bill."""
    for n, account in enumerate(accounts, 1):
        told = {"account": account, "ticket": f"B-{n:05d}", "opened": ASKED, "category": "billing", "blocking": "false"}
        yield {column: told.get(name, "") for name, column in product.columns["tickets"].items()}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Plant prices in generated CSV data.")
    parser.add_argument("definition", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder that generate.py wrote, with --format csv")
    parser.add_argument("--exponent", type=float, help="MRR follows use with this exponent; 0: whatever the use")
    parser.add_argument("--shocks", type=int, default=0, help="accounts whose bill jumps")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    product, rng = read(chosen.definition), Random(f"{chosen.seed}:prices")
    names, path = product.columns["subscriptions"], chosen.data / "subscriptions.csv"
    rows, used = records(path), use(product, chosen.data)
    if chosen.exponent is not None:
        following(rows, names, used, chosen.exponent, rng)
    made = list(shocked(rows, names, used, chosen.shocks, rng)) if chosen.shocks else rows
    write(path, made)
    accounts = [row[names["account"]] for row in made if row[names["start"]] == CHANGE]
    if accounts and chosen.shocks and "tickets" in product.sources:
        tickets = chosen.data / "tickets.csv"
        write(tickets, records(tickets) + list(questions(product, accounts)))


if __name__ == "__main__":
    main()
