"""The tables of the page, read off the facts as of T and as of an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

import polars as pl

from saasmetrics.account import scores
from saasmetrics.account.scores import CARDS, of
from saasmetrics.clock import date_of
from saasmetrics.facts._book import Book
from saasmetrics.facts.scores.risk_signals import fallen

FACTS = scores.FACTS | {
    "accounts", "snapshot", "steps", "stage_history", "activity", "deepest", "persons", "user_activity", "changes", "mrr", "tickets", "tickets_known", "standing", "daily", "decline",
}  # fmt: skip
WEEKS, LATELY, LAST = 12, 28, 10
Rows = list[tuple[Any, ...]]


def profile(now: Book, then: Book, account: str) -> Rows:
    """position, about, at T, on the earlier day, whether it differs."""
    told, before = _facts(now, account), _facts(then, account)
    return [(at, about, value, before.get(about), (value or "") != (before.get(about) or "")) for at, (about, value) in enumerate(told.items(), 1)]


def _facts(book: Book, account: str) -> dict[str, str | None]:
    """What is known of it, in words; nothing on a day before its creation."""
    row = next(iter(of(book.get("snapshot"), account)), None)
    if row is None:
        return {}
    stage = next((r for r in of(book.get("stage_history"), account) if r["to_day"] is None), None)
    judged = {card.name: "left" if row["ended_day"] is not None else scores.told(card, book, account) for card in CARDS}
    seen = " seen" if row["left_truncated"] else ""
    found = {
        "churn risk": judged.pop("churn risk"),
        "mainly": scores.mainly(book, account),
        "MRR": _money(row["mrr"], row["currency"]),
        "contract": f"ended {_date(row['ended_day'])}" if row["ended_day"] is not None else f"renews on {date_of(book.clock.day + row['renews_in'])}" if row["renews_in"] is not None else None,
        "stage": f"{stage['stage']} since {_date(stage['from_day'])}" if stage else None,
        **judged, "qualification": _qualified(book, account), "created": _date(row["created_day"]),
        "activated": _instant(book, row["activated_at"]) or (f"{row['done']} of {row['required']} steps{seen}" if row["required"] else None),
        "tiers": row["tiers"],
        "last core success": _date(row["last_success_day"]),
        "core successes, 28 days": _text(row["n"]),
        "active people, 28 days": _text(row["users"]),
        "paid seats": _text(row["seats"]),
        "tickets so far": _text(len(of(book.get("tickets"), account))) if book.get("tickets_known").collect()["ticketed"].item() else None,
    }  # fmt: skip
    own = [f"{score.replace('_', ' ')}: {model}" for score, model in scores.models(book, account).items() if score != "account" and model]
    return found | ({"judged by": ", ".join(own)} if own else {})


def _qualified(book: Book, account: str) -> str | None:
    row = next(iter(of(book.get("qualified"), account)), None)
    if row is None or row["paid_day"] is not None:
        return None if row is None else f"paid first on {_date(row['paid_day'])}"
    since = f"qualified since {_date(row['entered_day'])}" if row["entered_day"] is not None else "not yet"
    return f"{since} ({row['fired']} of {row['needed']} signs)"


def steps(book: Book, account: str) -> Rows:
    """position, step, kind, required, when it was first done."""
    rows = sorted(of(book.get("steps"), account), key=lambda row: row["position"])
    return [(row["position"], row["step"], row["kind"], row["required"], row["at"]) for row in rows]


def work(book: Book, account: str) -> Rows:
    """workflow, core, cadence, state, successes in each of the last 12 blocks of 7 days, tier, since, last success."""
    days = of(book.get("activity"), account)
    deep = {row["workflow"]: row for row in of(book.get("deepest"), account)}
    states = {row["workflow"]: row["state"] for row in of(book.get("standing"), account)}
    core, falling, found = book.definition.core_workflows(), _falling(book, account), []
    for name, workflow in book.definition.workflows.items():
        counts, mine = [0] * WEEKS, [row for row in days if row["workflow"] == name]
        for row in mine:
            ago = (book.clock.day - 1 - row["day"]) // 7
            if ago < WEEKS:
                counts[WEEKS - 1 - ago] += row["n"]
        tier = deep.get(name, {})
        last = max((row["day"] for row in mine), default=None)
        state = ", ".join(filter(None, (states.get(name), "falling" * (name in falling)))) or None
        found.append((name, name in core, workflow.cadence, state, counts, tier.get("tier"), tier.get("reached_at"), _day(last)))
    return found


def _falling(book: Book, account: str) -> set[str]:
    """The core workflows that fall, by the sign of churn risk: what is done every week may be done less and less."""
    told = scores.block(CARDS[0], book, account).signals  # type: ignore[attr-defined]
    return {row["workflow"] for row in of(fallen(book.get("decline"), told).filter("falls"), account)}


def people(book: Book, account: str) -> Rows:
    """user, role, admin, state, core successes in 28 days, last success: those who did the most first."""
    lately = pl.col("core") & (pl.col("day") >= book.clock.day - LATELY)
    counts: dict[str, int] = {}
    for row in of(book.get("user_activity").filter(lately), account):
        counts[row["user"]] = counts.get(row["user"], 0) + row["n"]
    rows = [
        (row["user"], row["role"], row["admin"], _state(row, counts), counts.get(row["user"], 0), _day(row["last_day"])) for row in of(book.get("persons"), account)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row[4], row[5] is None, -(row[5] or date.min).toordinal(), row[0]))


def _state(row: dict[str, Any], counts: dict[str, int]) -> str:
    if row["left"]:
        return "left"
    return "active" if counts.get(row["user"]) else "quiet" if row["last_day"] is not None else "never at work"


def money(book: Book, account: str) -> Rows:
    """day, currency, before, after, and through what: the days on which its MRR changed."""
    told: Rows = []
    paid: dict[str | None, int] = {}
    rows = sorted(of(book.get("changes"), account), key=lambda row: (row["day"], row["currency"] or ""))
    for day, group in groupby(rows, key=lambda row: row["day"]):
        changed, was = list(group), any(paid.values())
        paid |= {row["currency"]: row["after"] for row in changed}
        move = None if was == any(paid.values()) else "churn" if was else "reactivation" if told else "new"
        told += [(_day(day), row["currency"], Decimal(row["before"]) / 10000, Decimal(row["after"]) / 10000, move or _through(row, len(changed))) for row in changed]
    return told


def _through(row: dict[str, Any], currencies: int) -> str | None:
    """What an account that goes on paying pays otherwise; one that ends in one currency and begins in another changed that."""
    if currencies > 1 and not (row["before"] and row["after"]):
        return "currency"
    return ", ".join(name.removeprefix("by_") for name in ("by_seats", "by_volume", "by_modules", "by_plan", "by_price", "unexplained") if row[name]) or None


def tickets(book: Book, account: str) -> Rows:
    """opened, position, ticket, workflow, category, blocking, resolved: the last ones first."""
    rows = sorted(of(book.get("tickets"), account), key=lambda row: (-row["opened_at"], row["ticket"] or ""))
    return [(at, row["opened_at"], row["ticket"], row["workflow"], row["category"], row["blocking"], row["resolved_at"]) for at, row in enumerate(rows[:LAST], 1)]


def events(now: Book, account: str, since: date) -> Rows:
    """rule, how often since the earlier day, in as many days before it, the last day: those that differ, the largest differences first."""
    names = {number: rule for rule, number in now.get("rules").items()}
    begins = (since - date(1970, 1, 1)).days
    span = now.clock.day - begins
    sums: dict[str, list[int]] = {}
    for row in of(now.get("daily"), account):
        place = sums.setdefault(names[row["rule"]], [0, 0, 0])
        place[0] += row["n"] * (row["day"] >= begins)
        place[1] += row["n"] * (begins - span <= row["day"] < begins)
        place[2] = max(place[2], row["day"] if row["n"] > 0 else 0)
    rows = [(rule, after, before, _day(last)) for rule, (after, before, last) in sums.items() if after != before]
    return sorted(rows, key=lambda row: (-abs(row[1] - row[2]), row[0]))


def names(book: Book) -> Sequence[str]:
    """Every account that counts."""
    return book.get("accounts").select(pl.col("account").cast(pl.String)).collect()["account"].sort().to_list()  # type: ignore[no-any-return]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _day(number: int | None) -> date | None:
    return None if number is None else date_of(number)


def _date(number: int | date | None) -> str | None:
    return None if number is None else str(number if isinstance(number, date) else date_of(number))


def _instant(book: Book, at: int | None) -> str | None:
    return None if at is None else str(date_of(book.clock.local_day(at)))


def _money(amount: int | None, currency: str | None) -> str | None:
    return None if amount is None else f"{Decimal(amount) / 10000:.2f} {currency or ''}".strip()
