"""Why a line has no number: the key that the definition file lacks, else what the data do not show, or not yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saasmetrics import catalog
from saasmetrics.definitions.model import Definition
from saasmetrics.messages import noun
from saasmetrics.outputs.cells import number
from saasmetrics.report.line import Reading, Row, Rows, nothing

NO_START = "no account with a known start: all are older than the export, or have no date of creation"


def key(*names: str) -> Reading:
    """The definition file lacks these."""
    return Reading(None, f"needs {' and '.join(names)} in the definition file", status="no input")


def setting(d: Definition, table: str, name: str) -> Any:
    """What a table goes by: as the definition file says, else its default."""
    room = catalog.rooms()[table]
    return d.settings(room.folder).get(name, room.settings[name].default)


def star_period(d: Definition) -> str:
    """Week or month: the north star is counted by it."""
    told = setting(d, "value.north_star", "star_period")
    return d.star_period() if told == "rhythm" else told


def star(rows: Rows, d: Definition) -> Reading:
    period, over = star_period(d), [row["status"] for row in rows if row["complete"]]
    if not over:
        return nothing(f"no {period} is over since the first success")
    taken_back = f"no {period} is final yet: what was done can still be taken back (north_star.unless)"
    return nothing(taken_back if "provisional" in over else f"no {period} lies wholly within the export yet")


def attempts(row: Row | None, name: str, days: str) -> Reading:
    """No attempt counts, though it is declared."""
    if row is not None and row["immature"]:
        return nothing(f"none of the {_counted(row['immature'], 'attempt')} is over yet (workflows.{name}.within, then late_after)")
    if row is not None and row["unpaired"]:
        return nothing(f"none of the {_counted(row['unpaired'], 'attempt')} names its thing (workflows.{name}.entity)")
    return nothing(f"nothing was tried in the last {days}")


def completion(row: Row | None, d: Definition) -> Reading:
    name = d.star().workflow
    if not d.workflows[name].attempt:
        return key(f"workflows.{name}.attempt")
    return attempts(row, name, f"{setting(d, 'value.completion', 'attempt_days')} days")


def old_enough(row: Row | None, days: int, what: str = "account") -> Reading:
    """Nobody is in the base."""
    if row is not None and row["immature"]:
        return nothing(f"no {what} is {days} days old yet: {_n(row['immature'])} {'is' if row['immature'] == 1 else 'are'} younger")
    return nothing(NO_START)


def tiers(rows: Rows, d: Definition) -> Reading:
    name = d.star().workflow
    if not d.workflows[name].tiers:
        return key(f"workflows.{name}.tiers")
    return old_enough(rows[0], setting(d, "adoption.tiers", "min_age")) if rows else nothing("no account has a date of creation")


def active(rows: Rows, d: Definition) -> Reading:
    period = setting(d, "engagement.active_accounts", "period")
    return nothing(f"no {period} is over since the first core work" if rows else "no core workflow was done yet")


def cohorts(rows: Rows, d: Definition) -> Reading:
    period = setting(d, "retention.cohorts", "period")
    return nothing(f"no {period} after the first of an account is over, and within the export" if rows else "no account has begun (retention.anchor says what that is)")


def qualified(row: Row | None) -> Reading:
    if row is None:
        return nothing("no account yet")
    if row["undecided"]:
        return nothing(f"{_n(row['undecided'])} of {_counted(row['eligible'], 'account')} may have qualified by signs that the data cannot show (see qualification accounts)")
    if row["direct"] and not row["immature"]:
        return nothing(f"no account was on trial: {_n(row['direct'])} paid from the day of their creation")
    return old_enough(row, row["window_days"], "account on trial")


def ready(rows: Rows, d: Definition) -> Reading:
    here = [row for row in rows if row["band"] != "left"]
    if not here:
        return nothing("all accounts have left" if rows else "no account yet")
    better = [f"sources.{name}" for name in ("users", "subscriptions") if getattr(d.sources, name) is None]
    return nothing(f"the data say too little of each of {_counted(len(here), 'account')}" + (f"; {' and '.join(better)} would say more" if better else ""))


def saves(rows: Sequence[Row], d: Definition) -> Reading:
    """Of the forms, else of the north star's workflow, whichever is nearest to a number."""
    name = d.star().workflow
    tried = next((row for row in rows if row["status"] == "no attempts"), None)
    if tried:
        return attempts(tried, name, f"{setting(d, 'reliability.failures', 'weeks')} weeks")
    workflow = d.workflows[name]
    fails = workflow.failure or name in d.reliability.workflows and d.reliability.workflows[name].timeout
    lacks = [part for part, there in (("attempt", workflow.attempt), ("failure", fails)) if not there]
    return key(*(f"workflows.{name}.{part}" for part in lacks))


def latency(rows: Rows, d: Definition) -> Reading:
    core, name = d.core_workflows(), d.star().workflow
    timed = {name: screen.core for name, screen in d.reliability.screens.items()} | {name: name in core for name, one in d.workflows.items() if one.duration}
    if not timed:
        return key(f"reliability.screens or workflows.{name}.duration")
    if not any(timed.values()):
        return nothing(f"{', '.join(timed)}: timed, but none is core (core: true)")
    if not any(row["core"] for row in rows):
        return nothing(f"nothing core was timed in the last {setting(d, 'reliability.latency', 'weeks')} complete weeks")
    return nothing(f"each core screen and workflow has fewer than {setting(d, 'reliability.latency', 'min_samples')} samples a week")


def tickets(row: Row | None, d: Definition) -> Reading:
    if row is None or d.sources.tickets is None:
        return key("sources.tickets")
    days = setting(d, "friction.workflows", "friction_days")
    return nothing(f"{_counted(row['events'], 'ticket')}, but no success of {d.star().workflow.replace('_', ' ')} in {days} days to count them against")


def _n(count: int) -> str:
    return number(count, "count")


def _counted(count: int, one: str) -> str:
    return f"{_n(count)} {noun(count, one)}"
