"""What a sheet is, and which of its columns is what: by a vendor's columns, else by names and content. Guesses, with their reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from saasmetrics.definitions.columns import COLUMNS
from saasmetrics.definitions.presets import Preset, named, names
from saasmetrics.start.languages import NAMES, plain
from saasmetrics.start.opening import Sheet
from saasmetrics.start.profile import Profile
from saasmetrics.start.verbs import reads_as_events

ACCOUNT = (
    "accountid accountuuid accountkey account orgid organizationid organisationid organization organisation org companyid company "
    "tenantid tenant workspaceid workspace customerid customer clientid client groupid contextgroupid teamid subscriberid"
)
USER = "userid useruuid userkey user uid memberid member personid actorid actor employeeid visitorid distinctid contactid email useremail username"
CREATED = "createdat created creationdate createdon createddate signupdate signupat signedupat registeredat startedat since joinedat"
# Names without case and signs, the likeliest first. What is not listed for a column is found by its usual name only.
KNOWN: dict[str, dict[str, str]] = {
    "events": {
        "account": ACCOUNT, "user": USER,
        "time": "timestamp eventtime eventtimestamp occurredat happenedat time ts at datetime eventdate createdat created loggedat receivedat date",
        "event": "event eventname eventtype eventkey eventtext action actionname activity activityname verb operation type name",
        "id": "eventid eventuuid messageid insertid uuid id", "ingested": "ingestedat receivedat serveruploadtime loadedat",
    },
    "accounts": {"account": ACCOUNT + " id", "created": CREATED},
    "users": {
        "account": ACCOUNT, "user": USER + " id", "role": "role userrole jobrole permission profile", "team": "team department teamname",
        "invited": "invitedat invitesentat invited createdat", "joined": "joinedat acceptedat activatedat signedupat joined", "email": "email useremail mail",
        "kind": "kind usertype usertype", "deactivated": "deactivatedat deletedat removedat leftat",
    },
    "subscriptions": {
        "account": ACCOUNT, "start": "startdate startedat start startsat startson validfrom from periodstart activatedat",
        "end": "enddate endedat end endsat endson validto to periodend canceledat cancelledat expiresat",
        "mrr": "mrr mrrcents monthlyamount monthlyrecurringrevenue mrramount monthlyprice", "currency": "currency currencycode", "seats": "seats quantity licenses licences seatcount",
        "plan": "plan planname planid product tier", "renews": "renewaldate renewsat renewson nextrenewal", "kind": "subscriptionkind subscriptiontype subscriptionstatus subscriptionstate status",
    },
    "tickets": {
        "account": ACCOUNT, "ticket": "ticketid ticketnumber caseid casenumber ticket id number", "opened": "openedat opened createdat created submittedat",
        "resolved": "resolvedat resolved solvedat closedat closed", "workflow": "workflow area module product", "category": "category tickettype type topic reason",
        "blocking": "blocking blocker blocked isblocking",
    },
    "incidents": {"start": "startedat start startsat createdat begin", "end": "endedat end resolvedat endsat", "workflow": "workflow service servicename component", "severity": "severity priority impact urgency"},
    "merges": {"from": "from fromaccount oldaccount oldaccountid mergedfrom", "to": "to toaccount newaccount newaccountid mergedinto", "effective": "effective effectiveat mergedat date"},
    "limits": {"plan": "plan planname", "meter": "meter metric feature", "limit": "limit quota maximum"},
    "costs": {"month": "month period", "sales_and_marketing": "spend salesandmarketing marketing", "cogs": "cogs costofgoodssold hosting"},
}  # fmt: skip
TELLING = {
    "subscriptions": ("mrr", "start"), "tickets": ("ticket", "opened", "resolved"), "users": ("user", "role", "email", "joined", "invited"), "incidents": ("start", "severity"),
    "limits": ("meter", "limit"), "merges": ("from", "to"), "costs": ("month",), "events": ("event", "time"), "accounts": ("account", "created"),
}  # fmt: skip
MONEY = ("mrr", "discount", "limit", "sales_and_marketing", "cogs", "seats")
WHEN = ("time", "created", "start", "end", "renews", "opened", "resolved", "reopened", "cancelled", "invited", "joined", "deactivated", "effective", "ingested", "month", "valid_from")
WHO = ("account", "user", "id", "ticket", "from", "to")
MOST_EVENTS = 5_000


@dataclass(frozen=True)
class Role:
    """What a column is taken for, and why."""

    column: str
    why: str


@dataclass
class Kind:
    """What a sheet is taken for."""

    table: str
    why: str
    roles: dict[str, Role] = field(default_factory=dict)
    preset: Preset | None = None
    score: float = 0

    @property
    def columns(self) -> dict[str, str]:
        return {name: role.column for name, role in self.roles.items()}

    @property
    def missing(self) -> list[str]:
        """The canonical columns without which the table cannot be read."""
        return [name for name, column in COLUMNS[self.table].items() if column.required and name not in self.roles] if self.table in COLUMNS else []


def kind_of(sheet: Sheet, profiles: Mapping[str, Profile], told: Mapping[str, str] | None = None) -> Kind:
    """The likeliest kind; `told` are columns of the events that were given on the command line."""
    preset = _preset(sheet, profiles)
    here = {name: column for name, column in (told or {}).items() if column in profiles}
    if preset is not None:
        return _by_preset(preset, profiles, here)
    found = [_by_names(table, sheet, profiles, here) for table in KNOWN]
    best = max(found, key=lambda kind: kind.score)
    if best.score > 0:
        return best
    return _by_content(profiles, here) or Kind("", "no column tells")


def _by_content(profiles: Mapping[str, Profile], told: Mapping[str, str]) -> Kind | None:
    """Events whose columns are called otherwise: texts that repeat and read as something that happened, and a time."""
    roles = _as_told("events", told)
    times = [one for one in profiles.values() if one.timely and one.distinct > 1]
    names = [one for one in profiles.values() if one.kind == "text" and 1 < one.distinct <= min(MOST_EVENTS, one.filled / 2) and reads_as_events(one.examples)]
    for name, found in (("time", times), ("event", names)):
        if name not in roles and found:
            roles[name] = Role(max(found, key=lambda one: (one.filled, one.distinct)).name, "by content alone: no name tells")
    if not {"time", "event"} <= roles.keys():
        return None
    taken = {role.column: name for name, role in roles.items()}
    for name in ("account", "user", "id"):
        column = None if name in roles else _named(name, f"{KNOWN['events'][name]} {NAMES[name]}", profiles, taken)
        if column:
            roles[name] = Role(column, "by name")
            taken[column] = name
    return Kind("events", f"by content alone: {roles['event'].column} reads as events, {roles['time'].column} as their time", roles, None, 1)


def _preset(sheet: Sheet, profiles: Mapping[str, Profile]) -> Preset | None:
    there = {*sheet.tops, *profiles}
    fitting = [named(name) for name in names() if there >= set(named(name).needs)]
    return max(fitting, key=lambda preset: len(preset.needs), default=None)


def _by_preset(preset: Preset, profiles: Mapping[str, Profile], told: Mapping[str, str]) -> Kind:
    why = f"preset {preset.name}"
    roles = {name: Role(column, why) for name, column in preset.columns.items() if column in profiles}
    place = next((found for pattern in preset.account for found in _matching(pattern, profiles)), None)
    if place:
        roles["account"] = Role(place, f"where {preset.title.split(',')[0]} keeps groups")
    elif "account" in COLUMNS[preset.table] and "account" not in roles and (column := _named("account", f"{ACCOUNT} {NAMES['account']}", profiles, {})):
        roles["account"] = Role(column, "by name")
    roles |= _as_told(preset.table, told)
    return Kind(preset.table, f"{preset.title}: has {', '.join(preset.needs)}", roles, preset, 99)


def _as_told(table: str, told: Mapping[str, str]) -> dict[str, Role]:
    """What was said of the events; who is meant is called the same in other files."""
    return {name: Role(column, "as told") for name, column in told.items() if table == "events" or name in ("account", "user") and name in COLUMNS[table]}


def _matching(pattern: str, profiles: Mapping[str, Profile]) -> list[str]:
    """Paths of that pattern that hold something, the fullest first."""
    wanted = re.compile("[^.]*".join(map(re.escape, pattern.split("*"))))
    found = [one for name, one in profiles.items() if wanted.fullmatch(name) and one.filled]
    return [one.name for one in sorted(found, key=lambda one: -one.filled)]


def _by_names(table: str, sheet: Sheet, profiles: Mapping[str, Profile], told: Mapping[str, str]) -> Kind:
    roles = _as_told(table, told)
    taken = {role.column: name for name, role in roles.items()}
    for name, column in COLUMNS[table].items():
        known = f"{column.default.replace('_', '')} {KNOWN[table].get(name, '')} {NAMES.get(name, '')}"
        found = None if name in roles else _named(name, known, profiles, taken)
        if found:
            roles[name] = Role(found, "by name and content" if name in WHEN else "by name")
            taken[found] = name
    kind = Kind(table, "", roles)
    kind.score = _score(kind, sheet, profiles)
    kind.why = f"has {', '.join(role.column for name, role in roles.items() if name in TELLING[table])}"
    return kind


def _named(name: str, known: str, profiles: Mapping[str, Profile], taken: Mapping[str, str]) -> str | None:
    """The column with the likeliest name whose content fits; a path counts by its last part, after the plain columns."""
    ranks = {plain: rank for rank, plain in reversed(list(enumerate(known.split())))}
    fitting = [(("." in one.name), ranks[_plain(one.name)], one.name) for one in profiles.values() if one.name not in taken and _plain(one.name) in ranks and _fits(name, one)]
    return min(fitting)[2] if fitting else None


def _plain(name: str) -> str:
    return plain(name.rsplit(".", 1)[-1])


def _fits(name: str, one: Profile) -> bool:
    if one.kind == "empty":
        return name in WHEN
    if name in WHEN:
        return one.timely or name == "month"
    if name in MONEY and name != "limit":
        return one.kind == "number"
    if name in WHO:
        return one.kind in ("text", "number")
    if name == "limit":
        return True
    return one.kind == "text" if name not in ("blocking", "churned") else one.kind in ("true/false", "number")


def _score(kind: Kind, sheet: Sheet, profiles: Mapping[str, Profile]) -> float:
    """0 when a required column is missing, but for the account of events, which may be told."""
    missing = [name for name in kind.missing if (kind.table, name) != ("events", "account")]
    shaped = SHAPES.get(kind.table)
    if missing or shaped is not None and not shaped(kind, profiles):
        return 0
    place = Path(sheet.label)
    hint = kind.table.rstrip("s") in [word.rstrip("s") for word in re.findall("[a-z]+", f"{place.parent.name} {place.stem}".casefold())]
    return sum(3 if name in TELLING[kind.table] else 1 for name in kind.roles) + 4 * hint - 2 * len(kind.missing)


def _events(kind: Kind, profiles: Mapping[str, Profile]) -> bool:
    """Names of events repeat; a list of accounts has a name in every row."""
    event = profiles[kind.columns["event"]]
    plain = _plain(event.name) not in ("name", "type")
    return event.distinct <= MOST_EVENTS and (plain or event.distinct < event.filled / 4 and not _own(kind, "account", profiles))


def _accounts(kind: Kind, profiles: Mapping[str, Profile]) -> bool:
    return _own(kind, "account", profiles)


def _users(kind: Kind, profiles: Mapping[str, Profile]) -> bool:
    """A person a row, and more than the two ids."""
    user = profiles[kind.columns["user"]]
    return user.distinct > 0.5 * user.filled and len(kind.roles) > 2


def _own(kind: Kind, name: str, profiles: Mapping[str, Profile]) -> bool:
    """Whether every row has its own."""
    column = kind.columns.get(name)
    return column is not None and profiles[column].single


SHAPES: dict[str, Callable[[Kind, Mapping[str, Profile]], bool]] = {
    "events": _events, "accounts": _accounts, "users": _users,
    "subscriptions": lambda kind, _: "mrr" in kind.roles, "tickets": lambda kind, _: len({"ticket", "resolved", "category"} & kind.roles.keys()) > 1,
    "incidents": lambda kind, _: "severity" in kind.roles and "end" in kind.roles,
    "costs": lambda kind, _: bool({"sales_and_marketing", "cogs"} & kind.roles.keys()),
}  # fmt: skip

