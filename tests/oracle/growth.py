"""The signs that an account is ready to grow."""

from __future__ import annotations

from fractions import Fraction
from math import log1p

from oracle.numbers import theil_sen
from oracle.recent import INSUFFICIENT, UNKNOWN, Found, Recent, judged
from oracle.world import instant
from saasmetrics.definitions.expansion import Inviting, SeatsFilled, Signal, TeamsSpreading, UsersGrowing, VolumeGrowing


def seats_filled(recent: Recent, limits: SeatsFilled) -> Found:
    seats = recent.contract.seats if recent.contract else None
    if not seats or recent.users is None:
        return UNKNOWN
    return judged(recent.users >= Fraction(str(limits.share)) * seats, recent.users, seats)


def users_growing(recent: Recent, limits: UsersGrowing) -> Found:
    now, before = recent.users, recent.users_before
    if now is None or before is None or recent.young:
        return UNKNOWN
    grown = now - before >= limits.min_growth and now >= (1 + Fraction(str(limits.growth))) * before
    return INSUFFICIENT if before == 0 else judged(grown, now, before)


def volume_growing(recent: Recent, limits: VolumeGrowing) -> Found:
    truth = recent.truth
    last = next(n for n in range(truth.calendar.index(truth.today, "week"), 0, -1) if truth.over(truth.calendar.first(n + 1, "week")))
    weeks = [truth.calendar.index(event.day, "week") for event in recent.work]
    start = 0 if truth.start is None else truth.calendar.local(truth.start)
    firsts = {last - back: truth.calendar.first(last - back, "week") for back in range(limits.weeks - 1, -1, -1)}
    there = [week for week, day in firsts.items() if day >= start and recent.there_from(day)]
    counts = [weeks.count(week) for week in there]
    if sum(count > 0 for count in counts) < max(limits.min_weeks, 2):
        return INSUFFICIENT
    return judged(theil_sen([log1p(count) for count in counts])[1] > 0, len(counts))


def second_workflow(recent: Recent, _: Signal) -> Found:
    tiered = [name for name, flow in recent.truth.definition.workflows.items() if flow.tiers]
    return UNKNOWN if len(tiered) < 2 else judged(len(recent.depth) >= 2, len(recent.depth))


def advanced_depth(recent: Recent, _: Signal) -> Found:
    flows = recent.truth.definition.workflows
    tiered = [name for name in recent.truth.definition.core_workflows() if flows[name].tiers]
    return judged(any(recent.depth.get(name, (0, ""))[0] == len(flows[name].tiers) for name in tiered)) if tiered else UNKNOWN


def teams_spreading(recent: Recent, limits: TeamsSpreading) -> Found:
    truth = recent.truth
    if not any(row["team"] for (name, user), row in truth.people.items() if name == recent.name and user not in truth.colleagues):
        return UNKNOWN
    teams = {truth.people[recent.name, user]["team"] for user in recent.people(28, 0) if (recent.name, user) in truth.people} - {None}
    return judged(len(teams) >= limits.teams, len(teams))


def inviting(recent: Recent, limits: Inviting) -> Found:
    truth = recent.truth
    people = [row for (name, user), row in truth.people.items() if name == recent.name and user not in truth.colleagues]
    if not truth.anybody("invited"):
        return UNKNOWN
    times = [instant(row["invited"]) for row in people]
    days = [truth.calendar.local(time) for time in times if time is not None and time < truth.now]
    lately, before = sum(day >= truth.today - 28 for day in days), sum(truth.today - 56 <= day < truth.today - 28 for day in days)
    return judged(lately >= limits.invites and lately > before, lately, before)


def premium_pull(recent: Recent, _: Signal) -> Found:
    if not any(feature.premium for feature in recent.truth.definition.features.values()):
        return UNKNOWN
    uses = recent.uses("premium")[0]
    return judged(uses > 0, uses)


GROWTH = {
    "seats_filled": seats_filled, "users_growing": users_growing, "volume_growing": volume_growing, "second_workflow": second_workflow,
    "advanced_depth": advanced_depth, "teams_spreading": teams_spreading, "inviting": inviting, "premium_pull": premium_pull,
}  # fmt: skip
