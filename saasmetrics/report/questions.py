"""The seven questions that a dashboard ought to answer quickly, each with the accounts to look at; and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from saasmetrics.outputs.cells import number, share
from saasmetrics.report.lacking import NO_START, key
from saasmetrics.report.line import Rows

LOOK, STEPS = 5, 5  # accounts named behind an answer; risks, and chances, to work on
UNJUDGED = ("unknown", "insufficient", "new", "left")  # what a table calls accounts of which it tells nothing
TOO_FEW = "too few accounts are old enough to compare those that stay with those that do not"
ACCOUNTS = ("activation.accounts", "engagement.trend", "retention.by_behaviour", "expansion.accounts", "churn_risk.accounts")
Get = Callable[[str], pl.DataFrame]


class Answer(NamedTuple):
    """One question, answered."""

    question: str
    answer: str
    look_at: tuple[str, ...]
    more: str


def answers(get: Get, active: str) -> list[Answer]:
    """`get` gives a table, an empty frame where it lacks an input; `active` is what the line of the active accounts says."""
    trend, ready, risky = get("engagement.trend"), get("expansion.accounts"), get("churn_risk.accounts")
    return [
        Answer("How many accounts are active?", active, (), "engagement active-accounts"),
        _first_value(get("activation.accounts")),
        _of("Which accounts are increasing usage?", "state", "up", trend, "engagement trend"),
        _of("Which accounts are reducing usage?", "state", "down", trend, "engagement trend"),
        _tied(get("retention.by_behaviour")),
        _of("Which accounts show expansion potential?", "band", "ready", ready, "expansion accounts"),
        _of("Which accounts show churn risk?", "band", "high", risky, "churn-risk accounts"),
    ]


def steps(get: Get) -> Rows:
    """The riskiest accounts and the readiest, those with most money at stake first."""
    risky, ready = (_called(get(table), "band", band) for table, band in (("churn_risk.accounts", "high"), ("expansion.accounts", "ready")))
    return [*_steps("keep", risky, "score"), *_steps("grow", ready, "readiness")]


def _steps(what: str, found: pl.DataFrame, score: str) -> Rows:
    rows = found.select("account", score, "mrr", "currency", "evidence").to_dicts() if len(found) else []
    ordered = sorted(rows, key=lambda row: (-(row["mrr"] or 0) * row[score], -row[score], row["account"]))
    return [
        {"what": what, "account": row["account"], "score": row[score], "mrr": row["mrr"], "currency": row["currency"], "why": row["evidence"]}
        for row in ordered[:STEPS]
    ]


def _first_value(accounts: pl.DataFrame) -> Answer:
    known = accounts.filter("known") if accounts.width else accounts
    done, late = (_called(known, "state", *states) for states in (("activated", "activated late"), ("late",)))
    lacks = NO_START if accounts.width else key("activation").said
    said = f"{_n(len(done))} of {_n(len(known))} with a known start; {_n(len(late))} {'is' if len(late) == 1 else 'are'} late" if len(known) else lacks
    return Answer("How many accounts reached first value?", said, _names(late), "activation accounts")


def _tied(behaviours: pl.DataFrame) -> Answer:
    found = _called(behaviours, "verdict", "associated with staying").to_dicts()
    parts = [f"{row['behaviour']} {row['value']} ({row['difference']:+.0f} points)" for row in found[:LOOK]]
    none = "none shown to go with staying, at a landmark and allowing for chance" if len(_called(behaviours, "verdict", "not shown", "associated with leaving")) else TOO_FEW
    said = "; ".join(parts) if parts else none
    return Answer("Which features or workflows are tied to retention?", said, (), "retention by-behaviour")


def _of(question: str, column: str, value: str, every: pl.DataFrame, more: str) -> Answer:
    found, judged = _called(every, column, value), len(every) - len(_called(every, column, *UNJUDGED))
    said = f"{_n(len(found))} of {_n(judged)} that can be judged ({share(len(found) / judged)})" if judged else "no account can be judged yet"
    return Answer(question, said, _names(found), more)


def _called(frame: pl.DataFrame, column: str, *values: str) -> pl.DataFrame:
    """The rows that a table calls so."""
    return frame.filter(pl.col(column).is_in(values)) if len(frame) else frame


def _names(found: pl.DataFrame) -> tuple[str, ...]:
    return tuple(found["account"].head(LOOK)) if len(found) else ()


def _n(count: int) -> str:
    return number(count, "count")
