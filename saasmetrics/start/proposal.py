"""From a survey to a definition: workflows, activation, segments. Everything here is a guess, and carries its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic_core import PydanticCustomError

from saasmetrics.definitions import words
from saasmetrics.start.measures import Rhythm, filled_in, rhythms, sooner, values_of
from saasmetrics.start.profile import Profile
from saasmetrics.start.survey import Looked, Survey
from saasmetrics.start.verbs import Event, stem, taken_apart

MOST_WORKFLOWS, MOST_STEPS, MOST_FEATURES, MOST_SEGMENTS = 5, 2, 5, 4
COMMON, USUAL, FIRST = 0.3, 0.8, 0.5  # of all accounts; of the rows of an event; of the accounts that work
AMOUNTS = re.compile(r"(^|[._])(amount|value|total|price|revenue|sum|betrag|wert|summe|umsatz|montant|importe)$", re.IGNORECASE)
LENGTHS = re.compile(r"(duration|elapsed|took)_?(ms|millis|milliseconds)$", re.IGNORECASE)
INSIDE = re.compile(r"\.(string|int|float|double)_value$")  # of a list of keys with values
PERSONS = re.compile(r"amplitude|anonymous|user|person|people|visitor|device|session|distinct|pseudo|account|org|group|tenant|event|message|insert|request|trace|client", re.IGNORECASE)
ID = re.compile(r"(_id|Id|_number|_no|_key)$")
LIKELY = ("plan", "tier", "industry", "segment", "size", "region", "country", "channel", "source", "tarif", "branche", "groesse", "land", "kanal")
OURS = {"internal", "test", "demo", "staff", "sandbox", "employee"}
ADMINS, SERVICES = {"admin", "administrator", "owner"}, {"service", "bot", "api", "integration", "system"}


@dataclass
class Work:
    """One proposed workflow."""

    name: str
    success: Event
    accounts: int
    why: str
    attempt: Event | None = None
    failure: Event | None = None
    tiers: dict[str, list[str]] = field(default_factory=dict)
    rhythm: Rhythm | None = None
    columns: dict[str, str] = field(default_factory=dict)
    called: str = ""  # whose word the name is, where it is not that of the events


@dataclass
class Step:
    """One proposed step of activation."""

    kind: str
    event: Event
    accounts: int


@dataclass
class Proposal:
    """What the definition file will say."""

    events: Looked
    works: list[Work]
    steps: list[Step]
    logins: list[str]
    views: list[str]
    features: list[Event]
    segments: list[str]
    internal: tuple[str, list[str]] | None
    roles: dict[str, list[str]]
    unused: list[tuple[str, int]]
    unusable: list[str]


def proposed(survey: Survey, events: Looked) -> Proposal:
    """Everything that the data suggest. No workflow at all when no name of an event can be used."""
    counts = {row["event"]: row for row in events.events.to_dicts() if row["accounts"]}  # a run leaves rows of no account out
    named = [name for name in counts if allowed(words.literal, name)]
    apart = taken_apart(named)
    people = {name for name in named if counts[name]["users"]} or set(named)  # what nobody does is no work of people
    useful = [event for event in apart if not event.mere and event.name in people]
    reach = {name: int(row["accounts"]) for name, row in counts.items()}
    works = _works([event for event in apart if event in useful or event.act == "begin" and event.name in people], reach) or _fallback(useful, reach)
    _complete(works, events)
    _call(works, survey)
    steps = _steps(useful, works, reach, events)
    taken = {name for work in works for name in _names(work)} | {step.event.name for step in steps}
    features = [e for e in useful if e.act in ("use", "setup", "make") and e.name not in taken and reach[e.name]][:MOST_FEATURES]
    mere = [event for event in apart if event.mere]
    left = [e for e in apart if not e.mere and e.name not in taken and e not in features]
    return Proposal(
        events, works, steps, [e.name for e in mere if e.login], [e.name for e in mere if not e.login and re.search("page|screen|view", e.name, re.IGNORECASE)], features,
        _segments(survey), _internal(survey), _roles(survey), [(e.name, int(counts[e.name]["rows"])) for e in left], [name for name in counts if name not in set(named)],
    )  # fmt: skip


def allowed(check: Callable[[str], str], text: str) -> bool:
    """Whether a definition may hold that name."""
    try:
        return check(text) == text and text.isprintable()
    except PydanticCustomError:
        return False


def _works(events: Sequence[Event], reach: Mapping[str, int]) -> list[Work]:
    """A thing on which work ends is a workflow; where too few end, one that is made counts, too."""
    things = dict.fromkeys(event.thing for event in events if event.thing)
    made = [work for thing in things if (work := _work(thing, [e for e in events if e.thing == thing], reach))]
    ends = sorted((w for w in made if w.success.act == "finish"), key=lambda w: (not w.success.sure, -w.accounts, w.name))
    begins = sorted((w for w in made if w.success.act == "make"), key=lambda w: (-w.accounts, w.name))
    return [*ends[:MOST_WORKFLOWS], *begins[: max(0, 3 - len(ends))]]


def _work(thing: str, events: Sequence[Event], reach: Mapping[str, int]) -> Work | None:
    ends, made = ([e for e in sorted(events, key=lambda e: (-reach[e.name], e.name)) if e.act == act and reach[e.name]] for act in ("finish", "make"))
    if not ends and not made:
        return None
    success = (ends or made)[0]
    why = "by its name it ends the work" if ends else "nothing ends this work by its name: something that was only made is no outcome yet"
    work = Work("_".join(thing.split()), success, reach[success.name], why)
    work.attempt, work.failure = (_beside(success, [e for e in events if e.act == act], reach) for act in ("begin", "fail"))
    tiers = {"basic": [e.name for e in made[:1] if e is not success], "standard": [success.name], "advanced": [e.name for e in ends[1:4]]}
    work.tiers = {tier: names for tier, names in tiers.items() if names} if len(ends) + len(made) > 1 else {}
    return work


def _beside(success: Event, others: Sequence[Event], reach: Mapping[str, int]) -> Event | None:
    """What is about the same verb, else the only one."""
    same = [e for e in others if e.stems & success.stems]
    chosen = same or (others if len(others) == 1 else [])
    return max(chosen, key=lambda e: (reach[e.name], e.name), default=None)


def _fallback(events: Sequence[Event], reach: Mapping[str, int]) -> list[Work]:
    most = max(events, key=lambda e: (reach[e.name], e.name), default=None)
    if most is None:
        return []
    return [Work("_".join(most.thing.split()) or "work", most, reach[most.name], "no name says that work ends: this is only the event of most accounts")]


def _names(work: Work) -> list[str]:
    return [e.name for e in (work.success, work.attempt, work.failure) if e] + [name for names in work.tiers.values() for name in names]


def _complete(works: Sequence[Work], events: Looked) -> None:
    """Cadence and columns, measured."""
    names = [work.success.name for work in works]
    measured = rhythms(events, names)
    taken = set(events.kind.columns.values())
    columns = [p.name for p in events.profiles.values() if p.name not in taken and p.filled and allowed(words.column, p.name) and _role(p)]
    shares = filled_in(events, names, columns)
    for work in works:
        work.rhythm = measured.get(work.success.name)
        full = [events.profiles[column] for column, share in shares.get(work.success.name, {}).items() if share >= USUAL]
        found = {role: _best(role, work, [p for p in full if _role(p) == role]) for role in ("value", "entity", "duration")}
        work.columns = {role: column for role, column in found.items() if column}


def _call(works: Sequence[Work], survey: Survey) -> None:
    """Tickets and incidents name workflows: their word is taken, so that both can be held together."""
    said: dict[str, str] = {}
    for one in (found for table in ("tickets", "incidents") for found in survey.of(table)[:1]):
        column = one.kind.columns.get("workflow")
        said |= {value: one.kind.table for value in values_of(one, column) if allowed(words.name, value)} if column else {}
    for work in works:
        root = stem(work.name.split("_")[-1])
        same = [value for value in said if len(root) > 3 and root in value.casefold()]
        if len(same) == 1 and same[0] not in {other.name for other in works}:
            work.name, work.called = same[0], said[same[0]]


def _role(one: Profile) -> str:
    name = INSIDE.sub("", one.name)
    if one.kind == "number" and AMOUNTS.search(name):
        return "value"
    if one.kind == "number" and LENGTHS.search(name):
        return "duration"
    return "entity" if ID.search(name) and one.distinct > 1 and not PERSONS.search(name.rsplit(".", 1)[-1]) else ""


def _best(role: str, work: Work, fitting: Sequence[Profile]) -> str | None:
    """For the entity the column named after the thing, else the only one."""
    after = [p for p in fitting if stem(work.name.split("_")[0]) in p.name.casefold()]
    chosen = after or (fitting if role != "entity" or len(fitting) == 1 else [])
    return chosen[0].name if chosen else None


def _steps(useful: Sequence[Event], works: Sequence[Work], reach: Mapping[str, int], events: Looked) -> list[Step]:
    """Something set up, something made, and the first work: what three in ten accounts do, and most that work do before."""
    if not works:
        return []
    main, fewest = works[0].success, max(1, COMMON * len(events.accounts))
    likely = [e for e in useful if e.act in ("setup", "invite", "make") and reach[e.name] >= fewest and e is not main]
    before = sooner(events, [e.name for e in likely], main.name)
    common = sorted((e for e in likely if before.get(e.name, 0) >= FIRST), key=lambda e: (-reach[e.name], e.name))
    setup = [Step(_kind(e), e, reach[e.name]) for e in common if e.act in ("setup", "invite")][:MOST_STEPS]
    made = [Step("entity", e, reach[e.name]) for e in common if e.act == "make" and e.thing][:MOST_STEPS]
    return [*setup, *made, Step("workflow", main, reach[main.name])]


def _kind(event: Event) -> str:
    kinds = {"invit": "invite", "invite": "invite", "connect": "integration", "integrat": "integration"}
    return next((kinds[verb] for verb in sorted(event.stems) if verb in kinds), "setup")


def _segments(survey: Survey) -> list[str]:
    """Columns of the accounts with two to twelve values, the telling names first."""
    found = [p for one in survey.of("accounts")[:1] for p in one.profiles.values() if _splits(p) and p.name not in one.kind.columns.values()]
    places = {p.name: next((at for at, word in enumerate(LIKELY) if word in p.name.casefold()), len(LIKELY)) for p in found}
    return [p.name for p in sorted(found, key=lambda p: places[p.name])][:MOST_SEGMENTS]


def _splits(one: Profile) -> bool:
    return one.kind == "text" and 2 <= one.distinct <= 12 and one.distinct * 3 <= one.filled and one.empty * 2 <= one.rows and allowed(words.column, one.name)


def _internal(survey: Survey) -> tuple[str, list[str]] | None:
    """A column of the accounts that names our own."""
    for one in survey.of("accounts")[:1]:
        for name in _segments(survey):
            ours = [value for value in values_of(one, name) if value.casefold() in OURS]
            if ours:
                return name, ours
    return None


def _roles(survey: Survey) -> dict[str, list[str]]:
    users = survey.of("users")[:1]
    if not users or "role" not in users[0].kind.columns:
        return {}
    values = [value for value in values_of(users[0], users[0].kind.columns["role"]) if value.isprintable()]
    found = {"admin": [v for v in values if v.casefold() in ADMINS], "service": [v for v in values if v.casefold() in SERVICES]}
    return {role: sorted(texts) for role, texts in found.items() if texts}
