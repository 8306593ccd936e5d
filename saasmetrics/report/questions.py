"""The seven questions that a dashboard ought to answer quickly, each with the accounts to look at; and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from saasmetrics.outputs.cells import number, share
from saasmetrics.report.line import Row, Rows

LOOK, STEPS = 5, 5  # accounts named behind an answer; risks, and chances, to work on
ACCOUNTS = ("activation.accounts", "engagement.trend", "retention.by_behaviour", "expansion.accounts", "churn_risk.accounts")
Get = Callable[[str], Rows]


class Answer(NamedTuple):
    """One question, answered."""

    question: str
    answer: str
    look_at: tuple[str, ...]
    more: str


def answers(get: Get, active: str) -> list[Answer]:
    """`get` gives the rows of a table, none where it lacks an input; `active` is what the line of the active accounts says."""
    trend, ready, risky = get("engagement.trend"), get("expansion.accounts"), get("churn_risk.accounts")
    return [
        Answer("How many accounts are active?", active, (), "engagement active-accounts"),
        _first_value(get("activation.accounts")),
        _of("Which accounts are increasing usage?", [row for row in trend if row["state"] == "up"], trend, "engagement trend"),
        _of("Which accounts are reducing usage?", [row for row in trend if row["state"] == "down"], trend, "engagement trend"),
        _tied(get("retention.by_behaviour")),
        _of("Which accounts show expansion potential?", [row for row in ready if row["band"] == "ready"], ready, "expansion accounts"),
        _of("Which accounts show churn risk?", [row for row in risky if row["band"] == "high"], risky, "churn-risk accounts"),
    ]


def steps(get: Get) -> Rows:
    """The riskiest accounts and the readiest, those with most money at stake first."""
    risky = [row for row in get("churn_risk.accounts") if row["band"] == "high"]
    ready = [row for row in get("expansion.accounts") if row["band"] == "ready"]
    return [*_steps("keep", risky, "score"), *_steps("grow", ready, "readiness")]


def _steps(what: str, rows: Rows, score: str) -> Rows:
    ordered = sorted(rows, key=lambda row: (-(row["mrr"] or 0) * row[score], -row[score], row["account"]))
    return [
        {"what": what, "account": row["account"], "score": row[score], "mrr": row["mrr"], "currency": row["currency"], "why": row["evidence"]}
        for row in ordered[:STEPS]
    ]


def _first_value(rows: Rows) -> Answer:
    known = [row for row in rows if row["state"] != "unknown"]
    done = [row for row in known if row["state"] in ("activated", "activated late")]
    late = [row["account"] for row in known if row["state"] == "late"]
    said = f"{_n(len(done))} of {_n(len(known))} with a known start; {_n(len(late))} are late" if known else "activation is not declared, or no start is known"
    return Answer("How many accounts reached first value?", said, tuple(late[:LOOK]), "activation accounts")


def _tied(rows: Rows) -> Answer:
    found = [row for row in rows if row["verdict"] == "associated with staying"]
    parts = [f"{row['behaviour']} {row['value']} ({row['difference']:+.0f} points)" for row in found[:LOOK]]
    said = "; ".join(parts) if parts else "none shown to go with staying, at a landmark and allowing for chance"
    return Answer("Which features or workflows are tied to retention?", said, (), "retention by-behaviour")


def _of(question: str, rows: Sequence[Row], every: Rows, more: str) -> Answer:
    said = f"{_n(len(rows))} of {_n(len(every))} ({share(len(rows) / len(every))})" if every else "no account can be judged"
    return Answer(question, said, tuple(_names(rows)), more)


def _names(rows: Sequence[Row]) -> list[Any]:
    return [row["account"] for row in rows[:LOOK]]


def _n(count: int) -> str:
    return number(count, "count")
