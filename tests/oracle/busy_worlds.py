"""Random worlds with work in them: habits, attempts at things, amounts, people with roles who come and go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from oracle.days import DAY, Calendar, moment, number, written
from oracle.world import Row, World
from oracle.worlds import (
    AS_OF,
    BACK,
    EXAMPLES,
    IDS,
    LATE,
    WEEKDAYS,
    ZONES,
    Case,
    account,
    repeats,
    span,
    thorough,
    times,
)
from oracle.writing import STEPS, write_tables
from saasmetrics.definitions.read import Loaded

fewer = settings(thorough, max_examples=max(1, EXAMPLES // 4))
HEADS = {
    "events": ("event_id", "account_id", "user_id", "timestamp", "event", "status", "amount", "thing"),
    "accounts": ("account_id", "created_at", "plan"),
    "users": ("account_id", "user_id", "role", "team", "invited_at", "joined_at", "deactivated_at", "email", "kind"),
    "subscriptions": ("account_id", "start_date", "end_date", "mrr", "currency", "seats", "plan", "renewal_date"),
}
PEOPLE = ("u1", "u2", "u3", "U4", "bot", "staff", None)
EVENTS = ("posted",) * 6 + ("tried",) * 4 + ("refused", "denied", "bought", "bought", "asked", "taken_back", "paid", "drafted", "set_up", "login", "viewed")
HABITS = ("posted", "posted", "posted", "bought", "paid", "login", "viewed")
HOURS = (0, 0, 1, 23, 24, 25, 47, 48, 49, 72)
HOUR = DAY // 24
SINCE = tuple(hours * HOUR + more for hours in HOURS for more in (-1, 0, 1))
STARS = (
    {"workflow": "billing"}, {"workflow": "billing", "measure": "value"}, {"workflow": "billing", "measure": "entities"}, {"workflow": "buying"},
    {"workflow": "billing", "measure": "entities", "also": "paid"}, {"workflow": "billing", "measure": "entities", "unless": {"rule": "taken_back", "within": "2d"}},
    {"workflow": "billing", "measure": "entities", "also": "paid", "unless": {"rule": "taken_back", "within": "1d"}}, None,
)  # fmt: skip


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """Cadences, rules of value and of the journey, the north star."""

    def pick(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    cadence = st.sampled_from(("week", "week", "day", "month", "quarter"))
    found: dict[str, Any] = {
        "version": 1, "timezone": draw(st.sampled_from(ZONES)), "week_starts": draw(st.sampled_from(WEEKDAYS)), "late_after": draw(st.sampled_from(LATE)),
        "days_off": draw(st.sampled_from((["saturday", "sunday"], ["friday", "saturday"], []))),
        "internal": {"accounts": {"plan": "internal"}, "users": {"email": {"like": "*@vendor.example"}}},
        "roles": {"admin": ["admin", "owner"], "service": ["service"], "finance": ["Finance", "clerk"], "manager": ["boss"]},
        "rules": {"posted": {"event": "posted", "where": {"status": "ok"}}},
        "value": {"periods": pick(12, 12, 4), "trailing": pick(84, 28), "run": pick(2, 4), "missed": pick(1, 2), "min_periods": pick(1, 3)},
        "journey": {"retained_after": pick(90, 14), "grown_within": pick(90, 7), "silent_periods": pick(3, 2), "engaged_periods": pick(3, 2, 1), "adopted_level": pick(1, 2)},
        "activation": pick(None, {"order": pick("any", "ordered"), "steps": STEPS}),
        "activity": {"logins": pick("login", None), "page_views": "viewed"}, "north_star": draw(st.sampled_from(STARS)),
        "workflows": {
            "billing": {"core": True, "cadence": draw(cadence), "attempt": "tried", "success": "posted", "failure": "refused", "value": "amount", "entity": "thing",
                        "within": pick("1d", "2d"), "roles": pick(["finance"], ["finance", "boss"]), "tiers": {"basic": "drafted", "standard": ["posted"], "advanced": "paid"}},
            "buying": {"core": draw(st.booleans()), "cadence": draw(cadence), "attempt": "asked", "success": "bought", "failure": pick(None, "denied"), "within": pick("1d", "2d")},
            "extras": {"cadence": draw(cadence), "success": "paid", "tiers": {"basic": "paid"}, "roles": ["boss"]},
        },
        "features": {"chains": {"rule": "paid", "high_value": True}},
    }  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


@st.composite
def busy(draw: st.DrawFn) -> Case:
    """A world, its definition as the blocks, and T."""
    given, as_of = draw(definitions()), draw(st.sampled_from(AS_OF))
    calendar, today = Calendar(given["timezone"], given["week_starts"]), number(as_of)
    names = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=5, unique=True))
    when = times(calendar, today)
    born = {name: draw(when) for name in names}
    events = [event(draw, name, draw(st.sampled_from(EVENTS)), time(draw, born[name], when)) for name in draw(st.lists(st.sampled_from(names), max_size=30))]
    events += [row for _ in range(draw(st.integers(0, 5))) for row in habit(draw, draw(st.sampled_from(names)), calendar, today)]
    events = [{**row, "event_id": f"e{n}"} for n, row in enumerate(tried(draw, events))]
    accounts = [account(draw, name, start) for name, start in born.items() if draw(st.integers(0, 5))]
    users = [user(draw, name, person, when) for name in names for person in PEOPLE[:6] if draw(st.booleans())]
    spans = [span(draw, name, today) for name in names for _ in range(draw(st.integers(0, 3)))]
    tables = (draw(st.sampled_from((rows, rows, rows, None))) for rows in (accounts, users, spans))
    return Case(World(events + draw(repeats(events)), *tables), given, as_of)


def time(draw: st.DrawFn, born: int, when: st.SearchStrategy[int]) -> int:
    return max(draw(when), born - draw(st.sampled_from((0, 0, DAY))))


def event(draw: st.DrawFn, name: str, kind: str, at: int) -> Row:
    return {
        "event_id": None, "account_id": name, "user_id": draw(st.sampled_from(PEOPLE)), "timestamp": written(at), "event": kind, "status": draw(st.sampled_from(("ok", "ok", "ok", "failed", None))),
        "amount": draw(st.sampled_from(("10.00", "0.5", "-3", "1000", None))), "thing": draw(st.sampled_from(("i1", "i2", "i3", None))),
    }  # fmt: skip


def habit(draw: st.DrawFn, name: str, calendar: Calendar, today: int) -> list[Row]:
    """The same thing every so many days, up to some day."""
    kind, step, last = draw(st.sampled_from(HABITS)), draw(st.sampled_from((1, 3, 7, 7, 7, 14, 30))), today - draw(st.sampled_from(BACK))
    days = range(last, last - step * draw(st.integers(1, 20)), -step)
    shift = draw(st.sampled_from((0, -1, DAY // 2)))
    return [{**event(draw, name, kind, calendar.midnight(day) + shift), "status": "ok"} for day in days]


def tried(draw: st.DrawFn, events: list[Row]) -> list[Row]:
    """With what became of some of the attempts, on the edges of their time."""
    found = list(events)
    for row in events:
        if row["event"] in ("tried", "asked", "posted") and draw(st.booleans()):
            kinds = {"tried": ("posted", "refused"), "asked": ("bought", "denied"), "posted": ("taken_back", "paid")}[str(row["event"])]
            at = moment(str(row["timestamp"])) + draw(st.sampled_from(SINCE))
            found.append({**row, "event": draw(st.sampled_from(kinds)), "timestamp": written(at), "status": "ok"})
    return found


def user(draw: st.DrawFn, name: str, person: str | None, when: st.SearchStrategy[int]) -> Row:

    def some() -> str | None:
        return written(draw(when)) if draw(st.integers(0, 2)) else None

    return {
        "account_id": name, "user_id": person, "role": draw(st.sampled_from(("admin", "owner", "clerk", "Finance", "boss", "guest", None))),
        "team": draw(st.sampled_from(("North", "South", None))), "invited_at": some(), "joined_at": some(), "deactivated_at": some() if draw(st.booleans()) else None,
        "email": "a@vendor.example" if person == "staff" else "b@customer.example", "kind": "service" if person == "bot" else None,
    }  # fmt: skip


@st.composite
def crews(draw: st.DrawFn) -> Case:
    """Worlds in which the same few do all the work, others were there long enough to do some, and somebody looks on."""
    case = draw(busy())
    roles = {name: spelt for name, spelt in case.blocks["roles"].items() if name != "manager" or draw(st.booleans())}
    calendar, today = Calendar(case.blocks["timezone"], case.blocks["week_starts"]), number(case.as_of)
    since = st.sampled_from([calendar.midnight(today) - 14 * DAY + more for more in (0, 1, -1, -300 * DAY, -300 * DAY, -300 * DAY)])
    names = sorted({str(row["account_id"]) for row in case.world.events})
    users = [user(draw, name, person, since) for name in names for person in PEOPLE[:5] if draw(st.integers(0, 5))]
    jobs = {"u1": ("owner", "owner", "clerk"), "u2": ("boss", "owner", "clerk"), "u3": ("clerk", "Finance", "boss"), "U4": ("clerk", "clerk", None)}
    users = [{**row, "role": draw(st.sampled_from(jobs.get(str(row["user_id"]), (None,)))), "deactivated_at": row["deactivated_at"] if draw(st.booleans()) else None} for row in users]
    done = [{**row, "user_id": draw(st.sampled_from(PEOPLE[:3]))} for row in case.world.events[:3]]
    for name in names:
        for kind in draw(st.lists(st.sampled_from(("posted", "posted", "bought", "paid", "viewed", "viewed")), min_size=1, max_size=3)):
            person = draw(st.sampled_from(("u2", "u3") if kind == "viewed" else ("u1", "u1", "u1", "u1", "U4")))
            step, last = draw(st.sampled_from((1, 3, 7, 7))), today - draw(st.sampled_from((1, 1, 30, 89, 90)))
            times = [calendar.midnight(last - step * n) for n in range(draw(st.sampled_from((1, 5, 12, 30))))]
            done += [{**event(draw, name, kind, at), "user_id": person, "status": "ok"} for at in times]
    events = [{**row, "event_id": f"c{n}"} for n, row in enumerate(done)]
    return replace(case, blocks={**case.blocks, "roles": roles}, world=replace(case.world, events=events, users=users))


@contextmanager
def written_out(case: Case) -> Iterator[Loaded]:
    with TemporaryDirectory() as folder:
        yield write(Path(folder), case.world, case.blocks)


def write(folder: Path, world: World, blocks: dict[str, Any]) -> Loaded:
    return write_tables(folder, HEADS, vars(world), blocks, {})


def changed(case: Case, **rows: Any) -> Case:
    return replace(case, world=replace(case.world, **rows))
