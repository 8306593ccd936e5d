"""retention.by_behaviour: each account judged on one day of its life by what it had done before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from oracle.activation import way
from oracle.comparing import difference, judged, still_there
from oracle.engagement import levels, reached
from oracle.numbers import rated, share
from oracle.split import Rows
from oracle.truth import Account, Truth


@dataclass(frozen=True)
class Asked:
    """The settings."""

    landmark: int = 14
    presence: int = 60
    window: int = 30
    survival: int = 180
    silence: int = 30
    min_base: int = 10


@dataclass
class Seen:
    """One account on its landmark, the first day not looked at."""

    name: str
    day: int
    over: bool
    present: bool
    seen: bool
    retained: bool
    wait: tuple[int, bool]
    values: dict[str, str] = field(default_factory=dict)
    work: int = 0


def seen(truth: Truth, account: Account, asked: Asked) -> Seen:
    day = truth.calendar.local(account.created or 0) + asked.landmark
    after = day + asked.presence
    settled = max(day for day in range(truth.today - 5, truth.today + 1) if truth.over(day))
    last = max((day for day in truth.active[account.name] if day < settled), default=day)
    watched = settled - asked.silence
    gone = last < watched
    found = Seen(
        account.name, day, truth.over(after + asked.window), truth.active_in(account.name, day, after), truth.over(after),
        truth.active_in(account.name, after, after + asked.window), (last - day if gone else watched - day, gone),
    )  # fmt: skip
    found.values = values(truth, account.name, day)
    found.work = bisect_left([event.day for event in truth.successes(account.name)], day)
    return found


def declared(truth: Truth) -> dict[str, list[str]]:
    """Behaviour → its values, the one that the others are compared with first."""
    found = {"activated": ["no", "yes"]} if truth.definition.activation else {}
    for workflow in truth.definition.core_workflows():
        if tiers := truth.definition.workflows[workflow].tiers:
            found[f"{workflow} depth"] = ["none", *tiers]
    if truth.named:
        found["active people"] = ["1", "nobody", "2", "3 or more"]
    return found | {f"feature {name}": ["not used", "used"] for name in truth.definition.features}


def values(truth: Truth, name: str, day: int) -> dict[str, str]:
    """How far an account got before a day."""
    at = way(truth, name).activated if truth.definition.activation else None
    found = {"activated": "yes" if at is not None and truth.calendar.local(at) < day else "no"}
    for workflow in truth.definition.core_workflows():
        found[f"{workflow} depth"] = "none"
        for _, tier, rules in levels(truth, workflow):
            got = reached(truth, name, rules)
            found[f"{workflow} depth"] = tier if got and truth.calendar.local(got[0]) < day else found[f"{workflow} depth"]
    people = {event.user for event in truth.successes(name) if event.day < day and truth.person(event)}
    found["active people"] = ("nobody", "1", "2", "3 or more")[min(len(people), 3)]
    for feature, told in truth.definition.features.items():
        events = truth.rule(name, told.rule)
        found[f"feature {feature}"] = "used" if events and events[0].day < day else "not used"
    return found


def fifths(all_: Sequence[Seen]) -> list[str]:
    """Of the early work of all that passed their landmark; equal amounts stand in the same fifth."""
    amounts = sorted(one.work for one in all_)
    place = {amount: 5 * bisect_left(amounts, amount) // len(amounts) for amount in amounts}
    names = {}
    for fifth in sorted(set(place.values())):
        inside = [amount for amount in amounts if place[amount] == fifth]
        names[fifth] = f"fifth {fifth + 1}: {inside[0]}" + (f"–{inside[-1]}" if inside[-1] > inside[0] else "")
    for one in all_:
        one.values["early work"] = names[place[one.work]]
    return list(names.values())


def by_behaviour(truth: Truth, accounts: Sequence[Account], segmented: bool = False, **settings: int) -> Rows:
    """The fifths are those of all accounts; a segment without any account that can be judged has no rows."""
    asked = Asked(**settings)
    everybody = [seen(truth, account, asked) for account in truth.accounts.values() if account.known]
    everybody = [one for one in everybody if truth.over(one.day)]
    names = {account.name for account in accounts}
    behaviours = declared(truth) | {"early work": fifths(everybody)}
    all_ = [one for one in everybody if one.name in names]
    if segmented and not all_:
        return []
    rows, pairs = [], []
    for behaviour, (reference, *others) in ((name, found) for name, found in behaviours.items() if found):
        base = [one for one in all_ if one.values[behaviour] == reference]
        for value in others:
            row, pair = compared([one for one in all_ if one.values[behaviour] == value], base, asked)
            rows.append({"behaviour": behaviour, "value": value, "compared_with": reference, **row})
            pairs.append(pair)
    judged(rows, pairs, asked.min_base, ("associated with staying", "associated with leaving"))
    return rows


def compared(here: Sequence[Seen], there: Sequence[Seen], asked: Asked) -> tuple[dict[str, object], tuple[int, int, int, int]]:
    present, others = ([one for one in group if one.over and one.present] for group in (here, there))
    pair = sum(one.retained for one in present), len(present), sum(one.retained for one in others), len(others)
    over, watched, others_watched = sum(one.over for one in here), *([one.wait for one in group if one.present and one.seen] for group in (here, there))
    row: dict[str, object] = {
        "present": pair[1], "retained": pair[0], **rated(pair[0], pair[1]), "others": pair[3], "others_rate": share(pair[2], pair[3]), **difference(*pair),
        "stays": still_there(watched, asked.survival), "others_stays": still_there(others_watched, asked.survival),
        "accounts": over, "immature": len(here) - over,
    }  # fmt: skip
    return row, pair


TABLES = {"retention.by_behaviour": by_behaviour}
