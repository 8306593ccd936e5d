"""The thirteen lines of the minimal weekly report, in four blocks.

Anything beyond them has to earn its place (the definition file's `report.lines`).
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY
from saasmetrics.definitions.model import Definition
from saasmetrics.messages import counted, noun
from saasmetrics.outputs.cells import number, share
from saasmetrics.report import lacking
from saasmetrics.report.line import Behind, Line, Reading, Row, Rows, last_final, nothing, only

VALUE, ADOPTION, PREDICTORS, QUALITY = "value delivery", "adoption", "retention and revenue predictors", "quality"


def star(d: Definition) -> str:
    """The workflow that the north star counts."""
    return d.star().workflow


def _within(d: Definition) -> int:
    return d.activation.within // DAY if d.activation else 14


def _north_star(rows: Rows, d: Definition) -> Reading:
    row = last_final(rows)
    if row is None:
        return lacking.star(rows, d)
    valued = d.north_star is not None and d.north_star.measure == "value"
    worth = row["value"] if valued else row["n"]
    of_month = f" in the month of {row['period']}" if lacking.star_period(d) == "month" else ""
    who, job = f"{_n(row['accounts'])} {noun(row['accounts'], 'account')}", star(d).replace("_", " ")
    did = d.workflows[star(d)].did or f"completed {job}"
    said = f"{number(worth, 'money')} of value in {job} by {who}" if valued else f"{who} {did} {_n(worth)} {noun(worth, 'time')}"
    return Reading(float(worth) if worth is not None else None, said + of_month, row["accounts"])


def _completion(rows: Rows, d: Definition) -> Reading:
    row = only(rows, workflow=star(d))
    if row is None or row["rate"] is None:
        return lacking.completion(row, d)
    return _rated(row, row["completed"], row["attempts"], "attempt")


def _time_to_value(rows: Rows, d: Definition) -> Reading:
    row = rows[0] if rows else None
    if row is None or not row["accounts"]:
        return nothing(lacking.NO_START)
    most = "nine in ten not yet" if row["p90_days"] is None else f"nine in ten within {row['p90_days']:.1f} days"
    half = "not half of the accounts yet" if row["median_days"] is None else f"half within {row['median_days']:.1f} days"
    return Reading(row["median_days"], f"{half}, {most}; {share(row['share_reached'])} of {_n(row['accounts'])} got there", row["accounts"])


def _activation(rows: Rows, d: Definition) -> Reading:
    row = min(rows, key=lambda one: (abs(one["window_days"] - _within(d)), one["window_days"]), default=None)
    if row and d.activation and d.activation.within % DAY == 0 and row["window_days"] != _within(d):
        return nothing(f"activation.windows leaves out the {_within(d)} days of activation.within")
    if row is None or row["rate"] is None:
        return lacking.old_enough(row, row["window_days"]) if row else nothing(lacking.NO_START)
    told = _rated(row, row["activated"], row["eligible"], "account")
    others = [f"{share(other['rate'])} in {counted(other['window_days'], 'day')}" for other in rows if other is not row and other["rate"] is not None]
    young = f"; {_n(row['immature'])} too young to tell" if row["immature"] else ""
    return told._replace(said=f"{told.said} in {counted(row['window_days'], 'day')}" + (f"; {', '.join(others)}" if others else "") + young)


def _tiers(rows: Rows, d: Definition) -> Reading:
    mine = [row for row in rows if row["workflow"] == star(d)]
    if not mine or mine[0]["held_rate"] is None:
        return lacking.tiers(mine, d)
    middle = mine[min(1, len(mine) - 1)]
    said = ", ".join(f"{row['tier']} {share(row['held_rate'])}" for row in mine)
    base = middle["eligible"] + middle["older"]
    return Reading(middle["held_rate"], f"{said} of {_n(base)} {noun(base, 'account')}; change and trend: {middle['tier']}", base)


def _active(rows: Rows, d: Definition) -> Reading:
    row = last_final(rows)
    if row is None:
        return lacking.active(rows, d)
    period = lacking.setting(d, "engagement.active_accounts", "period")
    said = f"{_n(row['active'])} of {_n(row['existing'])} {noun(row['existing'], 'account')} in the {period} of {row['period']}: {_n(row['new'])} new, {_n(row['resurrected'])} back"
    said += "" if row["dormant"] is None else f", {_n(row['dormant'])} fell silent"
    return Reading(row["active"], said, row["existing"])


def _cohorts(rows: Rows, d: Definition) -> Reading:
    pooled = {row["period"]: row for row in rows if row["cohort"] == "all" and row["rate"] is not None and row["period"] > 0}
    if not pooled:
        return lacking.cohorts(rows, d)
    period = lacking.setting(d, "retention.cohorts", "period")
    row = pooled.get(3) or pooled[min(pooled)]
    told = _rated(row, row["retained"], row["eligible"], "account")
    later = [f"{share(pooled[k]['rate'])} in {period} {k}" for k in (1, 6) if k in pooled and k != row["period"]]
    return told._replace(said=f"{told.said} in {period} {row['period']}" + (f"; {', '.join(later)}" if later else ""))


def _qualified(rows: Rows, d: Definition) -> Reading:
    row = rows[-1] if rows else None
    if row is None or row["rate"] is None:
        return lacking.qualified(row)
    told = _rated(row, row["qualified"], row["eligible"], "account")
    return told._replace(said=f"{told.said} on trial within {counted(row['window_days'], 'day')}")


def _ready(rows: Rows, d: Definition) -> Reading:
    judged = [row for row in rows if row["readiness"] is not None]
    if not judged:
        return lacking.ready(rows, d)
    ready = [row for row in judged if row["band"] == "ready"]
    return Reading(len(ready), f"{_n(len(ready))} of {_n(len(judged))} judged {noun(len(judged), 'account')} ready to grow", len(judged))


def _saves(rows: Rows, d: Definition) -> Reading:
    forms = [row for row in rows if row["kind"] == "form"]
    every = [*forms, *(row for row in rows if row["kind"] == "workflow" and row["name"] == star(d))]
    mine = [row for row in forms if row["failure_rate"] is not None] or [row for row in every if row["failure_rate"] is not None]
    if not mine:
        return lacking.saves(every, d)
    row = max(mine, key=lambda one: (one["failure_rate"], one["name"]))
    told = _rated(row, row["failed"], row["attempts"], "attempt")
    return told._replace(said=f"{row['name'].replace('_', ' ')}: {told.said} failed; {_n(row['affected'])} {noun(row['affected'], 'account')} hit")


def _latency(rows: Rows, d: Definition) -> Reading:
    last = max((row["week"] for row in rows if row["status"] == "final" and row["core"]), default=None)
    mine = [row for row in rows if row["week"] == last and row["core"] and row["status"] == "final" and row["p95"] is not None]
    if not mine:
        return lacking.latency(rows, d)
    row = max(mine, key=lambda one: (one["p95"], one["name"]))
    return Reading(row["p95"], f"{row['p95']:,.0f} ms on {row['name'].replace('_', ' ')}, the slowest; {_n(row['n'])} {noun(row['n'], 'sample')} in the week of {last}", row["n"])


def _incidents(rows: Rows, d: Definition) -> Reading:
    row = last_final(rows, workflow="all core workflows")
    if row is None:
        return nothing("no period is over yet")
    minutes = f", {row['minutes']:,.0f} minutes, {_n(row['exposed'])} {noun(row['exposed'], 'account')} exposed" if row["incidents"] else ""
    period = lacking.setting(d, "reliability.incidents", "period")
    return Reading(row["incidents"], f"{_n(row['incidents'])} {noun(row['incidents'], 'incident')} on core workflows in the {period} of {row['period']}{minutes}")


def _tickets(rows: Rows, d: Definition) -> Reading:
    row = only(rows, measure="tickets", workflow=star(d))
    if row is None or row["rate"] is None:
        return lacking.tickets(row, d)
    sure = f" ({row['low']:.1f} to {row['high']:.1f})" if row["low"] is not None else ""
    return Reading(row["rate"], f"{row['rate']:.1f}{sure}: {_n(row['events'])} {noun(row['events'], 'ticket')} on {_n(row['base'])} successes", row["base"], row["low"], row["high"], row["status"])


def _rated(row: Row, part: int, base: int, what: str) -> Reading:
    sure = f" ({share(row['low'])} to {share(row['high'])})" if row["low"] is not None else ""
    return Reading(row["rate"] if "rate" in row else row["failure_rate"], f"{share(part / base)}{sure} of {_n(base)} {noun(base, what)}", base, row["low"], row["high"], row["status"])


def _n(count: int) -> str:
    return number(count, "count")


def _of_star(d: Definition) -> pl.Expr:
    return pl.col("workflow") == star(d)


def _never(d: Definition) -> bool:
    return False


THIRTEEN = (
    Line("north star", VALUE, "value.north_star", _north_star, "count", "up", dated=lambda d: not d.star().unless, behind=Behind(
        "value.north_star_accounts", lambda d: pl.col("value" if d.north_star and d.north_star.measure == "value" else "n"),
        because=lambda row: f"usually {row['usual']:.1f}" if row["usual"] is not None else "",
        events=lambda d: [d.workflows[star(d)].success])),
    Line("workflow completion", VALUE, "value.completion", _completion, "share", "up", only=lambda d: {"attempts": _of_star(d)}, behind=Behind(
        "value.completion_accounts", lambda d: pl.col("completed"), lambda d: pl.col("attempts"), rows=_of_star,
        because=lambda row: f"{row['failed']} failed and {row['abandoned']} abandoned of {row['attempts']}" + (f", the last on {row['last_lost']}" if row["last_lost"] else ""),
        events=lambda d: filter(None, [d.workflows[star(d)].attempt, d.workflows[star(d)].success, d.workflows[star(d)].failure]))),
    Line("time to value", VALUE, "activation.time_to_value", _time_to_value, "days", "down"),
    Line("activation rate", ADOPTION, "activation.rate", _activation, "share", "up", behind=Behind(
        "activation.accounts", lambda d: _old_enough(d) & (pl.col("days") <= _within(d)), lambda d: _old_enough(d),
        lambda row: f"activated on {row['activated_at']:%Y-%m-%d}, after {row['days']:.1f} days" if row["activated_at"] else f"waits at {row['stuck_at']}",
        events=lambda d: [step.rule for step in d.steps().values() if step.required], once=True)),
    Line("adoption tiers", ADOPTION, "adoption.tiers", _tiers, "share", "up", dated=_never),
    Line("weekly active accounts", ADOPTION, "engagement.active_accounts", _active, "count", "up", lasting=True, behind=Behind(
        "engagement.movers", lambda d: pl.col("active"),
        because=lambda row: f"{row['way']}: {row['n']} success{'es' * (row['n'] != 1)}, {row['n_before']} the week before",
        events=lambda d: [d.workflows[name].success for name in d.core_workflows()])),
    Line("cohort retention", PREDICTORS, "retention.cohorts", _cohorts, "share", "up", "lagging"),
    Line("product-qualified accounts", PREDICTORS, "qualification.rate", _qualified, "share", "up"),
    Line("expansion readiness", PREDICTORS, "expansion.accounts", _ready, "count", "up", columns=("band", "readiness"), dated=_never, behind=Behind(
        "expansion.accounts", lambda d: pl.col("band") == "ready", because=lambda row: row["evidence"] or "")),
    Line("save failures", QUALITY, "reliability.failures", _saves, "share", "down"),
    Line("p95 load time", QUALITY, "reliability.latency", _latency, "ms", "down"),
    Line("incidents", QUALITY, "reliability.incidents", _incidents, "count", "down"),
    Line("tickets per 100 successes", QUALITY, "friction.workflows", _tickets, "number", "down", only=lambda d: {"friction": (pl.col("measure") == "tickets") & _of_star(d)}),
)  # fmt: skip


def _old_enough(d: Definition) -> pl.Expr:
    return pl.col("known") & (pl.col("age_days") >= _within(d))
